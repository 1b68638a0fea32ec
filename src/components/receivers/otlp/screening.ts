import type { IncomingHttpHeaders } from 'node:http';
import type { DoorReason } from '../../../sdk/index.ts';

/** The two encodings of OTLP/HTTP. Answers come in the request's. */
export type Encoding = 'protobuf' | 'json';

export const MEDIA_TYPES: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** How a body is compressed. */
export type Compression = 'identity' | 'gzip' | 'deflate' | 'zstd';

const COMPRESSIONS: ReadonlyMap<string, Compression> = new Map([
  ['', 'identity'],
  ['identity', 'identity'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['zlib', 'deflate'],
  ['zstd', 'zstd'],
]);

/** A request that is turned away: what the sender reads, and what is counted. */
export interface Refusal {
  readonly status: 400 | 401 | 404 | 405 | 408 | 413 | 415 | 429 | 431 | 503;
  readonly reason: DoorReason;
  /** For the sender; names no content and no secret. */
  readonly message: string;
  readonly headers?: readonly string[];
}

/** What the headers say about a body that is welcome. */
export interface BodyTerms {
  readonly encoding: Encoding;
  readonly compression: Compression;
  /** Bytes on the wire, or `undefined` when it comes in chunks. */
  readonly length: number | undefined;
}

/** The media type without its parameters, in lower case (RFC 9110 §8.3.1). */
export function mediaTypeOf(contentType: string | undefined): string {
  if (contentType === undefined) return '';
  const end = contentType.indexOf(';');
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}

export function encodingOf(contentType: string | undefined): Encoding | undefined {
  // The two exact spellings that SDKs send come first: they need no parsing.
  if (contentType === 'application/x-protobuf') return 'protobuf';
  if (contentType === 'application/json') return 'json';
  const type = mediaTypeOf(contentType);
  if (type === MEDIA_TYPES.protobuf) return 'protobuf';
  return type === MEDIA_TYPES.json ? 'json' : undefined;
}

/** Judges a request to the right path by its headers alone, before a byte of the body is read. */
export function screenHeaders(
  headers: IncomingHttpHeaders,
  bodyBytesMax: number,
): BodyTerms | Refusal {
  const encoding = encodingOf(headers['content-type']);
  if (encoding === undefined) {
    return {
      status: 415,
      reason: 'unsupported_media_type',
      message: 'Content-Type must be application/x-protobuf or application/json',
    };
  }
  const compression = COMPRESSIONS.get((headers['content-encoding'] ?? '').trim().toLowerCase());
  if (compression === undefined) {
    return {
      status: 400,
      reason: 'undecodable',
      message: 'Content-Encoding must be gzip, deflate, zstd or identity',
    };
  }
  const length = headers['content-length'];
  const bytes = length === undefined ? undefined : Number(length);
  if (bytes !== undefined && bytes > bodyBytesMax) return tooLarge(bodyBytesMax);
  // Without either header there is no body (RFC 9112 §6.3).
  const chunked = headers['transfer-encoding'] !== undefined;
  return { encoding, compression, length: bytes ?? (chunked ? undefined : 0) };
}

export function isRefusal(value: object): value is Refusal {
  return 'status' in value;
}

export function tooLarge(bodyBytesMax: number): Refusal {
  return {
    status: 413,
    reason: 'too_large',
    message: `the body is larger than ${bodyBytesMax} bytes, before or after decompression; send smaller batches`,
  };
}
