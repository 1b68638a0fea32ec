import { Buffer, isUtf8 } from 'node:buffer';

/** A fault of JSON text at the place where the scanner stands. */
export class JsonFault extends Error {}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Most arrays and objects within each other. Each takes one stack frame. */
export const JSON_DEPTH_MAX = 1100;

/** Strict JSON (RFC 8259) over UTF-8 bytes, a token at a time. */
export class JsonScanner {
  protected readonly source: Buffer;
  /** Upper and lower 32 bits of the integer that {@link shortInteger} read, without its sign. */
  protected high = 0;
  protected low = 0;
  protected negative = false;
  /** The next byte. */
  protected at = 0;
  #depth = 0;

  constructor(source: Buffer) {
    this.source = source;
    if (!isUtf8(source)) throw new JsonFault('the text is not UTF-8');
    if (source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf) this.at = 3;
  }

  /** The next byte that is no white space, or -1 at the end; it is not consumed. */
  protected peek(): number {
    const { source } = this;
    let p = this.at;
    while (p < source.length) {
      const byte = source[p] as number;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) {
        this.at = p;
        return byte;
      }
      p += 1;
    }
    this.at = p;
    return -1;
  }

  /** Consumes this byte and says whether it stood there. */
  protected take(byte: number): boolean {
    if (this.source[this.at] === byte) {
      this.at += 1;
      return true;
    }
    if (this.peek() !== byte) return false;
    this.at += 1;
    return true;
  }

  protected expect(byte: number): void {
    if (!this.take(byte)) throw this.unexpected(`'${String.fromCharCode(byte)}'`);
  }

  protected unexpected(wanted: string): JsonFault {
    const place = this.at >= this.source.length ? 'the text ends' : `byte ${this.at} is another`;
    return new JsonFault(`${wanted} expected, and ${place}`);
  }

  protected enter(): void {
    this.#depth += 1;
    if (this.#depth > JSON_DEPTH_MAX) throw new JsonFault('nested too deep');
  }

  protected leave(): void {
    this.#depth -= 1;
  }

  /** Consumes `true`, `false` or `null`. */
  protected takeWord(word: string): boolean {
    this.peek();
    for (let i = 0; i < word.length; i += 1) {
      if (this.source[this.at + i] !== word.charCodeAt(i)) return false;
    }
    this.at += word.length;
    return true;
  }

  /**
   * Consumes an integer of at most 19 digits, quoted or bare, exactly. Returns false and consumes
   * nothing for every other spelling.
   */
  protected shortInteger(): boolean {
    const { source } = this;
    const quoted = this.peek() === QUOTE;
    let first = quoted ? this.at + 1 : this.at;
    const negative = source[first] === 0x2d;
    if (negative) first += 1;
    let end = first;
    while (isDigit(source[end])) end += 1;
    const digits = end - first;
    const follows = quoted ? source[end] !== QUOTE : isNumberByte(source[end]);
    if (digits === 0 || digits > 19 || follows) return false;
    if (source[first] === 0x30 && digits > 1) return false;
    const middle = digits > 9 ? end - 9 : end;
    this.#combine(digitsOf(source, first, middle), digitsOf(source, middle, end), digits > 9);
    this.negative = negative;
    this.at = quoted ? end + 1 : end;
    return true;
  }

  /** head, or head × 10^9 + tail, in halves. Every step stays below 2^53. */
  #combine(head: number, tail: number, long: boolean): void {
    const lowest = long ? (head % 0x1_0000) * 1e9 + tail : head;
    const middle = long ? Math.floor(head / 0x1_0000) * 1e9 : 0;
    const low = (middle % 0x1_0000) * 0x1_0000 + lowest;
    this.low = low >>> 0;
    this.high = Math.floor(middle / 0x1_0000) + Math.floor(low / 0x1_0000_0000);
  }

  /** Characters of a number as they stand; not checked. */
  protected numberText(): string {
    this.peek();
    const start = this.at;
    let p = start;
    while (isNumberByte(this.source[p])) p += 1;
    this.at = p;
    return this.source.toString('latin1', start, p);
  }

  /** Consumes a string and returns its text. */
  protected text(): string {
    this.expect(QUOTE);
    const start = this.at;
    const target = Buffer.allocUnsafe(this.#stringEnd() - start);
    const end = this.stringInto(target, 0);
    return target.toString('utf8', 0, end);
  }

  /** Where the closing quote of the string at hand stands. */
  #stringEnd(): number {
    const { source } = this;
    let p = this.at;
    while (p < source.length && source[p] !== QUOTE) p += source[p] === BACKSLASH ? 2 : 1;
    return Math.min(p, source.length);
  }

  /** Consumes a string after its opening quote, writes its UTF-8 and returns where that ends. */
  protected stringInto(target: Uint8Array, start: number): number {
    const { source } = this;
    let p = this.at;
    let w = start;
    for (;;) {
      const byte = source[p] as number;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        this.at = p + 1;
        w = this.#escape(target, w);
        p = this.at;
        continue;
      }
      // Also at the end, where `undefined` is no number that could be compared.
      if (!(byte >= 0x20)) {
        this.at = p;
        if (p >= source.length) throw new JsonFault('the text ends within a string');
        throw new JsonFault('a control character stands in a string');
      }
      target[w] = byte;
      w += 1;
      p += 1;
    }
    this.at = p + 1;
    return w;
  }

  #escape(target: Uint8Array, w: number): number {
    const letter = this.source[this.at];
    this.at += 1;
    const plain = letter === undefined ? undefined : ESCAPES[letter];
    if (plain !== undefined) {
      target[w] = plain;
      return w + 1;
    }
    if (letter !== 0x75) throw new JsonFault('a string has an escape that JSON does not know');
    let code = this.#hex4();
    if (code >= 0xd800 && code < 0xe000) {
      const paired =
        code < 0xdc00 && this.source[this.at] === BACKSLASH && this.source[this.at + 1] === 0x75;
      if (!paired) throw new JsonFault('a string has half a surrogate pair');
      this.at += 2;
      const low = this.#hex4();
      if (low < 0xdc00 || low > 0xdfff) throw new JsonFault('a string has half a surrogate pair');
      code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    return putUtf8(target, w, code);
  }

  #hex4(): number {
    let code = 0;
    for (let i = 0; i < 4; i += 1) {
      const digit = hexDigit(this.source[this.at + i]);
      if (digit < 0) throw new JsonFault('a string has a broken \\u escape');
      code = code * 16 + digit;
    }
    this.at += 4;
    return code;
  }

  /** Consumes a value of any kind. */
  protected skipValue(): void {
    switch (this.peek()) {
      case QUOTE:
        this.text();
        return;
      case 0x7b:
        return this.#skipMembers(0x7d, true);
      case 0x5b:
        return this.#skipMembers(0x5d, false);
      default:
        if (this.takeWord('true') || this.takeWord('false') || this.takeWord('null')) return;
        if (!JSON_NUMBER.test(this.numberText())) throw this.unexpected('a value');
    }
  }

  #skipMembers(close: number, named: boolean): void {
    this.enter();
    this.at += 1;
    if (!this.take(close)) {
      do {
        if (named) {
          this.text();
          this.expect(0x3a);
        }
        this.skipValue();
      } while (this.take(0x2c));
      this.expect(close);
    }
    this.leave();
  }
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The byte that a one-letter escape stands for, by letter. */
const ESCAPES: readonly (number | undefined)[] = (() => {
  const table: (number | undefined)[] = Array.from({ length: 128 });
  for (const [letter, byte] of [
    ['"', 0x22],
    ['\\', 0x5c],
    ['/', 0x2f],
    ['b', 0x08],
    ['f', 0x0c],
    ['n', 0x0a],
    ['r', 0x0d],
    ['t', 0x09],
  ] as const) {
    table[letter.charCodeAt(0)] = byte;
  }
  return table;
})();

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** The value of at most ten digits. */
function digitsOf(source: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let p = start; p < end; p += 1) value = value * 10 + (source[p] as number) - 0x30;
  return value;
}

function isNumberByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  if (byte >= 0x30 && byte <= 0x39) return true;
  return byte === 0x2d || byte === 0x2b || byte === 0x2e || byte === 0x65 || byte === 0x45;
}

/** The value of a hex digit in either case, or -1. */
export function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function putUtf8(target: Uint8Array, w: number, code: number): number {
  if (code < 0x80) {
    target[w] = code;
    return w + 1;
  }
  if (code < 0x800) {
    target[w] = 0xc0 | (code >> 6);
    target[w + 1] = 0x80 | (code & 0x3f);
    return w + 2;
  }
  if (code < 0x1_0000) {
    target[w] = 0xe0 | (code >> 12);
    target[w + 1] = 0x80 | ((code >> 6) & 0x3f);
    target[w + 2] = 0x80 | (code & 0x3f);
    return w + 3;
  }
  target[w] = 0xf0 | (code >> 18);
  target[w + 1] = 0x80 | ((code >> 12) & 0x3f);
  target[w + 2] = 0x80 | ((code >> 6) & 0x3f);
  target[w + 3] = 0x80 | (code & 0x3f);
  return w + 4;
}
