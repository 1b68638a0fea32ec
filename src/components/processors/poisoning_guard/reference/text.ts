import type { CodePointClass, CodePointClasses } from '../screen_tables.ts';
import { UNICODE14_RUNS } from './unicode14.ts';

/**
 * Folded text: one byte per code point, in the alphabet that the reference ruleset can tell apart.
 *
 * | byte        | stands for                                                             |
 * |-------------|------------------------------------------------------------------------|
 * | 00–7F       | ASCII in lower case; also what Python's case folding equates with it    |
 * | 20          | besides the blank: every white space beyond ASCII                       |
 * | {@link WORD}  | any other word character (a letter or number of Unicode 14)           |
 * | {@link OTHER} | anything else                                                         |
 */
export const WORD = 0x80;
export const OTHER = 0x81;

const SPACE = 0x20;

/** Scripts as bits; letters of ASCII have the first. */
const LATIN = 1;
const CYRILLIC = 2;
const GREEK = 4;

const kind = (byte: number, script = 0, judged = false): CodePointClass => ({
  byte,
  script,
  judged,
});

/** The first six are those of unicode14.ts, in its order. */
const CLASSES: readonly CodePointClass[] = [
  kind(OTHER),
  kind(WORD),
  kind(SPACE),
  kind(WORD, LATIN),
  kind(WORD, CYRILLIC),
  kind(WORD, GREEK),
  // From here on: code points that stand out among them.
  kind(OTHER, 0, true),
  kind(0x69, LATIN),
  kind(0x73, LATIN),
  kind(0x6b),
];

const CLASS_BIDI = 6;
/**
 * LRM, RLM, LRE … RLO, LRI … PDI (not U+061C and not U+206A … U+206F: the reference has neither), and
 * the four that Python's IGNORECASE equates with an ASCII letter.
 */
const OUTSTANDING: readonly (readonly [first: number, last: number, index: number])[] = [
  [0x200e, 0x200f, CLASS_BIDI],
  [0x202a, 0x202e, CLASS_BIDI],
  [0x2066, 0x2069, CLASS_BIDI],
  [0x130, 0x131, 7],
  [0x17f, 0x17f, 8],
  [0x212a, 0x212a, 9],
];

let codePoints: CodePointClasses | undefined;

/** Made once: 4,352 blocks of 256 code points, about 150 of them distinct. */
export function codePointClasses(): CodePointClasses {
  if (codePoints !== undefined) return codePoints;
  const all = new Uint8Array(0x110000);
  let code = 0;
  for (const [, length, letter] of UNICODE14_RUNS.matchAll(/([0-9a-z]+)([A-F])/g)) {
    const runEnd = code + Number.parseInt(length ?? '', 36);
    all.fill((letter ?? 'A').charCodeAt(0) - 65, code, runEnd);
    code = runEnd;
  }
  for (const [first, last, index] of OUTSTANDING) all.fill(index, first, last + 1);
  const blockOf = new Uint16Array(0x1100);
  const seen = new Map<string, number>();
  const blocks: Uint8Array[] = [];
  for (let block = 0; block < 0x1100; block++) {
    const classes = all.subarray(block << 8, (block + 1) << 8);
    const name = Buffer.from(classes).toString('latin1');
    let index = seen.get(name);
    if (index === undefined) {
      index = blocks.length;
      seen.set(name, index);
      blocks.push(classes);
    }
    blockOf[block] = index;
  }
  const classOf = new Uint8Array(blocks.length << 8);
  for (const [index, block] of blocks.entries()) classOf.set(block, index << 8);
  codePoints = { classes: CLASSES, blockOf, classOf };
  return codePoints;
}

const ASCII_FOLD = Uint8Array.from({ length: 128 }, (_, code) =>
  code >= 0x41 && code <= 0x5a ? code + 0x20 : code,
);

const isAsciiSpace = (code: number): boolean =>
  (code >= 9 && code <= 13) || (code >= 28 && code <= 32);

/** Of an ASCII byte: 1 neither letter, digit nor white space; 2 a letter; else 0. */
export const ASCII_KIND = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[A-Za-z]/.test(char)) return 2;
  return isAsciiSpace(code) || /[0-9]/.test(char) ? 0 : 1;
});

/** Bytes of the sequence that begins so, or 0 when none does (RFC 3629, section 4). */
function sequenceLength(lead: number, next: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) {
    if (lead === 0xe0 && next < 0xa0) return 0;
    if (lead === 0xed && next > 0x9f) return 0;
    return 3;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (lead === 0xf0 && next < 0x90) return 0;
    if (lead === 0xf4 && next > 0x8f) return 0;
    return 4;
  }
  return 0;
}

/** The code point of a sequence of 2–4 bytes, or -1 when it is not one. */
function decodeSequence(bytes: Uint8Array, at: number, length: number): number {
  let code = (bytes[at] as number) & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] as number;
    if ((byte & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (byte & 0x3f);
  }
  return code;
}

/** A text in its folded form, with what the reference ruleset counts in it. Made to be reused. */
export class FoldedText {
  /** The folded bytes; the first {@link length} count. Overwritten by the next fold. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(4_096);
  /** Code points. */
  length = 0;
  /** Code points that are neither letter, number nor white space. */
  specials = 0;
  /** Bidirectional controls among those that the reference lists. */
  bidis = 0;
  /** Scripts that letters of the text belong to: bit 0 Latin, 1 Cyrillic, 2 Greek. */
  scripts = 0;

  /**
   * Takes the UTF-8 in `bytes[start..end)`; false when it is not well-formed (overlong, surrogate,
   * cut short, beyond U+10FFFF). Every byte is read once.
   */
  fold(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.bytes.length < end - start) this.bytes = new Uint8Array((end - start) * 2);
    const folded = this.bytes;
    let length = 0;
    let kinds = 0;
    this.specials = 0;
    this.bidis = 0;
    this.scripts = 0;
    for (let at = start; at < end;) {
      const byte = bytes[at] as number;
      if (byte < 0x80) {
        const kind = ASCII_KIND[byte] as number;
        this.specials += kind & 1;
        kinds |= kind;
        folded[length++] = ASCII_FOLD[byte] as number;
        at++;
        continue;
      }
      const wide = at + 1 < end ? sequenceLength(byte, bytes[at + 1] as number) : 0;
      if (wide === 0 || at + wide > end) return false;
      const code = decodeSequence(bytes, at, wide);
      if (code < 0) return false;
      at += wide;
      folded[length++] = this.#wide(code);
    }
    if ((kinds & 2) !== 0) this.scripts |= 1;
    this.length = length;
    return true;
  }

  /** Counts one code point beyond ASCII; its folded byte. */
  #wide(code: number): number {
    const { blockOf, classOf } = codePointClasses();
    const index = classOf[((blockOf[code >> 8] as number) << 8) | (code & 0xff)] as number;
    const { byte, script, judged } = CLASSES[index] as CodePointClass;
    if (byte === OTHER) this.specials++;
    if (judged) this.bidis++;
    this.scripts |= script;
    return byte;
  }
}
