import { INVISIBLE, MARK, readingOf } from './code_points.ts';
import { isCommandAt, isCommandBefore } from './command_names.ts';
import { isDigit, isLetter, isSpace } from './digits.ts';
import { ESCAPE, escapeAt } from './escapes.ts';
import { isRuleWord, isSmallWord, wordNumber } from './lexicon.ts';
import { lettersEnd } from './segmenter.ts';

/** Letters of foreign scripts in a row that are a text of their own. */
const FOREIGN_MIN = 4;
/** Words behind escaped blanks that make a sentence. */
const WORDS_MIN = 6;
/** Of these, words that are known. */
const KNOWN_MIN = 2;
const BREAKS_MIN = 2;
/** Letters of a word of a rule that is run together with the letter of an escape. */
const GLUED_MIN = 4;
/** Escapes of blanks in a row. */
const BLANKS_MAX = 8;

const AMPERSAND = 0x26;
const LESS = 0x3c;
const CLOSE_BRACE = 0x7d;

/** Elements by which somebody speaks to a model. */
const SPEAKING =
  /^\/?(?:important|system|instructions?|hidden|secret|admin|information|assistant|note|directive|override|critical|context|llm|ai|sys|mandatory|ignore|internal|developer|priority|prompt)\b|^!--/i;

/**
 * Which escapes hide something: those of letters and digits, which need none, and those behind which a
 * command or the words of a sentence stand. Blanks, quotes and signs are escaped wherever texts are put
 * into others, and read the same to the rules. One for all texts.
 */
export class EscapeLook {
  #words = 0;
  #known = 0;
  /** Of these, words that are in few names or that some rule looks for. */
  #strong = 0;
  #breaks = 0;
  /** Escaped blanks before this were looked at with those before them. */
  #blanksEnd = 0;

  /** Begins a new text. */
  reset(): void {
    this.#words = 0;
    this.#known = 0;
    this.#strong = 0;
    this.#breaks = 0;
    this.#blanksEnd = 0;
  }

  /** True when the escape that begins here is reason to undo those of the text. */
  tells(text: string, at: number): boolean {
    const escape = escapeAt(text, at);
    if (escape === undefined) return false;
    const { value, end, kind } = escape;
    if (kind === ESCAPE.quoted || isLetter(value) || isDigit(value)) return true;
    if (value >= 128) return isForeign(text, value, at, end);
    if (isSpace(value)) return this.#blank(text, at, end, kind);
    if (value === LESS) return SPEAKING.test(text.slice(end, end + 16));
    if (value === AMPERSAND) return isOperator(text, at, end);
    return isQuote(value) && isCommandAt(text, end);
  }

  #blank(text: string, at: number, end: number, kind: number): boolean {
    const isBackslash = kind === ESCAPE.backslash;
    if (!isBackslash && at < this.#blanksEnd) return this.#isBreak(text, at);
    const from = isBackslash ? end : blanksEnd(text, end);
    if (!isBackslash) this.#blanksEnd = from;
    if (isCommandAt(text, from)) return true;
    if (!isBackslash && (isCommandBefore(text, at) || this.#isBreak(text, at))) return true;
    // A blank that was escaped twice.
    if (kind === ESCAPE.percent && end > at + 3) return true;
    if (!isLetter(text.charCodeAt(from))) return false;
    const to = lettersEnd(text, from);
    const word = wordNumber(text, from, to);
    if (isBackslash) return to - from >= GLUED_MIN && isRuleWord(word);
    this.#words++;
    if (word >= 0) this.#known++;
    if (isSmallWord(word) || isRuleWord(word)) this.#strong++;
    return (this.#known >= KNOWN_MIN && this.#strong > 0) || this.#words >= WORDS_MIN;
  }

  /** Texts of several lines stand in few addresses. */
  #isBreak(text: string, at: number): boolean {
    if (text.charCodeAt(at + 1) !== 0x30 || (text.charCodeAt(at + 2) | 32) !== 0x61) return false;
    return ++this.#breaks >= BREAKS_MIN;
  }
}

/** True when a closing brace follows, behind up to four blanks. */
function isBraceBehind(text: string, from: number): boolean {
  let at = from;
  while (at < from + 4 && isSpace(text.charCodeAt(at))) at++;
  const unit = text.charCodeAt(at);
  // Blanks outside ASCII are left to those who know them all.
  return unit > 127 ? /^\s{0,4}\}/.test(text.slice(from, from + 5)) : unit === CLOSE_BRACE;
}

/** True when the ampersand in `[at, end)` puts a command behind another, or into the background. */
function isOperator(text: string, at: number, end: number): boolean {
  if (isBraceBehind(text, end)) return true;
  let from = text.startsWith(text.slice(at, end), end) ? 2 * end - at : end;
  while (from < end + 16 && isSpace(text.charCodeAt(from))) from++;
  return isCommandAt(text, from);
}

function isQuote(value: number): boolean {
  return value === 0x22 || value === 0x27 || value === 0x60;
}

/** Past further escapes of blanks. */
function blanksEnd(text: string, from: number): number {
  let at = from;
  for (let i = 0; i < BLANKS_MAX; i++) {
    const escape = escapeAt(text, at);
    if (escape === undefined || !isSpace(escape.value)) break;
    at = escape.end;
  }
  return at;
}

/** True for a look-alike in a word of ASCII, and for some letters of foreign scripts in a row. */
function isForeign(text: string, value: number, start: number, end: number): boolean {
  const isAmongLetters = isLetter(text.charCodeAt(start - 1)) || isLetter(text.charCodeAt(end));
  if (isAmongLetters && value >= 0x250) {
    const reading = readingOf(value);
    return isLetter(reading) || reading === INVISIBLE || reading === MARK;
  }
  let at = start;
  for (let i = 0; i < FOREIGN_MIN; i++) {
    const escape = escapeAt(text, at);
    if (escape === undefined || escape.value < 0x370) return false;
    at = escape.end;
  }
  return true;
}
