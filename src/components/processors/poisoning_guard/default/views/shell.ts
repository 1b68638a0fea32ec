import { isDigit, isLetter, isSpace } from './digits.ts';
import type { Family } from './family.ts';
import { Marks, MarkSet } from './marks.ts';
import type { TextWriter } from './text_writer.ts';
import { TRIGGER } from './trigger_bits.ts';

const SINGLE = 0x27;
const DOUBLE = 0x22;
const BACKSLASH = 0x5c;
const DOLLAR = 0x24;
const BACKTICK = 0x60;
const CARET = 0x5e;
const OPEN_BRACE = 0x7b;
const STAR = 0x2a;
const MARKS = new MarkSet('\'"\\$`^{');
/** Units of quoted text within a word, names and values of variables. */
const PIECE_MAX = 48;
const VARIABLES_MAX = 256;

function isNameUnit(unit: number): boolean {
  return isLetter(unit) || isDigit(unit) || unit === 0x5f;
}

/** Units that a word of a command may hold. */
export function isWordUnit(unit: number): boolean {
  return isNameUnit(unit) || unit === 0x2f || unit === 0x2e || unit === 0x2d;
}

/** The end of the name from here on. */
export function nameEnd(text: string, from: number): number {
  let at = from;
  while (at < from + PIECE_MAX && isNameUnit(text.charCodeAt(at))) at++;
  return at;
}

/** The quote that closes the one here when only units of a word are between, else -1. */
function closingQuote(text: string, at: number, quote: number): number {
  let end = at + 1;
  while (end < at + PIECE_MAX && isWordUnit(text.charCodeAt(end))) end++;
  return text.charCodeAt(end) === quote ? end : -1;
}

/** Where the quote that breaks a word here is closed, or -1 when it is quoting as usual. */
export function wordQuoteEnd(text: string, at: number): number {
  const close = closingQuote(text, at, text.charCodeAt(at));
  if (close < 0) return -1;
  const isAttached = isWordUnit(text.charCodeAt(at - 1)) || isWordUnit(text.charCodeAt(close + 1));
  return isAttached ? close : -1;
}

/** The end of `${IFS}`, `$IFS`, `$IFS$9`, `${IFS%??}` here, or -1. */
function separatorEnd(text: string, at: number): number {
  if (text.startsWith('$IFS', at) && !isLetter(text.charCodeAt(at + 4))) {
    return text.startsWith('$9', at + 4) ? at + 6 : at + 4;
  }
  if (!text.startsWith('${IFS', at)) return -1;
  const close = text.slice(at, at + 16).indexOf('}');
  return close > 0 ? at + close + 1 : -1;
}

/** The end of an expansion that is empty in practice (`$@`, `$*`, `$1`) here, or -1. */
function emptyEnd(text: string, at: number): number {
  const unit = text.charCodeAt(at + 1);
  return unit === 0x40 || unit === STAR || isDigit(unit) ? at + 2 : -1;
}
/** The end of `{a,b,c}` here when it spells a command, or -1. */
export function bracesEnd(text: string, at: number): number {
  if (!isLetter(text.charCodeAt(at + 1))) return -1;
  let commas = 0;
  for (let end = at + 2; end < at + 2 * PIECE_MAX && end < text.length; end++) {
    const unit = text.charCodeAt(end);
    if (unit === 0x2c) commas++;
    else if (unit === 0x7d) return commas > 0 ? end + 1 : -1;
    else if (isSpace(unit) || unit === DOUBLE || unit === 0x3a || unit === OPEN_BRACE) return -1;
  }
  return -1;
}

/** Names that a text assigns a simple value, as a shell does, with these. */
export function assignmentsIn(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (let at = text.indexOf('='); at >= 0; at = text.indexOf('=', at + 1)) {
    let from = at;
    while (from > 0 && at - from < PIECE_MAX && isNameUnit(text.charCodeAt(from - 1))) from--;
    const quote = text.charCodeAt(at + 1);
    const start = quote === SINGLE || quote === DOUBLE ? at + 2 : at + 1;
    let to = start;
    while (to < start + PIECE_MAX && isWordUnit(text.charCodeAt(to))) to++;
    if (from < at && to > start) values.set(text.slice(from, at), text.slice(start, to));
    if (values.size >= VARIABLES_MAX) break;
  }
  return values;
}

/** The name of the variable that the dollar here stands before; empty when none. */
export function variableAt(text: string, at: number): string {
  const from = text.charCodeAt(at + 1) === OPEN_BRACE ? at + 2 : at + 1;
  return isLetter(text.charCodeAt(from)) ? text.slice(from, nameEnd(text, from)) : '';
}

