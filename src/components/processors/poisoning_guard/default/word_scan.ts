import { foldedCode, isWord, standsAt, TextAutomaton } from './automaton.ts';
import { headsOf } from './tokens.ts';
import type { Head, Tail, Word } from './tokens.ts';

const SCAN_STEP = 2048;

/** Told of every word that stands in a text. */
export interface WordVisitor {
  word(word: Word, start: number, end: number): void;
}

const NOBODY: WordVisitor = { word: () => undefined };

/** Finds words of any letters in one pass. Not to be entered twice at once. */
export class WordScan {
  readonly #heads: readonly Head[];
  readonly #automaton: TextAutomaton;
  #text = '';
  #visitor = NOBODY;

  /** Characters of the longest word. */
  readonly lengthMax: number;

  constructor(words: readonly Word[]) {
    this.lengthMax = Math.max(0, ...words.map(({ text }) => text.length));
    this.#heads = headsOf(words);
    this.#automaton = new TextAutomaton(this.#heads.map(({ text }) => text));
  }

  /** Tells of the words in the order in which their heads end. */
  scan(text: string, visitor: WordVisitor): void {
    this.#text = text;
    this.#visitor = visitor;
    const automaton = this.#automaton;
    automaton.reset();
    while (automaton.at < text.length) {
      const count = automaton.scan(text, Math.min(text.length, automaton.at + SCAN_STEP));
      for (let i = 0; i < count; i++) {
        const ending = automaton.found[2 * i] as number;
        this.#found(automaton.tokens(ending), automaton.found[2 * i + 1] as number);
      }
    }
  }

  #found(heads: Uint16Array, end: number): void {
    const text = this.#text;
    for (let i = 0; i < heads.length; i++) {
      const head = this.#heads[heads[i] as number] as Head;
      const start = head.spaces ? this.#startOf(head.text.length, end) : end - head.text.length;
      if (head.left && start > 0 && isWord(text.charCodeAt(start - 1))) continue;
      if (head.shared && !standsAt(head.text, text, start)) continue;
      if (head.word !== undefined) this.#tell(head.word, start, end);
      if (head.tail !== undefined) this.#tail(head.tail, start, end);
    }
  }

  /** Goes on with the words that are longer than what the automaton knows of them. */
  #tail(tail: Tail, start: number, end: number): void {
    let node: Tail | undefined = tail;
    let at = end;
    while (node !== undefined) {
      at = this.#pastLetters(node.letters, at);
      if (at < 0) return;
      if (node.word !== undefined) this.#tell(node.word, start, at);
      if (node.next.size === 0 || at >= this.#text.length) return;
      const code = foldedCode(this.#text.charCodeAt(at));
      node = node.next.get(code);
      at = code === 0x20 ? this.#pastSpaces(at) : at + 1;
    }
  }

  /** Past these letters, or -1 when others stand there. */
  #pastLetters(letters: string, from: number): number {
    const text = this.#text;
    let at = from;
    for (let i = 0; i < letters.length; i++) {
      const code = letters.charCodeAt(i);
      if (foldedCode(text.charCodeAt(at)) !== code) return -1;
      at = code === 0x20 ? this.#pastSpaces(at) : at + 1;
    }
    return at;
  }

  #pastSpaces(from: number): number {
    const text = this.#text;
    let at = from + 1;
    while (at < text.length && foldedCode(text.charCodeAt(at)) === 0x20) at++;
    return at;
  }

  #tell(word: Word, start: number, end: number): void {
    if (word.right && end < this.#text.length && isWord(this.#text.charCodeAt(end))) return;
    this.#visitor.word(word, start, end);
  }

  /** Where a token begins whose spaces may be runs of white space. */
  #startOf(length: number, end: number): number {
    const text = this.#text;
    let at = end;
    for (let left = length; left > 0; left--) {
      at--;
      if (isSpace(text.charCodeAt(at))) while (at > 0 && isSpace(text.charCodeAt(at - 1))) at--;
    }
    return at;
  }
}

const isSpace = (code: number): boolean =>
  code === 0x20 || code === 0x5f || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x3000;
