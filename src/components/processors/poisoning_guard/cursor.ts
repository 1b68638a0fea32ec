/** True (1) for the bytes of a kind. */
export type ByteTable = Uint8Array;

/** The table of the bytes for which `holds`. */
export function byteTable(holds: (code: number) => boolean): ByteTable {
  return Uint8Array.from({ length: 256 }, (_, code) => Number(holds(code)));
}

/** The bytes of an ASCII word, for {@link Cursor.word}. */
export function asciiWord(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** The words of a blank-separated list. */
export function asciiWords(text: string): readonly Uint8Array[] {
  return text.split(' ').map(asciiWord);
}

/** What an offset is when nothing was found. */
export const NOWHERE = -1;

/**
 * Reads a folded text from given offsets: the pieces that anchored checks are made of. Every piece
 * takes the offset `NOWHERE` and hands it on, so that checks are written without conditions.
 */
export class Cursor {
  readonly #spaces: ByteTable;
  readonly #words: ByteTable;
  #text: Uint8Array = new Uint8Array(0);
  #length = 0;
  /** Bytes read since `open`: the work of the checks, for the test of linearity. */
  work = 0;

  constructor(tables: { readonly spaces: ByteTable; readonly words: ByteTable }) {
    this.#spaces = tables.spaces;
    this.#words = tables.words;
  }

  /** The text is `bytes[0..length)`. */
  open(bytes: Uint8Array, length: number): void {
    this.#text = bytes;
    this.#length = length;
    this.work = 0;
  }

  /** The byte at an offset, or -1 outside the text. */
  at(offset: number): number {
    return offset >= 0 && offset < this.#length ? (this.#text[offset] as number) : -1;
  }

  /** The end of the longest run of such bytes that begins here; it may be empty. */
  run(from: number, table: ByteTable): number {
    if (from < 0) return from;
    let to = from;
    while (to < this.#length && table[this.#text[to] as number] === 1) to++;
    this.work += to - from + 1;
    return to;
  }

  /** As {@link run}, for a run that must not be empty. */
  run1(from: number, table: ByteTable): number {
    const to = this.run(from, table);
    return to > from ? to : NOWHERE;
  }

  /** White space, none or more. */
  spaces0(from: number): number {
    return this.run(from, this.#spaces);
  }

  /** White space, one or more. */
  spaces1(from: number): number {
    return this.run1(from, this.#spaces);
  }

  /** The start of the longest run of white space that ends here; it may be empty. */
  spacesBack(to: number): number {
    let from = to;
    while (from > 0 && this.#spaces[this.#text[from - 1] as number] === 1) from--;
    this.work += to - from + 1;
    return from;
  }

  /** Past the word when it stands here. */
  word(from: number, word: Uint8Array): number {
    if (from < 0 || from + word.length > this.#length) return NOWHERE;
    for (let i = 0; i < word.length; i++) {
      this.work++;
      if (this.#text[from + i] !== word[i]) return NOWHERE;
    }
    return from + word.length;
  }

  /** Past the first of the words that stands here. */
  oneOf(from: number, words: readonly Uint8Array[]): number {
    for (const word of words) {
      const to = this.word(from, word);
      if (to >= 0) return to;
    }
    return NOWHERE;
  }

  /** Past the word and the white space after it when they stand here, else here. */
  optional(from: number, word: Uint8Array): number {
    const to = this.spaces1(this.word(from, word));
    return to < 0 ? from : to;
  }

  isSpace(offset: number): boolean {
    return this.#spaces[this.at(offset)] === 1;
  }

  isWord(offset: number): boolean {
    return this.#words[this.at(offset)] === 1;
  }

  /** Here, when no word character follows. With a word character before, that is a boundary. */
  wordEnd(at: number): number {
    return at < 0 || this.isWord(at) ? NOWHERE : at;
  }

  /** True when no word character stands before. With a word character here, that is a boundary. */
  isWordStart(at: number): boolean {
    return !this.isWord(at - 1);
  }
}
