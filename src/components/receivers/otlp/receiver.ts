import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type {
  Arrival,
  Deadline,
  Extension,
  Receiver,
  ReceiverHost,
  Timer,
} from '../../../sdk/index.ts';
import { createServer, STATUS_CODES } from '../../../sdk/http.ts';
import { ArrivalStream, CountersignError, messageOf } from '../../../sdk/index.ts';
import { Cors, isPreflight } from './cors.ts';
import type { Service } from './exchange.ts';
import { Exchange } from './exchange.ts';
import type { HttpSettings, OtlpReceiverConfig } from './index.ts';
import { ENDPOINT_DEFAULT } from './index.ts';
import type { Refusal } from './screening.ts';
import { isRefusal, screenHeaders } from './screening.ts';
import { SlabPool } from './slabs.ts';
import type { TlsSettings } from './tls.ts';
import { readTls } from './tls.ts';

/** Connections at a time; more are closed as they come. */
const CONNECTIONS_MAX = 10_000;
/** How often Node looks for connections that are too slow. */
const CHECK_INTERVAL_MS = 5_000;

/** The receiver, with the address it listens on: the port is known after the start when it was 0. */
export interface OtlpReceiver extends Receiver {
  readonly address: AddressInfo | undefined;
}

export function createOtlpReceiver(config: OtlpReceiverConfig, host: ReceiverHost): OtlpReceiver {
  const { http } = config.protocols;
  if (http === undefined) {
    throw new CountersignError(
      'CS_CONFIG_INVALID',
      `receivers.${host.id}.protocols: names no protocol that is supported; write http: below it`,
    );
  }
  return new HttpReceiver(http, host);
}

class HttpReceiver implements OtlpReceiver {
  readonly #settings: HttpSettings;
  readonly #host: ReceiverHost;
  readonly #stream = new ArrivalStream();
  readonly #service: Service;
  readonly #cors: Cors | undefined;
  readonly #sockets = new Set<Socket>();
  /** Requests that are not answered to the last byte, by connection and in the order they came. */
  readonly #exchanges = new Map<Duplex, Set<Exchange>>();
  #openCount = 0;
  /** Connections whose bytes are no HTTP any more. */
  readonly #garbled = new WeakSet<Duplex>();
  #authenticate: Extension['authenticate'];
  #server: Server | undefined;
  #reload: Timer | undefined;
  #stopped = false;
  #idle: (() => void) | undefined;

  readonly arrivals = this.#stream.arrivals;

