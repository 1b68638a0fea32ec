import type { TextScreen } from './ruleset.ts';

/**
 * A screen over ASCII bytes, two at a time: says of a text that none of its windows occurs, or that
 * some may. It never misses one.
 *
 * A window is a short sequence of byte sets, such as `[Rr] [Mm] [white space]`. Windows are put into
 * buckets. A bucket is looked for at even and at odd addresses, so that aligned pairs of bytes are
 * enough; each pair that it spans is one step, one bit of a state word. A bit is 0 while the steps so
 * far have held (shift-or, Baeza-Yates and Gonnet 1992); bits are ordered by step, so that the shift
 * itself brings the zeros that begin. Windows of one bucket share bits: it may report a mixture.
 *
 * | bits  | of a table entry                                                     |
 * |-------|----------------------------------------------------------------------|
 * | 0–12  | first steps: four wide at odd addresses, eight others, not ASCII (0)   |
 * | 13–24 | second steps, in the same order                                      |
 * | 25    | unused                                                               |
 * | 26–29 | third steps: four wide at odd addresses                              |
 * | 30–31 | special characters in the pair, 0–2                                  |
 */
export interface PairTable {
  /** Entry by two bytes as a 16-bit load of this machine reads them. 256 KiB. */
  readonly entries: Int32Array;
  /** Bits that stand for a whole window, and for a byte that is not ASCII. */
  readonly final: number;
}

/** True for the bytes that may stand at one place of a window. */
export type ByteSet = (code: number) => boolean;
export type Window = readonly ByteSet[];

const ANY: ByteSet = () => true;
const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const SHIFT = 13;
/** The bit of {@link PairTable.final} for a byte that is not ASCII. */
export const NOT_ASCII = 1 << 12;
const WIDE_MAX = 4;
const NARROW_MAX = 2;
const BLANK = 0x20;

/** One step of a window: the bit of its bucket, and what the two bytes of a pair must be. */
interface Step {
  readonly bit: number;
  readonly first: ByteSet;
  readonly second: ByteSet;
}

/** The steps of a window whose pairs begin at these places. `track` is the bit of the first. */
function stepsOf(window: Window, places: readonly number[], track: number): Step[] {
  return places.map((place, step) => ({
    bit: track + SHIFT * step,
    first: window[place] ?? ANY,
    second: window[place + 1] ?? ANY,
  }));
}

/**
 * Builds the table. `wide`: at most 4 buckets of windows of 4; `narrow`: at most 2 of windows of 3. A
 * shorter window stands for one that anything may follow, of which some must: a text that ends
 * earlier is not reported.
 */
export function pairTable(
  buckets: {
    readonly wide: readonly (readonly Window[])[];
    readonly narrow: readonly (readonly Window[])[];
  },
  isSpecial: ByteSet,
): PairTable {
  const { wide, narrow } = buckets;
  if (wide.length > WIDE_MAX || narrow.length > NARROW_MAX)
    throw new RangeError('too many buckets');
  const steps: Step[] = [];
  let final = NOT_ASCII;
  const add = (bucket: readonly Window[], places: readonly number[], track: number): void => {
    for (const window of bucket) steps.push(...stepsOf(window, places, track));
    final |= 1 << (track + SHIFT * (places.length - 1));
  };
  // Tracks 0–3 have a third step, at bits 26–29; the others must not.
  for (const [index, bucket] of wide.entries()) {
    add(bucket, [-1, 1, 3], index);
    add(bucket, [0, 2], 4 + index);
  }
  for (const [index, bucket] of narrow.entries()) {
    add(bucket, [-1, 1], 8 + index);
    add(bucket, [0, 2], 10 + index);
  }
  return { entries: entriesOf(steps, isSpecial), final };
}

const pairOf = (first: number, second: number): number =>
  LITTLE ? first | (second << 8) : (first << 8) | second;

