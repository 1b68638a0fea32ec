import { INVISIBLE, MARK as MARK_READING, NOTHING, readingOf } from './code_points.ts';
import { isLetter } from './digits.ts';

/** No letter, and nothing else that matters. */
export const NONE = 0;
/** A letter with marks that the rules read as one without. */
export const ACCENTED = 1;
/** A letter of Latin script that they do not. */
export const LATIN = 2;
/** A letter of another script that looks like a Latin one. */
export const FOREIGN = 3;
/** A letter of another script that does not. */
export const OTHER = 4;
/** A letter in another style. */
export const STYLED = 5;
/** Nobody sees it. */
export const HIDDEN = 6;
/** A mark over or under the letter before. */
export const MARK = 7;
/** White space. */
export const BLANK = 8;
/** Read as a hyphen. */
export const DASH = 9;
/** Half of a code point. */
export const SURROGATE = 10;

/** Blanks that the rules know. */
export const isKnownBlank = (code: number): boolean =>
  code === 0xa0 || (code >= 0x2000 && code <= 0x200a) || code === 0x3000;

function letterKind(code: number): number {
  if (code < 0x250) {
    const base = String.fromCharCode(code).normalize('NFD').charCodeAt(0);
    return isLetter(base) ? ACCENTED : LATIN;
  }
  if (code >= 0x1e00 && code < 0x1f00) return LATIN;
  // Ligatures, as text out of PDF has them.
  if (code >= 0xfb00 && code < 0xfb07) return LATIN;
  return code < 0x2000 || (code >= 0x2c00 && code < 0xff00) ? FOREIGN : STYLED;
}

function kindOf(code: number): number {
  if (code >= 0xd800 && code < 0xe000) return SURROGATE;
  const reading = readingOf(code);
  if (reading === INVISIBLE) return HIDDEN;
  if (reading === MARK_READING) return MARK;
  if (reading === 32) return BLANK;
  if (reading === 0x2d) return DASH;
  if (isLetter(reading) || (code >= 0xfb00 && code < 0xfb07)) return letterKind(code);
  return reading === NOTHING && code >= 0x370 && code < 0x1e00 ? OTHER : NONE;
}

/** By unit: what it is beside ASCII. */
export const kinds = new Uint8Array(65_536);
for (let code = 128; code < 65_536; code++) kinds[code] = kindOf(code);
