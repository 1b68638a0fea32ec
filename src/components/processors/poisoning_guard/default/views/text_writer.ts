import { BACKWARDS, IN_STEP, OriginsWriter } from './origins.ts';
import type { Origins } from './origins.ts';

/** A text made of another, and where each of its parts stood there. */
export interface Derived {
  readonly text: string;
  readonly origins: Origins;
}

/** Units that a writer begins with. */
const UNITS_MIN = 4096;
/** Units that a writer keeps between texts; a larger one is let go. */
const KEPT_UNITS_MAX = 65_536;

/** Units around a change that a derived text shows of what did not change. */
const CONTEXT_UNITS = 128;
/** The context may grow to this many units to begin with its line. */
const CONTEXT_LINE_UNITS_MAX = 192;
/** Units of stretches that are copied as a whole: shorter ones are sooner copied one by one. */
const WHOLE_MIN = 64;
/** What stands where something was left out: no line of a text begins so. */
const SEAM = '\n~ ';

/** Writes a derived text together with its origins. One text at a time. */
export class TextWriter {
  #units = new Uint16Array(UNITS_MIN);
  #bytes = bytesOf(this.#units);
  #length = 0;
  readonly #origins = new OriginsWriter();
  /** Where the running segment continues in the original when it runs in step; else -1. */
  #inStepAt = -1;
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
    this.#origins.begin();
    this.#inStepAt = -1;
    this.#lengthMax = lengthMax;
    this.full = false;
    if (this.#units.length > KEPT_UNITS_MAX) this.#hold(new Uint16Array(UNITS_MIN));
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
    const head = length === 0 ? from : from + CONTEXT_UNITS;
    if (to - head <= CONTEXT_UNITS) {
      this.#copy(this.#original, from, to);
      return;
    }
    const tail = this.#contextStart(to, from);
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
    if (this.#inStepAt !== from) this.#origins.add(this.#length, from, IN_STEP);
    const length = this.#length;
    this.#length = length + to - from;
    this.#inStepAt = to;
    if (to - from >= WHOLE_MIN) {
      this.#bytes.write(text.slice(from, to), 2 * length, 'utf16le');
      return;
    }
    const units = this.#units;
    for (let i = from, at = length; i < to; i++, at++) units[at] = text.charCodeAt(i);
  }

  /** `text[from..to)` unit by unit from its end on; behind a text that need not be whole, all of it. */
  copyBackwards(text: string, from: number, to: number): void {
    if (to <= from) return;
    if (this.#pendingTo !== 0) this.#flush();
    const count = Math.min(to - from, this.#lengthMax - this.#length);
    if (count < to - from) this.full = true;
    if (count <= 0 || !this.#fits(count)) return;
    this.#origins.add(this.#length, to - 1, BACKWARDS);
    this.#inStepAt = -1;
    const units = this.#units;
    let at = this.#length;
    for (let i = to - 1; i >= to - count; i--) units[at++] = text.charCodeAt(i);
    this.#length = at;
  }

  /** One unit that stands for `[from, to)` of the original. */
  put(unit: number, from: number, to: number): void {
    if (this.#pendingTo !== 0) this.#flush();
    if (!this.#fits(1)) return;
    if (to === from + 1) {
      if (this.#inStepAt !== from) this.#origins.add(this.#length, from, IN_STEP);
      this.#inStepAt = to;
    } else {
      this.#whole(from, to);
    }
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
  }

  /** A text that as a whole stands for `[from, to)` of the original. */
  putText(text: string, from: number, to: number): void {
    if (this.#pendingTo !== 0) this.#flush();
    this.#putText(text, from, to);
  }

  #putText(text: string, from: number, to: number): void {
    if (text === '' || !this.#fits(text.length)) return;
    this.#whole(from, to);
    if (text.length >= WHOLE_MIN) this.#bytes.write(text, 2 * this.#length, 'utf16le');
    else {
      for (let i = 0; i < text.length; i++) this.#units[this.#length + i] = text.charCodeAt(i);
    }
    this.#length += text.length;
  }

  finish(): Derived {
    this.#finishPending();
    // One byte a unit when all of it is Latin-1: whatever reads it does so twice as fast.
    const text = this.#bytes.toString('utf16le', 0, 2 * this.#length);
    return { text, origins: this.#origins.finish() };
  }

  /** What follows stands as a whole for `[from, to)`. */
  #whole(from: number, to: number): void {
    const isSame = this.#inStepAt < 0 && this.#origins.isLast(from, to);
    if (!isSame) this.#origins.add(this.#length, from, to);
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

  #fits(units: number): boolean {
    const length = this.#length + units;
    if (length > this.#lengthMax) {
      this.full = true;
      return false;
    }
    if (length > this.#units.length) {
      const grown = new Uint16Array(Math.max(length, 2 * this.#units.length));
      grown.set(this.#units.subarray(0, this.#length));
      this.#hold(grown);
    }
    return true;
  }

  #hold(units: Uint16Array<ArrayBuffer>): void {
    this.#units = units;
    this.#bytes = bytesOf(units);
  }
}

/** The same memory as bytes of UTF-16LE, the order of x64 and ARM. */
function bytesOf(units: Uint16Array<ArrayBuffer>): Buffer {
  return Buffer.from(units.buffer);
}
