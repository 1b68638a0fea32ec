import { hexAt, hexNumberAt } from './digits.ts';
import { NAMED_ENTITIES, NAMED_LENGTH_MAX } from './entities.ts';
import type { Family } from './family.ts';
import { Marks, MarkSet } from './marks.ts';
import type { TextWriter } from './text_writer.ts';
import { TRIGGER } from './trigger_bits.ts';

const PERCENT = 0x25;
const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;

const KIND_NAMES = ['percent', 'entities', 'escapes', 'quoted_printable'] as const;
const KIND_PERCENT = 1;
const KIND_ENTITY = 2;
const KIND_BACKSLASH = 4;
const KIND_QUOTED = 8;

const MARKS = new MarkSet('%&=\\');

/** What a backslash and this letter stand for. */
const SHORT_ESCAPES: ReadonlyMap<number, number> = new Map(
  (
    [
      ['n', '\n'],
      ['r', '\r'],
      ['t', '\t'],
      ['b', ' '],
      ['f', ' '],
      ['"', '"'],
      ["'", "'"],
      ['/', '/'],
    ] as const
  ).map(([letter, meaning]) => [letter.charCodeAt(0), meaning.charCodeAt(0)] as const),
);

/** An escape sequence: what it stands for and where it ends. */
class Reader {
  /** A code point, or a byte of UTF-8 when `isByte`. */
  value = 0;
  end = 0;
  isByte = false;
  kind = 0;
  /** Quoted-printable escapes count only after some in a row: `a=20` is an assignment. */
  isQuoted = false;

  /** Reads the escape that begins here; false when none does. Takes every level of nesting at once. */
  read(text: string, at: number): boolean {
    this.isByte = false;
    switch (text.charCodeAt(at)) {
      case PERCENT:
        return this.#percent(text, at);
      case AMPERSAND:
        return this.#entity(text, at);
      case BACKSLASH:
        return this.#backslash(text, at);
      case EQUALS:
        return this.#quoted(text, at);
      default:
        return false;
    }
  }

  #found(kind: number, value: number, end: number, isByte: boolean): boolean {
    this.kind = kind;
    this.value = value;
    this.end = end;
    this.isByte = isByte;
    return true;
  }

  /** `%41`, `%2541`, `%252541`, `%u0041`. */
  #percent(text: string, at: number): boolean {
    let digits = at + 1;
    while (text.charCodeAt(digits) === 0x32 && text.charCodeAt(digits + 1) === 0x35) {
      if (hexNumberAt(text, digits + 2, 2) < 0) break;
      digits += 2;
    }
    const value = hexNumberAt(text, digits, 2);
    if (value >= 0) return this.#found(KIND_PERCENT, value, digits + 2, true);
    if ((text.charCodeAt(digits) | 32) !== 0x75) return false;
    const unit = hexNumberAt(text, digits + 1, 4);
    return unit >= 0 && this.#found(KIND_PERCENT, unit, digits + 5, false);
  }

  /** `&#65;`, `&#x41;`, `&lt;`, `&amp;lt;`. */
  #entity(text: string, at: number): boolean {
    let name = at + 1;
    while (text.startsWith('amp;', name)) name += 4;
    const end =
      text.charCodeAt(name) === 0x23 ? this.#numeric(text, name + 1) : this.#named(text, name);
    if (end > 0) return this.#found(KIND_ENTITY, this.value, end, false);
    return name > at + 1 && this.#found(KIND_ENTITY, AMPERSAND, name, false);
  }

  #numeric(text: string, at: number): number {
    const isHex = (text.charCodeAt(at) | 32) === 0x78;
    const first = isHex ? at + 1 : at;
    let end = first;
    let value = 0;
    // Leading zeros may be many; more than that no code point needs.
    while (end < first + 12) {
      const digit = hexAt(text, end);
      if (digit < 0 || (!isHex && digit > 9)) break;
      value = (isHex ? 16 : 10) * value + digit;
      end++;
    }
    if (end === first || value > 0x10ffff) return -1;
    this.value = value;
    return text.charCodeAt(end) === 0x3b ? end + 1 : end;
  }

  #named(text: string, at: number): number {
    let end = at;
    while (end < at + NAMED_LENGTH_MAX && text.charCodeAt(end) !== 0x3b) end++;
    if (text.charCodeAt(end) !== 0x3b) return -1;
    const value = NAMED_ENTITIES.get(text.slice(at, end));
    if (value === undefined) return -1;
    this.value = value;
    return end + 1;
  }

  /** JSON, C, shell and Python escapes behind one backslash or many. */
  #backslash(text: string, at: number): boolean {
    let letter = at + 1;
    while (text.charCodeAt(letter) === BACKSLASH) letter++;
    const unit = text.charCodeAt(letter);
    const short = SHORT_ESCAPES.get(unit);
    if (short !== undefined) return this.#found(KIND_BACKSLASH, short, letter + 1, false);
    if (unit === 0x78) {
      const value = hexNumberAt(text, letter + 1, 2);
      return value >= 0 && this.#found(KIND_BACKSLASH, value, letter + 3, true);
    }
    if (unit === 0x75) return this.#unicode(text, letter);
    if (unit === 0x55) {
      const value = hexNumberAt(text, letter + 1, 8);
      return (
        value >= 0 && value <= 0x10ffff && this.#found(KIND_BACKSLASH, value, letter + 9, false)
      );
    }
    return this.#octal(text, letter);
  }

  #unicode(text: string, letter: number): boolean {
    const value = hexNumberAt(text, letter + 1, 4);
    if (value >= 0) return this.#found(KIND_BACKSLASH, value, letter + 5, false);
    if (text.charCodeAt(letter + 1) !== 0x7b) return false;
    let end = letter + 2;
    let code = 0;
    for (let digit = hexAt(text, end); digit >= 0 && end < letter + 8; digit = hexAt(text, ++end)) {
      code = 16 * code + digit;
    }
    if (text.charCodeAt(end) !== 0x7d || code > 0x10ffff || end === letter + 2) return false;
    return this.#found(KIND_BACKSLASH, code, end + 1, false);
  }

  #octal(text: string, at: number): boolean {
    let value = 0;
    for (let i = at; i < at + 3; i++) {
      const digit = text.charCodeAt(i) - 48;
      if (!(digit >= 0 && digit < 8)) return false;
      value = 8 * value + digit;
    }
    return value < 256 && this.#found(KIND_BACKSLASH, value, at + 3, true);
  }

  #quoted(text: string, at: number): boolean {
    const value = quotedAt(text, at);
    if (value < 0) return false;
    if (!this.isQuoted) {
      if (quotedAt(text, at + 3) < 0 || quotedAt(text, at + 6) < 0) return false;
      this.isQuoted = true;
    }
    return this.#found(KIND_QUOTED, value, at + 3, true);
  }
}

