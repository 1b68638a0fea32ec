import { IS_DATA, IS_KNOWN, NAMES } from './command_names.ts';
import { loweredBy } from './discount.ts';
import type { Lowered } from './discount.ts';
import { Fences } from './fences.ts';
import { Heredocs } from './heredoc.ts';
import type { Hit } from './hits.ts';
import { LineHead } from './line_head.ts';
import type { ReadCommand } from './read_command.ts';
import { FLOOD } from './rules/command_rule.ts';
import type { WordLine } from './phrase_finder.ts';
import { COMMAND_RULES } from './rules/commands.ts';
import { FORK_BOMB, forkBombStart } from './rules/fork_bomb.ts';
import { deservesReading } from './rules/quick_look.ts';
import { ScriptReader } from './script_reader.ts';
import { closeQuote, isCommandLike, quoteBefore, sentenceEnd, sentenceMax } from './text_line.ts';

/** How a piece of script stands in its text. */
type Place = 'line' | 'sample' | 'embedded' | 'prose';

/** What counts of a command: one in a fence of a document is shown, not run. */
const PLACE_FACTOR: Readonly<Record<Place, number>> = {
  line: 1,
  sample: 0.45,
  embedded: 0.85,
  prose: 0.6,
};

/** Numbers of the rules about each name. */
const RULES = NAMES.each((name) =>
  COMMAND_RULES.flatMap(({ names }, rule) => (names.includes(name) ? [rule] : [])),
);
const ANY_NAME = COMMAND_RULES.flatMap(({ names }, rule) => (names.includes('*') ? [rule] : []));
/** They write files without a redirection. */
const WRITERS = new Set([NAMES.numberOf('crontab'), NAMES.numberOf('tee')]);
const IS_JUDGED = Uint8Array.from(RULES, ({ length }, number) =>
  length > 0 || WRITERS.has(number) ? 1 : 0,
);

const NO_HITS: readonly Hit[] = [];
const AMPERSAND = 0x26;
const BACKTICK = 0x60;
const LINE_MAX = 65_536;

/**
 * Finds commands where commands stand: at the beginning of a line that is a command line, in quotes
 * after a word that runs things, in a document's samples. Reads each line at most once.
 */