function entriesOf(steps: readonly Step[], isSpecial: ByteSet): Int32Array {
  const codes = Array.from({ length: 256 }, (_, code) => code);
  const entries = new Int32Array(65_536).fill(0x3fff_ffff);
  for (const { bit, first, second } of steps) {
    const seconds = codes.filter(second);
    for (const one of codes.filter(first)) {
      for (const two of seconds) {
        const pair = pairOf(one, two);
        entries[pair] = (entries[pair] as number) & ~(1 << bit);
      }
    }
  }
  for (const one of codes) {
    for (const two of codes) {
      const pair = pairOf(one, two);
      if (one > 127 || two > 127) entries[pair] = (entries[pair] as number) & ~NOT_ASCII;
      const specials = Number(isSpecial(one)) + Number(isSpecial(two));
      entries[pair] = (entries[pair] as number) | (specials << 30);
    }
  }
  return entries;
}

/** Keeps the second byte of a pair in memory. */
const SECOND = LITTLE ? 0xff00 : 0x00ff;
/** A blank in the place of the first byte in memory. */
const BLANK_FIRST = pairOf(BLANK, 0);

/** Texts of one run. */
const TEXTS_MAX = 64;
/** More than 3 special characters in 10 (behaviours G14), in integers. */
const isMostlySpecial = (specials: number, length: number): boolean => specials * 10 > length * 3;

/** The screen over one buffer. Allocates in `open` only. */
export class PairScreen implements TextScreen {
  readonly spans = new Int32Array(2 * TEXTS_MAX);
  readonly suspects = new Int32Array(TEXTS_MAX);
  counted = 0;
  readonly #entries: Int32Array;
  readonly #final: number;
  /** The state after blanks: every text stands behind some. */
  readonly #blank: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #pairs: Uint16Array = new Uint16Array(0);

  constructor(table: PairTable) {
    this.#entries = table.entries;
    this.#final = table.final;
    this.#blank = (-1 << SHIFT) | (table.entries[pairOf(BLANK, BLANK)] as number);
  }

  open(bytes: Uint8Array): void {
    if (bytes === this.#bytes) return;
    this.#bytes = bytes;
    this.#pairs = new Uint16Array(bytes.buffer, 0, bytes.buffer.byteLength >> 1);
  }

  screen(texts: number): number {
    const { spans, suspects } = this;
    const entries = this.#entries;
    const pairs = this.#pairs;
    const final = this.#final;
    const base = this.#bytes.byteOffset;
    let found = 0;
    for (let text = 0; text < texts; text++) {
      const from = (spans[2 * text] as number) + base;
      const to = (spans[2 * text + 1] as number) + base;
      let pair = from >> 1;
      const last = to >> 1;
      let state = this.#blank;
      let seen = -1;
      let specials = 0;
      if (last > pair) {
        // The first pair: the byte before the text counts as a blank.
        const odd = from & 1;
        const both = pairs[pair] as number;
        const entry = entries[odd === 0 ? both : (both & SECOND) | BLANK_FIRST] as number;
        state = (state << SHIFT) | entry;
        seen &= state;
        specials += entry >>> 30;
        pair++;
      }
      for (; pair < last - 1; pair += 2) {
        const first = entries[pairs[pair] as number] as number;
        const second = entries[pairs[pair + 1] as number] as number;
        const between = (state << SHIFT) | first;
        state = (between << SHIFT) | second;
        seen &= between & state;
        specials += (first >>> 30) + (second >>> 30);
      }
      if (pair < last) {
        const entry = entries[pairs[pair] as number] as number;
        state = (state << SHIFT) | entry;
        seen &= state;
        specials += entry >>> 30;
      }
      if ((to & 1) !== 0 && to > from) {
        // The last pair: the byte behind the text counts as a blank.
        const entry = entries[pairOf(this.#bytes[to - base - 1] as number, BLANK)] as number;
        state = (state << SHIFT) | entry;
        seen &= state;
        specials += entry >>> 30;
      }
      if ((~seen & final) !== 0) suspects[found++] = text;
      else if (isMostlySpecial(specials, to - from)) this.counted++;
    }
    return found;
  }
}
