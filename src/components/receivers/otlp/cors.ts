import type { IncomingHttpHeaders } from 'node:http';
import type { HttpSettings } from './index.ts';

type CorsSettings = NonNullable<HttpSettings['cors']>;

/** What every browser may send in a request for OTLP. */
const HEADERS_DEFAULT = ['accept', 'content-type', 'x-requested-with', 'origin'];

/** Answers for browsers of other origins (Fetch standard, CORS protocol). Headers are name, value, name, … */
export class Cors {
  readonly #origins: readonly RegExp[];
  readonly #headers: ReadonlySet<string>;
  readonly #anyHeader: boolean;
  readonly #exposed: string;
  readonly #ageSeconds: number;

  constructor(settings: CorsSettings) {
    this.#origins = settings.allowed_origins.map(originPattern);
    const headers = settings.allowed_headers.map((name) => name.toLowerCase());
    this.#anyHeader = headers.includes('*');
    this.#headers = new Set([...HEADERS_DEFAULT, ...headers]);
    this.#exposed = settings.exposed_headers.join(', ');
    this.#ageSeconds = settings.max_age;
  }

  /** Headers of any answer to a request with an Origin; a stranger gets none that lets it read. */
  answerHeaders(headers: IncomingHttpHeaders): readonly string[] {
    const { origin } = headers;
    if (origin === undefined) return [];
    if (!this.#allows(origin)) return ['Vary', 'Origin'];
    const answer = ['Vary', 'Origin', ...allowOrigin(origin)];
    if (this.#exposed !== '') answer.push('Access-Control-Expose-Headers', this.#exposed);
    return answer;
  }

  /** Headers of the answer to a preflight request. */
  preflightHeaders(headers: IncomingHttpHeaders): readonly string[] {
    const vary = ['Vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'];
    const { origin } = headers;
    const asked = (headers['access-control-request-headers'] ?? '')
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== '');
    const welcome =
      origin !== undefined &&
      this.#allows(origin) &&
      headers['access-control-request-method'] === 'POST' &&
      asked.every((name) => this.#anyHeader || this.#headers.has(name));
    if (!welcome) return vary;
    const answer = [...vary, ...allowOrigin(origin), 'Access-Control-Allow-Methods', 'POST'];
    if (asked.length > 0) answer.push('Access-Control-Allow-Headers', asked.join(', '));
    if (this.#ageSeconds > 0) answer.push('Access-Control-Max-Age', String(this.#ageSeconds));
    return answer;
  }

  #allows(origin: string): boolean {
    return this.#origins.some((pattern) => pattern.test(origin));
  }
}

/** A browser asks before it sends: OPTIONS with an origin and a method. */
export function isPreflight(method: string | undefined, headers: IncomingHttpHeaders): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

function allowOrigin(origin: string): string[] {
  return ['Access-Control-Allow-Origin', origin, 'Access-Control-Allow-Credentials', 'true'];
}

/** A `*` stands for any text. One a pattern, so that matching stays linear in the input. */
function originPattern(origin: string): RegExp {
  const [before = '', after] = origin.split('*', 2);
  if (after === undefined) return new RegExp(`^${RegExp.escape(before)}$`, 'i');
  return new RegExp(`^${RegExp.escape(before)}.*${RegExp.escape(after)}$`, 'i');
}
