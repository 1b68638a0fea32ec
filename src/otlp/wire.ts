import { Buffer } from 'node:buffer';

/**
 * Primitives of the protobuf wire format, for bytes that {@link indexRequest} has checked: they
 * read without bounds of their own and allocate nothing.
 *
 * A field is a tag (varint: field number × 8 + wire type) and its value. Wire types: 0 varint,
 * 1 eight bytes, 2 length and bytes, 5 four bytes. 3 and 4 (groups, deprecated since proto2 and
 * never part of OTLP) do not pass the check.
 */

/** The same memory as a Buffer, whose `toString` and `copy` work on ranges. */
export function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Low 32 bits of the varint at `at`, unsigned: tags, lengths, int32, uint32, bool, enum. */
export function varintAt(bytes: Uint8Array, at: number): number {
  let byte = bytes[at] as number;
  if (byte < 0x80) return byte;
  let value = byte & 0x7f;
  for (let shift = 7, p = at + 1; shift < 35; shift += 7, p += 1) {
    byte = bytes[p] as number;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return value >>> 0;
}

/** One past the varint at `at`. */
export function afterVarint(bytes: Uint8Array, at: number): number {
  let p = at;
  while ((bytes[p] as number) >= 0x80) p += 1;
  return p + 1;
}

/** One past the value at `at` of a field with this tag. */
export function afterValue(bytes: Uint8Array, at: number, tag: number): number {
  switch (tag & 7) {
    case 0:
      return afterVarint(bytes, at);
    case 1:
      return at + 8;
    case 2:
      return afterVarint(bytes, at) + varintAt(bytes, at);
    default:
      return at + 4;
  }
}

/** The varint at `at` as a signed 64-bit integer. */
export function int64At(bytes: Uint8Array, at: number): bigint {
  let low = 0;
  let factor = 1;
  let p = at;
  // 7 groups of 7 bits are exact in a double; only negative and huge numbers have more.
  for (let group = 0; group < 7; group += 1) {
    const byte = bytes[p] as number;
    p += 1;
    low += (byte & 0x7f) * factor;
    if (byte < 0x80) return BigInt(low);
    factor *= 128;
  }
  let high = 0;
  factor = 1;
  for (let group = 7; group < 10; group += 1) {
    const byte = bytes[p] as number;
    p += 1;
    high += (byte & 0x7f) * factor;
    if (byte < 0x80) break;
    factor *= 128;
  }
  return BigInt.asIntN(64, (BigInt(high) << 49n) | BigInt(low));
}

/** Four bytes, little endian, unsigned. */
export function fixed32At(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}

/** Eight bytes, little endian, unsigned. */
export function fixed64At(bytes: Uint8Array, at: number): bigint {
  return (BigInt(fixed32At(bytes, at + 4)) << 32n) | BigInt(fixed32At(bytes, at));
}

/** Bytes that a length or tag takes as a varint. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  if (value < 0x1000_0000) return 4;
  return 5;
}

/** Writes an unsigned 32-bit varint; returns where it ends. */
export function putVarint(target: Uint8Array, at: number, value: number): number {
  let rest = value;
  let p = at;
  while (rest >= 0x80) {
    target[p] = (rest & 0x7f) | 0x80;
    p += 1;
    rest >>>= 7;
  }
  target[p] = rest;
  return p + 1;
}

/** A stretch of bytes. */
export interface Range {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * The value of an embedded message field: where it stands, or `undefined` when there is none.
 *
 * A singular message that stands several times is the merge of all of them, which is what the
 * concatenation of their encodings decodes to (protobuf encoding guide, "Last One Wins").
 */
export function messageField(
  bytes: Buffer,
  start: number,
  end: number,
  wanted: number,
): Range | undefined {
  let from = -1;
  let to = -1;
  let parts: Buffer[] | undefined;
  let p = start;
  while (p < end) {
    const tag = varintAt(bytes, p);
    p = afterVarint(bytes, p);
    const next = afterValue(bytes, p, tag);
    if (tag === wanted) {
      if (from >= 0)
        (parts ??= [bytes.subarray(from, to)]).push(bytes.subarray(afterVarint(bytes, p), next));
      from = afterVarint(bytes, p);
      to = next;
    }
    p = next;
  }
  if (from < 0) return undefined;
  if (parts === undefined) return { bytes, start: from, end: to };
  const merged = Buffer.concat(parts);
  return { bytes: merged, start: 0, end: merged.length };
}
