import { isDigit, isLetter, isSpace } from './digits.ts';
import type { Family } from './family.ts';
import { endsWord, isSmallWord, isStrongWord, isWord, stepOf, wordNumber } from './lexicon.ts';
import { lettersEnd, Segmenter } from './segmenter.ts';
import {
  commandParts,
  isSqueezedCommand,
  isSqueezedLine,
  isSqueezedPath,
  optionsEnd,
} from './squeezed_commands.ts';
import { commandStart, isUnmistakable, nameAt } from './command_names.ts';
import type { TextWriter } from './text_writer.ts';
import { TRIGGER } from './trigger_bits.ts';
import { unitsOf } from './units.ts';

const BLANK = 32;
const HYPHEN = 0x2d;
const UNDERSCORE = 0x5f;
const LINE_FEED = 10;
const TILDE = 0x7e;
const PLUS = 0x2b;
const SLASH = 0x2f;
const OPEN_BRACE = 0x7b;

/** Letters in a row that are no word of any language without compounds. */
export const SQUEEZED_MIN = 14;
/** Letters of a command and its words in a line of their own. */
const SQUEEZED_LINE_MIN = 6;
/** In a text with such runs, shorter ones are taken apart too. */
const SQUEEZED_PART_MIN = 8;
/** Words between connectors that make a sentence, not a name. */
const CONNECTED_MIN = 3;
/** Units of tokens whose underscores are decided on together. */
const TOKEN_LENGTH_MAX = 4096;
/** Lines of one word each that make a sentence. */
const LINES_MIN = 4;

const isConnector = new Uint8Array(128);
for (const connector of '_+.-|~/') isConnector[connector.charCodeAt(0)] = 1;

/** True when the letters of two parts with something between them are one word. */
function isBrokenWord(text: string, from: number, gap: number, to: number): boolean {
  let node = 0;
  for (let at = from; at < to; at++) {
    if (at === gap) continue;
    node = stepOf(node, text.charCodeAt(at));
    if (node === 0) return false;
  }
  return endsWord(node);
}

/** Letters of the word that the hyphen here breaks; 0 when it breaks none. */
export function brokenLetters(text: string, hyphen: number): number {
  let from = hyphen;
  while (from > 0 && hyphen - from < 16 && isLetter(text.charCodeAt(from - 1))) from--;
  const to = Math.min(lettersEnd(text, hyphen + 1), hyphen + 17);
  if (!isBrokenWord(text, from, hyphen, to)) return 0;
  return isWord(text, from, hyphen) && isWord(text, hyphen + 1, to) ? 0 : to - from - 1;
}

/** The end of words with the same connector between each two, from here on. */
class Connected {
  #isPlain = false;
  end = 0;
  parts = 0;
  known = 0;
  small = 0;
  strong = 0;
  letters = 0;

  read(text: string, start: number): void {
    let from = start;
    this.parts = 0;
    this.known = 0;
    this.small = 0;
    this.strong = 0;
    this.letters = 0;
    const connector = text.charCodeAt(lettersEnd(text, start));
    this.#isPlain = connector === UNDERSCORE || connector === PLUS;
    for (;;) {
      const to = lettersEnd(text, from);
      this.parts++;
      this.end = to;
      const word = wordNumber(text, from, to);
      if (word >= 0) {
        if (isSmallWord(word)) this.small++;
        if (isStrongWord(word)) this.strong++;
        this.known++;
        this.letters += to - from;
      }
      if (text.charCodeAt(to) !== connector || !isLetter(text.charCodeAt(to + 1))) return;
      from = to + 1;
    }
  }

