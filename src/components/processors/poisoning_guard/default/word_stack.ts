import type { Word } from './command.ts';

/** A word has marks that its name or text must be freed of, or letters that are not ASCII. */
export const ODD = 1;
/** A word has quoted parts. */
export const QUOTED = 2;

const TEXT_MAX = 512;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/**
 * Words that are being read, as numbers: most are never asked for their text. The words of a command
 * stand next to each other, those of what is nested in it above them, and are gone with it.
 */
export class WordStack {
  #text = '';
  #size = 0;
  #starts = new Int32Array(128);
  #ends = new Int32Array(128);
  #flags = new Int32Array(128);
  /** Where the parts of a word begin and end. */
  #firsts = new Int32Array(128);
  #lasts = new Int32Array(128);
  /** Parts of words with quotes, each from and to. */
  #parts = new Int32Array(128);
  #partsSize = 0;

  get size(): number {
    return this.#size;
  }

  open(text: string): void {
    this.#text = text;
    this.#size = 0;
    this.#partsSize = 0;
  }

  /** Forgets the words from `size` on. */
  cut(size: number): void {
    if (size >= this.#size) return;
    this.#partsSize = this.#firsts[size] as number;
    this.#size = size;
  }

  /** Where the parts of the word begin that is read next. */
  get parts(): number {
    return this.#partsSize;
  }

  part(from: number, to: number): void {
    if (to <= from) return;
    if (this.#partsSize === this.#parts.length) this.#parts = grown(this.#parts);
    this.#parts[this.#partsSize] = from;
    this.#parts[this.#partsSize + 1] = Math.min(to, from + TEXT_MAX);
    this.#partsSize += 2;
  }

  push(start: number, end: number, flags: number, firstPart: number): void {
    if (this.#size === this.#starts.length) {
      this.#starts = grown(this.#starts);
      this.#ends = grown(this.#ends);
      this.#flags = grown(this.#flags);
      this.#firsts = grown(this.#firsts);
      this.#lasts = grown(this.#lasts);
    }
    this.#starts[this.#size] = start;
    this.#ends[this.#size] = end;
    this.#flags[this.#size] = flags;
    this.#firsts[this.#size] = firstPart;
    this.#lasts[this.#size] = this.#partsSize;
    this.#size++;
  }

  start(index: number): number {
    return this.#starts[index] as number;
  }

  end(index: number): number {
    return this.#ends[index] as number;
  }

  flags(index: number): number {
    return this.#flags[index] as number;
  }

  /** True when the word begins with a quotation mark. */
  isQuoted(index: number): boolean {
    if ((this.flags(index) & QUOTED) === 0) return false;
    const mark = this.#text.charCodeAt(this.start(index));
    return mark === QUOTE || mark === APOSTROPHE;
  }

  /** The text of a word, its quotes undone; of a very long one the beginning. */
  text(index: number): string {
    const start = this.start(index);
    if ((this.flags(index) & QUOTED) === 0) {
      return this.#text.slice(start, Math.min(this.end(index), start + TEXT_MAX));
    }
    const last = this.#lasts[index] as number;
    let text = '';
    for (let part = this.#firsts[index] as number; part < last; part += 2) {
      text += this.#text.slice(this.#parts[part] as number, this.#parts[part + 1] as number);
      if (text.length >= TEXT_MAX) return text.slice(0, TEXT_MAX);
    }
    return text;
  }

  /** The first letter of the text of a word, 0 when it has none. */
  first(index: number): number {
    if ((this.flags(index) & QUOTED) === 0) return this.#text.charCodeAt(this.start(index));
    const text = this.text(index);
    return text === '' ? 0 : text.charCodeAt(0);
  }

  word(index: number): Word {
    const mark = this.isQuoted(index) ? this.#text.charAt(this.start(index)) : '';
    const text = this.text(index);
    return { start: this.start(index), end: this.end(index), text, quote: mark };
  }
}
