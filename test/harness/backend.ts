import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { readJsonLogs } from './otlp-json.ts';
import { readProtobufLogs, type ReadRecord } from './wire.ts';

/** What the backend answers to one request. Nothing set: 200 with an empty response. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** The answer is held until this resolves. */
  readonly after?: Promise<unknown>;
  /** The head and this many bytes of the body go out, then the connection is cut. */
  readonly cutAfter?: number;
  /** Cut without an answer once the request was read. */
  readonly hangUp?: boolean;
  /** The body goes out a byte at a time with pauses of so many ms. */
  readonly dripMs?: number;
}

/** A request as the backend received it. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** As on the wire. */
  readonly bytes: Buffer;
  /** Decompressed; empty when that failed. */
  readonly body: Buffer;
  /** Decoded by an oracle of the tests' own; empty when that failed. */
  readonly records: readonly ReadRecord[];
  /** Why the request could not be read, or `undefined`. */
  readonly fault: string | undefined;
  /** `performance.now()` when its head was there. */
  readonly atMs: number;
}

/** Answers by what was received; used when the script has run out. */
export type Policy = (received: Received) => Answer;

/** An OTLP/HTTP backend that answers as a script says and keeps what it received. */
export class Backend implements AsyncDisposable {
  readonly requests: Received[] = [];
  readonly #server: Server;
  #script: Answer[] = [];
  #policy: Policy = () => ({});

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  static async start(...script: Answer[]): Promise<Backend> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    const backend = new Backend(server);
    backend.#script = script;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return backend;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get records(): ReadRecord[] {
    return this.requests.flatMap((request) => request.records);
  }

  /** Appends to the script. */
  answer(...script: Answer[]): void {
    this.#script.push(...script);
  }

  /** What to answer when the script has run out. */
  otherwise(policy: Policy): void {
    this.#policy = policy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const atMs = performance.now();
    const bytes = await bodyOf(request);
    const got = received(request, bytes, atMs);
    this.requests.push(got);
    const answer = this.#script.shift() ?? this.#policy(got);
    await answer.after;
    await respond(request, response, answer);
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function headersOf(answer: Answer, request: IncomingMessage): Record<string, string | number> {
  const type = request.headers['content-type'] ?? 'application/x-protobuf';
  return {
    'content-type': type,
    'content-length': Buffer.byteLength(answer.body ?? ''),
    ...answer.headers,
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  if (answer.hangUp === true) {
    request.socket.destroy();
    return;
  }
  const body = Buffer.from(answer.body ?? '');
  response.writeHead(answer.status ?? 200, headersOf(answer, request));
  if (answer.cutAfter !== undefined) {
    response.write(body.subarray(0, answer.cutAfter));
    response.flushHeaders();
    await new Promise((done) => setImmediate(done));
    request.socket.destroySoon();
    return;
  }
  if (answer.dripMs !== undefined) {
    for (let at = 0; at < body.length && !response.destroyed; at++) {
      response.write(body.subarray(at, at + 1));
      await pause(answer.dripMs);
    }
    response.end();
    return;
  }
  response.end(body);
}

function received(request: IncomingMessage, bytes: Buffer, atMs: number): Received {
  const base = { path: request.url ?? '', headers: request.headers, bytes, atMs };
  try {
    const body = unpack(bytes, request.headers['content-encoding']);
    const json = request.headers['content-type']?.startsWith('application/json') === true;
    const records = json ? readJsonLogs(body.toString('utf8')) : readProtobufLogs(body);
    return { ...base, body, records, fault: undefined };
  } catch (error) {
    return { ...base, body: Buffer.alloc(0), records: [], fault: String(error) };
  }
}

function unpack(bytes: Buffer, encoding: string | undefined): Buffer {
  switch (encoding) {
    case undefined:
    case 'identity':
      return bytes;
    case 'gzip':
      return gunzipSync(bytes);
    case 'deflate':
      return inflateSync(bytes);
    case 'zstd':
      return zstdDecompressSync(bytes);
    default:
      throw new Error(`content-encoding ${encoding}`);
  }
}
