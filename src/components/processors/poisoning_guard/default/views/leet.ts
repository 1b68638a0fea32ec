import { isLetter } from './digits.ts';
import type { Family } from './family.ts';
import { Trie, words } from './lexicon.ts';
import type { TextWriter } from './text_writer.ts';
import { TRIGGER } from './trigger_bits.ts';

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

/** The end of the letters and signs from here on. */
function leetEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit > 127 || letterOf[unit] === 0) break;
    at++;
  }
  return at;
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
  return longWords[byKey.wordAt(node)];
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

function writeToken(text: string, from: number, to: number, writer: TextWriter): void {
  const signs = signsIn(text, from, to);
  const word = signs === 0 ? undefined : wordOf(text, from, to);
  const isKept =
    signs === 0 || (word === undefined && (signs === to - from || to - from > TOKEN_LENGTH_MAX));
  if (isKept) {
    writer.copy(text, from, to);
    return;
  }
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (isSign[unit] === 0) writer.copy(text, at, at + 1);
    else writer.put(word?.charCodeAt(at - from) ?? (letterOf[unit] as number), at, at + 1);
  }
}

function write(text: string, writer: TextWriter): string | undefined {
  let copied = 0;
  for (let at = 0; at < text.length && !writer.full; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 127 || letterOf[unit] === 0) continue;
    const end = leetEnd(text, at);
    // A sign of punctuation at the edge of a token is only that.
    const from = isLetter(unit) || isLetter(text.charCodeAt(at + 1)) || unit < 64 ? at : at + 1;
    writer.copy(text, copied, from);
    writeToken(text, from, end, writer);
    copied = end;
    at = end;
  }
  writer.copy(text, copied, text.length);
  return 'leet';
}

/** Digits that stand for letters, read as letters. */
export const leet: Family = { trigger: TRIGGER.leet, kind: 'cleaning', write };
