import { KnownTexts } from '../known_texts.ts';
import { CoarseLook } from './coarse_look.ts';
import { FirstLook } from './first_look.ts';

// Tags of OTLP as they stand on the wire: field number << 3 | wire type.
const SEVERITY_TEXT = 0x1a;
const BODY = 0x2a;
const ATTRIBUTE = 0x32;
const TRACE_ID = 0x4a;
const SPAN_ID = 0x52;
const EVENT_NAME = 0x62;
const KEY = 0x0a;
const VALUE = 0x12;
const STRING = 0x0a;
const ARRAY = 0x2a;
const MAP = 0x32;
const BYTES = 0x3a;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** A look at texts that follow each other. */
interface Look {
  reset(): void;
  isSuspect(bytes: Uint8Array, start: number, end: number): boolean;
}

/**
 * Looks at every string of an encoded record where it stands: no object, no copy. What it does not
 * expect (an unknown field, a length that does not fit, too deep a value) is for the full walk to judge.
 */
export class RecordLook {
  #look: Look;
  readonly #coarse: Look;
  readonly #whole: Look;
  readonly #depthMax: number;
  readonly #known = new KnownTexts();
  /** Start and end of keys of this record that were not known. */
  readonly #news = new Int32Array(64);
  #newsFilled = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Keys are looked at by themselves, values as if they were one text. */
  readonly #keys: Look;
  #next = 0;

  /** `ownWords`: a text with one of these is judged. */
  constructor(depthMax: number, ownWords: readonly string[] = []) {
    this.#coarse = new CoarseLook(ownWords);
    this.#whole = new FirstLook(ownWords);
    this.#look = this.#coarse;
    this.#keys = new CoarseLook(ownWords);
    this.#depthMax = depthMax;
  }

  /** The records to come stand in this buffer. */
  open(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#known.open(bytes);
  }

  /** True when it is certain that nothing is in the record in `[start, end)`. */
  isClean(start: number, end: number): boolean {
    if (!this.#looked(this.#coarse, start, end) && !this.#looked(this.#whole, start, end)) {
      return false;
    }
    for (let i = 0; i < this.#newsFilled; i += 2) {
      this.#known.learn(this.#news[i] as number, this.#news[i + 1] as number);
    }
    return true;
  }

  #looked(look: Look, start: number, end: number): boolean {
    this.#newsFilled = 0;
    this.#look = look;
    look.reset();
    return this.#record(start, end);
  }

  #record(start: number, end: number): boolean {
    const bytes = this.#bytes;
    let at = start;
    while (at < end) {
      const tag = bytes[at] as number;
      if ((tag & 7) !== LENGTH) {
        at = this.#pastScalar(at, end);
        continue;
      }
      const to = this.#bounds(at, end);
      at = this.#next;
      if (to > end) return false;
      if (tag === ATTRIBUTE) {
        if (!this.#keyValue(at, to, 0)) return false;
      } else if (tag === BODY) {
        if (!this.#value(at, to, 0)) return false;
      } else if (tag === SEVERITY_TEXT || tag === EVENT_NAME) {
        if (!this.#key(at, to)) return false;
      } else if (tag !== TRACE_ID && tag !== SPAN_ID) return false;
      at = to;
    }
    return at === end;
  }

  #keyValue(start: number, end: number, depth: number): boolean {
    const bytes = this.#bytes;
    let at = start;
    while (at < end) {
      const tag = bytes[at] as number;
      if (tag !== KEY && tag !== VALUE) return false;
      const to = this.#bounds(at, end);
      at = this.#next;
      if (to > end) return false;
      if (!(tag === KEY ? this.#key(at, to) : this.#value(at, to, depth))) return false;
      at = to;
    }
    return at === end;
  }

  #value(start: number, end: number, depth: number): boolean {
    const bytes = this.#bytes;
    let at = start;
    while (at < end) {
      const tag = bytes[at] as number;
      if ((tag & 7) !== LENGTH) {
        at = this.#pastScalar(at, end);
        continue;
      }
      const to = this.#bounds(at, end);
      at = this.#next;
      if (to > end) return false;
      if (tag === STRING) {
        if (this.#look.isSuspect(bytes, at, to)) return false;
      } else if (tag !== BYTES && !this.#composite(tag, at, to, depth)) return false;
      at = to;
    }
    return at === end;
  }

  #composite(tag: number, start: number, end: number, depth: number): boolean {
    if (depth >= this.#depthMax || (tag !== ARRAY && tag !== MAP)) return false;
    const bytes = this.#bytes;
    let at = start;
    while (at < end) {
      if (bytes[at] !== 0x0a) return false;
      const to = this.#bounds(at, end);
      at = this.#next;
      if (to > end) return false;
      if (!(tag === ARRAY ? this.#value(at, to, depth + 1) : this.#keyValue(at, to, depth + 1)))
        return false;
      at = to;
    }
    return at === end;
  }

  #key(start: number, end: number): boolean {
    if (this.#known.has(start, end)) return true;
    this.#keys.reset();
    if (this.#keys.isSuspect(this.#bytes, start, end)) return false;
    if (this.#newsFilled < this.#news.length) {
      this.#news[this.#newsFilled++] = start;
      this.#news[this.#newsFilled++] = end;
    }
    return true;
  }

  /** The end of the field whose tag of one byte stands here; its begin is left in `#next`. */
  #bounds(tagAt: number, end: number): number {
    const bytes = this.#bytes;
    let at = tagAt + 1;
    let length = bytes[at++] as number;
    if (length > 127) {
      length &= 127;
      let factor = 128;
      for (;;) {
        const byte = at < end ? (bytes[at++] as number) : 0xff;
        if (factor > 0x1000_0000) return Infinity;
        length += (byte & 127) * factor;
        factor *= 128;
        if (byte < 128) break;
      }
    }
    this.#next = at;
    return at + length;
  }

  /** Past a field without a length; past `end` when it does not fit or is not known. */
  #pastScalar(tagAt: number, end: number): number {
    const bytes = this.#bytes;
    const tag = bytes[tagAt] as number;
    if (tag > 127) return end + 1;
    let at = tagAt + 1;
    switch (tag & 7) {
      case VARINT:
        while (at < end && (bytes[at] as number) > 127) at++;
        return at + 1;
      case FIXED64:
        return at + 8;
      case FIXED32:
        return at + 4;
      default:
        return end + 1;
    }
  }
}
