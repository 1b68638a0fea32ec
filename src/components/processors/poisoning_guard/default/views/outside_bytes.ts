import { NOTHING, readingOf } from './code_points.ts';
import {
  ACCENTED,
  BLANK,
  DASH,
  FOREIGN,
  HIDDEN,
  isKnownBlank,
  kinds,
  NONE,
  OTHER,
  SURROGATE,
} from './outside_kinds.ts';

/** Bytes that stand for units beyond ASCII, as in outside.part.as. */
const BYTE = {
  none: 0x80,
  accented: 0x81,
  foreign: 0x82,
  other: 0x83,
  picture: 0x84,
  blank: 0x85,
  rareBlank: 0x86,
  dash: 0x87,
  joiner: 0x88,
  telling: 0x89,
} as const;

const VARIATION = 0xfe0f;
const ZERO_WIDTH_JOINER = 0x200d;

/** The plane in which flags are written with tags. */
const FLAGS = 0xd83c;

/** True when no code point whose first half this is has another reading. */
function isPicture(high: number): boolean {
  if (high >= 0xdc00) return true;
  if (high === FLAGS) return false;
  const first = 0x10000 + ((high & 0x3ff) << 10);
  // Past this plane only tags and selectors have one (code_points.ts).
  if (first >= 0x20000) return !(first >= 0xe0000 && first < 0xe1000);
  for (let code = first; code < first + 1024; code++) if (readingOf(code) !== NOTHING) return false;
  return true;
}

/** The byte that stands for a unit of text: itself in ASCII. */
export function outsideByte(unit: number): number {
  if (unit < 128) return unit;
  switch (kinds[unit]) {
    case NONE:
      return BYTE.none;
    case ACCENTED:
      return BYTE.accented;
    case FOREIGN:
      return BYTE.foreign;
    case OTHER:
      return BYTE.other;
    case BLANK:
      return isKnownBlank(unit) ? BYTE.blank : BYTE.rareBlank;
    case DASH:
      return BYTE.dash;
    case SURROGATE:
      return isPicture(unit) ? BYTE.picture : BYTE.telling;
    case HIDDEN:
      return unit === VARIATION || unit === ZERO_WIDTH_JOINER ? BYTE.joiner : BYTE.telling;
    default:
      return BYTE.telling;
  }
}
