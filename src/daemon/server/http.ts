import { createServer } from '../../sdk/http.ts';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import { CountersignError } from '../../sdk/index.ts';

/** What a page answers. */
export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Pages by path; a handler is asked at each request. */
export type Pages = Readonly<Record<string, (query: URLSearchParams) => Page>>;

/** Most connections of an operator's server: probes, a scraper, a few people. */
const CONNECTIONS_MAX = 256;

/** A small read-only server: GET and HEAD, 404 and 405, and no body is ever read. */
export class PageServer {
  readonly #server: Server;
  readonly #what: string;

  constructor(what: string, pages: Pages) {
    this.#what = what;
    this.#server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (...pair) =>
      answer(pages, ...pair),
    );
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.on('clientError', (_, socket) => socket.destroy());
  }

  /**
   * Listens at `host:port` and gives the address back, with the real port for port 0.
   *
   * @throws CountersignError CS_ADDRESS_UNAVAILABLE
   */
  async listen(endpoint: string): Promise<string> {
    const { host, port } = splitEndpoint(endpoint);
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error) => {
        const message = `${this.#what}: cannot listen at ${endpoint}: ${error.message}`;
        reject(new CountersignError('CS_ADDRESS_UNAVAILABLE', message, { cause: error }));
      };
      this.#server.once('error', fail);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', fail);
        this.#server.on('error', () => undefined);
        resolve();
      });
    });
    const address = this.#server.address();
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    return isIPv6(host) ? `[${host}]:${bound}` : `${host}:${bound}`;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

/** `host:port`, `[::1]:port`; without a host, this machine's IPv4 loopback. */
export function splitEndpoint(endpoint: string): { host: string; port: number } {
  const colon = endpoint.lastIndexOf(':');
  const host = endpoint.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { host: host === '' ? '127.0.0.1' : host, port: Number(endpoint.slice(colon + 1)) };
}

function answer(pages: Pages, request: IncomingMessage, response: ServerResponse): void {
  const page = pageFor(pages, request);
  response.writeHead(page.status, {
    'content-type': page.contentType,
    'content-length': Buffer.byteLength(page.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(page.status === 405 && { allow: 'GET, HEAD' }),
  });
  response.end(request.method === 'HEAD' ? undefined : page.body);
}

function pageFor(pages: Pages, request: IncomingMessage): Page {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  if (page === undefined) {
    return text(404, `not found; there is ${Object.keys(pages).join(', ')}\n`);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'GET only\n');
  return page(new URLSearchParams(query));
}

export function text(status: number, body: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

export function json(status: number, value: unknown): Page {
  const body = `${JSON.stringify(value, undefined, 2)}\n`;
  return { status, contentType: 'application/json', body };
}
