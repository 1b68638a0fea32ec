import { isCommandName, isCommandPlace, isUnmistakable, verbEnds } from './command_names.ts';
import { isLetter, isSpace } from './digits.ts';
import { endsWord, isWord, stepOf } from './lexicon.ts';
import { lettersEnd } from './segmenter.ts';

const HYPHEN = 0x2d;
const TILDE = 0x7e;
/** Letters of a command and the words that are run together with it. */
const LETTERS_MAX = 32;
const WORDS_MAX = 4;
/** Letters of options in one: `-rf`. */
const OPTIONS_MAX = 5;

const afterOptions = new Uint8Array(128);
for (const unit of '/~.$*@"\'`|&;)}0123456789-') afterOptions[unit.charCodeAt(0)] = 1;

/** The end of the letters of options, which a word may follow, or -1 when they are too many. */
function lettersOfOptions(text: string, hyphen: number): number {
  let end = hyphen + 1;
  while (end - hyphen <= OPTIONS_MAX && isLetter(text.charCodeAt(end))) end++;
  if (end - hyphen <= OPTIONS_MAX) return end > hyphen + 1 ? end : -1;
  // One letter, and the first argument.
  return isWord(text, hyphen + 2, lettersEnd(text, end)) ? hyphen + 2 : -1;
}

/** The end of options behind which something follows without a blank, or -1. */
export function optionsEnd(text: string, hyphen: number): number {
  const end = lettersOfOptions(text, hyphen);
  const after = text.charCodeAt(end);
  return end > 0 && after < 128 && afterOptions[after] === 1 ? end : -1;
}

/** The ends of the words that the letters in `[from, end)` are, or undefined. */
function wordsIn(text: string, from: number, end: number, depth: number): number[] | undefined {
  if (from === end) return [];
  if (depth === 0) return undefined;
  const ends: number[] = [];
  let node = 0;
  for (let at = from; at < end; at++) {
    node = stepOf(node, text.charCodeAt(at));
    if (node === 0) break;
    if (at > from && endsWord(node)) ends.push(at + 1);
  }
  for (const to of ends.toReversed()) {
    const rest = wordsIn(text, to, end, depth - 1);
    if (rest !== undefined) return [to, ...rest];
  }
  return undefined;
}

/** The ends of a command and of the words run together with it; undefined when the letters are none. */
export function commandParts(
  text: string,
  start: number,
  end: number,
): readonly number[] | undefined {
  if (end - start > LETTERS_MAX) return undefined;
  const names = verbEnds(text, start, end);
  if (names.length === 0 || !isCommandPlace(text, start)) return undefined;
  if (names.at(-1) === end) return isUnmistakable(text.slice(start, end)) ? [end] : undefined;
  for (const to of names.toReversed()) {
    const rest = wordsIn(text, to, end, WORDS_MAX);
    if (rest !== undefined) return [to, ...rest];
  }
  return undefined;
}

function lettersStart(text: string, end: number): number {
  let start = end;
  while (start > 0 && end - start <= LETTERS_MAX && isLetter(text.charCodeAt(start - 1))) start--;
  return start;
}

/** True when a command stands together with what begins here: options, or a path at home. */
export function isSqueezedCommand(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  if (text.charCodeAt(at) === TILDE) {
    return next === 0x2f && commandParts(text, lettersStart(text, at), at) !== undefined;
  }
  const isLong = next === HYPHEN && isLetter(text.charCodeAt(at + 2));
  if (!isLong && !isLetter(next)) return false;
  const start = lettersStart(text, at);
  const parts = commandParts(text, start, at)?.length ?? 0;
  if (parts > 1) return isLong || parts > 2 || lettersOfOptions(text, at) > 0;
  if (isLong || (parts === 0 && !isCommandPlace(text, start))) return false;
  const options = optionsEnd(text, at);
  if (options < 0) return false;
  return parts === 1 || (isQuote(text.charCodeAt(options)) && isNamed(text, start, at));
}

function isQuote(unit: number): boolean {
  return unit === 0x22 || unit === 0x27;
}

function isNamed(text: string, start: number, end: number): boolean {
  return isCommandPlace(text, start) && isCommandName(text.slice(start, end));
}

/** True when a command stands together with a path of the system: `cat/etc/hosts`. */
export function isSqueezedPath(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(end) !== 0x2f || !isCommandPlace(text, start)) return false;
  if (!/^\/(?:etc|root|home|dev)\//.test(text.slice(end, end + 7))) return false;
  return isNamed(text, start, end) || commandParts(text, start, end) !== undefined;
}

/** True when the letters in `[start, end)` are a command with so many words, and it ends there. */
export function isSqueezedLine(text: string, start: number, end: number, words: number): boolean {
  const after = text.charCodeAt(end);
  const isEnd =
    end >= text.length || isSpace(after) || after === 0x3b || after === 0x7c || after === 0x26;
  return isEnd && (commandParts(text, start, end)?.length ?? 0) > words;
}
