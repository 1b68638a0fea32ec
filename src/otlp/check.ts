import * as tags from './tags.ts';

// Constants of this module: V8 folds them, and reads those of another at every use (a fifth slower).
const {
  KEY_VALUE_KEY,
  KEY_VALUE_VALUE,
  LIST_ITEM,
  RECORD_ATTRIBUTE,
  RECORD_BODY,
  VALUE_ARRAY,
  VALUE_BOOL,
  VALUE_DOUBLE,
  VALUE_INT,
  VALUE_KVLIST,
  VALUE_STRING,
} = tags;

/**
 * Well-formedness of a LogRecord with everything in it: every length within its parent, every
 * varint ended, no groups, values nested to {@link VALUE_NESTING_MAX} at most.
 *
 * All of it is checked while a request is indexed, so that no later read can meet a broken byte,
 * and no backend refuses a merged request because of one sender.
 */

/** AnyValue within AnyValue; deeper ones make a request undecodable. Others refuse 100 messages. */
export const VALUE_NESTING_MAX = 250;

/** Where the last varint ended. */
let next = 0;

/** The varint at `at` (exact up to 2^53), or -1 when it does not end before `end` or in 64 bits. */
export function checkedVarint(bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at] as number;
  if (at < end && byte < 0x80) {
    next = at + 1;
    return byte;
  }
  return longVarint(bytes, at, end);
}

function longVarint(bytes: Uint8Array, at: number, end: number): number {
  const second = bytes[at + 1] as number;
  if (at + 1 < end && second < 0x80) {
    next = at + 2;
    return ((bytes[at] as number) & 0x7f) | (second << 7);
  }
  let value = 0;
  let factor = 1;
  for (let p = at; p < end && p < at + 10; p += 1) {
    const byte = bytes[p] as number;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      // The tenth byte holds bit 64 only.
      if (p === at + 9 && byte > 1) return -1;
      next = p + 1;
      return value;
    }
    factor *= 128;
  }
  return -1;
}

/** One past the varint that {@link checkedVarint} read last. */
export function varintEnd(): number {
  return next;
}

/** The tag at `at`, or -1: cut, over 32 bits, field number 0, or a group. */
export function checkedTag(bytes: Uint8Array, at: number, end: number): number {
  const value = checkedVarint(bytes, at, end);
  if (value < 8 || value > 0xffff_ffff || next - at > 5) return -1;
  const type = value & 7;
  return type === 3 || type === 4 || type > 5 ? -1 : value;
}

/** One past the value at `at`, or -1 when it does not end by `end`. */
export function checkedSkip(bytes: Uint8Array, at: number, end: number, tag: number): number {
  switch (tag & 7) {
    case 0:
      return checkedVarint(bytes, at, end) < 0 ? -1 : next;
    case 1:
      return at + 8 <= end ? at + 8 : -1;
    case 2: {
      const length = checkedVarint(bytes, at, end);
      return length < 0 || length > end - next ? -1 : next + length;
    }
    default:
      return at + 4 <= end ? at + 4 : -1;
  }
}

/** True when the bytes are fields of some message; what the fields hold is not looked at. */
export function isMessage(bytes: Uint8Array, start: number, end: number): boolean {
  let p = start;
  while (p < end) {
    const field = checkedTag(bytes, p, end);
    if (field < 0) return false;
    p = checkedSkip(bytes, next, end, field);
    if (p < 0) return false;
  }
  return true;
}

/**
 * True when the bytes are a LogRecord all through.
 *
 * What nearly every sender writes is checked without a call: short tags and lengths, and attributes
 * of one short key and one short value. Everything else takes the general way.
 */
export function isRecord(bytes: Uint8Array, start: number, end: number): boolean {
  let p = start;
  while (p < end) {
    const after = plainFieldEnd(bytes, p, end);
    p = after > 0 ? after : checkedRecordField(bytes, p, end);
    if (p < 0) return false;
  }
  return p === end;
}

/**
 * One past the field at `at`, or 0 when it is not of the plain kind. Bytes past the end may be
 * read here: a field that has any is found to end there.
 */
function plainFieldEnd(bytes: Uint8Array, at: number, end: number): number {
  const field = bytes[at] as number;
  const type = field & 7;
  if (field >= 0x80 || field < 8) return 0;
  if (type === 1) return at + 9;
  const byte = bytes[at + 1] as number;
  if (type === 0) return byte < 0x80 ? at + 2 : 0;
  if (type !== 2) return 0;
  let from = at + 2;
  let after = from + byte;
  if (byte >= 0x80) {
    const high = bytes[from] as number;
    if (high >= 0x80) return 0;
    from += 1;
    after = from + (byte & 0x7f) + (high << 7);
  }
  if (field === RECORD_ATTRIBUTE) return isPlainKeyValue(bytes, from, after, end) ? after : 0;
  if (field === RECORD_BODY) return isPlainText(bytes, from, after, end) ? after : 0;
  return after;
}

/** True for one text of at most 16 KiB and nothing else. */
function isPlainText(bytes: Uint8Array, start: number, after: number, end: number): boolean {
  const byte = bytes[start + 1] as number;
  if (after > end || after < start + 3 || bytes[start] !== VALUE_STRING) return false;
  if (byte < 0x80) return start + 2 + byte === after;
  const high = bytes[start + 2] as number;
  return high < 0x80 && start + 3 + (byte & 0x7f) + (high << 7) === after;
}

