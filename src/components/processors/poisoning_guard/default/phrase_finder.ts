import { kernelInstance } from '../../../../sdk/kernel.ts';
import { foldedCode } from './automaton.ts';
import { LETTER, MARGIN, writePhrases } from './phrase_tables.ts';
import { KERNEL } from './phrases.kernel.wasm.ts';

/** The memory of the kernel, as in phrases.kernel.as. */
const FOUND_AT = 16 * 1024;
const KEYS_AT = 64 * 1024;
const PLAIN_AT = 256 * 1024;
const UNITS_AT = 320 * 1024;
const UNITS_MAX = 16 * 1024;
const PAGE_BYTES = 65_536;

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly place: (at: number) => void;
  readonly find: (from: number, to: number) => number;
  readonly stoppedAt: () => number;
  readonly narrow: (offset: number, units: number) => number;
}

/** The byte of units of text that are no letters of any alphabet. */
const NOTHING = 0xff;

function plainByte(code: number): number {
  if (code < 128) return code;
  const folded = foldedCode(code);
  if (folded < 128) return folded;
  const isSign = (code >= 0x2000 && code < 0x2c00) || (code >= 0xd800 && code < 0xf900);
  return isSign || code < 0xc0 || code >= 0xfe00 ? NOTHING : LETTER;
}

/** Told of every phrase that stands in a text. */
export type FoundPhrase = (token: number, start: number, end: number) => void;

/**
 * Finds phrases in texts, each by the rarest word in it: sixteen characters at a time it is looked where
 * words begin, and their first eight letters are looked up. What stands in every text costs nothing.
 * Letters are compared without case and marks, a run of white space or `_` is one blank. Not to be
 * entered twice at once; 1 MiB, and as much as the longest text.
 */
export class PhraseFinder {
  readonly #kernel: Kernel;
  readonly #textAt: number;
  #bytes: Buffer;
  #found: Uint32Array;
  /** True when the last text has letters that do not fold to ASCII: words of it may not have been found. */
  hasForeignLetters = false;

  /** Phrases as {@link phraseNodes} takes them. */
  constructor(phrases: readonly string[], right: readonly boolean[]) {
    this.#kernel = kernelInstance(KERNEL);
    [this.#bytes, this.#found] = this.#views();
    this.#textAt = writePhrases(this.#bytes, phrases, right);
    this.#reserve(PAGE_BYTES);
    this.#kernel.place(this.#textAt);
    for (let code = 0; code < 65_536; code++) this.#bytes[PLAIN_AT + code] = plainByte(code);
  }

  #views(): [Buffer, Uint32Array] {
    const { buffer } = this.#kernel.memory;
    return [Buffer.from(buffer), new Uint32Array(buffer, FOUND_AT, (KEYS_AT - FOUND_AT) / 4)];
  }

  #reserve(length: number): void {
    const missing = this.#textAt + length + 2 * MARGIN - this.#bytes.length;
    if (missing <= 0) return;
    this.#kernel.memory.grow(Math.ceil(missing / PAGE_BYTES));
    [this.#bytes, this.#found] = this.#views();
  }

  /** Tells of the phrases in a text in the order of their anchors. */
  find(text: string, tell: FoundPhrase): void {
    const { length } = text;
    this.#load(text);
    const kernel = this.#kernel;
    const found = this.#found;
    for (let from = 0; from < length; from = kernel.stoppedAt()) {
      const end = 3 * kernel.find(from, length);
      for (let i = 0; i < end; i += 3) {
        tell(found[i] as number, found[i + 1] as number, found[i + 2] as number);
      }
    }
  }

  #load(text: string): void {
    const { length } = text;
    this.#reserve(length);
    this.hasForeignLetters = false;
    if (Buffer.byteLength(text) === length) this.#bytes.write(text, this.#textAt, length, 'latin1');
    else this.#narrow(text);
    const end = this.#textAt + length;
    this.#bytes.fill(0, end, end + MARGIN);
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
