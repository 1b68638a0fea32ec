import { isCommandPlace } from './command_names.ts';
import { BASE64, hexAt, isLetter } from './digits.ts';
import { decodes } from './encoded_runs.ts';
import { isSqueezed, lettersEnd } from './segmenter.ts';
import { isSqueezedLine, isSqueezedPath } from './squeezed_commands.ts';
import { TRIGGER } from './trigger_bits.ts';
import { SQUEEZED_MIN } from './word_breaks.ts';

/** Letters of a run that show whether it is words. */
const SQUEEZED_PROBED_MAX = 256;
/** Digits of a run that is always tried: in lines of capitals or not. */
const LONG_RUN = 96;
/** Letters to each capital within a sentence; names in camel case have more. */
const CAPITAL_LETTERS = 12;

/** What a unit is in a run of base64 digits: bits of the following, 0 for what is no digit. */
const IS_DIGIT = 1;
const IS_LETTER = 2;
const IS_CAPITAL = 4;
const digitKinds = Uint8Array.from({ length: 128 }, (_, unit) => {
  if ((BASE64[unit] as number) < 0) return 0;
  const isCapital = unit >= 65 && unit <= 90;
  return IS_DIGIT | (isLetter(unit) ? IS_LETTER : 0) | (isCapital ? IS_CAPITAL : 0);
});

/** Looks at long runs of base64 digits, which letters are too. One for all texts. */
export class RunLook {
  /** Runs that begin before this are part of the one that was decoded. */
  #from = 0;
  #end = 0;
  /** The most letters in a row. */
  #lettersMax = 0;
  /** False when the run can be no text in base64 or hex: names and paths in small letters. */
  #mayDecode = false;

  /** Begins a new text. */
  reset(): void {
    this.#from = 0;
  }

  /** What the run that begins here gives reason for, but what was found before; bits of {@link TRIGGER}. */
  look(text: string, start: number, found: number): number {
    if (start < this.#from) return 0;
    this.#read(text, start);
    this.#from = this.#end;
    let bits = 0;
    if ((found & TRIGGER.run) === 0 && this.#mayDecode) {
      const read = decodes(text, start, this.#end);
      if (read > 0) bits |= TRIGGER.run;
      this.#from = Math.abs(read);
    }
    if ((found & TRIGGER.words) === 0 && this.#isWords(text, start)) bits |= TRIGGER.words;
    return bits;
  }

  #read(text: string, start: number): void {
    const kinds = digitKinds;
    let letters = 0;
    let most = 0;
    let all = 0;
    let at = start;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      const kind = unit > 127 ? 0 : (kinds[unit] as number);
      if (kind === 0) break;
      all |= kind;
      letters = (kind & IS_LETTER) === 0 ? 0 : letters + 1;
      if (letters > most) most = letters;
    }
    this.#end = at;
    this.#lettersMax = most;
    this.#mayDecode =
      (all & IS_CAPITAL) !== 0 || at - start > LONG_RUN || hexAt(text, start + 2) >= 0;
  }

  #isWords(text: string, start: number): boolean {
    if (isLetter(text.charCodeAt(start)) && isCommandPlace(text, start)) {
      const end = lettersEnd(text, start);
      if (isSqueezedLine(text, start, end, 2) || isSqueezedPath(text, start, end)) return true;
    }
    return this.#lettersMax >= SQUEEZED_MIN && hasSqueezed(text, start, this.#end);
  }
}

/** True when letters in `[start, end)` are a sentence without blanks. */
function hasSqueezed(text: string, start: number, end: number): boolean {
  let at = start;
  while (at + SQUEEZED_MIN <= end) {
    let last = at + SQUEEZED_MIN - 1;
    while (last >= at && isLetter(text.charCodeAt(last))) last--;
    if (last >= at) {
      at = last + 1;
      continue;
    }
    const past = lettersEnd(text, at + SQUEEZED_MIN);
    const probed = Math.min(past, at + SQUEEZED_PROBED_MAX);
    if (isOneCase(text, at, probed) && isSqueezed(text, at, probed)) return true;
    at = past + 1;
  }
  return false;
}

/** True when the letters are small or all capitals, but for a name or two: no camel case, no base64. */
function isOneCase(text: string, start: number, end: number): boolean {
  const isSmall = text.charCodeAt(start + 1) & 32;
  let others = 0;
  for (let at = start + 2; at < end; at++) if ((text.charCodeAt(at) & 32) !== isSmall) others++;
  return CAPITAL_LETTERS * others <= end - start;
}
