import { CONFUSABLE_RUNS } from './confusables_table.ts';

/** No other reading. */
export const NOTHING = 0;
/** Nobody sees it: zero widths, joiners, soft hyphen, variation selectors, bidi controls. */
export const INVISIBLE = 128;
/** A mark over or under the letter before. */
export const MARK = 129;
/** From here on: a text of several characters. */
const TEXTS = 256;

const TABLE_END = 0x20000;

/** The plain reading of each code point below 20000: one of the above or an ASCII character. */
const readings = new Uint16Array(TABLE_END);
const texts: string[] = [];

function fillRun(first: number, length: string, meaning: string): void {
  const count = length === '' ? 1 : Number.parseInt(length.slice(1), 36);
  const step = length.startsWith('+') ? 1 : 0;
  let value = meaning.charCodeAt(0);
  if (meaning === 'SP') value = 32;
  else if (meaning === 'NL') value = 10;
  else if (meaning.length > 1) value = TEXTS + texts.push(meaning) - 1;
  for (let i = 0; i < count; i++) readings[first + i] = value + i * step;
}

function fillConfusables(): void {
  let code = 0;
  for (const run of CONFUSABLE_RUNS.join(' ').split(' ')) {
    const [, gap = '', length = '', meaning = ''] = /^(\w+)([=+]\w+)?:(.+)$/.exec(run) ?? [];
    code += Number.parseInt(gap, 36);
    fillRun(code, length, meaning);
  }
}

/** First and last of ranges. */
type Ranges = readonly (readonly [first: number, last: number])[];

const INVISIBLE_RANGES: Ranges = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
];

/** Blocks of marks for letters of any script; those of one script are its spelling. */
const MARK_RANGES: Ranges = [
  [0x300, 0x34e],
  [0x350, 0x36f],
  [0x483, 0x489],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x20d0, 0x20ff],
  [0xfe20, 0xfe2f],
];

function fillRanges(ranges: Ranges, reading: number): void {
  for (const [first, last] of ranges) readings.fill(reading, first, last + 1);
}

fillConfusables();
fillRanges(MARK_RANGES, MARK);
fillRanges(INVISIBLE_RANGES, INVISIBLE);

/** The plain reading of a code point: {@link NOTHING}, {@link INVISIBLE}, {@link MARK}, ASCII, or more. */
export function readingOf(code: number): number {
  if (code < TABLE_END) return readings[code] as number;
  return code >= 0xe0000 && code < 0xe1000 ? INVISIBLE : NOTHING;
}

/** The text of a reading past ASCII. */
export function textOf(reading: number): string {
  return texts[reading - TEXTS] ?? '';
}

/** The code point whose first unit stands here. */
export function codePointAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if ((unit & 0xfc00) !== 0xd800) return unit;
  const low = text.charCodeAt(at + 1);
  return (low & 0xfc00) === 0xdc00 ? 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff) : unit;
}
