import { base64At, HEX, hexAt } from './digits.ts';
import type { Family } from './family.ts';
import { TextWriter } from './text_writer.ts';
import { TRIGGER } from './trigger_bits.ts';

/** Bytes that a run must be, all of them text. */
const TEXT_BYTES_MIN = 8;
/** Bytes that must read as text in a row within a run; fewer come about by chance. */
const PART_BYTES_MIN = 12;
const LONG_PART_BYTES_MIN = 20;
/** Bytes of a run that is long. */
const LONG_BYTES_MIN = 512;
/** Runs up to this length are also tried from their second, third and fourth digit on. */
const SHIFTED_UNITS_MAX = 4096;

const KIND_NAMES = ['base64', 'hex', 'utf16'] as const;
const KIND_BASE64 = 1;
const KIND_HEX = 2;
const KIND_UTF16 = 4;

const EQUALS = 0x3d;

/** Bytes decoded from a run. */
let decoded = new Uint8Array(4096);

/** Digits of a run without the line breaks in it. */
let digits = new Uint8Array(4096);

/** True when the digits of the run to be read are there. */
let isCollected = false;

/** Digits in a line of MIME before its break may be part of the run (RFC 2045 §6.8 says 76). */
const LINE_DIGITS_MIN = 32;

/** Collects the digits of the run that begins here, or the first of them; where they end. */
function collect(
  text: string,
  start: number,
  countMax = Number.POSITIVE_INFINITY,
): { readonly end: number; readonly count: number } {
  let count = 0;
  let lineStart = start;
  let at = start;
  for (; at < text.length && count < countMax; at++) {
    const value = base64At(text, at);
    if (value >= 0) {
      if (count === digits.length) {
        const grown = new Uint8Array(2 * count);
        grown.set(digits);
        digits = grown;
      }
      digits[count++] = value;
      continue;
    }
    const unit = text.charCodeAt(at);
    if (unit === 13 && text.charCodeAt(at + 1) === 10) continue;
    if (unit !== 10 || at - lineStart < LINE_DIGITS_MIN || base64At(text, at + 1) < 0) break;
    lineStart = at + 1;
  }
  isCollected = true;
  // Padding belongs to the run.
  let end = at;
  while (text.charCodeAt(end) === EQUALS && end < at + 2) end++;
  return { end, count };
}

/** The run that begins here. One of hex digits alone need not be collected to be known. */
function runAt(text: string, start: number): { readonly end: number; readonly count: number } {
  const end = hexEnd(text, start);
  const next = text.charCodeAt(end);
  const isWhole = base64At(text, end) < 0 && next !== EQUALS && next !== 10 && next !== 13;
  if (!isWhole) return collect(text, start);
  isCollected = false;
  return { end, count: end - start };
}

/** Decodes the collected digits from `shift` on; how many bytes came out. */
function decodeBase64(count: number, shift: number): number {
  if (decoded.length < count) decoded = new Uint8Array(digits.length);
  let length = 0;
  let at = shift;
  for (; at + 3 < count; at += 4) {
    const quantum =
      ((digits[at] as number) << 18) |
      ((digits[at + 1] as number) << 12) |
      ((digits[at + 2] as number) << 6) |
      (digits[at + 3] as number);
    decoded[length++] = quantum >> 16;
    decoded[length++] = (quantum >> 8) & 255;
    decoded[length++] = quantum & 255;
  }
  if (at + 1 < count) {
    const tail = ((digits[at] as number) << 18) | ((digits[at + 1] as number) << 12);
    decoded[length++] = tail >> 16;
    if (at + 2 < count) decoded[length++] = ((tail | ((digits[at + 2] as number) << 6)) >> 8) & 255;
  }
  return length;
}

/** Decodes the hex digits of a text; how many bytes came out. */
function decodeHex(text: string, start: number, end: number): number {
  if (2 * decoded.length < end - start) decoded = new Uint8Array(end - start);
  return Buffer.from(decoded.buffer).write(text.slice(start, end), 'hex');
}