  constructor(settings: HttpSettings, host: ReceiverHost) {
    this.#settings = settings;
    this.#host = host;
    const { cors } = settings;
    const corsIsOn = cors !== null && cors !== undefined && cors.allowed_origins.length > 0;
    this.#cors = corsIsOn ? new Cors(cors) : undefined;
    const isDraining = (): boolean => this.#stopped || host.door.draining;
    this.#service = {
      door: host.door,
      clock: host.clock,
      slabs: new SlabPool(),
      bodyBytesMax: settings.max_request_body_size,
      headers: Object.entries(settings.response_headers).flatMap(([name, value]) => [
        name,
        value.reveal(),
      ]),
      keepAlive: settings.keep_alives_enabled,
      get draining() {
        return isDraining();
      },
      bring: (arrival: Arrival) => this.#stream.bring(arrival),
    };
  }

  get address(): AddressInfo | undefined {
    const address = this.#server?.address();
    return typeof address === 'object' && address !== null ? address : undefined;
  }

  async start(): Promise<void> {
    const { auth, tls, include_metadata } = this.#settings;
    if (auth !== null && auth !== undefined) this.#authenticate = this.#authenticator(auth);
    if (include_metadata) {
      this.#host.log.warn('include_metadata has no effect: no component reads request headers');
    }
    const server = await this.#createServer(tls ?? undefined);
    this.#server = server;
    server.maxConnections = CONNECTIONS_MAX;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (request, response) => this.#meet(request, response, false));
    server.on('checkContinue', (request, response) => this.#meet(request, response, true));
    server.on('clientError', (error, socket) => this.#refuseGarbage(error, socket));
    await this.#listen(server);
    const scheme = tls === null || tls === undefined ? 'http' : 'https';
    const where = `${scheme}://${authority(this.address)}${this.#settings.logs_url_path}`;
    this.#host.report({ status: 'healthy', message: `listening on ${where}` });
    this.#host.log.info(`listening on ${where}`);
  }

  /** Ends the arrivals at once; resolves when those being answered are answered, or at the deadline. */
  async stop(deadline: Deadline): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#reload?.cancel();
    this.#stream.end();
    const server = this.#server;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const exchanges of this.#exchanges.values()) {
      for (const exchange of exchanges) exchange.drain();
    }
    // Idle, silent and half-said connections have nothing to be answered. Under TLS the sockets
    // here are the ones below, which do not know; those wait for the end.
    const isTls = this.#settings.tls !== null && this.#settings.tls !== undefined;
    for (const socket of this.#sockets) {
      if (!isTls && (this.#exchanges.get(socket)?.size ?? 0) === 0) socket.destroy();
    }
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
      deadline.onExpired(resolve);
      this.#sayIdle();
    });
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #createServer(tls: TlsSettings | undefined): Promise<Server> {
    const { read_header_timeout, read_timeout, idle_timeout } = this.#settings;
    // Node wants the headers' time within the whole request's.
    const headersMs =
      read_timeout > 0 ? Math.min(read_header_timeout, read_timeout) : read_header_timeout;
    const options = {
      noDelay: true,
      headersTimeout: headersMs,
      requestTimeout: read_timeout,
      keepAliveTimeout: idle_timeout,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
    };
    if (tls === undefined) return createServer(options);
    const where = `receivers.${this.#host.id}.protocols.http`;
    const https = await import('node:https');
    const server = https.createServer({ ...options, ...readTls(tls, where) });
    if (tls.reload_interval > 0) this.#reloadTls(server, tls, where);
    return server;
  }

  #reloadTls(
    server: { setSecureContext(options: ReturnType<typeof readTls>): void },
    tls: TlsSettings,
    where: string,
  ): void {
    this.#reload = this.#host.clock.after(tls.reload_interval, () => {
      try {
        server.setSecureContext(readTls(tls, where));
      } catch (thrown) {
        this.#host.log.warn(`TLS files were not reloaded: ${messageOf(thrown)}`);
      }
      this.#reloadTls(server, tls, where);
    });
  }

  async #listen(server: Server): Promise<void> {
    const { endpoint } = this.#settings;
    const at = endpoint.lastIndexOf(':');
    const name = endpoint.slice(0, at).replace(/^\[(.*)\]$/, '$1');
    const port = Number(endpoint.slice(at + 1));
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port, ...(name !== '' && { host: name }), backlog: 1024 }, () => {
          server.off('error', reject);
          resolve();
        });
      });
    } catch (thrown) {
      throw new CountersignError(
        'CS_ADDRESS_UNAVAILABLE',
        `receivers.${this.#host.id}.protocols.http.endpoint: cannot listen on ${endpoint}: ` +
          `${messageOf(thrown)}; stop what listens there, or write another address such as ${ENDPOINT_DEFAULT}`,
      );
    }
    server.on('error', (error) => this.#host.log.warn(`the server reported: ${error.message}`));
  }

  #authenticator(auth: { authenticator: string }): Extension['authenticate'] {
    const extension = this.#host.extension(auth.authenticator);
    if (extension?.authenticate === undefined) {
      throw new CountersignError(
        'CS_CONFIG_INVALID',
        `receivers.${this.#host.id}.protocols.http.auth.authenticator: "${auth.authenticator}" is ` +
          'no running extension that checks requests; add one to extensions and service.extensions',
      );
    }
    return (headers) => extension.authenticate?.(headers) ?? { ok: false, message: 'no check' };
  }

  /** A request whose headers have come in. */
  #meet(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const { headers } = request;
    const corsHeaders = this.#cors?.answerHeaders(headers) ?? [];
    const exchange = new Exchange(this.#service, request, response, corsHeaders);
    this.#open(exchange, request.socket, response);
    if (this.#service.draining) {
      exchange.refuse(exchange.draining());
      return;
    }
    if (this.#cors !== undefined && isPreflight(request.method, headers)) {
      response.writeHead(204, [...this.#cors.preflightHeaders(headers)]).end();
      return;
    }
    const terms = this.#screen(request);
    if (isRefusal(terms)) exchange.refuse(terms);
    else exchange.take(terms, expectsContinue);
  }

  /** Keeps an exchange in the books until its answer has left or its connection is gone. */
  #open(exchange: Exchange, socket: Socket, response: ServerResponse): void {
    let exchanges = this.#exchanges.get(socket);
    if (exchanges === undefined) {
      const opened = new Set<Exchange>();
      exchanges = opened;
      this.#exchanges.set(socket, opened);
      // Answers that wait behind another in a pipeline hear nothing when the connection ends.
      socket.once('close', () => {
        this.#exchanges.delete(socket);
        this.#openCount -= opened.size;
        opened.clear();
        this.#sayIdle();
      });
    }
    const mine = exchanges;
    mine.add(exchange);
    this.#openCount += 1;
    response.once('close', () => {
      if (!mine.delete(exchange)) return;
      this.#openCount -= 1;
      this.#sayIdle();
    });
  }

  #sayIdle(): void {
    if (this.#openCount === 0) this.#idle?.();
  }

  /** Who, where, how, what: in this order, so that a stranger learns nothing. */
  #screen(request: IncomingMessage): ReturnType<typeof screenHeaders> {
    const { logs_url_path, max_request_body_size } = this.#settings;
    const authentication = this.#authenticate?.(request.headers);
    if (authentication?.ok === false) return unauthorized(authentication.message);
    if (!isPath(request.url ?? '', logs_url_path)) {
      return {
        status: 404,
        reason: 'not_found',
        message: `nothing is here; send log records to POST ${logs_url_path}`,
      };
    }
    if (request.method !== 'POST') {
      const allowed = this.#cors === undefined ? 'POST' : 'POST, OPTIONS';
      return {
        status: 405,
        reason: 'method_not_allowed',
        message: 'log records are sent by POST',
        headers: ['Allow', allowed],
      };
    }
    return screenHeaders(request.headers, max_request_body_size);
  }

  /** Bytes that are no HTTP, or that come too slowly, or not at all. */
  #refuseGarbage(error: NodeJS.ErrnoException, socket: Duplex): void {
    const code = error.code ?? '';
    if (code === 'ECONNRESET' || this.#garbled.has(socket)) {
      socket.destroy();
      return;
    }
    this.#garbled.add(socket);
    const garbage = GARBAGE[code] ?? GARBAGE_DEFAULT;
    const last = [...(this.#exchanges.get(socket) ?? [])].at(-1);
    if (last !== undefined) {
      // The answers of whole requests before it still go out; the last one ends the connection.
      socket.pause();
      if (!last.garble(garbage)) this.#host.door.turnAway(garbage.reason, 0);
      return;
    }
    this.#host.door.turnAway(garbage.reason, 0);
    const isTls = code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS');
    if (isTls || !socket.writable) socket.destroy();
    else socket.end(rawAnswer(garbage.status));
  }
}

