/** A text made of another, and where each of its parts stood there. */
export interface Derived {
  readonly text: string;
  readonly origins: Origins;
}

/** Where the parts of a derived text stood in the text it was made of. */
export class Origins {
  /** Triples: first unit here, first unit there, end there; the end is -1 where both run in step. */
  readonly #segments: Int32Array;

  constructor(segments: Int32Array) {
    this.#segments = segments;
  }

  /** Start and end there of `[start, end)` here, in UTF-16 units. */
  of(start: number, end: number): readonly [start: number, end: number] {
    const first = this.#at(start);
    if (end <= start) return [first[0], first[0]];
    // Where the order was turned round, the last stands first.
    const last = this.#at(end - 1);
    return [Math.min(first[0], last[0]), Math.max(first[1], last[1])];
  }

  /** The part of the original that one unit stands for. */
  #at(unit: number): readonly [start: number, end: number] {
    const segments = this.#segments;
    if (segments.length === 0) return [0, 0];
    let low = 0;
    let high = segments.length / 3 - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((segments[3 * middle] as number) <= unit) low = middle;
      else high = middle - 1;
    }
    const there = segments[3 * low + 1] as number;
    const end = segments[3 * low + 2] as number;
    if (end >= 0) return [there, end];
    const inStep = there + unit - (segments[3 * low] as number);
    return [inStep, inStep + 1];
  }
}

/** Units that a writer keeps between texts; a larger one is let go. */
const KEPT_UNITS_MAX = 65_536;

/** Units around a change that a derived text shows of what did not change. */
const CONTEXT_UNITS = 128;
/** The context may grow to this many units to begin with its line. */
const CONTEXT_LINE_UNITS_MAX = 192;
/** What stands where something was left out: no line of a text begins so. */
const SEAM = '\n~ ';

/** Writes a derived text together with its origins. One text at a time. */
export class TextWriter {
  #units = new Uint16Array(4096);
  #length = 0;
  #segments = new Int32Array(768);
  #filled = 0;
  /** Where the running segment continues in the original when it runs in step; else -1. */
  #inStepAt = -1;
  #high = 0;
  #lengthMax = 0;
  /** True once something was left out because the text would have grown past its limit. */
  full = false;
  #isWhole = true;
  /** The stretch of the original that is to be copied when it is known how much of it is needed. */
  #original = '';
  #pendingFrom = 0;
  #pendingTo = 0;

