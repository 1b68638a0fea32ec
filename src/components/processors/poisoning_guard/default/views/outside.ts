import { codePointAt, INVISIBLE, readingOf, textOf } from './code_points.ts';
import { isDigit, isLetter, isSpace } from './digits.ts';
import { flagEnd } from './hidden.ts';
import { endsWord, stepOf } from './lexicon.ts';
import {
  ACCENTED,
  BLANK,
  DASH,
  FOREIGN,
  HIDDEN,
  isKnownBlank,
  kinds,
  LATIN,
  MARK,
  NONE,
  OTHER,
  STYLED,
  SURROGATE,
} from './outside_kinds.ts';
import { TRIGGER } from './trigger_bits.ts';

/*
 * What in a text outside ASCII gives reason to read it differently. Spelling is none: letters of one
 * script, accents, typographic marks, emoji. A word of two scripts is, one of look-alikes or of styled
 * letters that spells something in plain letters, and what nobody sees where something stands around it.
 */
const KEYCAP = 0x20e3;

/** Letters before what is not ASCII that belong to the same word. */
const WORD_MAX = 32;
/** Invisible characters in a row that may hold a text. */
const HIDDEN_MIN = 4;
/** Letters of a word in which scripts are mixed: shorter ones are symbols with a unit. */
const MIXED_MIN = 3;
/** Letters of a look-alike of a word: shorter ones are words of their own languages. */
const LOOK_ALIKE_MIN = 4;
/** Styled letters in a row that are no symbols. */
const STYLED_MIN = 4;

/** Letters of full width that are more than some names among Chinese or Japanese. */
const WIDE_MIN = 24;

/** Past marks, or past a word whose accents the rules read over; the offset itself for all else. */
function spellingEnd(text: string, from: number): number {
  const first = kinds[text.charCodeAt(from)];
  if (first !== NONE && first !== ACCENTED) return from;
  let at = from + 1;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 128 ? first === NONE || !isLetter(unit) : kinds[unit] !== first) break;
  }
  // A word that goes on in other letters has to be seen whole.
  return first === ACCENTED && text.charCodeAt(at) >= 128 ? from : at;
}

const WIDE_HYPHEN = 0xff0d;

const isFullWidth = (code: number): boolean => code >= 0xff00 && code < 0xfff0;

/** True at the end of a word of full width when an option seems to follow. */
function isWideCommand(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 2);
  return text.charCodeAt(at + 1) <= 32 && (next === WIDE_HYPHEN || next === 0x2d);
}

/** Looks at a word, or at some units, that are not all ASCII. One for all texts. */
export class OutsideLook {
  /** The reasons found, bits of {@link TRIGGER}. */
  bits = 0;
  /** Where the look ended. */
  end = 0;
  #text = '';
  #node = 0;
  #isAlive = true;
  #letters = 0;
  #ascii = 0;
  #latin = 0;
  #foreign = 0;
  #other = 0;
  #styled = 0;
  #isCyrillic = false;
  #isWide = false;
  #marks = 0;
  #isMarked = false;
  /** Letters of full width in the text. */
  #wide = 0;

  /** Begins a new text. */
  reset(): void {
    this.#wide = 0;
  }

  /** Looks from the first unit outside ASCII on. */
  look(text: string, at: number): void {
    this.#text = text;
    this.bits = 0;
    this.end = spellingEnd(text, at);
    if (this.end > at) return;
    let from = at;
    while (from > 0 && at - from < WORD_MAX && isLetter(text.charCodeAt(from - 1))) from--;
    this.#begin();
    let i = from;
    while (i < text.length) {
      const unit = text.charCodeAt(i);
      if (unit < 128) {
        if (!isLetter(unit)) break;
        this.#letter(unit);
        this.#ascii++;
        this.#marks = 0;
        i++;
      } else {
        i = this.#unit(i, kinds[unit] as number);
      }
    }
    this.#endWord();
    this.end = Math.max(i, at + 1);
  }

