import { Buffer } from 'node:buffer';
import type { AttributeValue } from '../sdk/index.ts';
import { attributeKey, findAttribute, hasKey } from './attribute.ts';
import { BackwardEncoder } from './encoder.ts';
import * as tag from './tags.ts';
import { afterValue, afterVarint, varintAt } from './wire.ts';

const encoder = new BackwardEncoder();

/** A record's encoding after a change: a stretch of bytes and what follows it. */
interface Changed {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly tail: Buffer | undefined;
}

/**
 * Sets attributes of an encoded record: a name that stands there gets its new value in the first
 * place where it stood and loses the others; a new name is appended. All other bytes stay.
 */
export function changedAttributes(
  bytes: Buffer,
  start: number,
  end: number,
  attributes: Readonly<Record<string, AttributeValue>>,
): Changed {
  const names = Object.keys(attributes);
  const present = names.filter((name) => findAttribute(bytes, start, end, attributeKey(name)) >= 0);
  const absent = names.filter((name) => !present.includes(name));
  const tail = absent.length === 0 ? undefined : encodeAttributes(absent, attributes);
  if (present.length === 0) return { bytes, start, end, tail };
  const whole = Buffer.concat(replaced(bytes, start, end, present, attributes));
  return { bytes: whole, start: 0, end: whole.length, tail };
}

function encodeAttributes(
  names: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>>,
): Buffer {
  encoder.reset();
  for (let i = names.length - 1; i >= 0; i -= 1) {
    const name = names[i] as string;
    encoder.keyValue(tag.RECORD_ATTRIBUTE, name, attributes[name] as AttributeValue);
  }
  const encoded = Buffer.allocUnsafe(encoder.length);
  encoder.copyTo(encoded, 0);
  return encoded;
}

/** The pieces of the record with these attributes replaced. */
function replaced(
  bytes: Buffer,
  start: number,
  end: number,
  names: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>>,
): Buffer[] {
  const left = new Set(names);
  const pieces: Buffer[] = [];
  let kept = start;
  let p = start;
  while (p < end) {
    const field = varintAt(bytes, p);
    const value = afterVarint(bytes, p);
    const next = afterValue(bytes, value, field);
    const from = afterVarint(bytes, value);
    const name =
      field === tag.RECORD_ATTRIBUTE
        ? names.find((candidate) => hasKey(bytes, from, next, attributeKey(candidate)))
        : undefined;
    if (name !== undefined) {
      pieces.push(bytes.subarray(kept, p));
      if (left.delete(name)) pieces.push(encodeAttributes([name], attributes));
      kept = next;
    }
    p = next;
  }
  pieces.push(bytes.subarray(kept, end));
  return pieces;
}