  /**
   * Begins a text of at most `lengthMax` units. When it need not be whole, long stretches without any
   * change are left out but for some context.
   */
  begin(lengthMax: number, isWhole = true): void {
    this.#isWhole = isWhole;
    this.#pendingFrom = 0;
    this.#pendingTo = 0;
    this.#length = 0;
    this.#filled = 0;
    this.#inStepAt = -1;
    this.#high = 0;
    this.#lengthMax = lengthMax;
    this.full = false;
    if (this.#units.length > KEPT_UNITS_MAX) this.#units = new Uint16Array(4096);
    if (this.#segments.length > KEPT_UNITS_MAX) this.#segments = new Int32Array(768);
  }

  /** Units written so far; those that are copied may not be counted yet. */
  get length(): number {
    return this.#length;
  }

  /** The last unit written of a whole text, or -1. */
  get last(): number {
    return this.#length === 0 ? -1 : (this.#units[this.#length - 1] as number);
  }

  /** `text[from..to)` as it stands. */
  copy(text: string, from: number, to: number): void {
    if (to <= from) return;
    if (this.#isWhole) {
      this.#copy(text, from, to);
      return;
    }
    this.#original = text;
    if (this.#pendingTo !== from || this.#pendingTo === 0) {
      this.#flush();
      this.#pendingFrom = from;
    }
    this.#pendingTo = to;
  }

  /** Copies what is pending: its end and, where something stands before it, its beginning. */
  #flush(): void {
    const { length } = this;
    const from = this.#pendingFrom;
    const to = this.#pendingTo;
    if (to === 0) return;
    this.#pendingTo = 0;
    const tail = this.#contextStart(to, from);
    const head = length === 0 ? from : from + CONTEXT_UNITS;
    if (tail <= head + CONTEXT_UNITS) {
      this.#copy(this.#original, from, to);
      return;
    }
    this.#copy(this.#original, from, head);
    const isLineStart = this.#original.charCodeAt(tail - 1) === 10;
    const seam = isLineStart ? SEAM.slice(0, 1) : SEAM;
    this.#putText(length === 0 ? seam.slice(1) : seam, tail, tail);
    this.#copy(this.#original, tail, to);
  }

  /** Where the context of a change begins: with its line, or near. */
  #contextStart(to: number, from: number): number {
    const near = Math.max(from, to - CONTEXT_UNITS);
    const far = Math.max(from, to - CONTEXT_LINE_UNITS_MAX);
    for (let at = near; at > far; at--) if (this.#original.charCodeAt(at - 1) === 10) return at;
    return near;
  }

  #copy(text: string, from: number, to: number): void {
    if (to <= from || !this.#fits(to - from)) return;
    if (this.#inStepAt !== from) this.#segment(from, -1);
    const units = this.#units;
    let at = this.#length;
    let high = this.#high;
    for (let i = from; i < to; i++) {
      const unit = text.charCodeAt(i);
      high |= unit;
      units[at++] = unit;
    }
    this.#high = high;
    this.#length = at;
    this.#inStepAt = to;
  }

  /** One unit that stands for `[from, to)` of the original. */
  put(unit: number, from: number, to: number): void {
    if (this.#pendingTo !== 0) this.#flush();
    if (!this.#fits(1)) return;
    if (to === from + 1) {
      if (this.#inStepAt !== from) this.#segment(from, -1);
      this.#inStepAt = to;
    } else {
      this.#whole(from, to);
    }
    this.#high |= unit;
    this.#units[this.#length++] = unit;
  }

  /** A code point that stands for `[from, to)` of the original. */
  putCodePoint(code: number, from: number, to: number): void {
    if (code < 0x10000) {
      this.put(code, from, to);
      return;
    }
    if (this.#pendingTo !== 0) this.#flush();
    if (!this.#fits(2)) return;
    this.#whole(from, to);
    this.#units[this.#length++] = 0xd800 + ((code - 0x10000) >> 10);
    this.#units[this.#length++] = 0xdc00 + ((code - 0x10000) & 0x3ff);
    this.#high = 0xffff;
  }

  /** A text that as a whole stands for `[from, to)` of the original. */
  putText(text: string, from: number, to: number): void {
    if (this.#pendingTo !== 0) this.#flush();
    this.#putText(text, from, to);
  }

  #putText(text: string, from: number, to: number): void {
    if (text === '' || !this.#fits(text.length)) return;
    this.#whole(from, to);
    let high = this.#high;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      high |= unit;
      this.#units[this.#length + i] = unit;
    }
    this.#high = high;
    this.#length += text.length;
  }

  finish(): Derived {
    this.#finishPending();
    const units = this.#units;
    const text =
      this.#high < 256
        ? Buffer.from(units.subarray(0, this.#length)).toString('latin1')
        : Buffer.from(units.buffer, 0, 2 * this.#length).toString('utf16le');
    return { text, origins: new Origins(this.#segments.slice(0, this.#filled)) };
  }

  /** What follows stands as a whole for `[from, to)`. */
  #whole(from: number, to: number): void {
    const isSame =
      this.#inStepAt < 0 &&
      this.#filled > 0 &&
      this.#segments[this.#filled - 2] === from &&
      this.#segments[this.#filled - 1] === to;
    if (!isSame) this.#segment(from, to);
    this.#inStepAt = -1;
  }

  /** After the last change only some context is needed. */
  #finishPending(): void {
    if (this.#pendingTo === 0) return;
    const to =
      this.#length === 0
        ? this.#pendingTo
        : Math.min(this.#pendingTo, this.#pendingFrom + CONTEXT_UNITS);
    this.#pendingTo = 0;
    this.#copy(this.#original, this.#pendingFrom, to);
    this.#original = '';
  }

  #segment(there: number, end: number): void {
    if (this.#filled + 3 > this.#segments.length) {
      const segments = new Int32Array(2 * this.#segments.length);
      segments.set(this.#segments);
      this.#segments = segments;
    }
    this.#segments[this.#filled] = this.#length;
    this.#segments[this.#filled + 1] = there;
    this.#segments[this.#filled + 2] = end;
    this.#filled += 3;
  }

  #fits(units: number): boolean {
    const length = this.#length + units;
    if (length > this.#lengthMax) {
      this.full = true;
      return false;
    }
    if (length > this.#units.length) {
      const grown = new Uint16Array(Math.max(length, 2 * this.#units.length));
      grown.set(this.#units.subarray(0, this.#length));
      this.#units = grown;
    }
    return true;
  }
}
