import { TEXT_MEMORY } from '../text_memory.ts';
import { RunLook } from './digit_run.ts';
import { isIdentifierUnit, isLeet, leetLetters } from './leet.ts';
import { isLinkComment } from './markup.ts';
import { OutsideLook } from './outside.ts';
import { assignmentsIn, isExpansion, variableAt } from './shell.ts';
import { isSqueezedCommand } from './squeezed_commands.ts';
import { EscapeLook } from './telling_escapes.ts';
import { isTellingEmphasis, TagLook } from './telling_markup.ts';
import {
  isBraceCommand,
  isTellingBackslash,
  isTellingQuote,
  isTellingVariable,
} from './telling_quotes.ts';
import { TRIGGER } from './trigger_bits.ts';
import { PLACE, TriggerPlaces } from './trigger_places.ts';
import { brokenLetters, connectedEnd, isConnectedCommand } from './word_breaks.ts';
import { LinesLook } from './word_lines.ts';

/** Words of which it is known after so many letters that hyphens break them. */
const BROKEN_LETTERS_MIN = 5;

/** Places listed at once: the first reason may be one of them, and then no others are wanted. */
const PLACES_AT_ONCE = 1024;
const FIRST_PLACES = 8;

/** Finds what gives reason to read a text differently. */
class TriggerScan {
  #text = '';
  #bits = 0;
  #leetLetters = 0;
  #brokenLetters = 0;
  #assigned: ReadonlyMap<string, string> | undefined;
  /** How many places are listed, and which of them is looked at next. */
  #listed = 0;
  #next = 0;
  /** Stopped at the first reason: whoever asks for all of them next has the rest looked at, no more. */
  #isPaused = false;
  readonly #places = new TriggerPlaces(TEXT_MEMORY);
  readonly #runs = new RunLook();
  readonly #lines = new LinesLook();
  readonly #outside = new OutsideLook();
  readonly #escapes = new EscapeLook();
  readonly #tags = new TagLook();

