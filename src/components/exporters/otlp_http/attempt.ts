import type {
  Agent,
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  RequestOptions,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Clock, Deadline } from '../../../sdk/index.ts';

/** Where requests go and through what. */
export interface Route {
  readonly isTls: boolean;
  /** `request` of node:http or node:https. */
  readonly request: (options: RequestOptions) => ClientRequest;
  readonly clock: Clock;
  readonly agent: Agent;
  readonly hostname: string;
  readonly port: number;
  readonly path: string;
}

/** What one HTTP exchange came to. */
export type AttemptEnd =
  /** A status was read. Without `body` the rest was cut, or was too much; `why` says which. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: Buffer | undefined;
      readonly why: string;
    }
  /** Not a byte of the request left. */
  | { readonly kind: 'unsent'; readonly why: string; readonly expired: boolean }
  /** A kept connection had been closed by the backend before this request reached it. */
  | { readonly kind: 'stale' }
  /** The request was sent, whole or in part, and no status came back. */
  | { readonly kind: 'lost'; readonly why: string; readonly expired: boolean };

/** An answer is a few bytes; more is not one (also the limit of the OpenTelemetry SDK). */
export const ANSWER_BYTES_MAX = 4_194_304;

/** A round trip to any backend takes less. */
const STALE_WITHIN_MS = 1_000;

/**
 * Sends one POST in one write and reads its answer.
 *
 * Resolves, never rejects, and not before `body` is out of use: the write has finished or its
 * socket is closed. A backend that answers early would else be sent whatever the memory holds next.
 *
 * @param headers name, value, name, …; with Host and Content-Length
 */
export function attempt(
  route: Route,
  headers: readonly string[],
  body: Uint8Array,
  deadline: Deadline,
): Promise<AttemptEnd> {
  return new Promise((resolve) => {
    const exchange = new Exchange(route, headers, resolve);
    deadline.onExpired(() => exchange.expire());
    exchange.send(body);
  });
}

class Exchange {
  readonly #request: ClientRequest;
  readonly #resolve: (end: AttemptEnd) => void;
  readonly #clock: Clock;
  #socket: Socket | undefined;
  /** When the request could first leave, or `undefined` while there is no connection. */
  #setOffAtMs: number | undefined;
  #expired = false;
  #answer: IncomingMessage | undefined;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #ended = false;

  constructor(route: Route, headers: readonly string[], resolve: (end: AttemptEnd) => void) {
    this.#resolve = resolve;
    const { isTls, request, clock, agent, hostname, port, path } = route;
    this.#clock = clock;
    this.#request = request({ method: 'POST', agent, hostname, port, path, headers });
    this.#request.on('socket', (socket) => this.#connect(socket, isTls));
    this.#request.on('response', (answer) => this.#read(answer));
    this.#request.on('error', (error) => this.#fail(reasonOf(error)));
    this.#request.on('close', () => this.#fail('the connection was closed'));
  }

  send(body: Uint8Array): void {
    if (!this.#ended) this.#request.end(body);
  }

  expire(): void {
    this.#expired = true;
    this.#fail('no whole answer before the deadline');
  }

  #connect(socket: Socket, isTls: boolean): void {
    this.#socket = socket;
    if (socket.connecting) socket.once(isTls ? 'secureConnect' : 'connect', () => this.#setOff());
    else this.#setOff();
  }

  #setOff(): void {
    this.#setOffAtMs = this.#clock.monotonicMs();
  }

  #read(answer: IncomingMessage): void {
    this.#answer = answer;
    answer.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      if (this.#bytes > ANSWER_BYTES_MAX) this.#fail(`it is larger than ${ANSWER_BYTES_MAX} bytes`);
      else this.#chunks.push(chunk);
    });
    answer.on('end', () => this.#finish(answer));
    answer.on('error', (error) => this.#fail(reasonOf(error)));
    answer.on('close', () => this.#fail('it was cut'));
  }

  /** Node ends an answer only when it is whole. */
  #finish(answer: IncomingMessage): void {
    const [only] = this.#chunks;
    const body =
      this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
    const { statusCode: status = 0, headers } = answer;
    this.#end({ kind: 'answered', status, headers, body, why: '' });
  }

  /** The exchange is over without a whole answer; what happened until here says what it was. */
  #fail(why: string): void {
    if (this.#ended) return;
    const answer = this.#answer;
    const expired = this.#expired;
    if (answer !== undefined) {
      const { statusCode: status = 0, headers } = answer;
      this.#end({ kind: 'answered', status, headers, body: undefined, why });
    } else if (this.#setOffAtMs === undefined) this.#end({ kind: 'unsent', why, expired });
    else if (!expired && this.#isStale(this.#setOffAtMs)) this.#end({ kind: 'stale' });
    else this.#end({ kind: 'lost', why, expired });
  }

  /** A kept connection that is gone at once was gone before; later, the backend broke it. */
  #isStale(setOffAtMs: number): boolean {
    return this.#request.reusedSocket && this.#clock.monotonicMs() - setOffAtMs < STALE_WITHIN_MS;
  }

  #end(end: AttemptEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const whole = end.kind === 'answered' && end.body !== undefined;
    if (whole && this.#request.writableFinished) {
      this.#resolve(end);
      return;
    }
    // Something is still under way: only a closed socket is sure not to read the body any more.
    this.#request.destroy();
    const socket = this.#socket;
    if (socket === undefined || socket.closed) this.#resolve(end);
    else socket.once('close', () => this.#resolve(end));
  }
}

/** What the operating system says, without addresses of its own making. */
function reasonOf(error: NodeJS.ErrnoException): string {
  return error.code === undefined || error.message.includes(error.code)
    ? error.message
    : `${error.message} (${error.code})`;
}
