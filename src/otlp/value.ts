import { Buffer } from 'node:buffer';
import { type AttributeValue, type KeyValue, KeyValueList } from '../sdk/index.ts';
import * as tags from './tags.ts';
import { afterValue, afterVarint, int64At, messageField, varintAt } from './wire.ts';

// As constants of this module V8 folds them (see check.ts).
const {
  KEY_VALUE_KEY,
  KEY_VALUE_VALUE,
  LIST_ITEM,
  VALUE_ARRAY,
  VALUE_BOOL,
  VALUE_BYTES,
  VALUE_DOUBLE,
  VALUE_INT,
  VALUE_KVLIST,
  VALUE_STRING,
} = tags;

/** Values nested deeper than this are read as {@link TOO_DEEP}. */
export const VALUE_DEPTH_MAX = 64;

/** What stands in the place of a value nested deeper than {@link VALUE_DEPTH_MAX}; compare by `===`. */
export const TOO_DEEP: KeyValueList = new KeyValueList(Object.freeze([]));

/** The text of a range; bytes that are not UTF-8 become U+FFFD. */
export function textAt(bytes: Buffer, start: number, end: number): string {
  return start === end ? '' : bytes.toString('utf8', start, end);
}

/** Decodes a checked AnyValue. `null`: no value is set. */
export function decodeValue(bytes: Buffer, start: number, end: number, depth = 0): AttributeValue {
  // The last member of the oneof wins; lists of the same kind that follow each other are merged.
  let kind = 0;
  let from = 0;
  let to = 0;
  let parts: Buffer[] | undefined;
  let p = start;
  while (p < end) {
    const field = varintAt(bytes, p);
    p = afterVarint(bytes, p);
    const next = afterValue(bytes, p, field);
    if (isMember(field)) {
      const inner = (field & 7) === 2 ? afterVarint(bytes, p) : p;
      if (field === kind && (field === VALUE_ARRAY || field === VALUE_KVLIST)) {
        (parts ??= [bytes.subarray(from, to)]).push(bytes.subarray(inner, next));
      } else parts = undefined;
      kind = field;
      from = inner;
      to = next;
    }
    p = next;
  }
  if (parts === undefined) return decodeMember(bytes, kind, from, to, depth);
  const merged = Buffer.concat(parts);
  return decodeMember(merged, kind, 0, merged.length, depth);
}

/** True for the tag of a member of AnyValue's oneof. */
export function isMember(field: number): boolean {
  switch (field) {
    case VALUE_STRING:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_DOUBLE:
    case VALUE_ARRAY:
    case VALUE_KVLIST:
    case VALUE_BYTES:
      return true;
    default:
      return false;
  }
}

function decodeMember(
  bytes: Buffer,
  kind: number,
  start: number,
  end: number,
  depth: number,
): AttributeValue {
  switch (kind) {
    case VALUE_STRING:
      return textAt(bytes, start, end);
    case VALUE_BOOL:
      return int64At(bytes, start) !== 0n;
    case VALUE_INT:
      return int64At(bytes, start);
    case VALUE_DOUBLE:
      return bytes.readDoubleLE(start);
    case VALUE_BYTES:
      return Uint8Array.prototype.slice.call(bytes, start, end);
    case VALUE_ARRAY:
      if (depth >= VALUE_DEPTH_MAX) return TOO_DEEP;
      return decodeList(bytes, start, end, (from, to) => decodeValue(bytes, from, to, depth + 1));
    case VALUE_KVLIST:
      if (depth >= VALUE_DEPTH_MAX) return TOO_DEEP;
      return new KeyValueList(
        decodeList(bytes, start, end, (from, to) => decodeKeyValue(bytes, from, to, depth + 1)),
      );
    default:
      return null;
  }
}

function decodeList<Item>(
  bytes: Buffer,
  start: number,
  end: number,
  decode: (start: number, end: number) => Item,
): Item[] {
  const items: Item[] = [];
  let p = start;
  while (p < end) {
    const field = varintAt(bytes, p);
    p = afterVarint(bytes, p);
    const next = afterValue(bytes, p, field);
    if (field === LIST_ITEM) items.push(decode(afterVarint(bytes, p), next));
    p = next;
  }
  return items;
}

/** Decodes a checked KeyValue. A missing value is `null`. */
export function decodeKeyValue(bytes: Buffer, start: number, end: number, depth = 0): KeyValue {
  let key = '';
  let p = start;
  while (p < end) {
    const field = varintAt(bytes, p);
    p = afterVarint(bytes, p);
    const next = afterValue(bytes, p, field);
    if (field === KEY_VALUE_KEY) key = textAt(bytes, afterVarint(bytes, p), next);
    p = next;
  }
  return [key, decodeKeyedValue(bytes, start, end, depth)];
}

/** Decodes the value of a checked KeyValue. */
export function decodeKeyedValue(
  bytes: Buffer,
  start: number,
  end: number,
  depth = 0,
): AttributeValue {
  const value = messageField(bytes, start, end, KEY_VALUE_VALUE);
  return value === undefined ? null : decodeValue(value.bytes, value.start, value.end, depth);
}

/** Decodes every KeyValue that stands under this tag, in order. */
export function decodeKeyValues(
  bytes: Buffer,
  start: number,
  end: number,
  wanted: number,
): KeyValue[] {
  const found: KeyValue[] = [];
  let p = start;
  while (p < end) {
    const field = varintAt(bytes, p);
    p = afterVarint(bytes, p);
    const next = afterValue(bytes, p, field);
    if (field === wanted) found.push(decodeKeyValue(bytes, afterVarint(bytes, p), next));
    p = next;
  }
  return found;
}
