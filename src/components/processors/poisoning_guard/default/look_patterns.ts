/*
 * Short patterns of ASCII that stand wherever `needsViews` may find a reason (views/triggers.ts), as bits
 * of a state: a set bit says that the bytes read last are the first so many of a pattern. Where none
 * is complete there is no other reading, but for runs of base64 digits. A test holds them against it.
 */
const LETTER = /[A-Za-z]/;
const SEPARATOR = /[ .\-_*|/,+~\t]/;
const SINGLE = /[A-Za-z0-9/-]/;
const HEX = /[0-9A-Fa-f]/;
const SIGN = /[0134579@$!]/;
const QUOTE = /['"`^]/;

const PATTERNS: readonly (readonly RegExp[])[] = [
  // Letters set apart. A text that begins so has a separator before it.
  [SEPARATOR, SINGLE, SEPARATOR, SINGLE, SEPARATOR, SINGLE],
  // Quoted-printable.
  [/=/, HEX, HEX, /=/],
  // Emphasis inside a word.
  [LETTER, /[*~]/],
  // Quotes inside a word.
  [LETTER, QUOTE, /['"A-Za-z]/],
  // Digits for letters.
  [LETTER, SIGN],
  [SIGN, LETTER],
  // Words joined or broken.
  [/[^_]/, /[-_+]/, /[A-Za-z/|~>-]/],
  // Escapes, markup, expansions, words on lines of their own.
  [/[%&\\<${\n]/],
];

/** By byte: the bits of the places where it may stand. */
export const LOOK_MASKS = new Int32Array(256);
let first = 0;
let finals = 0;

function fill(): void {
  let bit = 0;
  for (const units of PATTERNS) {
    first |= 1 << bit;
    for (const unit of units) {
      for (let code = 0; code < 128; code++) {
        if (!unit.test(String.fromCharCode(code))) continue;
        LOOK_MASKS[code] = (LOOK_MASKS[code] as number) | (1 << bit);
      }
      bit++;
    }
    finals |= 1 << (bit - 1);
  }
}

fill();
/** Where a pattern may begin: anywhere. */
export const LOOK_FIRST: number = first;
/** The bits of complete patterns. */
export const LOOK_FINALS: number = finals;
/** Before a text stands a separator. */
export const LOOK_START = 1;
