import { isCommandAt } from './command_names.ts';
import { isLetter, isSpace } from './digits.ts';
import { endsWord, stepOf } from './lexicon.ts';
import { elementAt, isHiding, tagEnd } from './markup.ts';

/** Letters of a word that is broken by markup: of shorter ones many come about by chance. */
const WORD_MIN = 4;
const WORD_MAX = 24;
/** Units of a comment or tag within a word. */
const WITHIN_MAX = 64;
const OPEN = 0x3c;

/** The end of a tag or comment within a word, or -1. */
function withinEnd(text: string, at: number): number {
  if (!text.startsWith('!--', at + 1)) return tagEnd(text, at);
  const close = text.slice(at, at + WITHIN_MAX).indexOf('-->', 4);
  return close < 0 ? -1 : at + close + 3;
}

function isMark(unit: number): boolean {
  return unit === 0x2a || unit === 0x7e || unit === 0x5f;
}

/** True when the letters around the markup here are one word without it. */
function isBroken(text: string, at: number): boolean {
  let from = at;
  while (from > 0 && at - from < WORD_MAX && isLetter(text.charCodeAt(from - 1))) from--;
  let node = 0;
  let letters = 0;
  let after = 0;
  for (let i = from; letters <= WORD_MAX && i < at + 8 * WITHIN_MAX;) {
    const unit = text.charCodeAt(i);
    if (isLetter(unit)) {
      node = stepOf(node, unit);
      if (node === 0) return false;
      letters++;
      if (i > at) after++;
      i++;
    } else if (unit === OPEN) {
      const end = withinEnd(text, i);
      if (end < 0) break;
      i = end;
    } else if (isMark(unit)) i++;
    else break;
  }
  return after > 0 && letters >= WORD_MIN && endsWord(node);
}

/** True when the emphasis mark here, behind a letter, breaks a word. */
export function isTellingEmphasis(text: string, at: number): boolean {
  let end = at + 1;
  while (text.charCodeAt(end) === text.charCodeAt(at) && end < at + 4) end++;
  return isLetter(text.charCodeAt(end)) && isBroken(text, at);
}

/** Elements in which single words are set one by one only to keep them apart. */
const STYLES: ReadonlySet<string> = new Set(
  'b i em strong span u font mark s small big q tt ins'.split(' '),
);
/** So many words in a row. */
const STYLED_MIN = 3;

/** Which tags and comments hide something. One for all texts. */
export class TagLook {
  #styled = 0;

  /** Begins a new text. */
  reset(): void {
    this.#styled = 0;
  }

  /** True when the tag or comment that begins here is reason to read the text without its markup. */
  tells(text: string, at: number): boolean {
    if (isLetter(text.charCodeAt(at - 1)) && isBroken(text, at)) return true;
    if (text.startsWith('<!--', at)) return isCommand(text, at + 4);
    const end = tagEnd(text, at);
    if (end < 0) return false;
    return isHiding(text, at, end) || this.#isStyledWord(text, at, end);
  }

  /** A word in an element of its own follows another one: `</b> <b>`. */
  #isStyledWord(text: string, at: number, end: number): boolean {
    if (text.charCodeAt(at + 1) !== 0x2f) return false;
    const next = isSpace(text.charCodeAt(end)) ? end + 1 : end;
    if (text.charCodeAt(next) !== OPEN) return false;
    const name = elementAt(text, at);
    if (!STYLES.has(name) || elementAt(text, next) !== name) return false;
    return ++this.#styled >= STYLED_MIN;
  }
}

function isGrouping(unit: number): boolean {
  return unit === 0x28 || unit === 0x7b || unit === 0x5c;
}

/** True when what stands in a comment begins with a command. */
function isCommand(text: string, from: number): boolean {
  let at = from;
  while (at < from + 4 && (isSpace(text.charCodeAt(at)) || isGrouping(text.charCodeAt(at)))) at++;
  return isCommandAt(text, at);
}
