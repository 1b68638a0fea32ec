import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { FrameReader, header } from './http-frames.ts';
import { FreshIds, requestBody } from './payload.ts';

/** The shape of the load. */
export interface LoadPlan {
  readonly port: number;
  readonly connections: number;
  readonly recordsPerRequest: number;
  /** Different requests in all, shared out among the connections. */
  readonly payloads: number;
  /** Records a second; 0: as fast as answers come. */
  readonly rate: number;
}

/** What the load has seen; latencies are of the requests since the last report. */
export interface LoadReport {
  readonly requests: number;
  readonly records: number;
  readonly refused: number;
  readonly rejected: number;
  readonly brokenConnections: number;
  readonly firstRefusal: string;
  readonly bytesPerRecord: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number };
}

interface Payload {
  readonly frame: Buffer;
  readonly ids: FreshIds;
}

const plan = JSON.parse(process.argv[2] ?? '{}') as LoadPlan;
const totals = { requests: 0, records: 0, refused: 0, rejected: 0, brokenConnections: 0 };
let firstRefusal = '';
let latenciesMs: number[] = [];
let counter = 0;
let running = false;
/** Moments at which paced requests are due and no connection was free yet. */
let due: number[] = [];

function payload(index: number): Payload {
  const body = requestBody(plan.recordsPerRequest, 7001 + index * 104_729);
  const head = [
    'POST /v1/logs HTTP/1.1',
    `Host: 127.0.0.1:${plan.port}`,
    'Content-Type: application/x-protobuf',
    `Content-Length: ${body.length}`,
    '\r\n',
  ];
  const frame = Buffer.concat([Buffer.from(head.join('\r\n')), body]);
  const ids = new FreshIds(frame);
  if (ids.count !== plan.recordsPerRequest) throw new Error(`${ids.count} uids in a request`);
  return { frame, ids };
}

/** One keep-alive connection with requests of its own, one in flight at a time. */
class Lane {
  readonly #payloads: readonly Payload[];
  #socket: Socket | undefined;
  #sentMs = 0;
  #turn = 0;
  #answered: ((waitMs: number) => void) | undefined;

  constructor(payloads: readonly Payload[]) {
    this.#payloads = payloads;
  }

  get busy(): boolean {
    return this.#answered !== undefined;
  }

  async open(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const reader = new FrameReader();
    const socket = connect({ port: plan.port, host: '127.0.0.1', noDelay: true }, resolve);
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) =>
      reader.read(chunk, (head, body) => this.#read(head, body)),
    );
    socket.on('close', () => this.#reopen());
    this.#socket = socket;
    await promise;
  }

  /** Sends the next request; calls with the ms to wait before another one. */
  send(sinceMs: number, answered: (waitMs: number) => void): void {
    const { frame, ids } = this.#payloads[this.#turn++ % this.#payloads.length] as Payload;
    counter = ids.write(counter);
    this.#answered = answered;
    this.#sentMs = sinceMs;
    this.#socket?.write(frame);
  }

  #read(head: string, body: Buffer): void {
    latenciesMs.push(performance.now() - this.#sentMs);
    const ok = head.startsWith('HTTP/1.1 200');
    if (ok) {
      totals.requests += 1;
      totals.records += plan.recordsPerRequest;
      if (body.length > 2) totals.rejected += 1;
    } else {
      totals.refused += 1;
    }
    if (!ok || body.length > 2)
      firstRefusal ||= `${head.slice(0, 40)} ${body.toString('latin1', 0, 200)}`;
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.(ok ? 0 : Math.min(1000, Number(header(head, 'retry-after') || 0) * 1000 || 50));
  }

  #reopen(): void {
    const answered = this.#answered;
    this.#answered = undefined;
    if (!running) return;
    totals.brokenConnections += 1;
    this.open().then(
      () => answered?.(50),
      () => setTimeout(() => this.#reopen(), 100),
    );
  }
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function report(bytesPerRecord: number): LoadReport {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  latenciesMs = [];
  const latencyMs = { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
  return { ...totals, firstRefusal, bytesPerRecord, latencyMs };
}

function keepSending(lane: Lane): void {
  if (!running) return;
  lane.send(performance.now(), (waitMs) => {
    // A callback within the answer's callback would grow the stack where answers come in one read.
    if (waitMs === 0) setImmediate(keepSending, lane);
    else setTimeout(keepSending, waitMs, lane);
  });
}

/** Open loop: a request that could not go out in time is late, and its latency says so. */
async function pace(lanes: readonly Lane[]): Promise<void> {
  const everyMs = (plan.recordsPerRequest / plan.rate) * 1000;
  const startMs = performance.now();
  const pump = (): void => {
    for (const lane of lanes) {
      if (lane.busy) continue;
      const dueMs = due.shift();
      if (dueMs === undefined) return;
      lane.send(dueMs, pump);
    }
  };
  for (let turn = 0; running; turn++) {
    await pause(Math.max(0, startMs + turn * everyMs - performance.now()));
    due.push(startMs + turn * everyMs);
    pump();
  }
  due = [];
}

const payloads = Array.from({ length: plan.payloads }, (_, index) => payload(index));
const lanes = Array.from({ length: plan.connections }, (_, lane) => {
  return new Lane(payloads.filter((_payload, index) => index % plan.connections === lane));
});
const bytesPerRecord = (payloads[0]?.frame.length ?? 0) / plan.recordsPerRequest;

process.on('message', (message) => {
  if (message === 'start') {
    running = true;
    if (plan.rate > 0) void pace(lanes);
    else for (const lane of lanes) keepSending(lane);
  }
  if (message === 'stop') running = false;
  const idle = lanes.every((lane) => !lane.busy);
  process.send?.({ ...report(bytesPerRecord), idle });
});
process.on('disconnect', () => process.exit(0));
await Promise.all(lanes.map((lane) => lane.open()));
process.send?.('open');
