import type { AttributeValue, KeyValue } from '../sdk/index.ts';
import { KeyValueList } from '../sdk/index.ts';
import { faultOf } from './fault.ts';
import { pythonFloat } from './float.ts';
import { DEPTH_MAX } from './json.ts';

/** How a value becomes JSON text: one emitter, and these are all the choices. */
interface Style {
  readonly comma: string;
  readonly colon: string;
  /** Negative: a first. `undefined`: members stay in their order. */
  readonly compare: ((a: string, b: string) => number) | undefined;
  readonly quote: (text: string) => string;
  readonly integer: (value: bigint) => string;
  readonly float: (value: number) => string;
}

/** Orders by code point, as Python compares text; UTF-16 order differs beyond U+FFFF. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // A surrogate stands for a code point above every single unit: lift it above U+E000…U+FFFF.
    return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Orders by UTF-16 unit (RFC 8785, 3.2.3). */
function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Quote, backslash and all below the space. */
const NEEDS_ESCAPE = /[^ !#-[\]-\uffff]/;

/**
 * A JSON string: quote, backslash and controls below U+0020 escaped, all else literal. What
 * JSON.stringify writes for well-formed text is what Python writes with ensure_ascii=False.
 */
export function quote(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  // JSON.stringify would hide a lone surrogate behind an escape.
  if (!text.isWellFormed()) throw faultOf('lone_surrogate');
  return JSON.stringify(text);
}

function quoteAscii(text: string): string {
  return quote(wellFormed(text)).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Non-finite numbers are text, as OTLP/JSON writes them. */
function pythonNumber(value: number): string {
  return Number.isFinite(value) ? pythonFloat(value) : `"${value}"`;
}

function finite(value: number): string {
  if (!Number.isFinite(value)) throw faultOf('non_finite');
  return String(value === 0 ? 0 : value);
}

const PYTHON: Style = {
  comma: ',',
  colon: ':',
  compare: compareCodePoints,
  quote,
  integer: String,
  float: pythonNumber,
};

const PYTHON_WIRE: Style = { ...PYTHON, comma: ', ', colon: ': ', quote: quoteAscii };
const PYTHON_PLAIN: Style = { ...PYTHON_WIRE, compare: undefined };

const JCS: Style = {
  ...PYTHON,
  compare: compareUnits,
  integer: (value) => finite(Number(value)),
  float: finite,
};

/**
 * The text an `agtsignature` is made over: Python's `json.dumps(sort_keys=True,
 * separators=(",", ":"), ensure_ascii=False)`. Throws a {@link Fault} for repeated names, lone
 * surrogates and values deeper than 128 levels.
 */
export function canonicalText(value: AttributeValue): string {
  return wellFormed(emit(value, PYTHON, 0));
}

/** The canonical form of RFC 8785. Numbers are doubles here: `1.0` and `1` are one number. */
export function jcsText(value: AttributeValue): string {
  return wellFormed(emit(value, JCS, 0));
}

/** As the reference's sinks write an event: `json.dumps(sort_keys=True)`. */
export function wireText(value: AttributeValue): string {
  return wellFormed(emit(value, PYTHON_WIRE, 0));
}

/** As the reference writes an audit entry: `json.dumps`, members in their order. */
export function plainText(value: AttributeValue): string {
  return wellFormed(emit(value, PYTHON_PLAIN, 0));
}

/** The same text, or a fault where it has no UTF-8 form. */
export function wellFormed(text: string): string {
  if (!text.isWellFormed()) throw faultOf('lone_surrogate');
  return text;
}

/** Canonical text of one value; lone surrogates are left for {@link wellFormed} to find. */
export function canonicalValue(value: AttributeValue, depth: number): string {
  if (typeof value === 'string') return quote(value);
  return emit(value, PYTHON, depth);
}

function emit(value: AttributeValue, style: Style, depth: number): string {
  switch (typeof value) {
    case 'string':
      return style.quote(value);
    case 'bigint':
      return style.integer(value);
    case 'number':
      return style.float(value);
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      if (value === null) return 'null';
      if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`;
      if (depth >= DEPTH_MAX) throw faultOf('too_deep');
      if (value instanceof KeyValueList) return emitObject(value.entries, style, depth + 1);
      return emitArray(value, style, depth + 1);
  }
}

function emitArray(items: readonly AttributeValue[], style: Style, depth: number): string {
  let text = '[';
  for (let i = 0; i < items.length; i++) {
    if (i > 0) text += style.comma;
    text += emit(items[i] ?? null, style, depth);
  }
  return `${text}]`;
}

function emitObject(entries: readonly KeyValue[], style: Style, depth: number): string {
  const members = inOrder(entries, style.compare);
  let text = '{';
  let first = true;
  for (const [name, value] of members) {
    if (!first) text += style.comma;
    first = false;
    text += style.quote(name) + style.colon + emit(value, style, depth);
  }
  return `${text}}`;
}

/** The members as the style orders them; a fault when a name stands twice. */
function inOrder(entries: readonly KeyValue[], compare: Style['compare']): readonly KeyValue[] {
  const sorted = entries.toSorted((a, b) => (compare ?? compareCodePoints)(a[0], b[0]));
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i]?.[0] === sorted[i - 1]?.[0]) throw faultOf('duplicate_key');
  }
  return compare === undefined ? entries : sorted;
}