export class CommandScan {
  readonly #reader = new ScriptReader();
  readonly #head = new LineHead();
  readonly #visitor = {
    wants: (number: number, start: number, end: number): boolean => this.#wants(number, start, end),
    command: (command: ReadCommand): void => this.#judge(command),
  };
  #text = '';
  /** Everything before was read. */
  #done = 0;
  /** Where the line was when its beginning was looked at last. */
  #headOf = -1;
  /** Hits by number of the rule, and those that there are. */
  readonly #best: (Hit | undefined)[] = [];
  readonly #found: number[] = [];
  #heredocs: Heredocs | undefined;
  #fences: Fences | undefined;
  /** Rules that may still be tested. */
  #tests = 0;
  #flooded = false;
  #bomb: Hit | undefined;
  /** Ends of functions that may still be looked at. */
  #bombs = 0;
  /** First looks that may still be taken. */
  #looks = 0;
  #asks = 0;
  /** How the piece stands that is being read; undefined when it is a line, in a fence or not. */
  #place: Place | undefined;
  #readFrom = 0;
  /** Where a command is looked for, and whether one was there. */
  #readAt = 0;
  #known = false;

  open(text: string): void {
    this.#text = text;
    this.#done = 0;
    this.#headOf = -1;
    this.#asks = 32 + (text.length >> 10);
    this.#heredocs = undefined;
    this.#fences = undefined;
    this.#looks = 64 + (text.length >> 6);
    this.#tests = 256 + (text.length >> 6);
    this.#flooded = false;
    this.#bomb = undefined;
    this.#bombs = 32 + (text.length >> 8);
    if (this.#found.length === 0) return;
    for (const rule of this.#found) this.#best[rule] = undefined;
    this.#found.length = 0;
  }

  hits(): readonly Hit[] {
    if (this.#found.length === 0 && this.#bomb === undefined && !this.#flooded) return NO_HITS;
    const { length } = this.#text;
    const flood = this.#flooded ? [{ ...FLOOD, rule: FLOOD.id, start: 0, end: length }] : [];
    const bomb = this.#bomb === undefined ? NO_HITS : [this.#bomb];
    return [...this.#found.flatMap((rule) => this.#best[rule] ?? []), ...bomb, ...flood];
  }

  /** A word that a command rule waits for stands in `[start, end)`. */
  trigger(start: number, end: number, line: WordLine): void {
    if (this.#text.charCodeAt(start) === AMPERSAND) {
      this.#forks(start, end);
      return;
    }
    if (start < this.#done || this.#flooded) return;
    const from = Math.max(line.start, this.#done);
    if (this.#headOf !== from) {
      this.#headOf = from;
      this.#head.read(this.#text, from, line.end);
    }
    const { at, prompt } = this.#head;
    if (at >= 0 && at <= start) {
      if (this.#deservesReading(start, end, at, line.end)) this.#commandLine(at, prompt);
      return;
    }
    const quote = line.mayBeQuoted ? quoteBefore(this.#text, start, line.start) : -1;
    if (quote >= 0) {
      if (this.#deservesReading(start, end, quote, line.end)) this.#quoted(start, end, quote);
    } else if (isCommandLike(this.#text, start, end)) {
      const to = Math.min(line.end, sentenceMax(start));
      if (this.#deservesReading(start, end, start, to)) this.#prose(start);
    }
  }

  /** The body of a function ends with what runs in the background. */
  #forks(ampersand: number, end: number): void {
    if (this.#bombs === 0) return;
    this.#bombs--;
    const start = forkBombStart(this.#text, ampersand);
    if (start < 0) return;
    const isShown = this.#text.charCodeAt(start - 1) === BACKTICK || this.#isFenced(start);
    const lowered = loweredBy(this.#text, start, end);
    const isLowered = lowered !== undefined && lowered.reason !== 'quoted';
    const factor = isLowered ? lowered.factor : isShown ? PLACE_FACTOR.sample : 1;
    const { id, severity } = FORK_BOMB;
    const weight = FORK_BOMB.weight * factor;
    if ((this.#bomb?.weight ?? 0) >= weight) return;
    const hit = { rule: id, class: FORK_BOMB.class, severity, weight, start, end };
    this.#bomb = isLowered ? { ...hit, lowered } : hit;
  }

  /** A look may cost more than reading the line, when it is asked for at every word. */
  #deservesReading(start: number, end: number, from: number, to: number): boolean {
    if (this.#looks === 0) return true;
    this.#looks--;
    return deservesReading(this.#text, start, end, from, to);
  }

  /** A command line: from its first word to its end, with the lines that belong to it. */
  #commandLine(from: number, prompt: boolean): void {
    const to = this.#joinedEnd(from);
    this.#heredocs ??= new Heredocs(this.#text);
    const data = this.#heredocs.holding(from);
    if (data !== undefined && !data.shell) {
      this.#done = Math.max(this.#done, data.to);
      return;
    }
    this.#read(from, to, prompt ? 'sample' : undefined);
    this.#done = Math.max(this.#done, to);
  }

  /** The end of a line and of those that go on after a backslash. */
  #joinedEnd(from: number): number {
    const text = this.#text;
    const max = Math.min(text.length, from + LINE_MAX);
    let end = from;
    for (;;) {
      const next = text.indexOf('\n', end);
      if (next < 0 || next >= max) return max;
      if (text.charCodeAt(next - 1) !== 0x5c) return next;
      end = next + 1;
    }
  }

  /** A command in quotes, in prose, JSON or code. */
  #quoted(start: number, end: number, quote: number): void {
    const text = this.#text;
    const mark = text.charCodeAt(quote);
    const to = closeQuote(text, quote + 1, mark);
    const known = this.#read(quote + 1, to, mark === 0x60 ? 'sample' : 'embedded', start);
    this.#done = Math.max(this.#done, to);
    if (!known && isCommandLike(text, start, end)) this.#prose(start);
  }

  /** Bare in a sentence: only what looks like a command by its arguments. */
  #prose(start: number): void {
    const to = sentenceEnd(this.#text, start);
    this.#read(start, to, 'prose');
    this.#done = Math.max(this.#done, to);
  }

  /** Judges the commands of a piece; true when one begins at `at` or is given it as text. */
  #read(from: number, to: number, place: Place | undefined, at = from): boolean {
    this.#place = place;
    this.#readFrom = from;
    this.#readAt = at;
    this.#known = false;
    this.#reader.read(this.#text, from, to, this.#visitor);
    return this.#known;
  }

  /** Sees each command that is read; true when some rule is about it. */
  #wants(number: number, start: number, end: number): boolean {
    const at = this.#readAt;
    if (start === at) this.#known = true;
    if (number < 0) return false;
    if (start < at && end > at && IS_KNOWN[number] === 1) this.#known = true;
    return IS_JUDGED[number] === 1;
  }

  #judge(command: ReadCommand): void {
    const { number } = command;
    if (number >= 0) {
      if (command.input !== undefined && IS_DATA[number] === 1) return;
      for (const rule of RULES[number] as readonly number[]) this.#apply(rule, command);
    }
    if (command.redirects.length === 0 && !WRITERS.has(number)) return;
    for (const rule of ANY_NAME) this.#apply(rule, command);
  }

  #apply(number: number, command: ReadCommand): void {
    if (this.#tests === 0) {
      this.#flooded = true;
      this.#reader.stop();
      return;
    }
    this.#tests--;
    const rule = COMMAND_RULES[number] as (typeof COMMAND_RULES)[number];
    const best = this.#best[number];
    const factorMax = (rule.factorMax ?? 1) * PLACE_FACTOR[this.#place ?? 'line'];
    if (best !== undefined && best.weight >= rule.weight * factorMax) return;
    const factor = rule.test(command);
    if (factor <= 0) return;
    const place = (this.#place ??= this.#isFenced(this.#readFrom) ? 'sample' : 'line');
    const base = rule.weight * factor * PLACE_FACTOR[place];
    if (best !== undefined && best.weight >= base) return;
    const lowered = place === 'line' ? undefined : this.#ask(command);
    const weight = base * (lowered?.factor ?? 1);
    if (best !== undefined && best.weight >= weight) return;
    const { id, severity } = rule;
    const { start, end } = command;
    const hit: Hit = { rule: id, class: rule.class, severity, weight, start, end };
    const shown = place === 'sample' ? ({ reason: 'code_sample', factor: 0.45 } as const) : lowered;
    if (best === undefined) this.#found.push(number);
    this.#best[number] = shown === undefined ? hit : { ...hit, lowered: shown };
  }

  #ask({ start, end }: ReadCommand): Lowered | undefined {
    if (this.#asks === 0) return undefined;
    this.#asks--;
    const lowered = loweredBy(this.#text, start, end);
    return lowered?.reason === 'quoted' ? undefined : lowered;
  }

  /** True between two fences of a Markdown document. */
  #isFenced(at: number): boolean {
    this.#fences ??= new Fences(this.#text);
    return this.#fences.holds(at);
  }
}
