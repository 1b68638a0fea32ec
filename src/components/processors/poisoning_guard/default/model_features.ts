import { WORD_CLASSES } from './model_lexicon_table.ts';

/**
 * What the linear model reads of a text: words and their sequences, hashed while they are read.
 *
 * A word is a maximal run of letters and digits with two letters at least and no digit; letters are
 * folded to lower case and lose their marks, apostrophes are not there (so `don't` is `dont`). Numbers,
 * codes and single letters are passed over: they are what encodings and spaced letters are made of, and
 * would say "disguised", not "malicious". Everything else separates words and is otherwise not looked
 * at: punctuation tells sources apart, not intentions, and is the first thing that a disguise changes.
 */

/** What a code unit is to the reader: a letter's folded code, or one of these. */
const SEPARATOR = 0;
const DROPPED = 1;
const DIGIT = 48;

/** Folded codes of the ASCII code units. */
const ASCII: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code >= 48 && code <= 57) return DIGIT;
  if (code >= 65 && code <= 90) return code + 32;
  if (code >= 97 && code <= 122) return code;
  return code === 39 ? DROPPED : SEPARATOR;
});

/** Letters up to here lose their marks, letters up to {@link CASED_END} their case. */
const MARKED_END = 0x250;
const CASED_END = 0x590;

/** Folded code of any code unit: small, and without marks where the alphabet is Latin. */
export function foldedCode(unit: number): number {
  if (unit < 128) return ASCII[unit] as number;
  // The ranges of punctuation, symbols, surrogates and private use; 0x2019 is an apostrophe.
  if (unit < 0xc0) return SEPARATOR;
  if (unit >= 0x2000 && unit < 0x2c00) return unit === 0x2019 ? DROPPED : SEPARATOR;
  if (unit >= 0x3000 && unit < 0x3040) return SEPARATOR;
  if (unit >= 0xd800 && unit < 0xf900) return SEPARATOR;
  // Marks that stand by themselves.
  if (unit >= 0x300 && unit < 0x370) return DROPPED;
  if (unit >= CASED_END) return unit;
  const letter = String.fromCharCode(unit).toLowerCase();
  const base = (unit < MARKED_END ? letter.normalize('NFD') : letter).charCodeAt(0);
  return base < 128 ? (ASCII[base] as number) : base;
}

/** {@link foldedCode} of every code unit: one look-up, no branch, in the loop over a text. */
export const FOLDED: Uint16Array = Uint16Array.from({ length: 65_536 }, (_, unit) =>
  foldedCode(unit),
);

export const IS_SEPARATOR = SEPARATOR;
export const IS_DROPPED = DROPPED;
export const IS_DIGIT = DIGIT;

/** What has fewer letters is no word. */
export const LETTERS_MIN = 2;

/** Where the hash of a word begins, and how it takes in one more code (FNV-1a over code units). */
export const WORD_SEED = 0x811c9dc5 | 0;
export const WORD_PRIME = 0x01000193;

/** Spreads a word's hash over all 32 bits (the finaliser of MurmurHash3, shortened). */
export function finishedWord(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}

const PAIR_PRIME = 0x9e3779b1 | 0;
const TRIPLE_PRIME = 0x85ebca77 | 0;

/** Hash of two words in order; its top bits choose the weight. */
export function pairHash(before: number, word: number): number {
  return Math.imul((Math.imul(before, 5) + word) ^ (before >>> 7), PAIR_PRIME);
}

/** Hash of three words in order. */
export function tripleHash(first: number, before: number, word: number): number {
  return Math.imul((Math.imul(pairHash(first, before), 3) + word) ^ (first >>> 9), TRIPLE_PRIME);
}

/** Hash of one word, as {@link pairHash}. */
export function singleHash(word: number): number {
  return Math.imul(word, 0xc2b2ae3d | 0);
}

/** Two words of classes this many words apart or more are not a pair; twice as many, not a triple. */
export const CLASS_GAP_WORDS = 10;

const CLASS_SLOTS = 4096;
const classWords = new Int32Array(CLASS_SLOTS);
const classNumbers = new Uint8Array(CLASS_SLOTS);

/** Hash of a whole word, as the reader makes it. */
export function wordHash(word: string): number {
  let hash = WORD_SEED;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), WORD_PRIME);
  return finishedWord(hash);
}

for (const [index, words] of Object.values(WORD_CLASSES).entries()) {
  for (const word of words.split(' ')) {
    const hash = wordHash(word);
    let slot = hash & (CLASS_SLOTS - 1);
    while (classNumbers[slot] !== 0) slot = (slot + 1) & (CLASS_SLOTS - 1);
    classWords[slot] = hash;
    classNumbers[slot] = index + 1;
  }
}

/** Number of a word's class, from 1; 0 for most words. */
export function classOfWord(word: number): number {
  let slot = word & (CLASS_SLOTS - 1);
  for (;;) {
    const number = classNumbers[slot] as number;
    if (number === 0 || classWords[slot] === word) return number;
    slot = (slot + 1) & (CLASS_SLOTS - 1);
  }
}

/** A class as a word, for {@link singleHash}, {@link pairHash} and {@link tripleHash}. */
export function classHash(number: number): number {
  return Math.imul(number, 0x9e3779b1 | 0);
}