/** What Node's parser reports, as an answer; by error code. */
const GARBAGE: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { status: 431, reason: 'undecodable', message: 'the headers are too large' },
  HPE_INVALID_EOF_STATE: {
    status: 400,
    reason: 'aborted',
    message: 'the request ended before it was whole',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    reason: 'aborted',
    message: 'the request came too slowly',
  },
};
const GARBAGE_DEFAULT: Refusal = {
  status: 400,
  reason: 'undecodable',
  message: 'the request is not valid HTTP/1.1',
};

/** An answer to what never became a request. */
function rawAnswer(status: number): string {
  const phrase = STATUS_CODES[status] ?? 'Bad Request';
  return `HTTP/1.1 ${status} ${phrase}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
}

function unauthorized(message: string): Refusal {
  return {
    status: 401,
    reason: 'unauthorized',
    message,
    headers: ['WWW-Authenticate', 'Bearer'],
  };
}

/** Whether a request target is this path; a query is ignored, the absolute form is understood (RFC 9112 §3.2). */
function isPath(target: string, path: string): boolean {
  if (target === path) return true;
  if (target.startsWith('/')) return target.split('?', 1)[0] === path;
  return URL.parse(target)?.pathname === path;
}

function authority(address: AddressInfo | undefined): string {
  if (address === undefined) return 'nowhere';
  const { family, port } = address;
  return family === 'IPv6' ? `[${address.address}]:${port}` : `${address.address}:${port}`;
}
