import { isDigit, isLetter, isSpace } from './digits.ts';
import type { Family } from './family.ts';
import type { TextWriter } from './text_writer.ts';
import { TRIGGER } from './trigger_bits.ts';
import { unitsOf } from './units.ts';

const BLANK = 32;

/** What stands between letters that are set apart. */
const isSeparator = new Uint8Array(128);
for (const separator of ' .-_*|/,+~\t') isSeparator[separator.charCodeAt(0)] = 1;

/** Single characters in a row that are no list or formula. */
const SPACED_MIN = 6;
const DOTTED_MIN = 4;
const LETTERS_MIN = 3;

/** A stretch of single characters with the same thing between them. */
class Stretch {
  end = 0;
  count = 0;
  letters = 0;

  /** Reads the stretch that begins with the character here. */
  read(text: string, start: number): void {
    const separator = text.charCodeAt(start + 1);
    let at = start;
    this.count = 0;
    this.letters = 0;
    for (;;) {
      const unit = text.charCodeAt(at);
      this.count++;
      if (isLetter(unit)) this.letters++;
      const next = this.#next(text, at + 1, separator);
      if (next < 0) break;
      at = next;
    }
    this.end = at + 1;
  }

  /** Where the next single character stands, or -1. */
  #next(text: string, gap: number, separator: number): number {
    if (text.charCodeAt(gap) !== separator || gap + 1 >= text.length) return -1;
    let next = gap + 1;
    if (separator === BLANK) while (text.charCodeAt(next) === BLANK) next++;
    const unit = text.charCodeAt(next);
    if (next >= text.length || isSpace(unit)) return -1;
    // A word of several letters is not part of the stretch.
    const after = text.charCodeAt(next + 1);
    if (separator === BLANK && next + 1 < text.length && !isSpace(after)) return -1;
    if (next + 1 < text.length && after !== separator && (isLetter(after) || isDigit(after)))
      return -1;
    return next;
  }

  get isSpaced(): boolean {
    return this.letters >= LETTERS_MIN;
  }
}

function isStart(text: string, at: number, separator: number): boolean {
  if (isSpace(text.charCodeAt(at)) || !(separator < 128) || isSeparator[separator] === 0)
    return false;
  const before = at === 0 ? BLANK : text.charCodeAt(at - 1);
  if (separator === BLANK) return isSpace(before);
  return isLetter(text.charCodeAt(at)) && !isLetter(before) && !isDigit(before);
}

const probe = new Stretch();

/**
 * The end of letters set apart from here on. When they are none or too few, the negative of the offset
 * behind which to look further.
 */
export function spacedEnd(text: string, at: number): number {
  const separator = text.charCodeAt(at + 1);
  if (!isStart(text, at, separator)) return -at;
  probe.read(text, at);
  const isEnough = probe.count >= (separator === BLANK ? SPACED_MIN : DOTTED_MIN);
  return isEnough && probe.isSpaced ? probe.end : -probe.end;
}

/** Writes the stretch in `[start, end)` as words: wide gaps stand between them. */
function writeStretch(text: string, start: number, end: number, writer: TextWriter): void {
  const isBlank = text.charCodeAt(start + 1) === BLANK;
  // The first and the last character belong to what stands around the stretch.
  writer.copy(text, start, start + 1);
  for (let at = start; ;) {
    let next = at + 2;
    if (isBlank) while (text.charCodeAt(next) === BLANK) next++;
    if (next > at + 2) writer.put(BLANK, at + 1, next);
    at = next;
    if (at >= end - 1) break;
    writer.put(text.charCodeAt(at), at, at + 1);
  }
  writer.copy(text, end - 1, end);
}

function write(text: string, writer: TextWriter): string | undefined {
  const units = unitsOf(text);
  let copied = 0;
  for (let at = 0; at + 2 < text.length && !writer.full; at++) {
    const separator = units[at + 1] as number;
    if (separator > 127 || isSeparator[separator] === 0 || !isStart(text, at, separator)) continue;
    probe.read(text, at);
    const isEnough = probe.count >= (separator === BLANK && copied === 0 ? SPACED_MIN : DOTTED_MIN);
    if (isEnough && probe.isSpaced) {
      writer.copy(text, copied, at);
      writeStretch(text, at, probe.end, writer);
      copied = probe.end;
    }
    // What was read and is no stretch need not be read again from its middle.
    at = Math.max(at, probe.end - 2);
  }
  if (copied === 0) return undefined;
  writer.copy(text, copied, text.length);
  return 'spaced';
}

/** Letters set apart (`l e t t e r`, `l.e.t.t.e.r`) as words. */
export const spaced: Family = { trigger: TRIGGER.spaced, kind: 'decoding', write };
