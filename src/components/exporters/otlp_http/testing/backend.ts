import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type {
  Clock,
  Exporter,
  Extension,
  HealthReport,
  Host,
  RecordSet,
} from '../../../../sdk/index.ts';
import { Deadline, resendableArrival } from '../../../../sdk/index.ts';
import { encodeRequest, indexRequest } from '../../../../otlp/index.ts';
import { createOtlpHttp } from '../exporter.ts';
import { otlpHttp } from '../index.ts';

/** One request as a backend of text and sockets sees it. */
export interface Seen {
  readonly head: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a scripted backend does with a connection, from the first byte on. */
export type Script = (socket: Socket, backend: Backend) => void;

/** A backend that does what its script says, and keeps what it saw. */
export class Backend implements AsyncDisposable {
  readonly seen: Seen[] = [];
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async running(script: Script): Promise<Backend> {
    const server = createServer({ noDelay: true, allowHalfOpen: true });
    const backend = new Backend(server);
    server.on('connection', (socket) => {
      backend.connections += 1;
      backend.#sockets.add(socket);
      socket.on('close', () => backend.#sockets.delete(socket));
      socket.on('error', () => undefined);
      script(socket, backend);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return backend;
  }

  get sockets(): readonly Socket[] {
    return [...this.#sockets];
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Calls with every whole request on the socket. */
export function eachRequest(socket: Socket, take: (seen: Seen) => void): void {
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (;;) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = bytes.toString('latin1', 0, end);
      const headers: IncomingHttpHeaders = {};
      for (const line of head.split('\r\n').slice(1)) {
        const colon = line.indexOf(':');
        headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
      }
      const whole = end + 4 + Number(headers['content-length'] ?? 0);
      if (bytes.length < whole) return;
      const body = bytes.subarray(end + 4, whole);
      bytes = bytes.subarray(whole);
      take({ head, headers, body });
    }
  });
}

/** A script that answers each request with the next of these texts, the last one again and again. */
export function answering(...answers: readonly (string | Buffer)[]): Script {
  let next = 0;
  return (socket, backend) => {
    eachRequest(socket, (seen) => {
      backend.seen.push(seen);
      const answer = answers[Math.min(next, answers.length - 1)];
      next += 1;
      if (answer !== undefined) socket.write(answer);
    });
  };
}

/** An answer as it stands on the wire. */
export function answer(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body: string | Uint8Array = '',
): Buffer {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ 'Content-Length': String(bytes.length), ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} X\r\n${head}\r\n`), bytes]);
}

/** Records that share one arrival, each with this text as body. */
export function records(...bodies: readonly string[]): RecordSet {
  const bytes = encodeRequest({
    resourceLogs: [
      {
        resource: { attributes: [['service.name', 'test']] },
        scopeLogs: [
          {
            scope: { name: 's', version: '', attributes: [] },
            records: bodies.map((body) => ({ body })),
          },
        ],
      },
    ],
  });
  return indexRequest(bytes, resendableArrival(bytes));
}

/** An exporter in a house of its own. */
export class Rig implements AsyncDisposable {
  readonly reports: HealthReport[] = [];
  wallMs = Date.UTC(2025, 9, 9, 8, 53, 20);
  monotonicMs = 0;
  readonly clock: Clock = {
    wallMs: () => this.wallMs,
    monotonicMs: () => this.monotonicMs,
    after: () => ({ cancel: () => undefined, [Symbol.dispose]: () => undefined }),
  };
  #exporter: Exporter | undefined;

  static async started(
    config: object,
    extensions: Readonly<Record<string, Extension>> = {},
  ): Promise<Rig> {
    const rig = new Rig();
    const silent = () => undefined;
    const host: Host = {
      id: 'otlp_http',
      log: { error: silent, warn: silent, info: silent, debug: silent },
      clock: rig.clock,
      random: () => 0.5,
      report: (health) => void rig.reports.push(health),
      extension: (id) => extensions[id],
    };
    rig.#exporter = await createOtlpHttp(otlpHttp.schema.parse(config), host);
    await rig.#exporter.start?.();
    return rig;
  }

  get exporter(): Exporter {
    if (this.#exporter === undefined) throw new Error('the rig was not started');
    return this.#exporter;
  }

  /** One attempt without a deadline, or with the one given. */
  ship(sets: readonly RecordSet[], deadline = this.deadline()) {
    return this.exporter.ship(sets, deadline);
  }

  deadline(): Deadline {
    return new Deadline(this.clock, Infinity);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const deadline = this.deadline();
    deadline.expire();
    await this.exporter.stop?.(deadline);
  }
}
