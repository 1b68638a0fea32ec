import { isLetter } from './digits.ts';
import {
  isRuleWord,
  isSmallWord,
  isStrongWord,
  isWord,
  stepOf,
  WORD_LENGTH_MAX,
  wordOf,
} from './lexicon.ts';

/** The end of the letters from here on. */
export function lettersEnd(text: string, from: number): number {
  let at = from;
  while (isLetter(text.charCodeAt(at))) at++;
  return at;
}

/** Letters taken apart at once; longer runs in several pieces. */
const PIECE_MAX = 256;
/** Costs of a reading: a letter outside words, a word, and more for the short ones. */
const LETTER_COST = 12;
const WORD_COST = 10;
const SHORT_COST: readonly number[] = [0, 6, 6, 2];
/** More than any reading costs. */
const COST_MAX = 1 << 30;
/** Hundredths of the letters that must be in words of three letters or more. */
const KNOWN_PERCENT_MIN = 70;
const WORDS_MIN = 2;
/** Letters of a word of a rule that is rare enough to speak for an attack. */
const RULED_MIN = 6;

/** Takes letters without blanks apart into words: the reading with the least unknown (dynamic programming). */
export class Segmenter {
  readonly #cost = new Int32Array(PIECE_MAX + 1);
  /** The length of the last word of the best reading up to here, 0 for a letter outside words. */
  readonly #word = new Int32Array(PIECE_MAX + 1);
  /** The number of that word. */
  readonly #number = new Int32Array(PIECE_MAX + 1);
  /** The piece, in small letters. */
  readonly #letters = new Uint8Array(PIECE_MAX);
  #known = 0;
  #words = 0;
  /** Words of the last reading that hold sentences together. */
  small = 0;
  /** Words of the last reading that attacks are made of. */
  strong = 0;
  /** Long ones of the last reading that some rule looks for. */
  ruled = 0;

  get words(): number {
    return this.#words;
  }

  /** The ends of the words in `[start, end)`, or undefined when too little of it is words. */
  breaks(text: string, start: number, end: number): readonly number[] | undefined {
    const ends: number[] = [];
    this.#known = 0;
    this.#words = 0;
    this.small = 0;
    this.strong = 0;
    this.ruled = 0;
    for (let from = start; from < end; from += PIECE_MAX) {
      const to = Math.min(end, from + PIECE_MAX);
      this.#read(text, from, to);
      this.#count(to - from);
      // Nobody writes half a page of letters before the first word.
      if (this.#isUnknown(to - start)) return undefined;
      this.#list(from, to, ends);
    }
    return this.#words < WORDS_MIN ? undefined : ends;
  }

  #isUnknown(letters: number): boolean {
    return 100 * this.#known < KNOWN_PERCENT_MIN * letters - 3000 / letters;
  }

  /** Finds the best reading of a piece. */
  #read(text: string, from: number, to: number): void {
    const length = to - from;
    const cost = this.#cost;
    cost[0] = 0;
    for (let at = 0; at < length; at++) {
      this.#letters[at] = text.charCodeAt(from + at) | 32;
      cost[at + 1] = COST_MAX;
    }
    for (let at = 0; at < length; at++) this.#extend(at, length);
  }

  /** Counts the words of the best reading of so many letters. */
  #count(length: number): void {
    for (let at = length; at > 0;) {
      const word = this.#word[at] as number;
      if (word >= 3) this.#known += word;
      // Two letters stand in the middle of many words.
      if (word >= 3) this.#weigh(this.#number[at] as number, word);
      if (word > 0) this.#words++;
      at -= Math.max(1, word);
    }
  }

  #weigh(number: number, letters: number): void {
    if (isSmallWord(number)) this.small++;
    else if (isStrongWord(number)) this.strong++;
    else if (letters >= RULED_MIN && isRuleWord(number)) this.ruled++;
  }

  /** Lists the ends of the words and of what stands between them. */
  #list(from: number, to: number, ends: number[]): void {
    const first = ends.length;
    for (let at = to - from; at > 0;) {
      ends.push(from + at);
      const word = this.#word[at] as number;
      if (word === 0) while (at > 0 && this.#word[at] === 0) at--;
      else at -= word;
    }
    // They were met from the last to the first.
    for (let low = first, high = ends.length - 1; low < high; low++, high--) {
      const end = ends[low] as number;
      ends[low] = ends[high] as number;
      ends[high] = end;
    }
  }

  /** Carries the best reading up to a letter on over that letter and every word that begins there. */
  #extend(at: number, length: number): void {
    const cost = this.#cost;
    const letters = this.#letters;
    const here = cost[at] as number;
    if (here + LETTER_COST < (cost[at + 1] as number)) {
      cost[at + 1] = here + LETTER_COST;
      this.#word[at + 1] = 0;
    }
    let node = 0;
    const limit = Math.min(length, at + WORD_LENGTH_MAX);
    for (let end = at + 1; end <= limit; end++) {
      node = stepOf(node, letters[end - 1] as number);
      if (node === 0) return;
      const number = wordOf(node);
      if (number < 0) continue;
      const total = here + WORD_COST + (SHORT_COST[end - at] ?? 0);
      if (total >= (cost[end] as number)) continue;
      cost[end] = total;
      this.#word[end] = end - at;
      this.#number[end] = number;
    }
  }
}

const segmenter = new Segmenter();

/** Words of a sentence; names are made of two or three. */
const SENTENCE_MIN = 3;

/** True when letters in a row are a sentence without blanks between its words. */
export function isSqueezed(text: string, start: number, end: number): boolean {
  if (isWord(text, start, end) || segmenter.breaks(text, start, end) === undefined) return false;
  const { words, small, strong, ruled } = segmenter;
  if (words < SENTENCE_MIN) return false;
  return small > 0 || strong > 1 || (words > SENTENCE_MIN && strong + ruled > 1);
}
