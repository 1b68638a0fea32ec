import { codePointAt, INVISIBLE, MARK, NOTHING, readingOf, textOf } from './code_points.ts';
import { isLetter } from './digits.ts';
import type { Family } from './family.ts';
import type { TextWriter } from './text_writer.ts';
import { TRIGGER } from './trigger_bits.ts';
import { unitsOf } from './units.ts';

/** The end of the ASCII text from here on. */
function asciiEnd(units: Uint16Array, from: number, length: number): number {
  let at = from;
  while (at < length && (units[at] as number) < 128) at++;
  return at;
}

/** The end of blanks of every kind from here on. */
function blanksEnd(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== 32 && unit !== 9 && (unit < 128 || readingOf(unit) !== 32)) break;
  }
  return at;
}

function write(text: string, writer: TextWriter): string | undefined {
  const units = unitsOf(text);
  let changed = false;
  for (let at = 0; at < text.length && !writer.full;) {
    const plainEnd = asciiEnd(units, at, text.length);
    writer.copy(text, at, plainEnd);
    if (plainEnd === text.length) break;
    const code = codePointAt(text, plainEnd);
    const reading = readingOf(code);
    at = plainEnd + (code > 0xffff ? 2 : 1);
    if (reading === NOTHING || (reading === MARK && !isLetter(writer.last))) {
      writer.copy(text, plainEnd, at);
      continue;
    }
    changed = true;
    if (reading === INVISIBLE || reading === MARK) continue;
    if (reading === 32) at = blanksEnd(text, at);
    if (reading !== 32 || writer.last !== 32) put(reading, plainEnd, at, writer);
  }
  return changed ? 'unicode' : undefined;
}

function put(reading: number, from: number, to: number, writer: TextWriter): void {
  if (reading < 128) writer.put(reading, from, to);
  else writer.putText(textOf(reading), from, to);
}

/**
 * Look-alikes, accents, styled letters and exotic blanks as plain ASCII; what nobody sees left out.
 * Emoji, flags and other scripts stay, but for joiners in them.
 */
export const unicode: Family = { trigger: TRIGGER.unicode, kind: 'folding', write };
