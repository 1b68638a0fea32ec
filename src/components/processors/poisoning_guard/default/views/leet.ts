import { isLetter } from './digits.ts';
import type { Family } from './family.ts';
import { Trie, words } from './lexicon.ts';
import type { TextWriter } from './text_writer.ts';
import { TRIGGER } from './trigger_bits.ts';
import { unitsOf } from './units.ts';

/** Digits and signs and the letters that they stand for. */
const STANDS_FOR: readonly (readonly [sign: string, letter: string])[] = [
  ['0', 'o'],
  ['1', 'i'],
  ['3', 'e'],
  ['4', 'a'],
  ['5', 's'],
  ['7', 't'],
  ['8', 'b'],
  ['9', 'g'],
  ['@', 'a'],
  ['$', 's'],
  ['!', 'i'],
];

/** The letter of a unit, 0 for what is neither letter nor sign. l counts as i: both are written 1. */
const letterOf = new Uint8Array(128);
/** True (1) for signs. */
const isSign = new Uint8Array(128);
for (let letter = 97; letter < 123; letter++) {
  letterOf[letter] = letter;
  letterOf[letter - 32] = letter;
}
for (const [sign, letter] of STANDS_FOR) {
  letterOf[sign.charCodeAt(0)] = letter.charCodeAt(0);
  isSign[sign.charCodeAt(0)] = 1;
}
const L = 0x6c;
const I = 0x69;

/** The letter of a unit as the trie below has it. */
export function leetLetter(unit: number): number {
  const letter = letterOf[unit] as number;
  return letter === L ? I : letter;
}

const longWords = words.filter((word) => word.length > 1);
const byKey = new Trie(longWords.map((word) => word.replaceAll('l', 'i')));

/** Longer than this, mixed letters and digits are an identifier. */
const TOKEN_LENGTH_MAX = 24;

/** Letters of recognised words with signs in them that show a text to be written so. */
const LETTERS_MIN = 6;

/** Units of leet and the other digits. */
export function isIdentifierUnit(unit: number): boolean {
  return unit < 128 && (letterOf[unit] !== 0 || unit === 0x32 || unit === 0x36);
}

/** By unit: the plain letter of a sign or letter, 0 for all else, also outside ASCII. */
function letterFor(unit: number): number {
  return unit < 128 ? (letterOf[unit] as number) : 0;
}

/** How many of the units in `[from, to)` are signs. */
function signsIn(text: string, from: number, to: number): number {
  let signs = 0;
  for (let at = from; at < to; at++) signs += isSign[text.charCodeAt(at)] as number;
  return signs;
}

/** The word of the lexicon that the token stands for, if any. */
function wordOf(text: string, from: number, to: number): string | undefined {
  if (to - from > byKey.lengthMax) return undefined;
  let node = 0;
  for (let at = from; at < to; at++) {
    node = byKey.step(node, leetLetter(text.charCodeAt(at)));
    if (node === 0) return undefined;
  }
  const number = byKey.wordAt(node);
  return number < 0 ? undefined : longWords[number];
}

/** Letters of the word that the token stands for when it is written with signs, else 0. */
export function leetLetters(text: string, from: number, to: number): number {
  const length = to - from;
  if (length < 3 || wordOf(text, from, to) === undefined) return 0;
  const signs = signsIn(text, from, to);
  // Without a letter it is a number.
  return signs === 0 || signs === length ? 0 : length;
}

/** True when this many letters of recognised words are enough. */
export function isLeet(letters: number): boolean {
  return letters >= LETTERS_MIN;
}

/** True for a token in which signs stand for letters. */
function isDisguised(signs: number, length: number, word: string | undefined): boolean {
  return signs > 0 && (word !== undefined || (signs < length && length <= TOKEN_LENGTH_MAX));
}

/** Writes the token in letters; false when its signs are only signs, and nothing was written. */
function writeToken(text: string, from: number, to: number, writer: TextWriter): boolean {
  const word = wordOf(text, from, to);
  if (!isDisguised(signsIn(text, from, to), to - from, word)) return false;
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (isSign[unit] === 0) writer.copy(text, at, at + 1);
    else writer.put(word?.charCodeAt(at - from) ?? (letterOf[unit] as number), at, at + 1);
  }
  return true;
}

function write(text: string, writer: TextWriter): string | undefined {
  const units = unitsOf(text);
  let copied = 0;
  let past = 0;
  for (let at = 0; at < text.length && !writer.full; at++) {
    const unit = units[at] as number;
    if (unit > 127 || isSign[unit] === 0) continue;
    let start = at;
    while (start > past && letterFor(units[start - 1] as number) !== 0) start--;
    past = at + 1;
    while (letterFor(units[past] as number) !== 0) past++;
    at = past;
    const first = units[start] as number;
    // A sign of punctuation at the edge of a token is only that.
    const isEdge = first >= 64 && !isLetter(first) && !isLetter(units[start + 1] as number);
    const from = isEdge ? start + 1 : start;
    writer.copy(text, copied, from);
    copied = writeToken(text, from, past, writer) ? past : from;
  }
  writer.copy(text, copied, text.length);
  return 'leet';
}

/** Digits that stand for letters, read as letters. */
export const leet: Family = { trigger: TRIGGER.leet, kind: 'cleaning', write };
