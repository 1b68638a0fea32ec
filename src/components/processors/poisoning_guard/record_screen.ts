import { ONLY_COUNTED } from './ruleset.ts';
import type { TextScreen } from './ruleset.ts';

/** Set by {@link RecordScreen} when only the full walk can tell. */
export const UNSURE = 2;

// Tags of OTLP as they stand on the wire: field number << 3 | wire type.
const RECORD_TIME = 0x09;
const RECORD_SEVERITY_NUMBER = 0x10;
const RECORD_SEVERITY_TEXT = 0x1a;
const RECORD_BODY = 0x2a;
const RECORD_ATTRIBUTE = 0x32;
const RECORD_DROPPED = 0x38;
const RECORD_FLAGS = 0x45;
const RECORD_TRACE_ID = 0x4a;
const RECORD_SPAN_ID = 0x52;
const RECORD_OBSERVED = 0x59;
const RECORD_EVENT_NAME = 0x62;
const KEY = 0x0a;
const VALUE = 0x12;
const VALUE_STRING = 0x0a;
const VALUE_BOOL = 0x10;
const VALUE_INT = 0x18;
const VALUE_DOUBLE = 0x21;
const VALUE_ARRAY = 0x2a;
const VALUE_KVLIST = 0x32;
const VALUE_BYTES = 0x3a;
const ENTRY = 0x0a;

/**
 * Screens every string of an encoded record in one walk over its bytes: no object, no copy, no
 * decoding. What it does not expect (an unknown field, a length that does not fit, too deep a value)
 * it leaves to the full walk in walk.ts, which finds the same strings.
 */
export class RecordScreen {
  readonly #screen: TextScreen;
  readonly #depthMax: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #next = 0;
  /** Texts that matched the ruleset's `counted` rule and no other, since last set to 0. */
  counted = 0;

  constructor(screen: TextScreen, depthMax: number) {
    this.#screen = screen;
    this.#depthMax = depthMax;
  }

  /** The records to come stand in this buffer. */
  open(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#screen.open(bytes);
  }

  /**
   * Screens the record in `[start, end)`. 0: no string of it matches any rule. 1: some match the
   * `counted` rule only, each counted in {@link counted}. Else the full walk must decide, and
   * `counted` may have grown by any number.
   */
  record(start: number, end: number): number {
    const bytes = this.#bytes;
    let found = 0;
    let at = start;
    while (at < end) {
      const tag = bytes[at++] as number;
      switch (tag) {
        case RECORD_TIME:
        case RECORD_OBSERVED:
          at += 8;
          break;
        case RECORD_FLAGS:
          at += 4;
          break;
        case RECORD_SEVERITY_NUMBER:
        case RECORD_DROPPED:
          at = this.#pastVarint(at, end);
          break;
        default: {
          let to = bytes[at++] as number;
          if (to > 127) {
            to = this.#longLength(at, to);
            at = this.#next;
          }
          to += at;
          if (to > end) return UNSURE;
          found |= this.#field(tag, at, to);
          at = to;
        }
      }
    }
    return at === end ? found : UNSURE;
  }

  /** A field of a record that has a length. */
  #field(tag: number, at: number, to: number): number {
    switch (tag) {
      case RECORD_ATTRIBUTE:
        return this.#keyValue(at, to, 0);
      case RECORD_BODY:
        return this.#value(at, to, 0);
      case RECORD_SEVERITY_TEXT:
      case RECORD_EVENT_NAME:
        return this.#text(at, to);
      case RECORD_TRACE_ID:
      case RECORD_SPAN_ID:
        return 0;
      default:
        return UNSURE;
    }
  }

  #text(start: number, end: number): number {
    const found = this.#screen.screen(start, end);
    if (found === ONLY_COUNTED) this.counted++;
    return found;
  }

  #keyValue(start: number, end: number, depth: number): number {
    const bytes = this.#bytes;
    let found = 0;
    let at = start;
    while (at < end) {
      const tag = bytes[at++] as number;
      let to = bytes[at++] as number;
      if (to > 127) {
        to = this.#longLength(at, to);
        at = this.#next;
      }
      to += at;
      if (to > end) return UNSURE;
      if (tag === KEY) found |= this.#text(at, to);
      else if (tag === VALUE) found |= this.#value(at, to, depth);
      else return UNSURE;
      at = to;
    }
    return at === end ? found : UNSURE;
  }

  #value(start: number, end: number, depth: number): number {
    const bytes = this.#bytes;
    let found = 0;
    let at = start;
    while (at < end) {
      const tag = bytes[at++] as number;
      switch (tag) {
        case VALUE_BOOL:
        case VALUE_INT:
          at = this.#pastVarint(at, end);
          break;
        case VALUE_DOUBLE:
          at += 8;
          break;
        default: {
          let to = bytes[at++] as number;
          if (to > 127) {
            to = this.#longLength(at, to);
            at = this.#next;
          }
          to += at;
          if (to > end) return UNSURE;
          if (tag === VALUE_STRING) found |= this.#text(at, to);
          else found |= this.#composite(tag, at, to, depth);
          at = to;
        }
      }
    }
    return at === end ? found : UNSURE;
  }

  #composite(tag: number, start: number, end: number, depth: number): number {
    if (tag === VALUE_BYTES) return 0;
    if (depth >= this.#depthMax || (tag !== VALUE_ARRAY && tag !== VALUE_KVLIST)) return UNSURE;
    const bytes = this.#bytes;
    let found = 0;
    let at = start;
    while (at < end) {
      if (bytes[at++] !== ENTRY) return UNSURE;
      let to = bytes[at++] as number;
      if (to > 127) {
        to = this.#longLength(at, to);
        at = this.#next;
      }
      to += at;
      if (to > end) return UNSURE;
      if (tag === VALUE_ARRAY) found |= this.#value(at, to, depth + 1);
      else found |= this.#keyValue(at, to, depth + 1);
      at = to;
    }
    return at === end ? found : UNSURE;
  }

  /** The length of 2–4 bytes whose first is `low`; a longer one comes out larger than any buffer. */
  #longLength(at: number, low: number): number {
    const bytes = this.#bytes;
    const second = bytes[at] as number;
    this.#next = at + 1;
    if (second < 128) return (low & 127) | (second << 7);
    const third = bytes[at + 1] as number;
    this.#next = at + 2;
    if (third < 128) return (low & 127) | ((second & 127) << 7) | (third << 14);
    const fourth = bytes[at + 2] as number;
    this.#next = at + 3;
    if (fourth > 127) return 0x7fffffff;
    return (low & 127) | ((second & 127) << 7) | ((third & 127) << 14) | (fourth << 21);
  }

  /** Past a varint; past `end` when it does not end before. */
  #pastVarint(from: number, end: number): number {
    const bytes = this.#bytes;
    let at = from;
    while (at < end && (bytes[at] as number) > 127) at++;
    return at + 1;
  }
}