/** True for one key and one value, both short, and nothing else: no length here is over a byte. */
function isPlainKeyValue(
  bytes: Uint8Array,
  start: number,
  end: number,
  recordEnd: number,
): boolean {
  const keySize = bytes[start + 1] as number;
  const value = start + 2 + keySize;
  // Where a byte read here lies past `end`, the comparisons of lengths fail.
  if (bytes[start] !== KEY_VALUE_KEY || keySize >= 0x80 || value + 4 > end) return false;
  if (end > recordEnd) return false;
  const valueSize = bytes[value + 1] as number;
  if (bytes[value] !== KEY_VALUE_VALUE || valueSize >= 0x80) return false;
  if (value + 2 + valueSize !== end) return false;
  const member = bytes[value + 2] as number;
  if (member === VALUE_STRING) return bytes[value + 3] === valueSize - 2;
  if (member === VALUE_BOOL) return valueSize === 2 && (bytes[value + 3] as number) < 0x80;
  if (member === VALUE_DOUBLE) return valueSize === 9;
  return member === VALUE_INT && isVarint(bytes, value + 3, end);
}

/** True when the bytes are one varint of at most nine bytes; a longer one takes the general way. */
function isVarint(bytes: Uint8Array, start: number, end: number): boolean {
  let p = start;
  while (p < end && (bytes[p] as number) >= 0x80) p += 1;
  return p === end - 1 && end - start < 10;
}

/** One past the field at `at` of a LogRecord, or -1 when it is broken. */
function checkedRecordField(bytes: Uint8Array, at: number, end: number): number {
  const field = checkedTag(bytes, at, end);
  if (field < 0) return -1;
  const value = next;
  const after = checkedSkip(bytes, value, end, field);
  if (after < 0) return -1;
  if (field === RECORD_ATTRIBUTE) {
    checkedVarint(bytes, value, end);
    return isKeyValue(bytes, next, after, 0) ? after : -1;
  }
  if (field === RECORD_BODY) {
    checkedVarint(bytes, value, end);
    return isValue(bytes, next, after, 0) ? after : -1;
  }
  return after;
}

/** True when the bytes are a KeyValue all through. */
export function isKeyValue(
  bytes: Uint8Array,
  start: number,
  end: number,
  nesting: number,
): boolean {
  // Nearly every KeyValue is a short key and a short value and nothing else.
  if (end - start >= 4 && bytes[start] === KEY_VALUE_KEY) {
    const valueTag = start + 2 + (bytes[start + 1] as number);
    if (
      valueTag + 2 <= end &&
      (bytes[start + 1] as number) < 0x80 &&
      bytes[valueTag] === KEY_VALUE_VALUE &&
      (bytes[valueTag + 1] as number) < 0x80 &&
      valueTag + 2 + (bytes[valueTag + 1] as number) === end
    ) {
      return isValue(bytes, valueTag + 2, end, nesting);
    }
  }
  let p = start;
  while (p < end) {
    const field = checkedTag(bytes, p, end);
    if (field < 0) return false;
    const value = next;
    p = checkedSkip(bytes, value, end, field);
    if (p < 0) return false;
    if (field === KEY_VALUE_VALUE) {
      checkedVarint(bytes, value, end);
      if (!isValue(bytes, next, p, nesting)) return false;
    }
  }
  return true;
}

/** True when the bytes are an AnyValue all through, not nested too deep. */
export function isValue(bytes: Uint8Array, start: number, end: number, nesting: number): boolean {
  if (end - start >= 2) {
    const field = bytes[start] as number;
    const byte = bytes[start + 1] as number;
    if (field === VALUE_STRING && byte < 0x80 && start + 2 + byte === end) return true;
    if (field === VALUE_DOUBLE && end - start === 9) return true;
  }
  return isAnyValue(bytes, start, end, nesting);
}

function isAnyValue(bytes: Uint8Array, start: number, end: number, nesting: number): boolean {
  let p = start;
  while (p < end) {
    const field = checkedTag(bytes, p, end);
    if (field < 0) return false;
    const value = next;
    p = checkedSkip(bytes, value, end, field);
    if (p < 0) return false;
    if (field === VALUE_ARRAY || field === VALUE_KVLIST) {
      if (nesting >= VALUE_NESTING_MAX) return false;
      checkedVarint(bytes, value, end);
      if (!isList(bytes, next, p, nesting + 1, field)) return false;
    }
  }
  return true;
}

function isList(
  bytes: Uint8Array,
  start: number,
  end: number,
  nesting: number,
  kind: number,
): boolean {
  let p = start;
  while (p < end) {
    const field = checkedTag(bytes, p, end);
    if (field < 0) return false;
    const value = next;
    p = checkedSkip(bytes, value, end, field);
    if (p < 0) return false;
    if (field !== LIST_ITEM) continue;
    checkedVarint(bytes, value, end);
    const ok =
      kind === VALUE_ARRAY ? isValue(bytes, next, p, nesting) : isKeyValue(bytes, next, p, nesting);
    if (!ok) return false;
  }
  return true;
}

/** True when every `head` message among the fields holds fields, and KeyValues under `attribute`. */
export function isHead(bytes: Uint8Array, head: number, attribute: number): boolean {
  let p = 0;
  while (p < bytes.length) {
    const field = checkedTag(bytes, p, bytes.length);
    const value = next;
    p = checkedSkip(bytes, value, bytes.length, field);
    if (field !== head) continue;
    checkedVarint(bytes, value, bytes.length);
    if (!hasKeyValues(bytes, next, p, attribute)) return false;
  }
  return true;
}

function hasKeyValues(bytes: Uint8Array, start: number, end: number, attribute: number): boolean {
  let p = start;
  while (p < end) {
    const field = checkedTag(bytes, p, end);
    if (field < 0) return false;
    const value = next;
    p = checkedSkip(bytes, value, end, field);
    if (p < 0) return false;
    if (field !== attribute) continue;
    checkedVarint(bytes, value, end);
    if (!isKeyValue(bytes, next, p, 0)) return false;
  }
  return true;
}