function isTextByte(byte: number): boolean {
  return byte >= 0x20 ? byte < 0x7f : byte === 10 || byte === 9 || byte === 13;
}

/** Bytes of the character of UTF-8 that begins here when it is a printable one, else 0. */
function characterLength(at: number, length: number): number {
  const first = decoded[at] as number;
  if (first < 0x80) return isTextByte(first) ? 1 : 0;
  const wanted = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (at + wanted > length) return 0;
  for (let i = 1; i < wanted; i++) if (((decoded[at + i] as number) & 0xc0) !== 0x80) return 0;
  return wanted;
}

/** The end of the stretch of text in the bytes from here on. */
function textEnd(from: number, length: number): number {
  let at = from;
  while (at < length) {
    const step = characterLength(at, length);
    if (step === 0) break;
    at += step;
  }
  return at;
}

/** The end of the stretch of ASCII as UTF-16LE in the bytes from here on. */
function wideTextEnd(from: number, length: number): number {
  let at = from;
  while (at + 1 < length && decoded[at + 1] === 0 && isTextByte(decoded[at] as number)) at += 2;
  return at;
}

/** Writes what of the decoded bytes reads as text; the kinds found, 0 for none. */
function writeTexts(length: number, start: number, end: number, writer: TextWriter): number {
  let kinds = 0;
  const least = length < LONG_BYTES_MIN ? PART_BYTES_MIN : LONG_PART_BYTES_MIN;
  for (let at = 0; at < length;) {
    const wide = wideTextEnd(at, length);
    if (wide - at >= 2 * TEXT_BYTES_MIN) {
      if (writer.length > 0) writer.put(10, start, end);
      writer.putText(Buffer.from(decoded.buffer, at, wide - at).toString('utf16le'), start, end);
      kinds |= KIND_UTF16;
      at = wide;
      continue;
    }
    const past = textEnd(at, length);
    const isWhole = at === 0 && past === length && length >= TEXT_BYTES_MIN;
    if (isWhole || past - at >= least) {
      if (writer.length > 0) writer.put(10, start, end);
      writer.putText(Buffer.from(decoded.buffer, at, past - at).toString('utf8'), start, end);
      kinds |= KIND_BASE64;
    }
    at = past + 1;
  }
  return kinds;
}

/** The end of the run of hex digits from here on. */
function hexEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 127 || (HEX[unit] as number) < 0) return at;
  }
  return text.length;
}

function writeRun(
  text: string,
  start: number,
  end: number,
  count: number,
  writer: TextWriter,
): number {
  if (hexEnd(text, start) === end && count > 0) {
    for (const shift of [0, 1]) {
      const found = writeTexts(decodeHex(text, start + shift, end), start, end, writer);
      if (found > 0) return KIND_HEX | (found & KIND_UTF16);
    }
  }
  if (!isCollected) collect(text, start, count);
  isCollected = false;
  const shifts = count > SHIFTED_UNITS_MAX ? 1 : 4;
  for (let shift = 0; shift < shifts; shift++) {
    const found = writeTexts(decodeBase64(count, shift), start, end, writer);
    if (found > 0) return KIND_BASE64 | (found & KIND_UTF16);
  }
  return 0;
}

/** Digits of the shortest run that is tried. */
export const RUN_DIGITS_MIN = 12;
/** Shorter runs are tried only where their first or last digits read as text. */
const PROBED_DIGITS_MAX = 96;

/** Digits of a long run that are tried first. */
const SAMPLE_DIGITS = 256;

/** Writer of texts that only asks whether there are any. */
const nowhere = new TextWriter();

function isAsciiByte(byte: number): boolean {
  // Every second byte of UTF-16 is none.
  return byte === 0 || isTextByte(byte);
}

