import { endianness } from 'node:os';

/**
 * A screen over ASCII bytes, two at a time: says of a text that none of its windows occurs, or that
 * some may. It never misses one.
 *
 * A window is a short sequence of byte sets, such as `[Rr] [Mm] [white space]`. Windows are put into
 * buckets; a window is looked for at even and at odd addresses, so that aligned pairs of bytes are
 * enough, and each pair that it spans is one bit of a state word (shift-and, Baeza-Yates and Gonnet
 * 1992). Windows of one bucket share bits: a bucket may report a mixture of two of its windows.
 * Beside the state bits the table holds how many bytes of the pair are special characters.
 *
 * | bits          | of a table entry                                             |
 * |---------------|--------------------------------------------------------------|
 * | 0–1           | special characters in the pair (0–2)                         |
 * | 2             | the pair has a byte that is not ASCII                        |
 * | from 3 on     | per bucket: 2 steps at even addresses, then 2 or 3 at odd     |
 */
export interface PairTable {
  /** Entry by two bytes as a 16-bit load of this machine reads them. 256 KiB. */
  readonly entries: Int32Array;
  /** Bits that are on before each step. */
  readonly init: number;
  /** Bits that stand for a whole window. */
  readonly final: number;
  /** State after blanks: what a text begins with. */
  readonly blank: number;
}

/** Set when the ratio of special characters is above 0.3. */
export const SCREEN_SPECIAL = 1;
/** Set when a byte is not ASCII. */
export const SCREEN_WIDE = 4;

/** True for the bytes that may stand at one place of a window. */
export type ByteSet = (code: number) => boolean;
export type Window = readonly ByteSet[];

const ANY: ByteSet = () => true;
const LITTLE = endianness() === 'LE';

/** One step of a window: the bit of its bucket, and what the two bytes of a pair must be. */
interface Step {
  readonly bit: number;
  readonly first: ByteSet;
  readonly second: ByteSet;
}

/** The places at which the pairs of a window of this width begin: first at even addresses, then at odd. */
function pairPlaces(width: number): { even: number[]; odd: number[] } {
  const from = (place: number): number[] => (place < width ? [place, ...from(place + 2)] : []);
  return { even: from(0), odd: from(-1) };
}

/** Builds the table. Windows of a bucket are 3 or 4 wide; the buckets take at most 29 bits. */
export function pairTable(buckets: readonly (readonly Window[])[], isSpecial: ByteSet): PairTable {
  const steps: Step[] = [];
  let init = SCREEN_WIDE;
  let final = 0;
  let bit = 3;
  for (const bucket of buckets) {
    const { even, odd } = pairPlaces(Math.max(...bucket.map((window) => window.length)));
    init |= (1 << bit) | (1 << (bit + even.length));
    final |= (1 << (bit + even.length - 1)) | (1 << (bit + even.length + odd.length - 1));
    for (const place of [...even, ...odd]) {
      for (const window of bucket) {
        const [first, second] = [window[place] ?? ANY, window[place + 1] ?? ANY];
        steps.push({ bit, first, second });
      }
      bit++;
    }
  }
  if (bit > 32) throw new RangeError(`the windows need ${bit - 3} bits, 29 are there`);
  const entries = entriesOf(steps, isSpecial);
  return { entries, init, final, blank: (entries[0x2020] as number) & init & ~3 };
}

const pairOf = (first: number, second: number): number =>
  LITTLE ? first | (second << 8) : (first << 8) | second;

function entriesOf(steps: readonly Step[], isSpecial: ByteSet): Int32Array {
  const codes = Array.from({ length: 256 }, (_, code) => code);
  const entries = new Int32Array(65_536);
  for (const { bit, first, second } of steps) {
    const seconds = codes.filter(second);
    for (const one of codes.filter(first)) {
      for (const two of seconds) {
        const pair = pairOf(one, two);
        entries[pair] = (entries[pair] as number) | (1 << bit);
      }
    }
  }
  for (const one of codes) {
    for (const two of codes) {
      const wide = one > 127 || two > 127 ? SCREEN_WIDE : 0;
      const pair = pairOf(one, two);
      entries[pair] =
        (entries[pair] as number) | wide | (Number(isSpecial(one)) + Number(isSpecial(two)));
    }
  }
  return entries;
}

/** The screen over one buffer. `open` first; then `screen` allocates nothing. */
export class PairScreen {
  readonly #entries: Int32Array;
  readonly #init: number;
  readonly #report: number;
  readonly #blank: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #pairs: Uint16Array = new Uint16Array(0);
  #base = 0;

  constructor(table: PairTable) {
    this.#entries = table.entries;
    this.#init = table.init;
    this.#report = table.final | SCREEN_WIDE;
    this.#blank = table.blank;
  }

  /** The texts to come stand in this buffer. */
  open(bytes: Uint8Array): void {
    if (bytes === this.#bytes) return;
    this.#bytes = bytes;
    this.#pairs = new Uint16Array(bytes.buffer, 0, bytes.buffer.byteLength >> 1);
    this.#base = bytes.byteOffset;
  }

  /**
   * 0 when the text in `[start, end)` is ASCII, has no window and at most 3 special characters in 10.
   * Else {@link SCREEN_SPECIAL}, {@link SCREEN_WIDE} (the count of specials is then no use) and the
   * bits of the buckets that may have a window.
   */
  screen(start: number, end: number): number {
    const entries = this.#entries;
    const pairs = this.#pairs;
    const init = this.#init;
    const from = start + this.#base;
    const to = end + this.#base;
    let state = this.#blank;
    let specials = 0;
    let seen = 0;
    if ((from & 1) !== 0 && from < to) {
      const byte = this.#bytes[start] as number;
      const entry = entries[pairOf(0x20, byte)] as number;
      state = ((state << 1) | init) & entry;
      specials += entry & 3;
      seen |= state;
    }
    const last = to >> 1;
    for (let pair = (from + 1) >> 1; pair < last; pair++) {
      const entry = entries[pairs[pair] as number] as number;
      state = ((state << 1) | init) & entry;
      specials += entry & 3;
      seen |= state;
    }
    if ((to & 1) !== 0 && from < to) {
      const byte = this.#bytes[end - 1] as number;
      const entry = entries[pairOf(byte, 0x20)] as number;
      state = ((state << 1) | init) & entry;
      specials += entry & 3;
      seen |= state;
    }
    return (seen & this.#report) | (specials * 10 > (end - start) * 3 ? SCREEN_SPECIAL : 0);
  }
}
