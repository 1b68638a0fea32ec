import { Buffer } from 'node:buffer';
import * as tags from './tags.ts';
import { afterValue, afterVarint, varintAt } from './wire.ts';

// As constants of this module V8 folds them (see check.ts).
const { KEY_VALUE_KEY, KEY_VALUE_VALUE, RECORD_ATTRIBUTE } = tags;

const KEYS_MAX = 1024;
const keys = new Map<string, Buffer>();

/** The UTF-8 of an attribute's name, kept for the next time. Names come from code and config. */
export function attributeKey(name: string): Buffer {
  let key = keys.get(name);
  if (key === undefined) {
    if (keys.size >= KEYS_MAX) keys.clear();
    key = Buffer.from(name);
    keys.set(name, key);
  }
  return key;
}

/** True when the checked KeyValue has this key. */
export function hasKey(bytes: Uint8Array, start: number, end: number, key: Uint8Array): boolean {
  const size = key.length;
  if (end - start >= 2 && bytes[start] === KEY_VALUE_KEY && size < 0x80) {
    // Short key first, then one short value and nothing else: the first key is the key.
    const value = start + 2 + (bytes[start + 1] as number);
    if (
      (bytes[start + 1] as number) < 0x80 &&
      value + 2 <= end &&
      bytes[value] === KEY_VALUE_VALUE &&
      (bytes[value + 1] as number) < 0x80 &&
      value + 2 + (bytes[value + 1] as number) === end
    ) {
      return bytes[start + 1] === size && equalAt(bytes, start + 2, key);
    }
  }
  return hasKeyAnywhere(bytes, start, end, key);
}

function hasKeyAnywhere(bytes: Uint8Array, start: number, end: number, key: Uint8Array): boolean {
  let from = start;
  let to = start;
  let p = start;
  while (p < end) {
    const field = varintAt(bytes, p);
    p = afterVarint(bytes, p);
    const next = afterValue(bytes, p, field);
    if (field === KEY_VALUE_KEY) {
      from = afterVarint(bytes, p);
      to = next;
    }
    p = next;
  }
  return to - from === key.length && equalAt(bytes, from, key);
}

function equalAt(bytes: Uint8Array, at: number, key: Uint8Array): boolean {
  // From the end: names of one family share their beginning.
  for (let i = key.length - 1; i >= 0; i -= 1) if (bytes[at + i] !== key[i]) return false;
  return true;
}

/** Where the value (the length of the KeyValue) of the first attribute with this key stands, or -1. */
export function findAttribute(
  bytes: Uint8Array,
  start: number,
  end: number,
  key: Uint8Array,
  wanted: number = RECORD_ATTRIBUTE,
): number {
  let p = start;
  while (p < end) {
    let field = bytes[p] as number;
    if (field < 0x80) p += 1;
    else {
      field = varintAt(bytes, p);
      p = afterVarint(bytes, p);
    }
    if (field !== wanted) {
      p = afterValue(bytes, p, field);
      continue;
    }
    const at = p;
    let length = bytes[p] as number;
    if (length < 0x80) p += 1;
    else {
      length = varintAt(bytes, p);
      p = afterVarint(bytes, p);
    }
    if (hasKey(bytes, p, p + length, key)) return at;
    p += length;
  }
  return -1;
}
