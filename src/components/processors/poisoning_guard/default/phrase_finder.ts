import { Buffer } from 'node:buffer';
import { kernelInstance } from '../../../../sdk/kernel.ts';
import { foldedCode } from './automaton.ts';
import { LETTER, MARGIN, writePhrases } from './phrase_tables.ts';
import { KERNEL } from './phrases.kernel.wasm.ts';
import type { PhraseSteps } from './phrase_steps.ts';
import { stepTables } from './step_tables.ts';
import type { Word } from './tokens.ts';

/** The memory of the kernel, as in phrases.kernel.as. */
const FOUND_AT = 16 * 1024;
const KEYS_AT = 64 * 1024;
const PLAIN_AT = 256 * 1024;
const UNITS_AT = 320 * 1024;
const UNITS_MAX = 16 * 1024;
const PAGE_BYTES = 65_536;

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly place: (
    tokensAt: number,
    stepsAt: number,
    statesAt: number,
    statesEnd: number,
    textAt: number,
  ) => void;
  readonly first: (length: number) => number;
  readonly find: (from: number) => number;
  readonly tell: (token: number, start: number, end: number) => number;
  readonly narrow: (offset: number, units: number) => number;
}

/** Where in what is found the kernel says how far it came and what marks it met, and where the first entry stands. */
const STOPPED = 0;
const MARKED = 1;
const FIRST = 2;
/** In place of the number of a rule: a word of a command. */
const LISTED = 0xffff_ffff;

/** The byte of an ideographic full stop. */
const STOP = 0xfd;
const STOP_CODE = 0x3002;

/** The byte of units of text that are no letters of any alphabet. */
const NOTHING = 0xff;

function plainByte(code: number): number {
  if (code < 128) return code;
  if (code === STOP_CODE) return STOP;
  const folded = foldedCode(code);
  if (folded < 128) return folded;
  const isSign = (code >= 0x2000 && code < 0x2c00) || (code >= 0xd800 && code < 0xf900);
  return isSign || code < 0xc0 || code >= 0xfe00 ? NOTHING : LETTER;
}

const isGap = (byte: number | undefined): boolean =>
  byte !== undefined && foldedCode(byte) === 0x20;

/** So many characters before a place. */
function startOf(text: Uint8Array, place: number, around: number): number {
  let at = place;
  for (let left = around; left > 0 && at > 0; left--) {
    at--;
    while (at > 0 && isGap(text[at]) && isGap(text[at - 1])) at--;
  }
  return at;
}

/** So many characters behind the last letter of those that stand no further apart. */
function endOf(text: Uint8Array, letter: number, around: number): number {
  let at = letter;
  for (let left = around; left >= 0 && at < text.length; left--) {
    if (text[at] === LETTER) left = around;
    at++;
    while (at < text.length && isGap(text[at]) && isGap(text[at - 1])) at++;
  }
  return at;
}

/** Told of what stands in a text. */
export interface PhraseVisitor {
  /** All steps of a rule stand in `[start, end)`. */
  phrase(rule: number, start: number, end: number): void;
  /** A word that a rule about commands waits for. */
  trigger(start: number, end: number): void;
}

/** A part of a text. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/**
 * Finds phrases in texts, each by the rarest word in it, and rules made of them: sixteen characters at a
 * time it is looked where words begin, and their first eight letters are looked up. What stands in every
 * text costs nothing. Letters are compared without case and marks, a run of white space or `_` is one
 * blank. Not to be entered twice at once; 1.5 MiB, and as much as the longest text.
 */
export class PhraseFinder {
  readonly #kernel: Kernel;
  readonly #textAt: number;
  #length = 0;
  #bytes: Buffer;
  #found: Uint32Array;
  /** True when the last text has letters that do not fold to ASCII: words of it may not have been found. */
  hasForeignLetters = false;

