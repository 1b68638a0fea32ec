import { isAscii } from 'node:buffer';

import { BASE64, hexAt, isLetter } from './digits.ts';
import { decodes, RUN_DIGITS_MIN } from './encoded_runs.ts';
import { isCommandPlace } from './command_names.ts';
import { isIdentifierUnit, isLeet, isLeetUnit, leetLetters } from './leet.ts';
import { isLinkComment } from './markup.ts';
import { OutsideLook } from './outside.ts';
import { isSqueezed, lettersEnd } from './segmenter.ts';
import { assignmentsIn, isExpansion, variableAt } from './shell.ts';
import { spacedEnd } from './spaced.ts';
import { isSqueezedCommand, isSqueezedLine, isSqueezedPath } from './squeezed_commands.ts';
import { EscapeLook } from './telling_escapes.ts';
import { isTellingEmphasis, TagLook } from './telling_markup.ts';
import {
  isBraceCommand,
  isTellingBackslash,
  isTellingQuote,
  isTellingVariable,
} from './telling_quotes.ts';
import { TRIGGER } from './trigger_bits.ts';
import {
  brokenLetters,
  connectedEnd,
  isBlankUnderscore,
  isConnectedCommand,
  SQUEEZED_MIN,
} from './word_breaks.ts';
import { wordLines } from './word_lines.ts';

/*
 * One pass with the shift-or method: a clear bit of the state says that the units read last are the
 * first so many of a pattern. Where a pattern is complete, its check looks closer.
 */
