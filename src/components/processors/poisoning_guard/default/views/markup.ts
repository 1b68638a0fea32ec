import { isDigit, isLetter, isSpace } from './digits.ts';
import type { Family } from './family.ts';
import { Marks, MarkSet } from './marks.ts';
import type { TextWriter } from './text_writer.ts';
import { TRIGGER } from './trigger_bits.ts';

const OPEN = 0x3c;
const CLOSE = 0x3e;
const UNDERSCORE = 0x5f;
const SLASH = 0x2f;
const MARKS = new MarkSet('<#*~_');
/** Units of the longest tag that is taken for one. */
const TAG_LENGTH_MAX = 1024;

/** Elements that break no word. */
const INLINE = new Set(
  'a abbr acronym b bdi bdo big cite code data dfn del em font i img ins kbd label mark nobr o q s samp small span strike strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);

const BLOCK =
  'article aside blockquote body br button caption center col dd details div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 head header hr html iframe input label legend li link main meta nav ol option p pre script section select style summary svg table tbody td textarea tfoot th thead title tr ul important system hidden';
/** Elements that are markup wherever they stand; other names in angle brackets are placeholders. */
const ELEMENTS: ReadonlySet<string> = new Set([...INLINE, ...BLOCK.split(' ')]);

/** The end of the tag that begins here, or -1. */
export function tagEnd(text: string, at: number): number {
  const name = text.charCodeAt(at + 1) === SLASH ? at + 2 : at + 1;
  let past = name;
  while (past < name + 16 && (isLetter(text.charCodeAt(past)) || isDigit(text.charCodeAt(past))))
    past++;
  const after = text.charCodeAt(past);
  if (past === name || (after !== CLOSE && after !== SLASH && !isSpace(after))) return -1;
  const end = closeEnd(text, at);
  if (end < 0) return -1;
  const isInWord = isLetter(text.charCodeAt(at - 1)) && isLetter(text.charCodeAt(end));
  return isInWord || ELEMENTS.has(text.slice(name, past).toLowerCase()) ? end : -1;
}

function closeEnd(text: string, at: number): number {
  const limit = Math.min(text.length, at + TAG_LENGTH_MAX);
  for (let end = at + 2; end < limit; end++) {
    const unit = text.charCodeAt(end);
    if (unit === CLOSE) return end + 1;
    if (unit === OPEN) return -1;
  }
  return -1;
}

/** Elements next to each other in a line. */
const CELLS = new Set(['td', 'th', 'option', 'button', 'input', 'label']);

/** What stands for a tag: nothing, a blank or a line break. */
function unitOf(name: string): number {
  if (INLINE.has(name)) return 0;
  return CELLS.has(name) ? 32 : 10;
}

/** The name of the element whose tag begins here, in small letters. */
export function elementAt(text: string, at: number): string {
  const from = text.charCodeAt(at + 1) === SLASH ? at + 2 : at + 1;
  let to = from;
  while (to < from + 16 && (isLetter(text.charCodeAt(to)) || isDigit(text.charCodeAt(to)))) to++;
  return text.slice(from, to).toLowerCase();
}

/** True when an emphasis mark at `[at, end)` stands in or at a word and is no operator. */
function isEmphasis(text: string, at: number, end: number): boolean {
  const isAfterLetter = isLetter(text.charCodeAt(at - 1));
  const isBeforeLetter = isLetter(text.charCodeAt(end));
  const unit = text.charCodeAt(at);
  if (unit === UNDERSCORE) return end - at === 2 && isAfterLetter && isBeforeLetter;
  return isAfterLetter && isBeforeLetter ? true : end - at > 1 && (isAfterLetter || isBeforeLetter);
}

const HASH = 0x23;
/** Units of the label of a definition. */
const LABEL_MAX = 64;

/** True at the `#` or `<>` of `[label]: # (`. */
export function isLinkComment(text: string, at: number): boolean {
  if (!text.startsWith(']: ', at - 3)) return false;
  const past = text.charCodeAt(at) === HASH ? at + 1 : text.startsWith('<>', at) ? at + 2 : -1;
  const next = text.charCodeAt(past);
  return past > 0 && (next === 32 || isOpening(next));
}

function isOpening(unit: number): boolean {
  return unit === 0x28 || unit === 0x22 || unit === 0x27;
}

const HIDING =
  /font-size:\s*0|display:\s*none|visibility:\s*hidden|opacity:\s*0(?!\.[1-9])|[";\s]color:\s*(?:#fff|white|transparent)|(?:left|top|text-indent):\s*-\d{3}/i;

/** True when the tag in `[at, end)` has a style by which nobody sees what is in it. */
export function isHiding(text: string, at: number, end: number): boolean {
  return end - at > 16 && HIDING.test(text.slice(at, end));
}

/** Writes a text without its markup. */
class MarkupWriter {
  readonly #text: string;
  readonly #writer: TextWriter;
  #copied = 0;
  /** Where the bracket stands that closes a comment of Markdown. */
  #linkEnd = -1;
  /** The end of the line that was asked for last. */
  #lineEnd = -1;
  /** From here on there is no end of a comment. */
  #commentlessFrom = Number.POSITIVE_INFINITY;

  constructor(text: string, writer: TextWriter) {
    this.#text = text;
    this.#writer = writer;
  }

  write(): boolean {
    const text = this.#text;
    const marks = new Marks(MARKS, text);
    for (let at = 0; !this.#writer.full;) {
      at = this.#nextPlace(marks.from(at), at);
      if (at >= text.length) break;
      const unit = text.charCodeAt(at);
      if (unit === OPEN || unit === HASH) at = this.#comments(at, unit);
      else if (at === this.#linkEnd) at = this.#replace(at, at + 1, 10);
      else at = this.#emphasis(at, unit);
    }
    if (this.#copied === 0) return false;
    this.#writer.copy(text, this.#copied, text.length);
    return true;
  }

  /** A mark, or before it the bracket that closes a comment. */
  #nextPlace(mark: number, from: number): number {
    return this.#linkEnd >= from && this.#linkEnd < mark ? this.#linkEnd : mark;
  }

  /** Leaves out `[from, to)`, or writes one unit in its place. */
  #replace(from: number, to: number, unit: number): number {
    this.#writer.copy(this.#text, this.#copied, from);
    if (unit > 0) this.#writer.put(unit, from, to);
    this.#copied = to;
    return to;
  }

  /** A definition of a link to nowhere is a comment of Markdown: `[//]: # (text)`. */
  #comments(at: number, unit: number): number {
    const text = this.#text;
    if (!isLinkComment(text, at)) return unit === OPEN ? this.#tag(at) : at + 1;
    let from = at;
    while (from > this.#copied && at - from < LABEL_MAX && text.charCodeAt(from) !== 0x5b) from--;
    let to = at;
    while (to < at + 4 && !isOpening(text.charCodeAt(to))) to++;
    if (this.#lineEnd < to) {
      const lineEnd = text.indexOf('\n', to);
      this.#lineEnd = lineEnd < 0 ? text.length : lineEnd;
    }
    if (isOpening(text.charCodeAt(to))) this.#linkEnd = this.#lineEnd - 1;
    return this.#replace(from, to + 1, 10);
  }

  #tag(at: number): number {
    const text = this.#text;
    if (text.startsWith('!--', at + 1)) return this.#comment(at);
    const end = tagEnd(text, at);
    if (end < 0) return at + 1;
    const isInWord = isLetter(text.charCodeAt(at - 1)) && isLetter(text.charCodeAt(end));
    // What is not to be seen is a text of its own.
    if (isHiding(text, at, end)) return this.#replace(at, end, 10);
    return this.#replace(at, end, isInWord ? 0 : unitOf(elementAt(text, at)));
  }

  /** A comment within a word goes; of another one only its marks. */
  #comment(at: number): number {
    const text = this.#text;
    const close = at < this.#commentlessFrom ? text.indexOf('-->', at + 4) : -1;
    if (close < 0) {
      this.#commentlessFrom = Math.min(at, this.#commentlessFrom);
      return this.#replace(at, at + 4, 10);
    }
    const end = close + 3;
    const isInWord = isLetter(text.charCodeAt(at - 1)) && isLetter(text.charCodeAt(end));
    if (isInWord || close === at + 4) return this.#replace(at, end, 0);
    let from = at + 4;
    while (from < close && isSpace(text.charCodeAt(from))) from++;
    this.#replace(at, from, 10);
    // What is in the comment may hold tags of its own; its end is met as text.
    return from;
  }

  #emphasis(at: number, unit: number): number {
    const text = this.#text;
    let end = at + 1;
    while (text.charCodeAt(end) === unit) end++;
    if (end - at <= 3 && isEmphasis(text, at, end)) this.#replace(at, end, 0);
    return end;
  }
}

function write(text: string, writer: TextWriter): string | undefined {
  return new MarkupWriter(text, writer).write() ? 'markup' : undefined;
}

/** A text without tags, comments and emphasis: as its reader sees it, hidden parts included. */
export const markup: Family = { trigger: TRIGGER.markup, kind: 'decoding', write };
