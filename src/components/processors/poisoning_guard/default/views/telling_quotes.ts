import { isCommandName, isNameEnd, isUnmistakable, nameAt, nameStep } from './command_names.ts';
import { isLetter } from './digits.ts';
import { bracesEnd, nameEnd, wordQuoteEnd } from './shell.ts';

const BACKSLASH = 0x5c;
const DOLLAR = 0x24;
/** Units of a word of a command on either side of its quoting. */
const WORD_MAX = 12;
/** Letters of a quoted piece within a word that nobody needs to quote. */
const PIECE_MAX = 3;

function isQuoting(unit: number): boolean {
  return unit === 0x27 || unit === 0x22 || unit === BACKSLASH || unit === 0x60 || unit === 0x5e;
}

/** True when the word around the quoting here is the name of a command once it is undone. */
export function isQuotedCommand(text: string, at: number): boolean {
  let from = at;
  while (from > 0 && at - from < WORD_MAX && isOfWord(text.charCodeAt(from - 1))) from--;
  let node = 0;
  let to = from;
  for (; to < text.length && to - at < WORD_MAX; to++) {
    const unit = text.charCodeAt(to);
    if (isQuoting(unit) || (unit === 10 && text.charCodeAt(to - 1) === BACKSLASH)) continue;
    if (!isLetter(unit)) break;
    node = nameStep(node, unit);
    if (node === 0) return false;
  }
  return to > at && isNameEnd(node);
}

function isOfWord(unit: number): boolean {
  return isLetter(unit) || isQuoting(unit);
}

/** True when the quote behind a letter here breaks a word that needs no quoting. */
export function isTellingQuote(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit === 0x60 || unit === 0x5e)
    return isLetter(text.charCodeAt(at + 1)) && isQuotedCommand(text, at);
  const close = wordQuoteEnd(text, at);
  if (close < 0) return false;
  const isInside = isLetter(text.charCodeAt(close + 1));
  if (close === at + 1) return isInside || isQuotedCommand(text, at);
  return (isInside && close - at <= PIECE_MAX + 1) || isQuotedCommand(text, at);
}

/** True when the backslash here stands in the name of a command. */
export function isTellingBackslash(text: string, at: number): boolean {
  if (!isLetter(text.charCodeAt(at - 1))) return false;
  const next = text.charCodeAt(at + 1);
  const isInWord = isLetter(next) || (next === 10 && isLetter(text.charCodeAt(at + 2)));
  return isInWord && isQuotedCommand(text, at);
}

/** True when `{a,b}` here is a command with its arguments. */
export function isBraceCommand(text: string, at: number): boolean {
  const end = bracesEnd(text, at);
  if (end < 0) return false;
  const name = nameAt(text, at + 1);
  if (text.charCodeAt(at + 1 + name.length) !== 0x2c) return false;
  return isUnmistakable(name) || (isCommandName(name) && /,[-/~$.]/.test(text.slice(at, end)));
}

/**
 * True when the variable here, which the text sets to a value, hides a word: it is a command, or it
 * is set beside letters or other variables.
 */
export function isTellingVariable(text: string, at: number, value: string): boolean {
  const isBraced = text.charCodeAt(at + 1) === 0x7b;
  const end = nameEnd(text, at + (isBraced ? 2 : 1)) + (isBraced ? 1 : 0);
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(end);
  if (isLetter(before) || after === DOLLAR || (isBraced && isLetter(after))) return true;
  if (isCommandName(value.toLowerCase()) || /^\/(?:etc|root|dev)\b/.test(value)) return true;
  return isCommandStart(text, at);
}

function isBlank(unit: number): boolean {
  return unit === 32 || unit === 9;
}

/** True at the beginning of a text, a line or a command. */
function isCommandStart(text: string, at: number): boolean {
  let from = at;
  while (from > 0 && at - from < WORD_MAX && isBlank(text.charCodeAt(from - 1))) from--;
  if (from === 0) return true;
  const before = text.charCodeAt(from - 1);
  return before === 10 || before === 0x3b || before === 0x7c || before === 0x26;
}
