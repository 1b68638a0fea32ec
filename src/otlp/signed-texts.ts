import { Buffer } from 'node:buffer';
import type { SignedTexts } from '../sdk/index.ts';
import { attributeKey } from './attribute.ts';
import * as tags from './tags.ts';
import { asBuffer, putVarint, varintSize } from './wire.ts';

const { KEY_VALUE_KEY, KEY_VALUE_VALUE, RECORD_ATTRIBUTE, VALUE_STRING } = tags;

const LINE_FEED = 0x0a;

/** A field of one byte's tag with this many bytes. */
function framed(size: number): number {
  return 1 + varintSize(size) + size;
}

/** True when record `index` has a text here. */
export function hasText(texts: SignedTexts, index: number): boolean {
  return (texts.starts[index] as number) < (texts.ends[index] as number);
}

/** Encoded bytes of the attribute that carries the text of record `index`; 0 where it has none. */
export function textAttributeLength(texts: SignedTexts, index: number): number {
  const size = (texts.ends[index] as number) - (texts.starts[index] as number);
  if (size === 0) return 0;
  return framed(framed(attributeKey(texts.attribute).length) + framed(framed(size)));
}

/** Writes that attribute; returns where it ends. */
export function writeTextAttribute(
  texts: SignedTexts,
  index: number,
  target: Buffer,
  start: number,
): number {
  const from = texts.starts[index] as number;
  const to = texts.ends[index] as number;
  if (from === to) return start;
  const key = attributeKey(texts.attribute);
  const value = framed(to - from);
  let at = header(target, start, RECORD_ATTRIBUTE, framed(key.length) + framed(value));
  at = header(target, at, KEY_VALUE_KEY, key.length);
  at += key.copy(target, at);
  at = header(target, at, KEY_VALUE_VALUE, value);
  at = header(target, at, VALUE_STRING, to - from);
  return at + asBuffer(texts.buffer).copy(target, at, from, to);
}

function header(target: Buffer, at: number, field: number, size: number): number {
  target[at] = field;
  return putVarint(target, at + 1, size);
}

/** The text of record `index`; `undefined` where it has none. */
export function textOf(texts: SignedTexts, index: number): string | undefined {
  if (!hasText(texts, index)) return undefined;
  return asBuffer(texts.buffer).toString('utf8', texts.starts[index], texts.ends[index]);
}

/** The columns of the records at these indices, over the same texts. */
export function selectTexts(texts: SignedTexts, indices: ArrayLike<number>): SignedTexts {
  const starts = new Uint32Array(indices.length);
  const ends = new Uint32Array(indices.length);
  for (let i = 0; i < indices.length; i += 1) {
    starts[i] = texts.starts[indices[i] as number] as number;
    ends[i] = texts.ends[indices[i] as number] as number;
  }
  return { ...texts, starts, ends };
}

/** A copy of the first `count` texts in memory of their own. */
export function ownTexts(texts: SignedTexts, count: number): SignedTexts {
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);
  let size = 0;
  for (let i = 0; i < count; i += 1) {
    if (!hasText(texts, i)) continue;
    starts[i] = size;
    size += (texts.ends[i] as number) - (texts.starts[i] as number);
    ends[i] = size;
    size += 1;
  }
  const buffer = Buffer.allocUnsafeSlow(size);
  const source = asBuffer(texts.buffer);
  for (let i = 0; i < count; i += 1) {
    if (!hasText(texts, i)) continue;
    source.copy(buffer, starts[i], texts.starts[i], texts.ends[i]);
    buffer[ends[i] as number] = LINE_FEED;
  }
  return { attribute: texts.attribute, buffer, starts, ends };
}