  /** A name may have a small word too, and words of many titles and addresses are joined. */
  get isTelling(): boolean {
    if (!this.isSentence) return false;
    const isLong = this.small > 1 && this.known > CONNECTED_MIN;
    return this.strong > 1 || (this.#isPlain && isLong);
  }

  get isSentence(): boolean {
    const isKnown = this.known >= CONNECTED_MIN && 4 * this.known >= 3 * this.parts;
    return isKnown && this.small > 0 && this.letters >= 10;
  }
}

const probe = new Connected();

/** The end of the third word of those that are connected from here on, or the negative of where they end. */
function threeEnd(text: string, start: number): number {
  let end = lettersEnd(text, start);
  const connector = text.charCodeAt(end);
  for (let parts = 1; parts < CONNECTED_MIN; parts++) {
    if (text.charCodeAt(end) !== connector || !isLetter(text.charCodeAt(end + 1))) return -end;
    end = lettersEnd(text, end + 1);
  }
  return end;
}

/**
 * The end of a sentence whose words are connected by something else than blanks. When it is none, the
 * negative of the offset behind which to look further.
 */
export function connectedEnd(text: string, start: number): number {
  const end = threeEnd(text, start);
  if (end < 0) return end;
  probe.read(text, start);
  return probe.isTelling ? probe.end : -probe.end;
}

/** True when an underscore joins a command to another one or to an address. */
export function isConnectedCommand(text: string, at: number): boolean {
  if (commandStart(text, at) < 0) return false;
  const next = nameAt(text, at + 1);
  return isUnmistakable(next) || next.startsWith('http');
}

/** True when a blank seems to be written as the underscore here: one side is no part of a name. */
export function isBlankUnderscore(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  return next === HYPHEN || next === 0x2f || next === 0x7c || next === 0x7e || next === 0x3e;
}

/** The end of some lines of one word each that begin at the break here, or -1. */
function wordLinesEnd(text: string, at: number): number {
  let from = at + 1;
  for (let line = 0; line < LINES_MIN; line++) {
    const end = tokenEnd(text, from);
    if (end === from || (end < text.length && text.charCodeAt(end) !== LINE_FEED)) return -1;
    if (end >= text.length) return line > 0 || isLineOfWord(text, at) ? end : -1;
    from = end + 1;
  }
  return from;
}

/** True when one word is all that stands in the line that ends here. */
function isLineOfWord(text: string, end: number): boolean {
  let start = end;
  while (start > 0 && end - start < 64 && !isSpace(text.charCodeAt(start - 1))) start--;
  return start < end && (start === 0 || text.charCodeAt(start - 1) === LINE_FEED);
}

/** The end of what is no white space from here on; 64 units are no word. */
export function tokenEnd(text: string, from: number, lengthMax = 64): number {
  let at = from;
  while (at < text.length && at < from + lengthMax && !isSpace(text.charCodeAt(at))) at++;
  return at;
}

const segmenter = new Segmenter();

/** Writes a text with its words as words. */
class WordWriter {
  readonly #text: string;
  readonly #writer: TextWriter;
  #copied = 0;
  /** Before this, breaks are known to be blanks. */
  #linesEnd = 0;
  /** Before this, this unit stands for a blank; -1 for none. */
  #connectedEnd = 0;
  #connector = -1;
  /** Up to here, underscores are blanks or they are not. */
  #tokenEnd = 0;
  #hasBlanks = false;
  changed = false;

  constructor(text: string, writer: TextWriter) {
    this.#text = text;
    this.#writer = writer;
  }

