import { isCommandName, isUnmistakable, takesVerb } from './command_names.ts';
import { isSpace } from './digits.ts';
import { isSmallWord, wordNumber } from './lexicon.ts';
import { lettersEnd } from './segmenter.ts';
import { tokenEnd } from './word_breaks.ts';

const LINE_FEED = 10;
/** Lines that are looked at, from the one before the break on. */
const LINES_MAX = 12;
/** Lines of one word each that make a sentence; of a whole text. */
const LINES_MIN = 4;
const WHOLE_MIN = 3;

/** True for punctuation that ends a word of a sentence. */
function isEnd(unit: number): boolean {
  return unit === 0x2e || unit === 0x2c || unit === 0x21 || unit === 0x3f || unit === 0x3a;
}

function isOption(unit: number): boolean {
  return unit === 0x2d || unit === 0x2f || unit === 0x7e || unit === 0x24;
}

/** The name in a first line, without brackets, folders and `.exe`. */
function commandOf(line: string): string {
  return line
    .toLowerCase()
    .replace(/^[\\({]*(?:[\w./\\:]{0,32}[/\\])?/, '')
    .replace(/\.exe$/, '');
}

/** Counts what the lines hold. */
class Lines {
  count = 0;
  known = 0;
  small = 0;
  options = 0;

  take(text: string, from: number, end: number): void {
    this.count++;
    const letters = lettersEnd(text, from);
    const isWhole = letters === end || (letters === end - 1 && isEnd(text.charCodeAt(letters)));
    const word = isWhole ? wordNumber(text, from, letters) : -1;
    if (word >= 0) this.known++;
    if (word >= 0 && isSmallWord(word)) this.small++;
    if (isOption(text.charCodeAt(from))) this.options++;
  }

  get isSentence(): boolean {
    return this.known > 2 && this.small > 0 && 3 * this.known >= 2 * this.count;
  }
}

/**
 * Looks whether lines of one word each, from the one that ends with the break here on, are a sentence or
 * a command. True, or the negative of the offset behind which to look further.
 */
function wordLines(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < 64 && !isSpace(text.charCodeAt(start - 1))) start--;
  if (start === at || (start > 0 && text.charCodeAt(start - 1) !== LINE_FEED)) return -at;
  const lines = new Lines();
  lines.take(text, start, at);
  let from = at + 1;
  let half = at;
  let isWhole = false;
  while (lines.count < LINES_MAX) {
    const end = tokenEnd(text, from);
    if (end === from || (end < text.length && text.charCodeAt(end) !== LINE_FEED)) break;
    lines.take(text, from, end);
    if (lines.count === LINES_MAX / 2) half = end;
    from = end + 1;
    isWhole = end >= text.length;
    if (isWhole) break;
  }
  if (lines.count === 1) return -(from - 1);
  const name = commandOf(text.slice(start, at));
  if (isUnmistakable(name) && lines.options > 0) return from;
  if (lines.count < (isWhole ? WHOLE_MIN : LINES_MIN)) return -(from - 1);
  const isCommand =
    isCommandName(name) && (lines.options > 0 || (takesVerb(name) && lines.known === lines.count));
  if (isCommand || lines.isSentence) return from;
  return lines.count === LINES_MAX ? -half : -(from - 1);
}

/** Units of a line of one word, with its break. */
const WORD_LINE_MAX = 65;

/** Looks at breaks between lines of one word each, which it is told in their order. One for all texts. */
export class LinesLook {
  /** Lines before this were looked at. */
  #from = 0;
  /** Breaks before this are passed over. */
  #next = 0;

  /** Begins a new text. */
  reset(): void {
    this.#from = 0;
    this.#next = 0;
  }

  /** True when the lines around the break here are a sentence or a command. */
  tells(text: string, at: number): boolean {
    if (at < this.#next) return false;
    this.#next = this.#from;
    const next = text.indexOf('\n', Math.max(at + 1, this.#from));
    // A line that is long is no word.
    if ((next < 0 ? text.length : next) - at > WORD_LINE_MAX) return false;
    // Lines that are indented or empty are of no sentence.
    if (text.charCodeAt(at + 1) <= 32 || text.charCodeAt(at - 1) <= 32) return false;
    const end = wordLines(text, at);
    this.#from = Math.abs(end);
    return end > 0;
  }
}
