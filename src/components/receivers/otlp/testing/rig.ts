import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type {
  Arrival,
  ArrivalOutcome,
  Clock,
  DoorReason,
  Extension,
  HealthReport,
  ReceiverHost,
} from '../../../../sdk/index.ts';
import { Deadline } from '../../../../sdk/index.ts';
import { otlp } from '../index.ts';
import type { OtlpReceiver } from '../receiver.ts';
import { createOtlpReceiver } from '../receiver.ts';

/** A request with one record, as protobuf and as JSON. */
export const ONE_RECORD = Buffer.from(
  '0a320a180a160a0c736572766963652e6e616d6512060a046361736512160a030a0174120f0915cd0bdcacc66c182a040a026374',
  'hex',
);
export const ONE_RECORD_JSON = JSON.stringify({
  resourceLogs: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'case' } }] },
      scopeLogs: [
        {
          scope: { name: 't' },
          logRecords: [{ timeUnixNano: '1760000000123456789', body: { stringValue: 'ct' } }],
        },
      ],
    },
  ],
});

export const ACCEPTED: ArrivalOutcome = {
  kind: 'accepted',
  rejected: 0,
  reasons: new Map(),
  details: [],
  warnings: [],
};

/** A clock that goes when it is told to. */
export class TestClock implements Clock {
  #nowMs = 0;
  #timers: { atMs: number; call: () => void }[] = [];
  wallMs = () => this.#nowMs;
  monotonicMs = () => this.#nowMs;

  after(delayMs: number, call: () => void) {
    const timer = { atMs: this.#nowMs + delayMs, call };
    this.#timers.push(timer);
    const cancel = () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
    return { cancel, [Symbol.dispose]: cancel };
  }

  get pending(): number {
    return this.#timers.length;
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    const due = this.#timers.filter((timer) => timer.atMs <= this.#nowMs);
    this.#timers = this.#timers.filter((timer) => timer.atMs > this.#nowMs);
    for (const timer of due) timer.call();
  }
}

/** The house around a receiver: a door with a limit, a clock, and a pipeline that answers. */
export class Rig {
  readonly clock = new TestClock();
  readonly turnedAway: [DoorReason, number][] = [];
  readonly arrivals: Arrival[] = [];
  readonly reports: HealthReport[] = [];
  readonly lines: string[] = [];
  readonly receiver: OtlpReceiver;
  bytesMax = 64 * 1024 * 1024;
  reserved = 0;
  reservedPeak = 0;
  draining = false;
  ended = false;
  outcome: ArrivalOutcome | undefined = ACCEPTED;
  #waiting: (() => void)[] = [];

  constructor(http: object = {}, extensions: Readonly<Record<string, Extension>> = {}) {
    const config = otlp.schema.parse({ protocols: { http: { endpoint: '127.0.0.1:0', ...http } } });
    this.receiver = createOtlpReceiver(config, this.#host(extensions));
    this.receiver.arrivals.subscribe({
      next: (arrival) => {
        this.arrivals.push(arrival);
        const { outcome } = this;
        if (outcome !== undefined) this.settle(arrival, outcome);
        this.#tell();
      },
      complete: () => {
        this.ended = true;
      },
    });
  }

  static async started(http: object = {}, extensions: Readonly<Record<string, Extension>> = {}) {
    const rig = new Rig(http, extensions);
    await rig.receiver.start?.();
    return rig;
  }

  get port(): number {
    return this.receiver.address?.port ?? 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/v1/logs`;
  }

  settle(arrival: Arrival, outcome: ArrivalOutcome): void {
    arrival.settle(outcome);
    arrival.release();
  }

  /** Resolves when the condition holds; looked at whenever something happened at the door. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  async stop(delayMs = Infinity): Promise<void> {
    await this.receiver.stop?.(new Deadline(this.clock, delayMs));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const deadline = new Deadline(this.clock, Infinity);
    deadline.expire();
    await this.receiver.stop?.(deadline);
  }

  #tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #host(extensions: Readonly<Record<string, Extension>>): ReceiverHost {
    const log = (message: string) => void this.lines.push(message);
    const isDraining = () => this.draining;
    return {
      id: 'otlp',
      log: { error: log, warn: log, info: log, debug: log },
      clock: this.clock,
      random: () => 0.5,
      report: (health) => void this.reports.push(health),
      extension: (id) => extensions[id],
      door: {
        reserve: (bytes) => this.#reserve(bytes),
        turnAway: (reason, bytes) => {
          this.turnedAway.push([reason, bytes]);
          this.#tell();
        },
        retryAfterMs: () => 1_500,
        get draining() {
          return isDraining();
        },
      },
    };
  }

  #reserve(first: number) {
    let bytes = 0;
    const resize = (wanted: number): boolean => {
      if (this.reserved - bytes + wanted > this.bytesMax) return false;
      this.reserved += wanted - bytes;
      this.reservedPeak = Math.max(this.reservedPeak, this.reserved);
      bytes = wanted;
      this.#tell();
      return true;
    };
    if (!resize(first)) return undefined;
    let released = false;
    const release = (): void => {
      if (released) throw new Error('a reservation was released twice');
      released = true;
      resize(0);
    };
    return {
      get bytes() {
        return bytes;
      },
      resize,
      release,
    };
  }
}

/** A client that says exactly what it is told to. */
export class RawClient {
  readonly socket: Socket;
  received = '';
  /** Error code of the connection, if it broke. */
  broken: string | undefined;
  #waiting: (() => void)[] = [];
  #ended = false;
  #gone = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.received += text;
      this.#tell();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.broken = error.code;
    });
    socket.on('end', () => {
      this.#ended = true;
      this.#tell();
    });
    socket.on('close', () => {
      this.#ended = true;
      this.#gone = true;
      this.#tell();
    });
  }

  static async to(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  /** Writes, and waits while the other side does not read. False when the connection is gone. */
  async write(bytes: string | Uint8Array): Promise<boolean> {
    if (this.#gone || !this.socket.writable) return false;
    let drained = this.socket.write(bytes);
    if (!drained) {
      this.socket.once('drain', () => {
        drained = true;
        this.#tell();
      });
      while (!drained && !this.#gone) await this.#change();
    }
    return !this.#gone;
  }

  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.received) && !this.#ended) await this.#change();
    return this.received;
  }

  /** Waits for this many answers, or the end. */
  async answers(count: number): Promise<number[]> {
    while (statuses(this.received).length < count && !this.#ended) await this.#change();
    return statuses(this.received);
  }

  /** All that was received until the other side ended the connection. */
  async gone(): Promise<string> {
    while (!this.#ended) await this.#change();
    return this.received;
  }

  get isGone(): boolean {
    return this.#gone;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** The text of a request as it stands on the wire. */
export function requestText(
  headers: Readonly<Record<string, string | number>>,
  body: string | Uint8Array = '',
  line = 'POST /v1/logs HTTP/1.1',
): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${line}\r\nHost: localhost\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}

/** The statuses of all answers in a text. */
export function statuses(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