  #begin(): void {
    this.#node = 0;
    this.#isAlive = true;
    this.#letters = 0;
    this.#ascii = 0;
    this.#latin = 0;
    this.#foreign = 0;
    this.#other = 0;
    this.#styled = 0;
    this.#isCyrillic = false;
    this.#isWide = false;
    this.#marks = 0;
    this.#isMarked = false;
  }

  /** Takes one unit that is not ASCII, or more that belong together; what follows. */
  #unit(at: number, kind: number): number {
    const text = this.#text;
    switch (kind) {
      case NONE:
        this.#endWord();
        return at + 1;
      case SURROGATE:
        return this.#pair(at);
      case HIDDEN:
        return this.#hidden(at);
      case MARK:
        this.#mark();
        return at + 1;
      case BLANK:
        this.#endWord();
        return this.#blank(at);
      case DASH:
        this.#endWord();
        if (isSpace(text.charCodeAt(at - 1)) && isLetter(text.charCodeAt(at + 1)))
          this.bits |= TRIGGER.unicode;
        return at + 1;
      default:
        this.#outsideLetter(at, text.charCodeAt(at), kind);
        return at + 1;
    }
  }

  #pair(at: number): number {
    const text = this.#text;
    const flag = flagEnd(text, at);
    if (flag > at) return flag;
    const code = codePointAt(text, at);
    const reading = readingOf(code);
    if (reading === INVISIBLE) return this.#hidden(at);
    if (isLetter(reading)) this.#outsideLetter(at, code, STYLED);
    else this.#endWord();
    return at + (code > 0xffff ? 2 : 1);
  }

  #letter(unit: number): void {
    this.#letters++;
    if (!this.#isAlive) return;
    this.#node = stepOf(this.#node, unit);
    this.#isAlive = this.#node !== 0;
  }

  #outsideLetter(at: number, code: number, kind: number): void {
    const reading = readingOf(code);
    this.#marks = 0;
    if (reading < 128) this.#letter(reading);
    else for (const letter of textOf(reading)) this.#letter(letter.charCodeAt(0));
    if (kind === OTHER) this.#other++;
    else if (kind === FOREIGN) this.#foreign++;
    else if (kind === STYLED) this.#styled++;
    else if (kind === LATIN) this.#latin++;
    if (code >= 0x400 && code < 0x530) this.#isCyrillic = true;
    if (isFullWidth(code)) {
      this.#isWide = true;
      if (++this.#wide >= WIDE_MIN || isWideCommand(this.#text, at)) this.bits |= TRIGGER.unicode;
    }
  }

  /** A mark on an ASCII letter is spelling, two of them or one in a known word are not. */
  #mark(): void {
    if (this.#ascii === 0) return;
    this.#isMarked = true;
    if (++this.#marks > 1) this.bits |= TRIGGER.unicode;
  }

  /** Past what nobody sees. */
  #hidden(start: number): number {
    const text = this.#text;
    let at = start;
    let count = 0;
    for (; at < text.length; count++) {
      const code = codePointAt(text, at);
      if (code < 128 || readingOf(code) !== INVISIBLE) break;
      if (code >= 0xe0000 && code < 0xe0080) this.bits |= TRIGGER.hidden;
      if (code === 0x202e) this.bits |= TRIGGER.bidi;
      at += code > 0xffff ? 2 : 1;
    }
    if (count >= HIDDEN_MIN) this.bits |= TRIGGER.hidden;
    if (this.#isAmong(start, at)) this.bits |= TRIGGER.unicode;
    return at;
  }

  /** True when what nobody sees in `[start, end)` stands among or at ASCII, and not at the end of a line. */
  #isAmong(start: number, end: number): boolean {
    if (start === 0 || end >= this.#text.length) return false;
    const before = this.#text.charCodeAt(start - 1);
    const after = this.#text.charCodeAt(end);
    // The keys of a telephone are digits, a selector and a mark.
    if (after === 10 || after === 13 || after === KEYCAP) return false;
    if (isLetter(before) || isDigit(before) || this.#styled > 1) return true;
    if (!(after > 32 && after < 127)) return false;
    return (before > 32 && before < 127) || (before === 32 && isLetter(after));
  }

  /** Blanks of other kinds matter before what a shell takes for an option or a path, or mixed. */
  #blank(start: number): number {
    const text = this.#text;
    const first = text.charCodeAt(start);
    let isMixed = false;
    let at = start;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit !== 32 && unit !== 9 && kinds[unit] !== BLANK) break;
      isMixed ||= unit !== first && unit !== 32;
    }
    const isAfterLetter = isLetter(text.charCodeAt(start - 1));
    const next = text.charCodeAt(at);
    const isBeforeOption =
      next === 0x2f || next === 0x7e || (next === 0x2d && !isSpace(text.charCodeAt(at + 1)));
    const isUnknown = !isKnownBlank(first) && isLetter(next);
    if (isMixed || (isAfterLetter && (isBeforeOption || isUnknown))) this.bits |= TRIGGER.unicode;
    return at;
  }

  #endWord(): void {
    if (this.#letters > 0 && this.#isDisguised()) this.bits |= TRIGGER.unicode;
    this.#begin();
  }

  #isDisguised(): boolean {
    const isMixed = this.#ascii > 0 && this.#letters >= MIXED_MIN;
    const isKnown = this.#isAlive && endsWord(this.#node);
    if (this.#styled > 0) {
      const isLong = this.#styled >= STYLED_MIN && !this.#isWide;
      if (isMixed || isLong) return true;
      // Names in letters of full width stand among Chinese and Japanese.
      return isKnown && (this.#isWide ? this.#letters >= LOOK_ALIKE_MIN : this.#letters > 1);
    }
    if (this.#foreign + this.#other > 0 && this.#ascii > 0)
      return this.#foreign > 0 && (isMixed || this.#isCyrillic);
    if (this.#foreign > 0 || this.#latin > 0) return isKnown && this.#letters >= LOOK_ALIKE_MIN;
    return this.#isMarked && isKnown && this.#letters > 1;
  }
}