/** True when the dollar here begins something other than a variable that hides a word. */
export function isExpansion(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  if (next === SINGLE || next === DOUBLE) return closingQuote(text, at + 1, next) > 0;
  if (separatorEnd(text, at) > 0) return true;
  const isInWord = isLetter(text.charCodeAt(at - 1));
  return isInWord && emptyEnd(text, at) > 0 && isLetter(text.charCodeAt(at + 2));
}

/** Writes a text as a shell reads it, word for word. */
class ShellWriter {
  readonly #text: string;
  readonly #writer: TextWriter;
  #values: ReadonlyMap<string, string> | undefined;
  #copied = 0;
  /** Quotes of an ANSI-C string that are still to be left out. */
  #ansiClose = -1;

  constructor(text: string, writer: TextWriter) {
    this.#text = text;
    this.#writer = writer;
  }

  write(): boolean {
    const text = this.#text;
    const marks = new Marks(MARKS, text);
    for (let at = marks.from(0); at < text.length && !this.#writer.full;)
      at = marks.from(this.#step(at, text.charCodeAt(at)));
    if (this.#copied === 0) return false;
    this.#writer.copy(text, this.#copied, text.length);
    return true;
  }

  #step(at: number, unit: number): number {
    switch (unit) {
      case SINGLE:
      case DOUBLE:
        return this.#quote(at);
      case BACKSLASH:
        return this.#backslash(at);
      case DOLLAR:
        return this.#dollar(at);
      case BACKTICK:
      case CARET:
        return this.#inWord(at) ? this.#drop(at, at + 1) : at + 1;
      case OPEN_BRACE:
        return this.#braces(at);
      default:
        return at + 1;
    }
  }

  #inWord(at: number): boolean {
    return isLetter(this.#text.charCodeAt(at - 1)) && isLetter(this.#text.charCodeAt(at + 1));
  }

  #drop(from: number, to: number): number {
    this.#writer.copy(this.#text, this.#copied, from);
    this.#copied = to;
    return to;
  }

  #put(text: string, from: number, to: number): number {
    this.#drop(from, to);
    this.#writer.putText(text, from, to);
    return to;
  }

  #quote(at: number): number {
    if (at === this.#ansiClose) return this.#drop(at, at + 1);
    const close = wordQuoteEnd(this.#text, at);
    if (close < 0) return at + 1;
    this.#drop(at, at + 1);
    this.#ansiClose = close;
    return at + 1;
  }

  #backslash(at: number): number {
    const next = this.#text.charCodeAt(at + 1);
    if (next === 10) return this.#drop(at, at + 2);
    if (next === BACKSLASH) return at + 2;
    const before = this.#text.charCodeAt(at - 1);
    const isInCommand =
      isLetter(next) && (isWordUnit(before) || !(before === before) || isSpace(before));
    return isInCommand ? this.#drop(at, at + 1) : at + 2;
  }

  #dollar(at: number): number {
    const text = this.#text;
    const next = text.charCodeAt(at + 1);
    if (next === SINGLE || next === DOUBLE) {
      const close = closingQuote(text, at + 1, next);
      if (close < 0) return at + 2;
      this.#ansiClose = close;
      return this.#drop(at, at + 2);
    }
    const blank = separatorEnd(text, at);
    if (blank > 0) return this.#put(' ', at, blank);
    const empty = emptyEnd(text, at);
    if (empty > 0) return isLetter(text.charCodeAt(at - 1)) ? this.#drop(at, empty) : empty;
    return this.#variable(at, next === OPEN_BRACE);
  }

  #variable(at: number, isBraced: boolean): number {
    const text = this.#text;
    const from = at + (isBraced ? 2 : 1);
    const to = nameEnd(text, from);
    if (isBraced && text.charCodeAt(to) !== 0x7d) return at + 1;
    this.#values ??= assignmentsIn(text);
    const value = this.#values.get(text.slice(from, to));
    return value === undefined ? at + 1 : this.#put(value, at, isBraced ? to + 1 : to);
  }

  #braces(at: number): number {
    const end = bracesEnd(this.#text, at);
    if (end < 0 || this.#text.charCodeAt(at - 1) === DOLLAR) return at + 1;
    return this.#put(this.#text.slice(at + 1, end - 1).replaceAll(',', ' '), at, end);
  }
}

function write(text: string, writer: TextWriter): string | undefined {
  return new ShellWriter(text, writer).write() ? 'shell' : undefined;
}

/** Quoting within words, separators spelled as variables and variables set before: undone. */
export const shell: Family = { trigger: TRIGGER.shell, kind: 'cleaning', write };
