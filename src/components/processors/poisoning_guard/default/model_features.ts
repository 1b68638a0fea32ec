import { WORD_CLASSES } from './model_lexicon_table.ts';

/**
 * What the linear model reads of a text: words and their sequences, as hashes. This is the definition;
 * training reads by it, and the kernel (`model.kernel.as`) must come to the same.
 *
 * A word is a maximal run of letters and digits, of 2 to 32 bytes in UTF-8 and without a digit; letters
 * are folded to lower case and lose their marks, apostrophes are not there (so `don't` is `dont`).
 * Numbers, codes and single letters are passed over: they are what encodings and spaced letters are made
 * of, and would say "disguised", not "malicious". Everything else separates words and is otherwise not
 * looked at: punctuation tells sources apart, not intentions, and is the first thing that a disguise
 * changes.
 */

/** What a code unit is to the reader: a letter's folded code, or one of these. */
export const SEPARATOR = 0;
export const DROPPED = 1;
const DIGIT = 48;

/** Letters up to here lose their marks, letters up to {@link CASED_END} their case. */
const MARKED_END = 0x250;
const CASED_END = 0x590;
/** Code points from here on are three bytes in UTF-8: what is folded stays below. */
const LONG_START = 0x800;

function foldedAscii(unit: number): number {
  if (unit >= 48 && unit <= 57) return DIGIT;
  if (unit >= 65 && unit <= 90) return unit + 32;
  if (unit >= 97 && unit <= 122) return unit;
  return unit === 39 ? DROPPED : SEPARATOR;
}

/**
 * Folded code of a code unit: small, and without marks where the alphabet is Latin. What is not in the
 * basic plane separates. From 0x800 on 64 code units in a row are all letters or all not, but for the
 * apostrophe 0x2019.
 */
export function foldedCode(unit: number): number {
  if (unit < 0x80) return foldedAscii(unit);
  // The ranges of punctuation, symbols, surrogates, private use and specials.
  if (unit < 0xc0) return SEPARATOR;
  if (unit >= 0x2000 && unit < 0x2c00) return unit === 0x2019 ? DROPPED : SEPARATOR;
  if (unit >= 0x3000 && unit < 0x3040) return SEPARATOR;
  if (unit >= 0xd800 && unit < 0xf900) return SEPARATOR;
  if (unit >= 0xffc0) return SEPARATOR;
  // Marks that stand by themselves.
  if (unit >= 0x300 && unit < 0x370) return DROPPED;
  if (unit >= CASED_END) return unit;
  const letter = String.fromCharCode(unit).toLowerCase();
  const base = (unit < MARKED_END ? letter.normalize('NFD') : letter).charCodeAt(0);
  if (base < 0x80) return foldedAscii(base);
  return base < LONG_START ? base : unit;
}

const WORD_BYTES_MIN = 2;
const WORD_BYTES_MAX = 32;

/** The words of a text, folded. */
export function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  const end = (): void => {
    const bytes = Buffer.byteLength(word);
    const isWord = bytes >= WORD_BYTES_MIN && bytes <= WORD_BYTES_MAX && !word.includes('0');
    if (isWord) words.push(word);
    word = '';
  };
  for (let at = 0; at < text.length; at++) {
    const code = foldedCode(text.charCodeAt(at));
    if (code === SEPARATOR) end();
    else if (code !== DROPPED) word += String.fromCharCode(code);
  }
  end();
  return words;
}

/** A word's bytes: those of UTF-8 below 0x80, for the kernel has another use for the highest bit. */
function letterBytes(letters: string): Uint8Array {
  return Buffer.from(letters).map((byte) => {
    if (byte < 0x80) return byte;
    return byte < 0xc0 ? (byte & 0x7f) | 0x40 : byte & 0x7f;
  });
}

/** One odd factor for each 8 bytes of a word. */
const LANES = [
  0x9e3779b97f4a7c15n,
  0xc2b2ae3d27d4eb4fn,
  0xd6e8feb86659fd93n,
  0xa0761d6478bd642fn,
] as const;

/**
 * Hash of a folded word: its bytes as four numbers of 64 bits, each times its factor, and of the sum
 * the upper half (multilinear hashing, Lemire and Kaser 2014).
 */
export function wordHash(word: string): number {
  const lanes = new BigUint64Array(LANES.length);
  new Uint8Array(lanes.buffer).set(letterBytes(word));
  const sum = LANES.reduce((total, factor, i) => total + factor * (lanes[i] as bigint), 0n);
  return Number(BigInt.asIntN(32, sum >> 32n));
}

const PAIR_PRIME = 0x9e3779b1 | 0;
const TRIPLE_PRIME = 0x85ebca77 | 0;

const rotated = (hash: number): number => (hash << 13) | (hash >>> 19);

/** Hash of two words in order; of one alone with 0 before it. Its top bits choose the weight. */
export function pairHash(before: number, word: number): number {
  return Math.imul((rotated(before) + word) | 0, PAIR_PRIME);
}

/** Hash of three words in order, the first two by their {@link pairHash}. */
export function tripleHash(pair: number, word: number): number {
  return Math.imul((rotated(pair) + word) | 0, TRIPLE_PRIME);
}

/** Two words of classes this many words apart or more are not a pair; twice as many, not a triple. */
export const CLASS_GAP_WORDS = 10;

let classes: ReadonlyMap<number, number> | undefined;

/** Number of a word's class by its hash, from 1; nothing for most words. */
export function classOfWord(hash: number): number | undefined {
  classes ??= new Map(
    Object.values(WORD_CLASSES).flatMap((words, index) =>
      words.split(' ').map((word) => [wordHash(word), index + 1] as const),
    ),
  );
  return classes.get(hash);
}

/** A class as a word. */
export function classHash(number: number): number {
  return Math.imul(number, PAIR_PRIME);
}
