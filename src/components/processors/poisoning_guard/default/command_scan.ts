import { ScriptReader } from './command.ts';
import type { Command } from './command.ts';
import { loweredBy } from './discount.ts';
import type { Lowered } from './discount.ts';
import type { Hit } from './hits.ts';
import { COMMAND_RULES } from './rules/commands.ts';
import { FLOOD } from './rules/command_rule.ts';
import type { CommandRule } from './rules/commands.ts';
import { deservesReading } from './rules/quick_look.ts';
import { DATA_COMMANDS, KNOWN_COMMANDS } from './rules/known_commands.ts';
import { Heredocs } from './heredoc.ts';

/** How a piece of script stands in its text. */
type Place = 'line' | 'sample' | 'embedded' | 'prose';

/** What counts of a command: one in a fence of a document is shown, not run. */
const PLACE_FACTOR: Readonly<Record<Place, number>> = {
  line: 1,
  sample: 0.45,
  embedded: 0.85,
  prose: 0.6,
};

const RULES_BY_NAME = new Map<string, CommandRule[]>();
for (const rule of COMMAND_RULES) {
  for (const name of rule.names) {
    RULES_BY_NAME.set(name, [...(RULES_BY_NAME.get(name) ?? []), rule]);
  }
}
const ANY_NAME = RULES_BY_NAME.get('*') ?? [];

const LINE_MAX = 65_536;
const PROSE_MAX = 160;
/** Characters of a line on either side that are looked at first. */
const LOOK = 240;

/**
 * Finds commands where commands stand: at the beginning of a line that is a command line, in quotes
 * after a word that runs things, in a document's samples. Reads each line at most once.
 */
export class CommandScan {
  #text = '';
  /** No quotation mark stands in the 64 characters before; to here none has to be looked for. */
  #quietTo = 0;
  /** Everything before was read. */
  #done = 0;
  #lineAt = 0;
  /** The beginning of a line that was looked at last, and what was found there. */
  #headOf = -1;
  #head: LineHead | undefined;
  /** The first line break after `#lineAt`, or -1. */
  #newline = -1;
  /** Nothing of it was looked for yet. */
  #fresh = true;
  readonly #hits = new Map<CommandRule, Hit>();
  #heredocs: Heredocs | undefined;
  #fences: number[] | undefined;
  /** Fences before the last place that was asked for; places come in order. */
  #fencesBefore = 0;
  /** Rules that may still be tested. */
  #tests = 0;
  #flooded = false;
  /** First looks that may still be taken. */
  #looks = 0;
  #asks = 0;

