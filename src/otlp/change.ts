import { Buffer } from 'node:buffer';
import type { AttributeValue } from '../sdk/index.ts';
import { attributeKey, findAttribute, hasKey } from './attribute.ts';
import { BackwardEncoder } from './encoder.ts';
import * as tag from './tags.ts';
import { afterValue, afterVarint, varintAt } from './wire.ts';

const ATTRIBUTE = tag.RECORD_ATTRIBUTE;
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
  let present: string[] | undefined;
  encoder.reset();
  for (let i = names.length - 1; i >= 0; i -= 1) {
    const name = names[i] as string;
    const key = attributeKey(name);
    if (findAttribute(bytes, start, end, key) >= 0) (present ??= []).push(name);
    else encoder.keyedValue(ATTRIBUTE, key, attributes[name] as AttributeValue);
  }
  const tail = encoder.length === 0 ? undefined : encoder.take();
  if (present === undefined) return { bytes, start, end, tail };
  const whole = Buffer.concat(replaced(bytes, start, end, present, attributes));
  return { bytes: whole, start: 0, end: whole.length, tail };
}

function encodeAttribute(name: string, value: AttributeValue): Buffer {
  encoder.reset();
  encoder.keyedValue(ATTRIBUTE, attributeKey(name), value);
  return encoder.take();
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
      field === ATTRIBUTE
        ? names.find((candidate) => hasKey(bytes, from, next, attributeKey(candidate)))
        : undefined;
    if (name !== undefined) {
      pieces.push(bytes.subarray(kept, p));
      if (left.delete(name)) pieces.push(encodeAttribute(name, attributes[name] as AttributeValue));
      kept = next;
    }
    p = next;
  }
  pieces.push(bytes.subarray(kept, end));
  return pieces;
}