  /** Words of ASCII, then others that only {@link tell} knows: their numbers follow. */
  constructor(steps: PhraseSteps, words: readonly Word[], foreign: readonly Word[]) {
    this.#kernel = kernelInstance(KERNEL);
    this.#bytes = Buffer.from(this.#kernel.memory.buffer);
    const tablesAt = writePhrases(
      this.#bytes,
      words.map(({ text }) => text),
      words.map(({ right }) => right),
    );
    const { places, bytes } = stepTables(steps, [...words, ...foreign], tablesAt);
    this.#textAt = (tablesAt + bytes.length + 2 * MARGIN) & ~63;
    [this.#bytes, this.#found] = this.#reserve(PAGE_BYTES);
    this.#bytes.set(bytes, tablesAt);
    const { tokensAt, stepsAt, statesAt, statesEnd } = places;
    this.#kernel.place(tokensAt, stepsAt, statesAt, statesEnd, this.#textAt);
    for (let code = 0; code < 65_536; code++) this.#bytes[PLAIN_AT + code] = plainByte(code);
  }

  /** Room for a text of so many bytes. */
  #reserve(length: number): [Buffer, Uint32Array] {
    const { memory } = this.#kernel;
    const missing = this.#textAt + length + 2 * MARGIN - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    const { buffer } = memory;
    return [Buffer.from(buffer), new Uint32Array(buffer, FOUND_AT, (KEYS_AT - FOUND_AT) / 4)];
  }

  /** Tells of what stands in a text in the order of the anchors of phrases. */
  find(text: string, visitor: PhraseVisitor): void {
    this.#load(text);
    const kernel = this.#kernel;
    const { length } = text;
    let count = kernel.first(length);
    for (;;) {
      this.#tellAll(count, visitor);
      const from = this.#found[STOPPED] as number;
      if (from >= length) return;
      count = kernel.find(from);
    }
  }

  /** Takes a word of the last text as found. */
  tell(word: number, start: number, end: number, visitor: PhraseVisitor): void {
    this.#tellAll(this.#kernel.tell(word, start, end), visitor);
  }

  #tellAll(count: number, visitor: PhraseVisitor): void {
    const found = this.#found;
    const end = FIRST + 3 * count;
    for (let i = FIRST; i < end; i += 3) {
      const rule = found[i] as number;
      const from = found[i + 1] as number;
      const to = found[i + 2] as number;
      if (rule === LISTED) visitor.trigger(from, to);
      else visitor.phrase(rule, from, to);
    }
  }

  /** Marks of all words found in the last text. */
  get marks(): number {
    return this.#found[MARKED] as number;
  }

  /**
   * The parts of the last text in which there are letters that do not fold to ASCII, with so many
   * characters around them, a run of blanks for one.
   */
  *foreignParts(around: number): Generator<Part> {
    const text = this.#bytes.subarray(this.#textAt, this.#textAt + this.#length);
    let letter = text.indexOf(LETTER);
    while (letter >= 0) {
      const to = endOf(text, letter, around);
      yield { from: startOf(text, letter, around), to };
      letter = text.indexOf(LETTER, to);
    }
  }

  #load(text: string): void {
    const { length } = text;
    if (this.#textAt + length + 2 * MARGIN > this.#bytes.length) {
      [this.#bytes, this.#found] = this.#reserve(length);
    }
    this.#length = length;
    this.hasForeignLetters = false;
    if (Buffer.byteLength(text) === length) this.#bytes.write(text, this.#textAt, length, 'latin1');
    else this.#narrow(text);
  }

  #narrow(text: string): void {
    for (let from = 0; from < text.length; from += UNITS_MAX) {
      const piece = text.slice(from, from + UNITS_MAX);
      this.#bytes.write(piece, UNITS_AT, 2 * piece.length, 'utf16le');
      const end = UNITS_AT + 2 * piece.length;
      this.#bytes.fill(0, end, end + 32);
      if (this.#kernel.narrow(from, piece.length) === 1) this.hasForeignLetters = true;
    }
  }
}