const LETTER = /[A-Za-z]/;
const SINGLE = /[A-Za-z0-9/-]/;
const SEPARATOR = /[ .\-_*|/,+~\t]/;
const CONNECTOR = /[-_+]/;
const HEX = /[0-9A-Fa-f]/;
const SIGN = /[0134579@$!]/;
const DIGIT = /[A-Za-z0-9+/_-]/;
const QUOTE = /['"`^]/;

interface Pattern {
  readonly units: readonly RegExp[];
  readonly check: number;
}

const CHECK_SPACED = 0;
const CHECK_QUOTED = 1;
const CHECK_STAR = 2;
const CHECK_QUOTE = 3;
const CHECK_LEET = 4;
const CHECK_LEET_FIRST = 5;
const CHECK_CONNECTOR = 6;
const CHECK_MARK = 7;
const CHECK_RUN = 8;

const PATTERNS: readonly Pattern[] = [
  { check: CHECK_SPACED, units: [SEPARATOR, SINGLE, SEPARATOR, SINGLE, SEPARATOR] },
  { check: CHECK_QUOTED, units: [/=/, HEX] },
  { check: CHECK_STAR, units: [LETTER, /[*~]/] },
  { check: CHECK_QUOTE, units: [LETTER, QUOTE, /['"A-Za-z]/] },
  { check: CHECK_LEET, units: [LETTER, SIGN] },
  { check: CHECK_LEET_FIRST, units: [SIGN, LETTER] },
  { check: CHECK_CONNECTOR, units: [/[^_]/, CONNECTOR, /[A-Za-z/|~>-]/] },
  { check: CHECK_MARK, units: [/[%&\\<${#]/] },
  { check: CHECK_RUN, units: Array.from({ length: RUN_DIGITS_MIN }, () => DIGIT) },
];

const OUTSIDE = 128;
/** By unit: the bits of the patterns in which it may not stand. */
const masks = new Int32Array(65_536).fill(-1);
const finals = new Int32Array(PATTERNS.length);
let lasts = 0;
let firsts = 0;

function fillMasks(): void {
  let bit = 0;
  for (const [number, { units }] of PATTERNS.entries()) {
    firsts |= 1 << bit;
    for (const unit of units) {
      for (let code = 0; code < OUTSIDE; code++) {
        const isFit = unit.test(String.fromCharCode(code));
        if (isFit) masks[code] = (masks[code] as number) & ~(1 << bit);
      }
      bit++;
    }
    finals[number] = 1 << (bit - 1);
    lasts |= 1 << (bit - 1);
  }
  // What is not ASCII is a mark.
  masks.fill(~(finals[CHECK_MARK] as number), OUTSIDE);
}

fillMasks();
const FINALS = lasts;
/** Bits to clear so that no pattern seems to go on from the one before it. */
const STARTS = ~firsts;
const MARK = finals[CHECK_MARK] as number;
const CONNECTOR_MET = finals[CHECK_CONNECTOR] as number;
const LEET = (finals[CHECK_LEET] as number) | (finals[CHECK_LEET_FIRST] as number);
const QUOTE_MET = finals[CHECK_QUOTE] as number;
const STAR = finals[CHECK_STAR] as number;
const SPACED = finals[CHECK_SPACED] as number;
const QUOTED = finals[CHECK_QUOTED] as number;
const RUN = finals[CHECK_RUN] as number;
/** Before a text stands a separator: the first bit is clear. */
const START = ~1;

/** Words of which it is known after so many letters that hyphens break them. */
const BROKEN_LETTERS_MIN = 5;

/** Units read in one call: short loops are optimised sooner. */
const UNITS_AT_ONCE = 1024;
/** Units read one by one after something was met: more is often near. */
const UNITS_CLOSELY = 4;
/** Units of a line of one word, with its break. */
const WORD_LINE_MAX = 65;
/** Letters of a run that show whether it is words. */
const SQUEEZED_PROBED_MAX = 256;

/** Finds what gives reason to read a text differently. */
class TriggerScan {
  #text = '';
  /** True when the first reason found ends the scan. */
  #isBrief = false;
  bits = 0;
  /** A clear bit: the units read last are the first so many of a pattern. */
  #state = START;
  /** The last bits of the patterns that may still tell something. */
  #wanted = FINALS;
  #settled = 0;
  #leetLetters = 0;
  #brokenLetters = 0;
  /** Checks of a kind begin behind this: what was read once is not read again. */
  #spacedFrom = 0;
  #leetFrom = 0;
  #connectedFrom = 0;
  #runFrom = 0;
  #linesFrom = 0;
  #assigned: ReadonlyMap<string, string> | undefined;
  readonly #digits = new DigitRun();
  readonly #outside = new OutsideLook();
  readonly #escapes = new EscapeLook();
  readonly #tags = new TagLook();

  run(text: string, isBrief: boolean): number {
    this.#text = text;
    this.#isBrief = isBrief;
    this.bits = 0;
    this.#settled = 0;
    this.#leetLetters = 0;
    this.#brokenLetters = 0;
    this.#spacedFrom = 0;
    this.#leetFrom = 0;
    this.#connectedFrom = 0;
    this.#runFrom = 0;
    this.#linesFrom = 0;
    this.#assigned = undefined;
    this.#outside.reset();
    this.#escapes.reset();
    this.#tags.reset();
    this.#units();
    this.#text = '';
    return this.bits;
  }

  #units(): void {
    const end = this.#text.length;
    let at = 0;
    this.#state = START;
    this.#wanted = FINALS;
    this.#lines();
    if (this.#isBrief && this.bits !== 0) return;
    while (at < end) {
      // Within a run or a token that was looked at, that it goes on is no news.
      let wanted = this.#wanted;
      let limit = Math.min(end, at + UNITS_AT_ONCE);
      if (at < this.#runFrom) {
        wanted &= ~RUN;
        limit = Math.min(limit, this.#runFrom);
      }
      if (at < this.#leetFrom) {
        wanted &= ~LEET;
        limit = Math.min(limit, this.#leetFrom);
      }
      at = this.#advance(at, limit, wanted);
      if (this.#isBrief && this.bits !== 0) return;
    }
  }

  /** Reads up to `end` or a little more, four units at once while nothing is met; the offset behind. */
  #advance(start: number, end: number, wanted: number): number {
    const text = this.#text;
    const table = masks;
    const starts = STARTS;
    let state = this.#state;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      const first = ((state << 1) & starts) | (table[text.charCodeAt(at)] as number);
      const second = ((first << 1) & starts) | (table[text.charCodeAt(at + 1)] as number);
      const third = ((second << 1) & starts) | (table[text.charCodeAt(at + 2)] as number);
      const fourth = ((third << 1) & starts) | (table[text.charCodeAt(at + 3)] as number);
      if ((first & second & third & fourth & wanted) !== wanted) break;
      state = fourth;
    }
    this.#state = state;
    return this.#closely(at, Math.min(end, at + UNITS_CLOSELY), wanted);
  }

  /** Reads up to `end` or past the first complete pattern, and checks that. */
  #closely(start: number, end: number, wanted: number): number {
    const text = this.#text;
    const table = masks;
    let state = this.#state;
    for (let at = start; at < end; at++) {
      const unit = text.charCodeAt(at);
      state = ((state << 1) & STARTS) | (table[unit] as number);
      if ((state & wanted) === wanted) continue;
      if (unit >= OUTSIDE) {
        this.#state = START;
        return this.#look(at);
      }
      this.#check(~state, at);
      this.#state = state;
      return at + 1;
    }
    this.#state = state;
    return end;
  }

  #has(trigger: number): boolean {
    return (this.bits & trigger) !== 0;
  }

  #check(state: number, at: number): void {
    if ((state & MARK) !== 0) this.#mark(at);
    if ((state & CONNECTOR_MET) !== 0) this.#connector(at - 1);
    if ((state & LEET) !== 0) this.#leet(at - 1);
    if ((state & QUOTE_MET) !== 0) this.#quote(at - 1);
    if ((state & STAR) !== 0) this.#star(at);
    if ((state & RUN) !== 0) this.#run(at);
    if ((state & SPACED) !== 0) this.#spaced(at - 3);
    if ((state & QUOTED) !== 0 && this.#text.charCodeAt(at + 2) === 0x3d) this.#escape(at - 1);
    if (this.bits !== this.#settled) this.#settle();
  }

  /** What was found need not be looked for any more. */
  #settle(): void {
    this.#settled = this.bits;
    let wanted = FINALS;
    if (this.#has(TRIGGER.words)) wanted &= ~CONNECTOR_MET;
    if (this.#has(TRIGGER.leet)) wanted &= ~LEET;
    if (this.#has(TRIGGER.shell)) wanted &= ~QUOTE_MET;
    if (this.#has(TRIGGER.markup)) wanted &= ~STAR;
    if (this.#has(TRIGGER.spaced)) wanted &= ~SPACED;
    if (this.#has(TRIGGER.escape)) wanted &= ~QUOTED;
    if (this.#has(TRIGGER.run) && this.#has(TRIGGER.words)) wanted &= ~RUN;
    this.#wanted = wanted;
  }

  #escape(at: number): void {
    if (!this.#has(TRIGGER.escape) && this.#escapes.tells(this.#text, at))
      this.bits |= TRIGGER.escape;
  }

  #mark(at: number): void {
    const text = this.#text;
    switch (text.charCodeAt(at)) {
      case 0x3c:
        if (this.#has(TRIGGER.markup)) return;
        if (this.#tags.tells(text, at) || isLinkComment(text, at)) this.bits |= TRIGGER.markup;
        return;
      case 0x23:
        if (!this.#has(TRIGGER.markup) && isLinkComment(text, at)) this.bits |= TRIGGER.markup;
        return;
      case 0x24:
        this.#dollar(at);
        return;
      case 0x7b:
        if (!this.#has(TRIGGER.shell) && isBraceCommand(text, at)) this.bits |= TRIGGER.shell;
        return;
      case 0x5c:
        this.#backslash(at);
        return;
      default:
        this.#escape(at);
    }
  }

  /** Lines are many, and to look for their breaks by themselves costs the least. */
  #lines(): void {
    const text = this.#text;
    let at = text.indexOf('\n');
    while (at >= 0 && !this.#has(TRIGGER.words)) {
      const next = text.indexOf('\n', Math.max(at + 1, this.#linesFrom));
      // A line that is long is no word.
      if ((next < 0 ? text.length : next) - at <= WORD_LINE_MAX) this.#break(at);
      at = next;
    }
    if (this.bits !== this.#settled) this.#settle();
  }

  #break(at: number): void {
    // Lines that are indented or empty are of no sentence.
    if (this.#text.charCodeAt(at + 1) <= 32 || this.#text.charCodeAt(at - 1) <= 32) return;
    const end = wordLines(this.#text, at);
    if (end > 0) this.bits |= TRIGGER.words;
    this.#linesFrom = Math.abs(end);
  }

  #dollar(at: number): void {
    if (this.#has(TRIGGER.shell)) return;
    const text = this.#text;
    if (isExpansion(text, at)) {
      this.bits |= TRIGGER.shell;
      return;
    }
    const name = variableAt(text, at);
    if (name === '') return;
    this.#assigned ??= assignmentsIn(text);
    const value = this.#assigned.get(name);
    if (value !== undefined && isTellingVariable(text, at, value)) this.bits |= TRIGGER.shell;
  }

  #backslash(at: number): void {
    const text = this.#text;
    // The first of a run stands for all of it.
    if (text.charCodeAt(at - 1) === 0x5c) return;
    this.#escape(at);
    if (!this.#has(TRIGGER.shell) && isTellingBackslash(text, at)) this.bits |= TRIGGER.shell;
  }

  #connector(at: number): void {
    const text = this.#text;
    if (this.#has(TRIGGER.words)) return;
    const unit = text.charCodeAt(at);
    if (unit === 0x5f && isBlankUnderscore(text, at)) this.bits |= TRIGGER.words;
    if (!isLetter(text.charCodeAt(at - 1))) return;
    if (unit === 0x2d && isSqueezedCommand(text, at)) this.bits |= TRIGGER.words;
    if (!isLetter(text.charCodeAt(at + 1))) return;
    if (unit === 0x5f && at >= this.#connectedFrom && isConnectedCommand(text, at))
      this.bits |= TRIGGER.words;
    // A word that is broken has two letters on each side.
    if (unit === 0x2d && isLetter(text.charCodeAt(at - 2)) && isLetter(text.charCodeAt(at + 2))) {
      this.#brokenLetters += brokenLetters(text, at);
      if (this.#brokenLetters >= BROKEN_LETTERS_MIN) this.bits |= TRIGGER.words;
    }
    if (at < this.#connectedFrom) return;
    let start = at;
    while (start > this.#connectedFrom && isLetter(text.charCodeAt(start - 1))) start--;
    const end = connectedEnd(text, start);
    if (end > 0) this.bits |= TRIGGER.words;
    this.#connectedFrom = Math.abs(end);
  }

  #leet(at: number): void {
    if (this.#has(TRIGGER.leet) || at < this.#leetFrom) return;
    const text = this.#text;
    let start = at;
    while (start > this.#leetFrom && isIdentifierUnit(text.charCodeAt(start - 1))) start--;
    let end = at + 1;
    let isLetters = true;
    for (let unit = text.charCodeAt(end); isIdentifierUnit(unit); unit = text.charCodeAt(++end)) {
      isLetters &&= isLeetUnit(unit);
    }
    this.#leetFrom = end;
    // Other digits stand for no letter: a number, a hash, a version.
    if (!isLetters) return;
    this.#leetLetters += leetLetters(text, start, end);
    if (isLeet(this.#leetLetters)) this.bits |= TRIGGER.leet;
  }

  #quote(at: number): void {
    if (!this.#has(TRIGGER.shell) && isTellingQuote(this.#text, at)) this.bits |= TRIGGER.shell;
  }

  #star(at: number): void {
    const text = this.#text;
    if (!this.#has(TRIGGER.markup) && isTellingEmphasis(text, at)) this.bits |= TRIGGER.markup;
    if (text.charCodeAt(at) === 0x7e && !this.#has(TRIGGER.words) && isSqueezedCommand(text, at))
      this.bits |= TRIGGER.words;
  }

  #spaced(at: number): void {
    if (this.#has(TRIGGER.spaced) || at < this.#spacedFrom) return;
    const end = spacedEnd(this.#text, at);
    if (end > 0) this.bits |= TRIGGER.spaced;
    this.#spacedFrom = Math.abs(end);
  }

  /** Looks at what is not ASCII from here on, with the word that it is part of; the end of it. */
  #look(at: number): number {
    this.#outside.look(this.#text, at);
    this.bits |= this.#outside.bits;
    return this.#outside.end;
  }

  /** Looks at a long run of base64 digits, which letters are too. */
  #run(at: number): void {
    if (at < this.#runFrom) return;
    const text = this.#text;
    const start = at + 1 - RUN_DIGITS_MIN;
    this.#digits.read(text, start);
    const { end } = this.#digits;
    this.#runFrom = end;
    if (!this.#has(TRIGGER.run) && this.#digits.mayDecode) {
      const read = decodes(text, start, end);
      if (read > 0) this.bits |= TRIGGER.run;
      this.#runFrom = Math.abs(read);
    }
    if (this.#has(TRIGGER.words)) return;
    if (isLetter(text.charCodeAt(start)) && isCommandPlace(text, start)) this.#command(start);
    if (this.#digits.lettersMax >= SQUEEZED_MIN) this.#squeezed(start, end);
  }

  #command(start: number): void {
    const text = this.#text;
    const end = lettersEnd(text, start);
    if (isSqueezedLine(text, start, end, 2) || isSqueezedPath(text, start, end))
      this.bits |= TRIGGER.words;
  }

  #squeezed(start: number, end: number): void {
    const text = this.#text;
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
      if (isOneCase(text, at, probed) && isSqueezed(text, at, probed)) {
        this.bits |= TRIGGER.words;
        return;
      }
      at = past + 1;
    }
  }
}

/** What a unit is in a run of base64 digits: bits of the following, 0 for what is no digit. */
const IS_DIGIT = 1;
const IS_LETTER = 2;
const IS_CAPITAL = 4;
const digitKinds = Uint8Array.from({ length: 128 }, (_, unit) => {
  if ((BASE64[unit] as number) < 0) return 0;
  const isCapital = unit >= 65 && unit <= 90;
  return IS_DIGIT | (isLetter(unit) ? IS_LETTER : 0) | (isCapital ? IS_CAPITAL : 0);
});

/** A run of base64 digits, and what can be said of it at once. */
class DigitRun {
  end = 0;
  /** The most letters in a row. */
  lettersMax = 0;
  /** False when it can be no text in base64 or hex: names and paths in small letters. */
  mayDecode = false;

  read(text: string, start: number): void {
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
    this.end = at;
    this.lettersMax = most;
    this.mayDecode =
      (all & IS_CAPITAL) !== 0 || at - start > LONG_RUN || hexAt(text, start + 2) >= 0;
  }
}

/** Digits of a run that is always tried: in lines of capitals or not. */
const LONG_RUN = 96;

/** Letters to each capital within a sentence; names in camel case have more. */
const CAPITAL_LETTERS = 12;

/** True when the letters are small or all capitals, but for a name or two: no camel case, no base64. */
function isOneCase(text: string, start: number, end: number): boolean {
  const isSmall = text.charCodeAt(start + 1) & 32;
  let others = 0;
  for (let at = start + 2; at < end; at++) if ((text.charCodeAt(at) & 32) !== isSmall) others++;
  return CAPITAL_LETTERS * others <= end - start;
}

const scan = new TriggerScan();

/** The bits of {@link TRIGGER} that give reason to read this text differently; 0 for most. */
export function triggersOf(text: string): number {
  return scan.run(text, false);
}

/** True when a text has other readings than the one as it stands. */
export function needsViews(text: string): boolean {
  return scan.run(text, true) !== 0;
}

/** As {@link needsViews}, of the UTF-8 text in `bytes[start..end)`. */
export function needsViewsBytes(bytes: Uint8Array, start: number, end: number): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  return needsViews(isAscii(buffer) ? buffer.toString('latin1') : buffer.toString('utf8'));
}
