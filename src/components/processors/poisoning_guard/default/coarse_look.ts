import { coarseAnchorSet } from './anchors.ts';
import type { Anchor } from './anchors.ts';
import {
  IS_GAP,
  IS_WORD,
  isPlainId,
  mayBeCommand,
  mayHaveReadings,
  PROSE_WORDS_MIN,
} from './look_bytes.ts';
import { LOOK_FIRST, LOOK_MASKS, LOOK_START } from './look_patterns.ts';

/** Bits beside those of the patterns: a letter or digit, a sign that begins an anchor, not ASCII. */
const WORD = 1 << 28;
const SIGN = 1 << 29;
const FOREIGN = 1 << 31;
const BEGINS = WORD | SIGN;

/** Beginnings of words: a bit for each hash of four characters of 5 bits. 8 KiB. */
const PREFIX_BITS = 16;
const PREFIX_LETTERS = 4;
/** Knuth's multiplicative hash: 2^32 divided by the golden ratio. */
const GOLDEN = 0x9e3779b1;
const hashOf = (letters: number): number => Math.imul(letters, GOLDEN) >>> (32 - PREFIX_BITS);
/** Shorter ones may be commands: `dd`, `fd`. */
const ID_BYTES_MIN = 8;
/** Anchors that went on when a text ended. */
const PENDING_MAX = 16;

/** Small letters are 1–26, digits 27, `_` and blanks 0, everything else 28–31. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, code) => {
  const small = code | 32;
  if (code < 128 && small >= 0x61 && small <= 0x7a) return small - 0x60;
  if (code >= 0x30 && code <= 0x39) return 27;
  return IS_GAP[code] === 1 ? 0 : 28 + (code & 3);
});

/** True for what no word goes on with. */
const isEnd = (folded: number): boolean => folded === 0 || folded > 27;

/** A trie of the anchors: rows of columns, 0 where no anchor goes on. */
class CoarseTables {
  readonly anchors: readonly Anchor[];
  readonly masks = Int32Array.from(LOOK_MASKS);
  readonly prefixes = new Int32Array((1 << PREFIX_BITS) >> 5);
  /** By three characters: 1 where a word of one or two letters stands first that begins an anchor. */
  readonly shorts = new Uint8Array(1 << 15);
  readonly columns = new Uint8Array(256);
  readonly shift: number;
  readonly rows: Uint16Array;
  /** By row: the anchor that ends there, less one; 0 for none. */
  readonly ends: Uint16Array;

  constructor(ownWords: readonly string[]) {
    this.anchors = coarseAnchorSet(ownWords).anchors;
    const letters = new Set(this.anchors.flatMap(({ text }) => text.split('')));
    for (const [number, letter] of [...letters].entries()) {
      this.columns[letter.charCodeAt(0)] = 1 + number;
      this.columns[letter.toUpperCase().charCodeAt(0)] = 1 + number;
    }
    this.shift = Math.ceil(Math.log2(letters.size + 1));
    const size = 1 + this.anchors.reduce((sum, { text }) => sum + text.length, 0);
    const rows = new Uint16Array(size << this.shift);
    const ends = new Uint16Array(size);
    let filled = 1;
    for (const [number, { text }] of this.anchors.entries()) {
      let row = 0;
      for (let i = 0; i < text.length; i++) {
        const at = (row << this.shift) + (this.columns[text.charCodeAt(i)] as number);
        if (rows[at] === 0) rows[at] = filled++;
        row = rows[at] as number;
      }
      ends[row] = number + 1;
    }
    this.rows = rows.slice(0, filled << this.shift);
    this.ends = ends.slice(0, filled);
    this.#fillMasks();
    for (const { spellings, right } of this.anchors) {
      for (const spelling of spellings) this.#fillBeginning(spelling, right);
    }
  }

  #fillMasks(): void {
    for (let code = 0; code < 256; code++) {
      const mask = this.masks[code] as number;
      if (code > 127) this.masks[code] = mask | FOREIGN;
      else if (IS_WORD[code] === 1) this.masks[code] = mask | WORD;
    }
    for (const { text } of this.anchors) {
      const code = text.charCodeAt(0);
      if (IS_WORD[code] !== 1) this.masks[code] = (this.masks[code] as number) | SIGN;
    }
  }

  #fillBeginning(spelling: string, right: boolean): void {
    const word = /^[a-z0-9]*/.exec(spelling)?.[0] ?? '';
    // Those that begin with a sign are always looked for.
    if (word === '') return;
    if (word.length < 3 && (right || word.length < spelling.length)) {
      this.#fillShort(word);
      return;
    }
    const letters = Array.from(spelling.slice(0, PREFIX_LETTERS), (_, i) =>
      Number(FOLDED[spelling.charCodeAt(i)]),
    );
    this.#fillPrefixes(letters, right && spelling.length < PREFIX_LETTERS);
  }

  #fillShort(word: string): void {
    const [one = 0, two] = Array.from(word, (_, i) => Number(FOLDED[word.charCodeAt(i)]));
    for (let code = 0; code < 32; code++) {
      if (!isEnd(code)) continue;
      const row = two === undefined ? (one << 10) | (code << 5) : (one << 10) | (two << 5) | code;
      this.shorts.fill(1, row, two === undefined ? row + 32 : row + 1);
    }
  }

  /** What is missing of four letters may be anything, or anything but a letter. */
  #fillPrefixes(letters: readonly number[], isEnded: boolean): void {
    if (letters.length === PREFIX_LETTERS) {
      const hash = hashOf(letters.reduce((sum, letter) => (sum << 5) | letter, 0));
      this.prefixes[hash >> 5] = (this.prefixes[hash >> 5] as number) | (1 << (hash & 31));
      return;
    }
    for (let code = 0; code < 32; code++) {
      if (!isEnded || isEnd(code)) this.#fillPrefixes([...letters, code], false);
    }
  }
}

