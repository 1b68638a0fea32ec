import { KnownTexts } from './known_texts.ts';
import type { Ruleset, TextScreen } from './ruleset.ts';

/** What {@link RecordScreen} says of a record. */
export const CLEAN = 0;
/** Only the full walk can tell, or something was found. */
export const UNSURE = 1;

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

// The same as four bytes read at once, low byte first: tag, length, tag, length.
const ATTRIBUTE_KEY = RECORD_ATTRIBUTE | (KEY << 16);
const VALUE_TEXT = VALUE | (VALUE_STRING << 16);
/** Keeps the tags, and the bits that a length of one byte does not have. */
const ONE_BYTE_LENGTHS = 0x80ff_80ff | 0;

/**
 * Screens every string of an encoded record in one walk over its bytes: no object, no copy, no
 * decoding. What it does not expect (an unknown field, a length that does not fit, too deep a value)
 * it leaves to the full walk in walk.ts, which finds the same strings.
 */
export class RecordScreen {
  readonly #ruleset: Ruleset;
  readonly #screen: TextScreen;
  readonly #depthMax: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #next = 0;
  /** What earlier texts of the record came to, when they were too many for one run. */
  #found = CLEAN;
  readonly #spans: Int32Array;
  #filled = 0;
  readonly #known = new KnownTexts();
  /** Start and end of keys of this record that were not known. */
  readonly #news = new Int32Array(64);
  #newsFilled = 0;

  constructor(ruleset: Ruleset, depthMax: number) {
    this.#ruleset = ruleset;
    this.#screen = ruleset.screen();
    this.#spans = this.#screen.spans;
    this.#depthMax = depthMax;
  }

  /** Texts that matched the ruleset's `counted` rule and no other; it may be set. */
  get counted(): number {
    return this.#screen.counted;
  }

  set counted(texts: number) {
    this.#screen.counted = texts;
  }

  /** The records to come stand in this buffer. */
  open(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#screen.open(bytes);
    this.#known.open(bytes);
  }

  /**
   * {@link CLEAN} when no string of the record in `[start, end)` matches any rule but the `counted`
   * one; then `counted` has grown by those that do. Else {@link UNSURE}, and `counted` is no use.
   */
  record(start: number, end: number): number {
    this.#filled = 0;
    this.#newsFilled = 0;
    const { counted } = this.#screen;
    this.#found = CLEAN;
    const found = this.#fields(start, end) | this.#flush() | this.#found;
    // Only when nothing at all was found is it certain that nothing is in the keys.
    if (this.#newsFilled > 0 && found === CLEAN && this.#screen.counted === counted) this.#learn();
    return found;
  }

  #learn(): void {
    for (let i = 0; i < this.#newsFilled; i += 2) {
      this.#known.learn(this.#news[i] as number, this.#news[i + 1] as number);
    }
  }

  /** Looks at the texts that were gathered. */
  #flush(): number {
    const { spans, suspects } = this.#screen;
    const count = this.#screen.screen(this.#filled >> 1);
    this.#filled = 0;
    for (let i = 0; i < count; i++) {
      const span = 2 * (suspects[i] as number);
      const rules = this.#ruleset.judge(
        this.#bytes,
        spans[span] as number,
        spans[span + 1] as number,
      );
      if (rules === undefined || rules.some((rule) => rule !== this.#ruleset.counted))
        return UNSURE;
      this.#screen.counted += rules.length;
    }
    return CLEAN;
  }

  #fields(start: number, end: number): number {
    const bytes = this.#bytes;
    // Four bytes are read at once up to here.
    const wordsEnd = Math.min(end, bytes.length - 4);
    let found = 0;
    let at = start;
    while (at < end) {
      if (at < wordsEnd) {
        const to = this.#attribute(at, end);
        if (to > 0) {
          at = to;
          continue;
        }
      }
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

  /**
   * Past the attribute that begins here, when it stands on the wire as nearly all do: key, then one
   * scalar or text value, nothing else, all lengths in one byte. Else 0, and nothing is gathered.
   */
  #attribute(at: number, end: number): number {
    const view = this.#view;
    const head = view.getInt32(at, true);
    const to = at + 2 + ((head >>> 8) & 127);
    const keyEnd = at + 4 + (head >>> 24);
    if ((head & ONE_BYTE_LENGTHS) !== ATTRIBUTE_KEY || to > end || keyEnd + 4 > to) return 0;
    const mid = view.getInt32(keyEnd, true);
    if ((mid & 0x80ff) !== VALUE || keyEnd + 2 + ((mid >>> 8) & 127) !== to) return 0;
    if ((mid & ONE_BYTE_LENGTHS) === VALUE_TEXT && keyEnd + 4 + (mid >>> 24) === to) {
      this.#gather(keyEnd + 4, to);
    } else if (!this.#isScalar((mid >>> 16) & 255, keyEnd + 3, to)) {
      return 0;
    }
    if (!this.#known.has(at + 4, keyEnd)) this.#gatherKey(at + 4, keyEnd);
    return to;
  }

  /** True for a boolean, integer or double that fills its place. */
  #isScalar(tag: number, at: number, to: number): boolean {
    if (tag === VALUE_INT || tag === VALUE_BOOL) return this.#pastVarint(at, to) === to;
    return tag === VALUE_DOUBLE && at + 8 === to;
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
        return this.#key(at, to);
      case RECORD_TRACE_ID:
      case RECORD_SPAN_ID:
        return 0;
      default:
        return UNSURE;
    }
  }

  /** Gathers a text to be screened with the others of the record. */
  #gather(start: number, end: number): void {
    const spans = this.#spans;
    const filled = this.#filled;
    if (filled === spans.length) {
      this.#found |= this.#flush();
      this.#gather(start, end);
      return;
    }
    spans[filled] = start;
    spans[filled + 1] = end;
    this.#filled = filled + 2;
  }

  /** Gathers a text that other records have as well, to be known once it was found clean. */
  #gatherKey(start: number, end: number): void {
    if (this.#newsFilled < this.#news.length) {
      this.#news[this.#newsFilled++] = start;
      this.#news[this.#newsFilled++] = end;
    }
    this.#gather(start, end);
  }

  #text(start: number, end: number): number {
    this.#gather(start, end);
    return CLEAN;
  }

  #key(start: number, end: number): number {
    if (!this.#known.has(start, end)) this.#gatherKey(start, end);
    return CLEAN;
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
      if (tag === KEY) found |= this.#key(at, to);
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
