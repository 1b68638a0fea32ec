import * as tag from './tags.ts';

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

/** True when the bytes are a LogRecord all through. */
export function isRecord(bytes: Uint8Array, start: number, end: number): boolean {
  let p = start;
  while (p < end) {
    let field = bytes[p] as number;
    if (field < 0x80) p += 1;
    else {
      field = checkedTag(bytes, p, end);
      if (field < 0) return false;
      p = next;
    }
    if ((field & 7) !== 2) {
      p =
        field < 8 || (field & 7) === 3 || (field & 7) === 4 || (field & 7) > 5
          ? -1
          : checkedSkip(bytes, p, end, field);
      if (p < 0) return false;
      continue;
    }
    let length = p < end ? (bytes[p] as number) : 0x80;
    if (length < 0x80) p += 1;
    else {
      length = checkedVarint(bytes, p, end);
      if (length < 0) return false;
      p = next;
    }
    if (length > end - p || field < 8) return false;
    if (field === tag.RECORD_ATTRIBUTE) {
      if (!isKeyValue(bytes, p, p + length, 0)) return false;
    } else if (field === tag.RECORD_BODY && !isValue(bytes, p, p + length, 0)) return false;
    p += length;
  }
  return true;
}

/** True when the bytes are a KeyValue all through. */
export function isKeyValue(
  bytes: Uint8Array,
  start: number,
  end: number,
  nesting: number,
): boolean {
  // Nearly every KeyValue is a short key and a short value and nothing else.
  if (end - start >= 4 && bytes[start] === tag.KEY_VALUE_KEY) {
    const valueTag = start + 2 + (bytes[start + 1] as number);
    if (
      valueTag + 2 <= end &&
      (bytes[start + 1] as number) < 0x80 &&
      bytes[valueTag] === tag.KEY_VALUE_VALUE &&
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
    if (field === tag.KEY_VALUE_VALUE) {
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
    if (field === tag.VALUE_STRING && byte < 0x80 && start + 2 + byte === end) return true;
    if (field === tag.VALUE_DOUBLE && end - start === 9) return true;
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
    if (field === tag.VALUE_ARRAY || field === tag.VALUE_KVLIST) {
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
    if (field !== tag.LIST_ITEM) continue;
    checkedVarint(bytes, value, end);
    const ok =
      kind === tag.VALUE_ARRAY
        ? isValue(bytes, next, p, nesting)
        : isKeyValue(bytes, next, p, nesting);
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