  open(text: string): void {
    this.#text = text;
    this.#done = 0;
    this.#quietTo = 0;
    this.#headOf = -1;
    this.#fresh = true;
    this.#asks = 32 + (text.length >> 10);
    this.#heredocs = undefined;
    this.#fences = undefined;
    this.#fencesBefore = 0;
    this.#looks = 64 + (text.length >> 6);
    this.#tests = 256 + (text.length >> 6);
    this.#flooded = false;
    if (this.#hits.size > 0) this.#hits.clear();
  }

  hits(): readonly Hit[] {
    const { length } = this.#text;
    const flood = this.#flooded ? [{ ...FLOOD, rule: FLOOD.id, start: 0, end: length }] : [];
    return [...this.#hits.values(), ...flood];
  }

  /** A word that a command rule waits for stands in `[start, end)`. */
  trigger(start: number, end: number): void {
    if (start < this.#done || this.#flooded) return;
    const text = this.#text;
    if (this.#fresh) {
      this.#fresh = false;
      this.#lineAt = 0;
      this.#newline = text.indexOf('\n');
    }
    const lineAt = this.#lineStart(start);
    const lineStart = Math.max(lineAt, this.#done);
    const lineEnd = this.#newline < 0 ? text.length : this.#newline;
    if (this.#looks > 0) {
      // A look may cost more than reading the line, when it is asked for at every word.
      this.#looks--;
      const line = text.slice(Math.max(lineAt, start - LOOK), Math.min(lineEnd, end + LOOK));
      if (!deservesReading(text.slice(start, end).trimEnd().toLowerCase(), line)) return;
    }
    if (this.#headOf !== lineStart) {
      this.#headOf = lineStart;
      this.#head = lineHead(text, lineStart, lineEnd);
    }
    const head = this.#head;
    if (head !== undefined && head.at <= start) {
      this.#line(head.at, head.prompt);
      return;
    }
    this.#embedded(start, end);
  }

  /** Where the line begins that holds an offset; offsets come in order. */
  #lineStart(offset: number): number {
    while (this.#newline >= 0 && this.#newline < offset) {
      this.#lineAt = this.#newline + 1;
      this.#newline = this.#text.indexOf('\n', this.#lineAt);
    }
    return this.#lineAt;
  }

  /** A command line: from its first word to its end, with the lines that belong to it. */
  #line(from: number, prompt: boolean): void {
    const to = this.#lineEnd(from);
    this.#heredocs ??= new Heredocs(this.#text);
    const data = this.#heredocs.holding(from);
    if (data !== undefined && !data.shell) {
      this.#done = Math.max(this.#done, data.to);
      return;
    }
    this.#read(from, to, prompt || this.#isFenced(from) ? 'sample' : 'line');
    this.#done = Math.max(this.#done, to);
  }

  #lineEnd(from: number): number {
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

  /** A command inside prose, JSON or code. */
  #embedded(start: number, end: number): void {
    const text = this.#text;
    const opened = openQuote(text, start, this.#quietTo);
    if (opened === undefined) this.#quietTo = start;
    if (opened !== undefined) {
      const from = opened.at + opened.mark.length;
      const to = closeQuote(text, from, opened.mark);
      const known = this.#read(from, to, opened.mark === '`' ? 'sample' : 'embedded', start);
      this.#done = Math.max(this.#done, to);
      if (known) return;
    }
    // Bare in a sentence: only what looks like a command by its arguments.
    const next = text.slice(end - 1, end + 3);
    if (!/\s[-/~$.>]/.test(next) && !/[-/|>]/.test(text.slice(start, end))) return;
    const to = sentenceEnd(text, start);
    this.#read(start, to, 'prose');
    this.#done = Math.max(this.#done, to);
  }

  /** Judges the commands of a piece; true when one begins at `at` or is given it as text. */
  #read(from: number, to: number, place: Place, at = from): boolean {
    const reader = new ScriptReader(this.#text);
    reader.read(from, to);
    let known = false;
    for (const command of reader.commands) {
      this.#judge(command, place);
      if (command.start === at) known = true;
      else if (command.start < at && command.end > at) known ||= KNOWN_COMMANDS.has(command.name);
    }
    return known;
  }

  #judge(command: Command, place: Place): void {
    if (command.input !== undefined && DATA_COMMANDS.has(command.name)) return;
    for (const rule of RULES_BY_NAME.get(command.name) ?? []) this.#apply(rule, command, place);
    if (command.redirects.length === 0 && command.name !== 'crontab' && command.name !== 'tee')
      return;
    for (const rule of ANY_NAME) this.#apply(rule, command, place);
  }

  #apply(rule: CommandRule, command: Command, place: Place): void {
    if (this.#tests === 0) {
      this.#flooded = true;
      return;
    }
    this.#tests--;
    const factor = rule.test(command);
    if (factor <= 0) return;
    const base = rule.weight * factor * PLACE_FACTOR[place];
    if ((this.#hits.get(rule)?.weight ?? 0) >= base) return;
    const lowered = place === 'line' ? undefined : this.#ask(command, place);
    const weight = base * (lowered?.factor ?? 1);
    if ((this.#hits.get(rule)?.weight ?? 0) >= weight) return;
    const { id, severity } = rule;
    const { start, end } = command;
    const hit: Hit = { rule: id, class: rule.class, severity, weight, start, end };
    const shown = place === 'sample' ? ({ reason: 'code_sample', factor: 0.45 } as const) : lowered;
    this.#hits.set(rule, shown === undefined ? hit : { ...hit, lowered: shown });
  }

  #ask({ start, end }: Command, _place: Place): Lowered | undefined {
    if (this.#asks === 0) return undefined;
    this.#asks--;
    const lowered = loweredBy(this.#text, start, end);
    return lowered?.reason === 'quoted' ? undefined : lowered;
  }

  /** True between two fences of a Markdown document, or in a page whose lines are all quoted. */
  #isFenced(at: number): boolean {
    this.#fences ??= fencesOf(this.#text);
    while ((this.#fences[this.#fencesBefore] ?? Infinity) <= at) this.#fencesBefore++;
    return this.#fencesBefore % 2 === 1;
  }
}

const FENCES_MAX = 4096;

function fencesOf(text: string): number[] {
  const fences: number[] = [];
  let at = text.indexOf('```');
  while (at >= 0 && fences.length < FENCES_MAX) {
    fences.push(at);
    at = text.indexOf('```', at + 3);
  }
  return fences;
}

interface LineHead {
  readonly at: number;
  /** A prompt stands before it. */
  readonly prompt: boolean;
}

/** Where the command of a line begins, when the line begins like one. */
function lineHead(text: string, lineStart: number, to: number): LineHead | undefined {
  const line = text.slice(lineStart, Math.min(to, lineStart + 200));
  const match =
    /^(\s*)((?:\$|>|#|PS [^>]{0,40}>|[\w.-]{1,30}@[\w.-]{1,30}[:~/\w.-]{0,40}[$#])\s+)?/.exec(line);
  const skipped = match?.[0].length ?? 0;
  const word = /^["'\\]?[^\s;|&()<>"'`]*/.exec(line.slice(skipped))?.[0] ?? '';
  const at = lineStart + skipped;
  const prompt = (match?.[2] ?? '') !== '';
  if (/^[A-Za-z_]\w*\+?=/.test(word)) return { at, prompt };
  if (/^[({[]$/.test(line.charAt(skipped)) && /^[({[]\s*[\w./]/.test(line.slice(skipped)))
    return { at, prompt };
  if (
    /^(?:\.{0,2}|~)\/\w|^\.{1,2}\\\w|^&\s*["'$\w.]|^[a-zA-Z]:\\|^\$\(|^%\w+%|^`|^\$\w+:?\w*\s*=/.test(
      line.slice(skipped),
    )
  ) {
    return text.charAt(at) === '`' ? { at: at + 1, prompt: true } : { at, prompt };
  }
  const name = word
    .replace(/^["'\\]/, '')
    .replaceAll('\\', '')
    .toLowerCase()
    .replace(/\.exe$/, '');
  if (KNOWN_COMMANDS.has(name.slice(name.lastIndexOf('/') + 1))) return { at, prompt };
  return undefined;
}

/** The quotation mark that opens shortly before, on the same line. */
function openQuote(
  text: string,
  start: number,
  quietTo: number,
): { at: number; mark: string } | undefined {
  for (let at = start - 1; at >= Math.max(quietTo, start - 64); at--) {
    const mark = text.charAt(at);
    if (mark === '\n') return undefined;
    if (mark !== '"' && mark !== "'" && mark !== '`') continue;
    if (mark === "'" && /[a-z]/i.test(text.charAt(at - 1))) continue;
    return { at, mark };
  }
  return undefined;
}

function closeQuote(text: string, from: number, mark: string): number {
  const max = Math.min(text.length, from + 4096);
  for (let at = from; at < max; at++) {
    if (text.charAt(at) === '\\') at++;
    else if (text.charAt(at) === mark) return at;
  }
  return max;
}

function sentenceEnd(text: string, start: number): number {
  const piece = text.slice(start, start + PROSE_MAX);
  const end = /[.!?,]\s|\n|[.!?]$| and | to /.exec(piece)?.index;
  return start + (end ?? piece.length);
}
