import { codePointAt, INVISIBLE, readingOf } from './code_points.ts';
import type { Family } from './family.ts';
import type { TextWriter } from './text_writer.ts';
import { TRIGGER } from './trigger_bits.ts';

const BLACK_FLAG = 0x1f3f4;
const TAG_FIRST = 0xe0020;
const TAG_LAST = 0xe007e;
const TAG_END = 0xe007f;
/** Tag characters of the longest flag of a region (UTS #51): gbsct and such. */
const FLAG_TAGS_MAX = 6;
/** Selectors in a row that are no spelling of an emoji. */
const SELECTORS_MIN = 4;
/** Invisible characters in a row that may be the bits of a text of three characters. */
const BITS_MIN = 24;

function isTag(code: number): boolean {
  return code >= TAG_FIRST && code <= TAG_LAST;
}

/** The byte that a variation selector may carry, or -1. */
function selectorByte(code: number): number {
  if (code >= 0xfe00 && code <= 0xfe0f) return code - 0xfe00;
  return code >= 0xe0100 && code <= 0xe01ef ? code - 0xe0100 + 16 : -1;
}

function width(code: number): number {
  return code > 0xffff ? 2 : 1;
}

/** The end of the flag that begins here when it is spelled correctly, else here. */
export function flagEnd(text: string, at: number): number {
  if (codePointAt(text, at) !== BLACK_FLAG) return at;
  let end = at + 2;
  let tags = 0;
  while (tags <= FLAG_TAGS_MAX && isTag(codePointAt(text, end))) {
    end += 2;
    tags++;
  }
  const isFlag = tags > 0 && tags <= FLAG_TAGS_MAX && codePointAt(text, end) === TAG_END;
  return isFlag ? end + 2 : at;
}

/** Writes the tag characters from here on as text; the end of them. */
function writeTags(text: string, start: number, writer: TextWriter): number {
  let at = start;
  if (writer.length > 0) writer.put(32, start, start + 2);
  for (let code = codePointAt(text, at); code >= 0xe0000 && code <= TAG_END;) {
    if (isTag(code)) writer.put(code - 0xe0000, at, at + 2);
    at += 2;
    code = codePointAt(text, at);
  }
  return at;
}

/** Writes the bytes in the selectors from here on as text when they are enough; the end of them. */
function writeSelectors(text: string, start: number, writer: TextWriter): number {
  const bytes: number[] = [];
  let at = start;
  for (let code = codePointAt(text, at); ; code = codePointAt(text, at)) {
    const byte = selectorByte(code);
    if (byte < 0) break;
    bytes.push(byte);
    at += width(code);
  }
  if (bytes.length >= SELECTORS_MIN) writeBytes(bytes, start, at, writer);
  return at;
}

function writeBytes(
  bytes: readonly number[],
  start: number,
  end: number,
  writer: TextWriter,
): void {
  if (writer.length > 0) writer.put(10, start, end);
  writer.putText(Buffer.from(bytes).toString('utf8'), start, end);
}

/** The end of the invisible characters of the plane of everyday text from here on. */
function invisibleEnd(text: string, start: number): number {
  let at = start;
  while (
    at < text.length &&
    text.charCodeAt(at) > 127 &&
    readingOf(text.charCodeAt(at)) === INVISIBLE
  ) {
    at++;
  }
  return at;
}

/** Two invisible characters in turn may be the bits of bytes, either of them the one. */
function writeBits(text: string, start: number, end: number, writer: TextWriter): void {
  const zero = text.charCodeAt(start);
  for (const isFirstZero of [true, false]) {
    const bytes: number[] = [];
    for (let at = start; at + 8 <= end; at += 8) {
      let byte = 0;
      for (let bit = 0; bit < 8; bit++) {
        byte = 2 * byte + Number((text.charCodeAt(at + bit) === zero) !== isFirstZero);
      }
      bytes.push(byte);
    }
    if (bytes.every((byte) => byte === 10 || (byte >= 32 && byte < 127))) {
      writeBytes(bytes, start, end, writer);
      return;
    }
  }
}

function write(text: string, writer: TextWriter): string | undefined {
  for (let at = 0; at < text.length && !writer.full;) {
    const code = codePointAt(text, at);
    if (code === BLACK_FLAG) at = Math.max(flagEnd(text, at), at + 2);
    else if (isTag(code)) at = writeTags(text, at, writer);
    else if (selectorByte(code) >= 0) at = writeSelectors(text, at, writer);
    else if (code > 127 && code < 0x10000 && readingOf(code) === INVISIBLE) {
      const end = invisibleEnd(text, at);
      if (end - at >= BITS_MIN) writeBits(text, at, end, writer);
      at = end;
    } else at += width(code);
  }
  return writer.length > 0 ? 'hidden' : undefined;
}

/** Text in characters that nobody sees: tags, bytes in variation selectors, bits in zero widths. */
export const hidden: Family = { trigger: TRIGGER.hidden, kind: 'decoding', write };
