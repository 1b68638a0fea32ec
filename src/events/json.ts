import { isUtf8 } from 'node:buffer';
import type { AttributeValue, KeyValue } from '../sdk/index.ts';
import { KeyValueList } from '../sdk/index.ts';
import { faultOf, Fault } from './fault.ts';
import type { FaultReason } from './fault.ts';

/** Containers within containers; the reference fails at about 1000, this limit is ours. */
export const DEPTH_MAX = 128;

/**
 * Where an attribute's or a body's value begins to count: it may nest 64 levels. The codec decodes
 * no deeper, and what it leaves out must not pass for an empty list.
 */
export const VALUE_DEPTH = 64;

/** Digits of an integer, as CPython's int() allows them: conversion is quadratic in the digits. */
const INTEGER_DIGITS_MAX = 4300;

/** What {@link parseJson} makes of a text. */
export type Parsed =
  | { readonly ok: true; readonly value: AttributeValue }
  | { readonly ok: false; readonly reason: FaultReason };

/**
 * Reads JSON (RFC 8259) strictly and without losing anything a signature covers.
 *
 * A token without `.`, `e`, `E` is an integer and becomes a `bigint` with its exact digits, any
 * other number a `number`; an object becomes a {@link KeyValueList}, so that order and names such
 * as `__proto__` stay. Refused with a reason, in this precedence: text that is not UTF-8, what is
 * not JSON (a BOM and trailing text included) or deeper than {@link DEPTH_MAX}, repeated names,
 * lone surrogates, numbers beyond a double or of more than 4300 digits.
 */
export function parseJson(input: string | Uint8Array): Parsed {
  if (typeof input !== 'string' && !isUtf8(input)) return { ok: false, reason: 'invalid_utf8' };
  const text = typeof input === 'string' ? input : Buffer.from(input).toString('utf8');
  const parser = new Parser(text);
  try {
    const value = parser.document();
    return parser.finding === undefined
      ? { ok: true, value }
      : { ok: false, reason: parser.finding };
  } catch (thrown) {
    if (thrown instanceof Fault) return { ok: false, reason: thrown.reason };
    throw thrown;
  }
}

/** The findings that leave the text JSON, weightiest first. */
const FINDINGS: readonly FaultReason[] = [
  'duplicate_key',
  'lone_surrogate',
  'number_too_long',
  'non_finite',
];

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
/** All but quote, backslash and controls below the space. */
const PLAIN = /[ !#-[\]-\uffff]*/y;
const NOT_JSON_NUMBER = /-?(?:NaN|Infinity)/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  /** Wrong although the text is JSON; reported only if the rest is JSON too. */
  finding: FaultReason | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  document(): AttributeValue {
    const value = this.#value();
    this.#space();
    if (this.#at !== this.#text.length) throw faultOf('json');
    return value;
  }

  #found(reason: FaultReason): void {
    const old = this.finding;
    if (old === undefined || FINDINGS.indexOf(reason) < FINDINGS.indexOf(old)) {
      this.finding = reason;
    }
  }

  #space(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.#at++;
    }
  }

  #value(): AttributeValue {
    this.#space();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #word<Value extends boolean | null>(word: string, value: Value): Value {
    if (!this.#text.startsWith(word, this.#at)) throw faultOf('json');
    this.#at += word.length;
    return value;
  }

  #number(): AttributeValue {
    NOT_JSON_NUMBER.lastIndex = this.#at;
    if (NOT_JSON_NUMBER.test(this.#text)) throw faultOf('non_json_number');
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw faultOf('json');
    const token = match[0];
    this.#at += token.length;
    if (match[1] === undefined && match[2] === undefined) {
      if (token.length <= INTEGER_DIGITS_MAX) return BigInt(token);
      this.#found('number_too_long');
      return 0n;
    }
    const value = Number(token);
    if (!Number.isFinite(value)) this.#found('non_finite');
    return value;
  }

  #string(): string {
    this.#at++;
    let value = '';
    for (;;) {
      PLAIN.lastIndex = this.#at;
      PLAIN.test(this.#text);
      value += this.#text.slice(this.#at, PLAIN.lastIndex);
      this.#at = PLAIN.lastIndex;
      const next = this.#text[this.#at++];
      if (next === '"') break;
      if (next !== '\\') throw faultOf('json');
      value += this.#escape();
    }
    if (!value.isWellFormed()) this.#found('lone_surrogate');
    return value;
  }

  #escape(): string {
    const name = this.#text[this.#at++] ?? '';
    if (name !== 'u') {
      const plain = Object.hasOwn(ESCAPES, name) ? ESCAPES[name] : undefined;
      if (plain === undefined) throw faultOf('json');
      return plain;
    }
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw faultOf('json');
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #enter(): void {
    this.#at++;
    if (++this.#depth > DEPTH_MAX) throw faultOf('too_deep');
  }

  /** After an item: true when another follows, false at the end. */
  #more(close: string): boolean {
    this.#space();
    const next = this.#text[this.#at++];
    if (next === ',') return true;
    if (next !== close) throw faultOf('json');
    this.#depth--;
    return false;
  }

  /** True when the container closes at once. */
  #empty(close: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== close) return false;
    this.#at++;
    this.#depth--;
    return true;
  }

  #array(): AttributeValue {
    this.#enter();
    const items: AttributeValue[] = [];
    if (this.#empty(']')) return items;
    do items.push(this.#value());
    while (this.#more(']'));
    return items;
  }

  #object(): AttributeValue {
    this.#enter();
    const entries: KeyValue[] = [];
    if (this.#empty('}')) return new KeyValueList(entries);
    const names = new Set<string>();
    do {
      this.#space();
      if (this.#text[this.#at] !== '"') throw faultOf('json');
      const name = this.#string();
      if (names.has(name)) this.#found('duplicate_key');
      names.add(name);
      this.#space();
      if (this.#text[this.#at++] !== ':') throw faultOf('json');
      entries.push([name, this.#value()]);
    } while (this.#more('}'));
    return new KeyValueList(entries);
  }
}