/** Bytes that are read in one call: short loops without calls are what V8 makes fast. */
const STEP_BYTES = 1024;
/** Pattern, whether a word goes on, and what was seen; then where words begin like anchors. */
const HEAD = 3;
const FOUND = new Int32Array(HEAD + 2 * STEP_BYTES);

/**
 * Reads `[start, to)` of a text that ends at `end`, and leaves in `FOUND` where a word begins like an
 * anchor; how far it is filled.
 */
function scanned(
  masks: Int32Array,
  prefixes: Int32Array,
  shorts: Uint8Array,
  bytes: Uint8Array,
  start: number,
  to: number,
  end: number,
): number {
  const found = FOUND;
  const folded = FOLDED;
  const first: number = LOOK_FIRST;
  const last = end - PREFIX_LETTERS;
  let pattern = found[0] as number;
  let before = found[1] as number;
  let seen = 0;
  let filled = HEAD;
  for (let at = start; at < to; at++) {
    const mask = masks[bytes[at] as number] as number;
    pattern = ((pattern << 1) | first) & mask;
    seen |= pattern | (mask & FOREIGN);
    if ((mask & ~before & BEGINS) !== 0) {
      found[filled] = at;
      if (at > last || (mask & SIGN) !== 0) {
        // Near the end it may go on in the next text; signs are few.
        filled++;
        before = mask & WORD;
        continue;
      }
      const letters =
        ((folded[bytes[at] as number] as number) << 15) |
        ((folded[bytes[at + 1] as number] as number) << 10) |
        ((folded[bytes[at + 2] as number] as number) << 5) |
        (folded[bytes[at + 3] as number] as number);
      const hash = Math.imul(letters, GOLDEN) >>> (32 - PREFIX_BITS);
      const isPrefix = ((prefixes[hash >> 5] as number) >>> (hash & 31)) & 1;
      filled += isPrefix | (shorts[letters >> 5] as number);
    }
    before = mask & WORD;
  }
  found[0] = pattern;
  found[1] = before;
  found[2] = seen;
  return filled;
}

let shared: CoarseTables | undefined;

/**
 * The first look at every text: whether a word of it begins like an anchor and goes on so. Texts that
 * follow each other are read as one at the same time: an anchor that is split over neighbours is seen.
 */
export class CoarseLook {
  readonly #tables: CoarseTables;
  #proseWords = 0;
  /** Rows at which anchors went on when the last text ended. */
  readonly #pending = new Uint16Array(PENDING_MAX);
  #pendingFilled = 0;

  /** `ownWords`: a text with one of these is always suspect. */
  constructor(ownWords: readonly string[] = []) {
    if (ownWords.length === 0) shared ??= new CoarseTables([]);
    this.#tables = ownWords.length === 0 ? (shared as CoarseTables) : new CoarseTables(ownWords);
  }

  /** The next text has nothing before it. */
  reset(): void {
    this.#proseWords = 0;
    this.#pendingFilled = 0;
  }

  /** True when the UTF-8 text in `bytes[start..end)` has to be looked at closely. */
  isSuspect(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#pendingFilled > 0 && this.#goesOn(bytes, start, end)) return true;
    if (end - start >= ID_BYTES_MIN && isPlainId(bytes, start, end)) return false;
    const seen = this.#read(bytes, start, end);
    return seen < 0 || mayHaveReadings(bytes, start, end, seen);
  }

  /** Negative when there is an anchor, or what is not ASCII; else what the patterns came to. */
  #read(bytes: Uint8Array, start: number, end: number): number {
    const { masks, prefixes, shorts } = this.#tables;
    const found = FOUND;
    let seen = 0;
    let at = start;
    found[0] = LOOK_START;
    found[1] = 0;
    while (at < end) {
      const to = Math.min(end, at + STEP_BYTES);
      const count = scanned(masks, prefixes, shorts, bytes, at, to, end);
      seen |= found[2] as number;
      for (let i = HEAD; i < count; i++) {
        if (this.#walk(0, bytes, found[i] as number, end)) return -1;
      }
      at = to;
    }
    return seen;
  }

  /** Follows the trie from a row; true when it comes to an anchor that stands. */
  #walk(row: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { rows, ends, columns, shift } = this.#tables;
    let at = start;
    let to = row;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (IS_GAP[byte] === 1) continue;
      const column = columns[byte] as number;
      to = column === 0 ? 0 : (rows[(to << shift) + column] as number);
      if (to === 0) return false;
      const anchor = ends[to] as number;
      if (anchor > 0 && this.#stands(anchor - 1, bytes, at + 1, end)) return true;
    }
    // It may go on in the next text; when there is no more room for that, it is looked at closely.
    if (this.#pendingFilled === PENDING_MAX) return true;
    this.#pending[this.#pendingFilled++] = to;
    return false;
  }

  /** Goes on with the anchors that the texts before began. */
  #goesOn(bytes: Uint8Array, start: number, end: number): boolean {
    const rows = this.#pending.slice(0, this.#pendingFilled);
    this.#pendingFilled = 0;
    for (const row of rows) if (this.#walk(row, bytes, start, end)) return true;
    return false;
  }

  #stands(number: number, bytes: Uint8Array, end: number, to: number): boolean {
    const { right, command, decides } = this.#tables.anchors[number] as Anchor;
    if (right && end < to && IS_WORD[bytes[end] as number] === 1) return false;
    if (decides) return true;
    if (command) return mayBeCommand(bytes, end, to);
    return ++this.#proseWords >= PROSE_WORDS_MIN;
  }
}
