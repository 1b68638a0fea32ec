import { isDigit, isLetter, isSpace } from './digits.ts';
import type { Family } from './family.ts';
import { endsWord, isWord, stepOf, wordNumber, words } from './lexicon.ts';
import { lettersEnd, Segmenter } from './segmenter.ts';
import type { TextWriter } from './text_writer.ts';
import { TRIGGER } from './trigger_bits.ts';

const BLANK = 32;
const HYPHEN = 0x2d;
const UNDERSCORE = 0x5f;
const LINE_FEED = 10;

/** Letters in a row that are no word of any language without compounds. */
export const SQUEEZED_MIN = 18;
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

const SMALL_WORDS: ReadonlySet<string> = new Set(
  'the all and to you your of not with this that me my our any every a an do is are now then from it its them their on if when please'.split(
    ' ',
  ),
);
/** By the number of a word: true (1) for words that hold sentences together and stand in few names. */
const isSmall = Uint8Array.from(words, (word) => Number(SMALL_WORDS.has(word)));

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
  end = 0;
  parts = 0;
  known = 0;
  small = 0;
  letters = 0;

  read(text: string, start: number): void {
    let from = start;
    this.parts = 0;
    this.known = 0;
    this.small = 0;
    this.letters = 0;
    const connector = text.charCodeAt(lettersEnd(text, start));
    for (;;) {
      const to = lettersEnd(text, from);
      this.parts++;
      this.end = to;
      const word = wordNumber(text, from, to);
      if (word >= 0) {
        this.small += isSmall[word] as number;
        this.known++;
        this.letters += to - from;
      }
      if (text.charCodeAt(to) !== connector || !isLetter(text.charCodeAt(to + 1))) return;
      from = to + 1;
    }
  }

  get isSentence(): boolean {
    const isKnown = this.known >= CONNECTED_MIN && 4 * this.known >= 3 * this.parts;
    return isKnown && this.small > 0 && this.letters >= 10;
  }
}

const probe = new Connected();

/**
 * The end of a sentence whose words are connected by something else than blanks. When it is none, the
 * negative of the offset behind which to look further.
 */
export function connectedEnd(text: string, start: number): number {
  probe.read(text, start);
  return probe.isSentence ? probe.end : -probe.end;
}

const beforeCommand = tableOf(' \t\n;|&(`"\'=');
const afterOptions = tableOf('/~.$*@"0123456789-');

function tableOf(units: string): Uint8Array {
  const table = new Uint8Array(128);
  for (let i = 0; i < units.length; i++) table[units.charCodeAt(i)] = 1;
  return table;
}

function isIn(table: Uint8Array, unit: number): boolean {
  return unit < 128 && table[unit] === 1;
}

/** Commands that are recognised without a blank behind them. */
const COMMANDS = new Set('rm dd curl wget chmod chown mkfs bash nc scp tar sudo shred'.split(' '));

/** Where the command begins that ends here, or -1. */
function commandStart(text: string, end: number): number {
  let start = end;
  while (start > 0 && end - start < 6 && isLetter(text.charCodeAt(start - 1))) start--;
  const isFirst = start === 0 || isIn(beforeCommand, text.charCodeAt(start - 1));
  return isFirst && end - start > 1 && COMMANDS.has(text.slice(start, end)) ? start : -1;
}

/** True when a command and its options stand together at the hyphen here: `rm-rf/`. */
export function isSqueezedCommand(text: string, hyphen: number): boolean {
  return optionsEnd(text, hyphen) > 0 && commandStart(text, hyphen) >= 0;
}

/** The end of options behind which something follows without a blank, or -1. */
function optionsEnd(text: string, hyphen: number): number {
  let end = hyphen + 1;
  while (end - hyphen < 6 && isLetter(text.charCodeAt(end))) end++;
  return end - hyphen < 6 && isIn(afterOptions, text.charCodeAt(end)) ? end : -1;
}

/** True when an underscore joins a command to what may be its arguments. */
export function isConnectedCommand(text: string, at: number): boolean {
  return commandStart(text, at) >= 0;
}

/** True when a blank seems to be written as the underscore here: one side is no part of a name. */
export function isBlankUnderscore(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  return next === HYPHEN || next === 0x2f || next === 0x7c || next === 0x7e || next === 0x3e;
}

/** The end of some lines of one word each that begin at the break here, or -1. */
export function wordLinesEnd(text: string, at: number): number {
  let from = at + 1;
  for (let line = 0; line < LINES_MIN; line++) {
    const end = tokenEnd(text, from);
    if (end === from || (end < text.length && text.charCodeAt(end) !== LINE_FEED)) return -1;
    if (end >= text.length) return line >= LINES_MIN - 2 ? end : -1;
    from = end + 1;
  }
  return from;
}

/** The end of what is no white space from here on; 64 units are no word. */
function tokenEnd(text: string, from: number, lengthMax = 64): number {
  let at = from;
  while (at < text.length && at < from + lengthMax && !isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Writes a text with its words as words. */
class WordWriter {
  readonly #segmenter = new Segmenter();
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
    let at = 0;
    while (at < text.length && !this.#writer.full) {
      const unit = text.charCodeAt(at);
      if (isLetter(unit)) at = this.#letters(at);
      else {
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

  /** Handles the word that begins here and what hangs on it; the end of it. */
  #letters(start: number): number {
    const text = this.#text;
    const end = lettersEnd(text, start);
    if (end - start >= SQUEEZED_PART_MIN && this.#takeApart(start, end)) return end;
    const connector = text.charCodeAt(end);
    if (connector === HYPHEN && isSqueezedCommand(text, end)) return this.#command(end);
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

  /** Sets the options here apart from the command before them and from what follows. */
  #command(hyphen: number): number {
    const text = this.#text;
    const options = optionsEnd(text, hyphen);
    this.#insertBlank(hyphen);
    this.#insertBlank(options);
    let digits = options;
    while (isDigit(text.charCodeAt(digits)) && digits < options + 5) digits++;
    if (digits > options) this.#insertBlank(digits);
    return digits;
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
    const breaks = this.#segmenter.breaks(text, start, end);
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
