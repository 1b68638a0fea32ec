import type { Buffer } from 'node:buffer';
import { kernelInstance } from '../../../../sdk/kernel.ts';
import { foldedCode } from './automaton.ts';
import { LETTER, writePhrases } from './phrase_tables.ts';
import { KERNEL } from './phrases.kernel.wasm.ts';
import type { PhraseSteps } from './phrase_steps.ts';
import { stepTables } from './step_tables.ts';
import { TEXT_AT, TRIGGERS_AT } from './text_memory.ts';
import type { TextMemory } from './text_memory.ts';
import type { Word } from './tokens.ts';

/** The memory of the kernel, as in phrases.kernel.as. */
const FOUND_AT = 16 * 1024;
const KEYS_AT = 64 * 1024;
const PLAIN_AT = 256 * 1024;
const UNITS_AT = 320 * 1024;
const UNITS_MAX = 16 * 1024;

interface Kernel {
  readonly place: (tokensAt: number, stepsAt: number, statesAt: number, statesEnd: number) => void;
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

const foundIn = ({ buffer }: Buffer): Uint32Array =>
  new Uint32Array(buffer, FOUND_AT, (KEYS_AT - FOUND_AT) / 4);

/** The line in which a word stands. */
export interface WordLine {
  readonly start: number;
  /** Its line feed, or the end of the text. */
  readonly end: number;
  /** False when it is certain that no quotation mark stands in the 64 characters before the word. */
  readonly mayBeQuoted: boolean;
}

/** Told of what stands in a text. */
export interface PhraseVisitor {
  /** All steps of a rule stand in `[start, end)`. */
  phrase(rule: number, start: number, end: number): void;
  /** A word that a rule about commands waits for. */
  trigger(start: number, end: number, line: WordLine): void;
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
 * blank. Not to be entered twice at once, and no other text to be loaded meanwhile.
 */
export class PhraseFinder {
  readonly #memory: TextMemory;
  readonly #kernel: Kernel;
  /** All of the memory when {@link #found} was taken. */
  #bytes: Buffer;
  #found: Uint32Array;
  #length = 0;
  /** True when the last text has letters that do not fold to ASCII: words of it may not have been found. */
  hasForeignLetters = false;

  /** Words of ASCII, then others that only {@link tell} knows: their numbers follow. */
  constructor(
    steps: PhraseSteps,
    words: readonly Word[],
    foreign: readonly Word[],
    memory: TextMemory,
  ) {
    this.#memory = memory;
    this.#kernel = kernelInstance(KERNEL, memory.memory);
    const texts = words.map(({ text }) => text);
    const right = words.map((word) => word.right);
    const tablesAt = writePhrases(memory.bytes, texts, right);
    const { places, bytes } = stepTables(steps, [...words, ...foreign], tablesAt);
    if (tablesAt + bytes.length > TRIGGERS_AT) throw new RangeError('too many phrases');
    memory.bytes.set(bytes, tablesAt);
    const { tokensAt, stepsAt, statesAt, statesEnd } = places;
    this.#kernel.place(tokensAt, stepsAt, statesAt, statesEnd);
    for (let code = 0; code < 65_536; code++) memory.bytes[PLAIN_AT + code] = plainByte(code);
    this.#bytes = memory.bytes;
    this.#found = foundIn(memory.bytes);
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
      if (rule !== LISTED) {
        visitor.phrase(rule, from, to);
        continue;
      }
      i += 3;
      const mayBeQuoted = found[i + 2] === 1;
      visitor.trigger(from, to, {
        start: found[i] as number,
        end: found[i + 1] as number,
        mayBeQuoted,
      });
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
    const text = this.#memory.bytes.subarray(TEXT_AT, TEXT_AT + this.#length);
    let letter = text.indexOf(LETTER);
    while (letter >= 0) {
      const to = endOf(text, letter, around);
      yield { from: startOf(text, letter, around), to };
      letter = text.indexOf(LETTER, to);
    }
  }

  #load(text: string): void {
    const memory = this.#memory;
    this.#length = text.length;
    const isAscii = memory.load(text);
    if (this.#bytes !== memory.bytes) {
      this.#bytes = memory.bytes;
      this.#found = foundIn(memory.bytes);
    }
    this.hasForeignLetters = false;
    if (!isAscii) this.#narrow(text);
  }

  #narrow(text: string): void {
    const { bytes } = this.#memory;
    for (let from = 0; from < text.length; from += UNITS_MAX) {
      const piece = text.slice(from, from + UNITS_MAX);
      bytes.write(piece, UNITS_AT, 2 * piece.length, 'utf16le');
      const end = UNITS_AT + 2 * piece.length;
      bytes.fill(0, end, end + 32);
      if (this.#kernel.narrow(from, piece.length) === 1) this.hasForeignLetters = true;
    }
  }
}
