import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ArrivalOutcome, Clock } from '../../../sdk/index.ts';
import { encodeResponse, encodeStatus, jsonResponse, jsonStatus } from '../../../otlp/index.ts';
import type { Encoding } from './screening.ts';
import { MEDIA_TYPES } from './screening.ts';

/** What goes back: a status line, a body in the request's encoding, and headers as name, value, name, … */
export interface Answer {
  readonly status: number;
  readonly encoding: Encoding;
  readonly body: Uint8Array | string;
  readonly headers: readonly string[];
}

/** Codes of google.rpc.Status for the statuses that are sent (google/rpc/code.proto). */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3, // INVALID_ARGUMENT
  401: 16, // UNAUTHENTICATED
  404: 12, // UNIMPLEMENTED
  405: 12,
  408: 4, // DEADLINE_EXCEEDED
  413: 3,
  415: 3,
  431: 3,
  429: 8, // RESOURCE_EXHAUSTED
  500: 13, // INTERNAL
  503: 14, // UNAVAILABLE
};

const NO_HEADERS: readonly string[] = [];
const SUCCESS: Readonly<Record<Encoding, Answer>> = {
  protobuf: { status: 200, encoding: 'protobuf', body: '', headers: NO_HEADERS },
  json: { status: 200, encoding: 'json', body: '{}', headers: NO_HEADERS },
};

/** Everything was taken: an empty ExportLogsServiceResponse. */
export function success(encoding: Encoding): Answer {
  return SUCCESS[encoding];
}

/** A google.rpc.Status in the request's encoding. */
export function fault(
  status: number,
  encoding: Encoding,
  message: string,
  headers: readonly string[] = NO_HEADERS,
): Answer {
  const code = RPC_CODES[status] ?? 2;
  const body =
    encoding === 'json' ? jsonStatus({ code, message }) : encodeStatus({ code, message });
  return { status, encoding, body, headers };
}

/** Whole seconds, at least one: zero would make a sender try again at once (RFC 9110 §10.2.3). */
export function retryAfter(delayMs: number): readonly string[] {
  const seconds = Number.isFinite(delayMs) ? Math.max(1, Math.ceil(delayMs / 1_000)) : 1;
  return ['Retry-After', String(seconds)];
}

/** What the sender of an arrival is told. */
export function answerTo(outcome: ArrivalOutcome, encoding: Encoding): Answer {
  switch (outcome.kind) {
    case 'accepted':
      return outcome.rejected === 0 && outcome.warnings.length === 0
        ? SUCCESS[encoding]
        : partialSuccess(outcome, encoding);
    case 'retry':
      return fault(
        503,
        encoding,
        `not delivered yet (${outcome.reason}); send the same request again`,
        retryAfter(outcome.retryAfterMs),
      );
    case 'refused':
      return fault(
        outcome.full ? 429 : 503,
        encoding,
        `nothing was taken (${outcome.reason}); send the same request again`,
        retryAfter(outcome.retryAfterMs),
      );
    default:
      return outcome satisfies never;
  }
}

/** `rejected` 0 with a message is a warning (opentelemetry-proto, logs_service.proto). */
function partialSuccess(
  outcome: Extract<ArrivalOutcome, { kind: 'accepted' }>,
  encoding: Encoding,
): Answer {
  const { rejected } = outcome;
  const reasons = [...outcome.reasons].map(([reason, count]) => `${reason} ${count}`).join(', ');
  const sentences: string[] = [];
  if (rejected > 0) sentences.push(`${rejected} log records rejected`);
  if (reasons !== '') sentences.push(`reasons: ${reasons}`);
  const message = [...sentences, ...outcome.details, ...outcome.warnings].join('; ');
  const response = { rejected, message };
  const body = encoding === 'json' ? jsonResponse(response) : encodeResponse(response);
  return { status: 200, encoding, body, headers: NO_HEADERS };
}

/** Below this a body that nobody wants is read to its end, so that the connection lives on. */
const DISCARD_BYTES_MAX = 1_048_576;
/** How long an unwanted body is discarded after the answer before the connection is cut. */
const LINGER_MS = 2_000;

export interface Sending {
  readonly clock: Clock;
  /** Headers of every answer of this receiver and of this exchange. */
  readonly headers: readonly string[];
  /** The connection ends after this answer. */
  readonly close: boolean;
}

/**
 * Sends an answer. A body that has not come in yet decides how the connection goes on:
 * a small one is discarded and the connection lives; else it is closed in stages.
 */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  sending: Sending,
): void {
  if (response.writableEnded || response.destroyed) return;
  const unread = !request.complete && !willEndSoon(request);
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  const headers = [
    'Content-Type',
    MEDIA_TYPES[answer.encoding],
    'Content-Length',
    String(body.length),
    ...answer.headers,
    ...sending.headers,
  ];
  if (unread || sending.close) headers.push('Connection', 'close');
  response.writeHead(answer.status, headers);
  if (unread && request.method !== 'HEAD') closeInStages(request, response, body, sending.clock);
  else response.end(request.method === 'HEAD' ? undefined : body);
}

function willEndSoon(request: IncomingMessage): boolean {
  // After `Expect: 100-continue` nobody knows whether the body comes at all.
  if (request.headers.expect !== undefined) return false;
  const length = request.headers['content-length'];
  return length !== undefined && Number(length) <= DISCARD_BYTES_MAX;
}

/**
 * Half-close, then read and discard for a while (RFC 9112 §9.6). Closed at once, the kernel would
 * answer the bytes under way with a reset, and that destroys an answer which was not read yet.
 */
function closeInStages(
  request: IncomingMessage,
  response: ServerResponse,
  body: Uint8Array,
  clock: Clock,
): void {
  const { socket } = request;
  const timer = clock.after(LINGER_MS, () => socket.destroy());
  socket.once('close', () => timer.cancel());
  request.once('end', () => socket.destroySoon());
  // The callback comes when the answer has left, after those of earlier requests in the pipeline.
  response.write(body, () => socket.end());
  request.resume();
}