/** True when the three quanta from here on are bytes of ASCII. */
function isPlausible(text: string, at: number): boolean {
  for (let quantum = at; quantum < at + RUN_DIGITS_MIN; quantum += 4) {
    const first = base64At(text, quantum);
    // The first digit holds the high bits of a byte: clear in ASCII.
    if (first < 0 || first > 31) return false;
    const second = base64At(text, quantum + 1);
    const third = base64At(text, quantum + 2);
    if (!isAsciiByte((first << 2) | (second >> 4))) return false;
    if (third >= 0 && !isAsciiByte(((second & 15) << 4) | (third >> 2))) return false;
    const fourth = base64At(text, quantum + 3);
    if (third >= 0 && fourth >= 0 && !isAsciiByte(((third & 3) << 6) | fourth)) return false;
  }
  return true;
}

/** True when the digits from here on are bytes of ASCII. */
function isPlausibleHex(text: string, at: number): boolean {
  for (let i = at; i < at + 8; i += 2) {
    const high = hexAt(text, i);
    if (high !== 0 && (high < 2 || high > 7)) return false;
  }
  return true;
}

/** A quick look that rules out most names, paths and hashes. */
function mayDecode(text: string, start: number, end: number): boolean {
  if (end - start > PROBED_DIGITS_MAX) return true;
  return (hasCapital(text, start, end) && mayBeBase64(text, start, end)) || mayBeHex(text, start);
}

/** Text of any length in base64 has capitals: every second letter of it is one. */
function hasCapital(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 65 && unit <= 90) return true;
  }
  return false;
}

function mayBeBase64(text: string, start: number, end: number): boolean {
  for (let shift = 0; shift < 4; shift++) {
    if (isPlausible(text, start + shift)) return true;
    if (isPlausible(text, end - RUN_DIGITS_MIN - shift)) return true;
  }
  return false;
}

function mayBeHex(text: string, start: number): boolean {
  const digits = text.startsWith('0x', start) ? start + 2 : start;
  return isPlausibleHex(text, digits) || isPlausibleHex(text, digits + 1);
}

/**
 * The end of the run whose first line of base64 or hex digits is `[start, end)` when it decodes to text,
 * else the negative of it.
 */
export function decodes(text: string, start: number, end: number): number {
  if (!mayDecode(text, start, end)) return -end;
  if (end - start > 2 * SAMPLE_DIGITS) {
    const sample = collect(text, start, SAMPLE_DIGITS);
    nowhere.begin(sample.count);
    if (writeDigits(text, start, sample.end, sample.count, nowhere) !== 0) return end;
  }
  const { end: past, count } = runAt(text, start);
  nowhere.begin(past - start);
  return writeDigits(text, start, past, count, nowhere) === 0 ? -past : past;
}

function writeDigits(
  text: string,
  at: number,
  end: number,
  count: number,
  writer: TextWriter,
): number {
  // "0x" is not part of the number.
  if (!text.startsWith('0x', at)) return writeRun(text, at, end, count, writer);
  return writeRun(text, at + 2, end, collect(text, at + 2).count, writer);
}

/** Where the next run of digits begins that is long enough to be tried; none began before `from`. */
function nextRun(text: string, from: number): number {
  let at = from;
  while (at + RUN_DIGITS_MIN <= text.length) {
    // From its end: of most words only one unit is looked at.
    let last = at + RUN_DIGITS_MIN - 1;
    while (last >= at && base64At(text, last) >= 0) last--;
    if (last < at) return at;
    at = last + 1;
  }
  return -1;
}

function write(text: string, writer: TextWriter): string | undefined {
  let kinds = 0;
  for (let at = nextRun(text, 0); at >= 0 && !writer.full; at = nextRun(text, at)) {
    const { end, count } = runAt(text, at);
    if (mayDecode(text, at, end)) kinds |= writeDigits(text, at, end, count, writer);
    at = end;
  }
  if (kinds === 0) return undefined;
  return KIND_NAMES.filter((_, bit) => (kinds & (1 << bit)) !== 0).join('+');
}

/** Runs of base64 (both alphabets, MIME lines, UTF-16LE inside) and hex: what they decode to. */
export const encodedRuns: Family = { trigger: TRIGGER.run, kind: 'decoding', write };
