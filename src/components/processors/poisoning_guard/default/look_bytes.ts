import { LOOK_FINALS } from './look_patterns.ts';
import { needsViews } from './view.ts';
import { base64At } from './views/digits.ts';
import { RUN_DIGITS_MIN } from './views/encoded_runs.ts';

/** Blanks, line ends and `_`: they stand between the words of a phrase. */
export const GAPS: readonly number[] = [9, 10, 11, 12, 13, 0x20, 0x5f];

const tableOf = (holds: (code: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, code) => Number(holds(code)));

export const IS_GAP: Uint8Array = tableOf((code) => GAPS.includes(code));

/** Letters and digits of ASCII. */
export const IS_WORD: Uint8Array = tableOf(
  (code) => code < 128 && /[a-z0-9]/i.test(String.fromCharCode(code)),
);

/** With so many small words a text is made of sentences. */
export const PROSE_WORDS_MIN = 3;

/** What no command's name is followed by. */
const IS_NO_ARGUMENT = tableOf((code) => ':=,!?/]%@#+'.includes(String.fromCharCode(code)));

/** What follows a command's name is a blank, a sign of the shell or nothing; or it is `.exe`. */
export function mayBeCommand(bytes: Uint8Array, end: number, to: number): boolean {
  if (end === to) return true;
  const next = bytes[end] as number;
  if (next === 0x2e) return end + 1 < to && ((bytes[end + 1] as number) | 32) === 0x65;
  return IS_NO_ARGUMENT[next] === 0;
}

const IS_DIGIT = tableOf((code) => base64At(String.fromCharCode(code), 0) >= 0);

/** True when there is a run of base64 digits that is long enough to hold a text. */
function hasRun(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start + RUN_DIGITS_MIN - 1;
  while (at < end) {
    let from = at;
    const bound = at - RUN_DIGITS_MIN;
    while (from > bound && IS_DIGIT[bytes[from] as number] === 1) from--;
    if (from === bound) return true;
    at = from + RUN_DIGITS_MIN;
  }
  return false;
}

/** Digits of hex, and what stands between them in ids, addresses and times. */
const IS_OF_ID = tableOf((code) => /[0-9a-f.:-]/.test(String.fromCharCode(code)));
/** Of a text in hex the first digit of each pair is one of these. */
const IS_HIGH_DIGIT = tableOf((code) => /[02-7]/.test(String.fromCharCode(code)));
const ID_BYTES_MAX = 64;

/** True for ids, addresses and times that cannot be a text in hex. */
export function isPlainId(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > ID_BYTES_MAX || IS_OF_ID[bytes[start] as number] === 0) return false;
  // The first five pairs, read from the first and from the second digit.
  let isEven = end - start < RUN_DIGITS_MIN;
  let isOdd = isEven;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (IS_OF_ID[byte] === 0) return false;
    if (at - start >= 8 || IS_HIGH_DIGIT[byte] === 1) continue;
    if (((at - start) & 1) === 0) isEven = true;
    else isOdd = true;
  }
  return isEven && isOdd;
}

let known: Uint8Array = new Uint8Array(0);
let buffer: Buffer = Buffer.alloc(0);

/** The ASCII in `bytes[start..end)` as text. */
function asciiText(bytes: Uint8Array, start: number, end: number): string {
  if (known !== bytes) {
    known = bytes;
    buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  return buffer.toString('latin1', start, end);
}

/**
 * True when the ASCII text in `bytes[start..end)` has other readings than the one as it stands. `seen`
 * are the patterns of look_patterns.ts that were complete somewhere.
 */
export function mayHaveReadings(
  bytes: Uint8Array,
  start: number,
  end: number,
  seen: number,
): boolean {
  if ((seen & LOOK_FINALS) === 0 && !hasRun(bytes, start, end)) return false;
  if (isPlainId(bytes, start, end)) return false;
  return needsViews(asciiText(bytes, start, end));
}