  run(text: string): number {
    if (this.#isPausedIn(text)) return this.#check(false);
    this.#places.load(text);
    return this.#look(() => text, false);
  }

  /** True when there is any reason. */
  needs(text: string): boolean {
    if (this.#isPausedIn(text)) return true;
    this.#places.load(text);
    return this.#look(() => text, true) !== 0;
  }

  /** As {@link needs}, of text in UTF-8. */
  needsBytes(bytes: Buffer): boolean {
    if (!this.#places.loadAscii(bytes)) return this.needs(bytes.toString('utf8'));
    return this.#look(() => bytes.toString('latin1'), true) !== 0;
  }

  /** True when a first reason was found in this text, and nothing was looked at since, by others neither. */
  #isPausedIn(text: string): boolean {
    return this.#isPaused && text === this.#text && this.#places.isLoaded;
  }

  /** Checks the places of the text that was loaded; it is asked for only when there are any. */
  #look(textOf: () => string, isBrief: boolean): number {
    this.#isPaused = false;
    this.#listed = this.#places.next(isBrief ? FIRST_PLACES : PLACES_AT_ONCE);
    if (this.#listed === 0) return 0;
    this.#next = 0;
    this.#begin(textOf());
    return this.#check(isBrief);
  }

  /** Checks the places from where it stopped on; when brief, up to the first that is a reason. */
  #check(isBrief: boolean): number {
    let next = this.#next;
    for (;;) {
      const { list } = this.#places;
      const listed = this.#listed;
      while (next < listed) {
        this.#place(list[2 * next] as number, list[2 * next + 1] as number);
        next++;
        if (isBrief && this.#bits !== 0) return this.#pauseAt(next);
      }
      if (!this.#places.isUnread) break;
      this.#listed = this.#places.next(PLACES_AT_ONCE);
      next = 0;
    }
    this.#isPaused = false;
    this.#text = '';
    return this.#bits;
  }

  #pauseAt(next: number): number {
    this.#isPaused = true;
    this.#next = next;
    return this.#bits;
  }

  #begin(text: string): void {
    this.#text = text;
    this.#bits = 0;
    this.#leetLetters = 0;
    this.#brokenLetters = 0;
    this.#assigned = undefined;
    this.#runs.reset();
    this.#lines.reset();
    this.#outside.reset();
    this.#escapes.reset();
    this.#tags.reset();
  }

  /** What was found need not be looked for any more. */
  #isOpen(trigger: number): boolean {
    return (this.#bits & trigger) === 0;
  }

  #place(at: number, place: number): void {
    switch (place) {
      case PLACE.outside:
        this.#outside.look(this.#text, at);
        this.#bits |= this.#outside.bits;
        return;
      case PLACE.run:
        this.#bits |= this.#runs.look(this.#text, at, this.#bits);
        return;
      case PLACE.escape:
        this.#escape(at);
        return;
      case PLACE.backslash:
        this.#escape(at);
        if (this.#isOpen(TRIGGER.shell) && isTellingBackslash(this.#text, at))
          this.#bits |= TRIGGER.shell;
        return;
      case PLACE.leet:
        this.#leet(at);
        return;
      case PLACE.spaced:
        this.#bits |= TRIGGER.spaced;
        return;
      case PLACE.tag:
      case PLACE.link:
        this.#markup(at, place);
        return;
      case PLACE.star:
        this.#star(at);
        return;
      case PLACE.dollar:
      case PLACE.brace:
      case PLACE.quote:
        this.#shell(at, place);
        return;
      default:
        this.#words(at, place);
    }
  }

  #escape(at: number): void {
    if (this.#isOpen(TRIGGER.escape) && this.#escapes.tells(this.#text, at))
      this.#bits |= TRIGGER.escape;
  }

  #markup(at: number, place: number): void {
    if (this.#isOpen(TRIGGER.markup) && this.#isMarkup(at, place)) this.#bits |= TRIGGER.markup;
  }

  /** An emphasis mark, or a path at home behind a command; not asked for in a text with markup. */
  #star(at: number): void {
    if (!this.#isOpen(TRIGGER.markup)) return;
    this.#markup(at, PLACE.star);
    this.#words(at, PLACE.star);
  }

  #isMarkup(at: number, place: number): boolean {
    if (place === PLACE.tag) return this.#tags.tells(this.#text, at);
    return place === PLACE.link ? isLinkComment(this.#text, at) : isTellingEmphasis(this.#text, at);
  }

  #shell(at: number, place: number): void {
    if (this.#isOpen(TRIGGER.shell) && this.#isShell(at, place)) this.#bits |= TRIGGER.shell;
  }

  #isShell(at: number, place: number): boolean {
    if (place === PLACE.quote) return isTellingQuote(this.#text, at);
    return place === PLACE.brace ? isBraceCommand(this.#text, at) : this.#isDollar(at);
  }

  #isDollar(at: number): boolean {
    const text = this.#text;
    if (isExpansion(text, at)) return true;
    const name = variableAt(text, at);
    if (name === '') return false;
    this.#assigned ??= assignmentsIn(text);
    const value = this.#assigned.get(name);
    return value !== undefined && isTellingVariable(text, at, value);
  }

  #words(at: number, place: number): void {
    if (this.#isOpen(TRIGGER.words) && this.#isWords(at, place)) this.#bits |= TRIGGER.words;
  }

  #isWords(at: number, place: number): boolean {
    const text = this.#text;
    switch (place) {
      case PLACE.blank:
        return true;
      case PLACE.pair:
        return isConnectedCommand(text, at);
      case PLACE.broken:
        this.#brokenLetters += brokenLetters(text, at);
        return this.#brokenLetters >= BROKEN_LETTERS_MIN;
      case PLACE.chain:
        return connectedEnd(text, at) > 0;
      case PLACE.lines:
        return this.#lines.tells(text, at);
      case PLACE.star:
        return text.charCodeAt(at) === TILDE && isSqueezedCommand(text, at);
      default:
        return isSqueezedCommand(text, at);
    }
  }

  #leet(start: number): void {
    if (!this.#isOpen(TRIGGER.leet)) return;
    const text = this.#text;
    let end = start;
    while (isIdentifierUnit(text.charCodeAt(end))) end++;
    this.#leetLetters += leetLetters(text, start, end);
    if (isLeet(this.#leetLetters)) this.#bits |= TRIGGER.leet;
  }
}

const TILDE = 0x7e;

const scan = new TriggerScan();

/** The bits of {@link TRIGGER} that give reason to read this text differently; 0 for most. */
export function triggersOf(text: string): number {
  return scan.run(text);
}

/** True when a text has other readings than the one as it stands. */
export function needsViews(text: string): boolean {
  return scan.needs(text);
}

/** As {@link needsViews}, of the UTF-8 text in `bytes[start..end)`. */
export function needsViewsBytes(bytes: Uint8Array, start: number, end: number): boolean {
  return scan.needsBytes(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start));
}
