import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import type { Shipment } from '../../../sdk/index.ts';
import { CountersignError, messageOf } from '../../../sdk/index.ts';
import { decodeResponse, parseJsonResponse } from '../../../otlp/index.ts';
import type { AttemptEnd } from './attempt.ts';
import { ANSWER_BYTES_MAX } from './attempt.ts';
import { retryAfterMs } from './retry-after.ts';

/** What is needed to read an answer. */
export interface Reading {
  /** Where the request went, for messages; no credentials, no query. */
  readonly where: string;
  /** Media type of the request; an answer without one is read as this. */
  readonly mediaType: string;
  /** Records in the request. */
  readonly count: number;
  readonly wallMs: number;
}

const MESSAGE_LENGTH_MAX = 1_024;

/** What an exchange means for the records that were sent. */
export function shipmentOf(end: AttemptEnd, reading: Reading): Shipment {
  const { where } = reading;
  switch (end.kind) {
    case 'answered':
      return answered(end, reading);
    case 'unsent':
      return {
        status: 'retry',
        error: new CountersignError(
          end.expired ? 'CS_BACKEND_TIMEOUT' : 'CS_BACKEND_UNAVAILABLE',
          `cannot reach ${where}: ${end.why}; check that the backend runs and that the address is right`,
        ),
      };
    case 'stale':
      return {
        status: 'retry',
        afterMs: 0,
        error: new CountersignError(
          'CS_BACKEND_UNAVAILABLE',
          `${where} had closed an idle connection; make idle_conn_timeout shorter than the backend's if this is frequent`,
        ),
      };
    case 'lost':
      return {
        status: 'unknown',
        error: new CountersignError(
          end.expired ? 'CS_BACKEND_TIMEOUT' : 'CS_BACKEND_UNAVAILABLE',
          `no answer from ${where} after the request was sent: ${end.why}`,
        ),
      };
    default:
      return end satisfies never;
  }
}

function answered(end: Extract<AttemptEnd, { kind: 'answered' }>, reading: Reading): Shipment {
  const { status, headers } = end;
  const { where, wallMs } = reading;
  if (status >= 200 && status <= 299) return read(end, reading);
  if (status === 429 || (status >= 502 && status <= 504)) {
    const afterMs = retryAfterMs(headers['retry-after'], wallMs);
    const error = new CountersignError('CS_BACKEND_UNAVAILABLE', `${where} answered ${status}`);
    return afterMs === undefined ? { status: 'retry', error } : { status: 'retry', error, afterMs };
  }
  const { reason, advice } = refusalOf(status);
  const message = `${where} answered ${status}: ${advice}`;
  return { status: 'failed', reason, error: new CountersignError('CS_BACKEND_REFUSED', message) };
}

function refusalOf(status: number): { reason: string; advice: string } {
  if (status === 413) {
    return {
      reason: 'too_large',
      advice: 'the request is too large; set sending_queue.batch.max_size',
    };
  }
  if (status === 401 || status === 403) {
    return { reason: 'unauthorized', advice: 'check headers, auth and the client certificate' };
  }
  if (status === 404 || status === 405 || (status >= 300 && status <= 399)) {
    const moved = status < 400 ? '; redirects are not followed' : '';
    return {
      reason: 'misdirected',
      advice: `nothing takes log records there${moved}; correct the endpoint`,
    };
  }
  return { reason: 'rejected_by_backend', advice: 'the backend will not take this request' };
}

/** Reads a 2xx strictly: what is not a whole ExportLogsServiceResponse says nothing. */
function read(end: Extract<AttemptEnd, { kind: 'answered' }>, reading: Reading): Shipment {
  const { where, count } = reading;
  if (end.body === undefined) return unreadable(where, end.status, end.why);
  if (end.body.length === 0) return { status: 'delivered', rejected: 0 };
  try {
    const body = unpack(end.body, end.headers['content-encoding']);
    const { rejected, message } = parse(body, end.headers['content-type'] ?? reading.mediaType);
    if (rejected > count) throw new Error(`it rejects ${rejected} of ${count} records`);
    return message === ''
      ? { status: 'delivered', rejected }
      : { status: 'delivered', rejected, message: oneLine(message) };
  } catch (thrown) {
    return unreadable(where, end.status, messageOf(thrown));
  }
}

function parse(body: Buffer, contentType: string): { rejected: number; message: string } {
  const type = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (type === 'application/x-protobuf') return decodeResponse(body);
  if (type === 'application/json') return parseJsonResponse(body.toString());
  throw new Error('its type is neither application/x-protobuf nor application/json');
}

function unpack(body: Buffer, encoding: string | undefined): Buffer {
  const options = { maxOutputLength: ANSWER_BYTES_MAX };
  switch ((encoding ?? '').trim().toLowerCase()) {
    case '':
    case 'identity':
      return body;
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(body, options);
    case 'deflate':
      return inflateSync(body, options);
    case 'zstd':
      return zstdDecompressSync(body, options);
    case 'br':
      return brotliDecompressSync(body, options);
    default:
      throw new Error('its Content-Encoding is unknown');
  }
}

function unreadable(where: string, status: number, why: string): Shipment {
  return {
    status: 'unknown',
    error: new CountersignError(
      'CS_ANSWER_UNREADABLE',
      `${where} answered ${status}, but the answer cannot be read: ${why}; check that it speaks OTLP/HTTP`,
    ),
  };
}

/** A backend's text goes back to the sender: bounded, and no line breaks or control characters. */
function oneLine(message: string): string {
  return message
    .slice(0, MESSAGE_LENGTH_MAX)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim();
}