function quotedAt(text: string, at: number): number {
  return text.charCodeAt(at) === EQUALS ? hexNumberAt(text, at + 1, 2) : -1;
}

/** The end of a soft line break of quoted-printable (RFC 2045 §6.7) that begins here, or -1. */
function softBreakEnd(text: string, at: number): number {
  const next = text.charCodeAt(at + 1);
  if (next === 10) return at + 2;
  return next === 13 && text.charCodeAt(at + 2) === 10 ? at + 3 : -1;
}

function isPrintable(code: number): boolean {
  return code >= 0x20 ? code < 0x7f || code >= 0xa0 : code >= 9 && code <= 13;
}

/** Continuation bytes after this first byte of UTF-8; -1 when it cannot be one. */
function continuationsOf(byte: number): number {
  if (byte < 0xc2) return -1;
  if (byte < 0xe0) return 1;
  if (byte < 0xf0) return 2;
  return byte < 0xf5 ? 3 : -1;
}

/** Reads one escaped character, of several escaped bytes perhaps. */
function readCharacter(text: string, at: number, reader: Reader): boolean {
  if (!reader.read(text, at)) return false;
  if (!reader.isByte || reader.value < 0x80) return isPrintable(reader.value);
  const { kind, value: first, end } = reader;
  let more = continuationsOf(first);
  let code = more < 0 ? first : first & (0x3f >> more);
  let past = end;
  while (more > 0 && reader.read(text, past) && reader.isByte && (reader.value & 0xc0) === 0x80) {
    code = (code << 6) | (reader.value & 0x3f);
    past = reader.end;
    more--;
  }
  reader.kind = kind;
  reader.value = more === 0 ? code : first;
  reader.end = more === 0 ? past : end;
  return isPrintable(reader.value) && reader.value <= 0x10ffff;
}

/** What an escape stands for. */
export interface Escape {
  /** A code point. */
  readonly value: number;
  /** Where it ends. */
  readonly end: number;
  /** One of `ESCAPE`. */
  readonly kind: number;
}

/** Kinds of escapes. */
export const ESCAPE = {
  percent: KIND_PERCENT,
  entity: KIND_ENTITY,
  backslash: KIND_BACKSLASH,
  quoted: KIND_QUOTED,
} as const;

const probe = new Reader();

/** The escape that begins here, until the next one is asked for; undefined when none does. */
export function escapeAt(text: string, at: number): Escape | undefined {
  probe.isQuoted = false;
  return readCharacter(text, at, probe) ? probe : undefined;
}

/** Units of the first word of a value of an address. */
const FIRST_WORD_MAX = 64;

/** Where the value of an address begins whose first escape stands here, or -1. It is a text of its own. */
function valueStart(text: string, from: number, at: number): number {
  for (let start = at; start > from && at - start < FIRST_WORD_MAX; start--) {
    const unit = text.charCodeAt(start - 1);
    if (unit === EQUALS) return start;
    if (unit === 32 || unit === 10 || unit === AMPERSAND || unit === 0x3f) return -1;
  }
  return -1;
}

function write(text: string, writer: TextWriter): string | undefined {
  const reader = new Reader();
  const marks = new Marks(MARKS, text);
  let kinds = 0;
  let copied = 0;
  for (let at = marks.from(0); at < text.length; at = marks.from(at + 1)) {
    const unit = text.charCodeAt(at);
    if (unit === EQUALS && reader.isQuoted && softBreakEnd(text, at) > 0) {
      writer.copy(text, copied, at);
      copied = softBreakEnd(text, at);
    } else if (readCharacter(text, at, reader)) {
      const value = reader.kind === KIND_PERCENT ? valueStart(text, copied, at) : -1;
      if (value > 0) {
        writer.copy(text, copied, value);
        writer.put(10, value, value);
        copied = value;
      }
      writer.copy(text, copied, at);
      writer.putCodePoint(reader.value, at, reader.end);
      copied = reader.end;
      kinds |= reader.kind;
    } else if (unit === BACKSLASH) {
      // A run of backslashes is read once, not once from each of them.
      while (text.charCodeAt(at + 1) === BACKSLASH) at++;
      continue;
    } else continue;
    at = copied - 1;
    if (writer.full) break;
  }
  if (kinds === 0) return undefined;
  writer.copy(text, copied, text.length);
  return KIND_NAMES.filter((_, bit) => (kinds & (1 << bit)) !== 0).join('+');
}

/**
 * Escapes of single characters, undone where they stand: percent, HTML entities, backslash escapes of
 * JSON, C and shells, quoted-printable. Kinds may be mixed, and each may be nested in itself.
 */
export const escapes: Family = { trigger: TRIGGER.escape, kind: 'decoding', write };