  write(): void {
    const text = this.#text;
    const units = unitsOf(text);
    let at = 0;
    while (at < text.length && !this.#writer.full) {
      const start = at;
      while (isLetter(units[at] as number)) at++;
      const unit = units[at] as number;
      if (at > start) {
        // To short words nothing is done that nothing is connected to.
        const isConnected = unit < 128 && isConnector[unit] === 1;
        if (isConnected || at - start >= SQUEEZED_LINE_MIN) at = this.#letters(start, at);
      } else {
        if (unit === this.#connector && at < this.#connectedEnd) this.#blank(at);
        else if (unit === UNDERSCORE && this.#isBlank(at)) this.#blank(at);
        else if (unit === LINE_FEED && this.#isLineOfWord(at)) this.#blank(at);
        at++;
      }
    }
    this.#writer.copy(text, this.#copied, text.length);
  }

  /** An underscore in a token in which some are blanks, but no pair of them. */
  #isBlank(at: number): boolean {
    const text = this.#text;
    if (at >= this.#tokenEnd) {
      const end = tokenEnd(text, at, TOKEN_LENGTH_MAX);
      this.#tokenEnd = end;
      this.#hasBlanks = isConnectedCommand(text, at);
      for (let i = at; i < end && !this.#hasBlanks; i++) {
        this.#hasBlanks = text.charCodeAt(i) === UNDERSCORE && isBlankUnderscore(text, i);
      }
    }
    const isPair = text.charCodeAt(at - 1) === UNDERSCORE || text.charCodeAt(at + 1) === UNDERSCORE;
    return this.#hasBlanks && !isPair;
  }

  #isLineOfWord(at: number): boolean {
    if (at < this.#linesEnd) return true;
    // One more line of one word behind those that were found.
    if (this.#linesEnd > 0 && tokenEnd(this.#text, this.#linesEnd) === at) this.#linesEnd = at + 1;
    else this.#linesEnd = Math.max(this.#linesEnd, wordLinesEnd(this.#text, at));
    return at < this.#linesEnd;
  }

  #blank(at: number): void {
    this.#writer.copy(this.#text, this.#copied, at);
    this.#writer.put(BLANK, at, at + 1);
    this.#copied = at + 1;
    this.changed = true;
  }

  /** Handles the word in `[start, end)` and what hangs on it; the end of it. */
  #letters(start: number, end: number): number {
    const text = this.#text;
    const connector = text.charCodeAt(end);
    if (this.#isCommand(start, end, connector)) return this.#command(start, end);
    if (end - start >= SQUEEZED_PART_MIN && this.#takeApart(start, end)) return end;
    if (!(connector < 128) || isConnector[connector] === 0 || !isLetter(text.charCodeAt(end + 1)))
      return end;
    if (connector === HYPHEN && isBrokenWord(text, start, end, lettersEnd(text, end + 1))) {
      this.#writer.copy(text, this.#copied, end);
      this.#copied = end + 1;
      this.changed = true;
      return lettersEnd(text, end + 1);
    }
    if (start >= this.#connectedEnd) this.#connected(start, connector);
    return end;
  }

  #isCommand(start: number, end: number, connector: number): boolean {
    const text = this.#text;
    if (connector === SLASH) return isSqueezedPath(text, start, end);
    if (connector === HYPHEN || connector === TILDE) return isSqueezedCommand(text, end);
    return end - start >= SQUEEZED_LINE_MIN && isSqueezedLine(text, start, end, 1);
  }

  /** Sets a command, its words and its options apart from each other and from what follows. */
  #command(start: number, end: number): number {
    const text = this.#text;
    const parts = commandParts(text, start, end) ?? [];
    if (text.charCodeAt(start - 1) === OPEN_BRACE) this.#insertBlank(start);
    for (const part of parts) if (part < end) this.#insertBlank(part);
    let at = end;
    if (text.charCodeAt(at) === TILDE || text.charCodeAt(at) === SLASH) this.#insertBlank(at);
    while (text.charCodeAt(at) === HYPHEN) {
      this.#insertBlank(at);
      const options = optionsEnd(text, at);
      if (options < 0) break;
      at = options;
      while (isDigit(text.charCodeAt(at)) && at < options + 5) at++;
      if (text.charCodeAt(at) !== HYPHEN) this.#insertBlank(at);
    }
    return Math.max(at, end + 1);
  }

  #insertBlank(at: number): void {
    this.#writer.copy(this.#text, this.#copied, at);
    this.#writer.put(BLANK, at, at);
    this.#copied = at;
    this.changed = true;
  }

  #connected(start: number, connector: number): void {
    probe.read(this.#text, start);
    this.#connectedEnd = probe.end;
    this.#connector = probe.isSentence ? connector : -1;
  }

  #takeApart(start: number, end: number): boolean {
    const text = this.#text;
    if (isWord(text, start, end)) return false;
    const breaks = segmenter.breaks(text, start, end);
    if (breaks === undefined) return false;
    this.#writer.copy(text, this.#copied, start);
    let from = start;
    for (const to of breaks) {
      this.#writer.copy(text, from, to);
      if (to < end) this.#writer.put(BLANK, to, to);
      from = to;
    }
    this.#copied = end;
    this.changed = true;
    return true;
  }
}

function write(text: string, writer: TextWriter): string | undefined {
  const words = new WordWriter(text, writer);
  words.write();
  return words.changed ? 'words' : undefined;
}

/** Words run together, broken by hyphens, joined by underscores or set on lines of their own. */
export const wordBreaks: Family = { trigger: TRIGGER.words, kind: 'cleaning', write };
