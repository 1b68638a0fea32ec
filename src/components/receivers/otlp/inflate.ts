import type { Transform } from 'node:stream';
import {
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';
import type { Reservation } from '../../../sdk/index.ts';
import { messageOf } from '../../../sdk/index.ts';
import type { Compression } from './screening.ts';

export type Inflation =
  | { readonly kind: 'inflated'; readonly bytes: Buffer }
  | { readonly kind: 'too_large' | 'memory_full' }
  | { readonly kind: 'undecodable'; readonly message: string };

/**
 * Up to this size a body is inflated in one synchronous call: half the CPU of a stream, and
 * about 6 ms at most (gzip, measured at 4 MiB). Beyond it a stream works in the thread pool.
 */
const SYNC_BYTES_MAX = 4_194_304;
/** Room for the first guess when a format does not say how large its content is. */
const RATIO_GUESS = 8;
/** zlib asks for another buffer when the last is exactly full. */
const SLACK_BYTES = 64;

/**
 * The content of a compressed body; never more than `bytesMax` of it is in memory.
 *
 * The reservation covers the compressed bytes when it comes in and both when it ends; the caller
 * makes it smaller once the compressed ones are gone.
 */
export async function inflate(
  body: Buffer,
  compression: Exclude<Compression, 'identity'>,
  bytesMax: number,
  reservation: Reservation,
): Promise<Inflation> {
  const said = saidBytes(body, compression);
  const expected = Math.min(said ?? body.length * RATIO_GUESS, bytesMax);
  if (expected <= SYNC_BYTES_MAX) {
    if (!reservation.resize(body.length + expected)) return { kind: 'memory_full' };
    const options = { chunkSize: expected + SLACK_BYTES, maxOutputLength: Math.max(expected, 1) };
    try {
      return { kind: 'inflated', bytes: SYNC[variantOf(body, compression)](body, options) };
    } catch (thrown) {
      // What the format said, or our guess, was too low: only a stream can tell by how much.
      if (!isTooLarge(thrown)) return { kind: 'undecodable', message: messageOf(thrown) };
      if (expected === bytesMax) return { kind: 'too_large' };
    }
  }
  return inflateStream(body, STREAM[variantOf(body, compression)](), bytesMax, reservation);
}

async function inflateStream(
  body: Buffer,
  stream: Transform,
  bytesMax: number,
  reservation: Reservation,
): Promise<Inflation> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.end(body);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Leaving the loop destroys the stream: nothing more is inflated.
      if (bytes > bytesMax) return { kind: 'too_large' };
      // Twice, for the moment in which the chunks are put together.
      if (!reservation.resize(body.length + 2 * bytes)) return { kind: 'memory_full' };
      chunks.push(chunk);
    }
  } catch (thrown) {
    return { kind: 'undecodable', message: messageOf(thrown) };
  }
  return { kind: 'inflated', bytes: Buffer.concat(chunks, bytes) };
}

type Variant = 'gzip' | 'zlib' | 'raw' | 'zstd';

const STREAM_OPTIONS = { chunkSize: 262_144 };
const SYNC = {
  gzip: gunzipSync,
  zlib: inflateSync,
  raw: inflateRawSync,
  zstd: zstdDecompressSync,
};
const STREAM: Readonly<Record<Variant, () => Transform>> = {
  gzip: () => createGunzip(STREAM_OPTIONS),
  zlib: () => createInflate(STREAM_OPTIONS),
  raw: () => createInflateRaw(STREAM_OPTIONS),
  zstd: () => createZstdDecompress(STREAM_OPTIONS),
};

/** `deflate` means zlib (RFC 9110 §8.4.1.2), and some senders mean the bare format (RFC 1951). */
function variantOf(body: Buffer, compression: Exclude<Compression, 'identity'>): Variant {
  if (compression !== 'deflate') return compression;
  const [method = 0, flags = 0] = body;
  return (method & 15) === 8 && ((method << 8) | flags) % 31 === 0 ? 'zlib' : 'raw';
}

/** The size that a body claims for its content: a hint, and the sender's to forge. */
function saidBytes(body: Buffer, compression: Compression): number | undefined {
  // The last member's size modulo 2^32 (RFC 1952 §2.3.1).
  if (compression === 'gzip')
    return body.length >= 18 ? body.readUInt32LE(body.length - 4) : undefined;
  return compression === 'zstd' ? zstdContentBytes(body) : undefined;
}

/** Frame_Content_Size of the first frame (RFC 8878 §3.1.1). */
function zstdContentBytes(body: Buffer): number | undefined {
  if (body.length < 16 || body.readUInt32LE(0) !== 0xfd2fb528) return undefined;
  const descriptor = body.readUInt8(4);
  const singleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = 5 + (singleSegment ? 0 : 1) + dictionaryBytes;
  switch (descriptor >> 6) {
    case 0:
      return singleSegment ? body.readUInt8(at) : undefined;
    case 1:
      return body.readUInt16LE(at) + 256;
    case 2:
      return body.readUInt32LE(at);
    default:
      return undefined; // 8 bytes: larger than anything taken here
  }
}

function isTooLarge(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_BUFFER_TOO_LARGE';
}
