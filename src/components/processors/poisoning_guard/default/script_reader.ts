import { Closings } from './closings.ts';
import type { Redirect } from './command.ts';
import { NAMES, RUNS, RUNS_NOTHING, WRAPPER_OPTIONS } from './command_names.ts';
import { isPrefix, nameOf, pastWrapper } from './command_words.ts';
import { inside, runArguments } from './inner_scripts.ts';
import type { ScriptRunner } from './inner_scripts.ts';
import { ReadCommand } from './read_command.ts';
import { BACKSLASH, BREAK, classOf, DOLLAR, isBlank, isPlain, MARK } from './shell_letters.ts';
import { TICK, UNUSUAL } from './shell_letters.ts';
import { ODD, QUOTED, WordStack } from './word_stack.ts';

/** Is told of each command when it was read, of nested ones after what they stand in was begun. */
export interface CommandVisitor {
  /** Asked of every command by the number of its name, or -1: most are nothing to anybody. */
  wants(number: number, start: number, end: number): boolean;
  command(command: ReadCommand): void;
}

const WORDS_MAX = 96;
const DEPTH_MAX = 4;
/** Nested scripts of one script. */
const NESTED_MAX = 48;

const NONE: readonly Redirect[] = [];
const OUTSIDE: readonly string[] = [];
const NOBODY: CommandVisitor = { wants: () => false, command: () => undefined };

const QUOTE = 0x22;
const OPEN = 0x28;
const CLOSE = 0x29;

/**
 * Reads shell text into commands: pipelines, lists, groups, quotes, `$(…)`, wrappers such as `sudo`
 * and scripts in arguments such as `sh -c '…'`. Reads each character at most {@link DEPTH_MAX} times.
 * One for all texts; not to be entered twice at once.
 */
export class ScriptReader implements ScriptRunner {
  readonly #words = new WordStack();
  readonly #closings = new Closings();
  #text = '';
  #visitor = NOBODY;
  #at = 0;
  #to = 0;
  #nested = 0;
  #isStopped = false;
  /** The first word of the command that is being read. */
  #first = 0;
  #redirects: Redirect[] | undefined;

  /** Tells of the commands in `[from, to)`. */
  read(text: string, from: number, to: number, visitor: CommandVisitor): void {
    this.#text = text;
    this.#visitor = visitor;
    this.#nested = 0;
    this.#isStopped = false;
    this.#words.open(text);
    this.#closings.reset();
    this.#script(from, to, OUTSIDE, false);
  }

  /** No more commands are told of. */
  stop(): void {
    this.#isStopped = true;
  }

  #script(from: number, to: number, within: readonly string[], substituted: boolean): void {
    const at = this.#at;
    const end = this.#to;
    const first = this.#first;
    const redirects = this.#redirects;
    this.#at = from;
    this.#to = to;
    this.#list(within, substituted);
    this.#at = at;
    this.#to = end;
    this.#first = first;
    this.#redirects = redirects;
  }

  #list(within: readonly string[], substituted: boolean): void {
    const words = this.#words;
    const base = words.size;
    let input: ReadCommand | undefined;
    for (;;) {
      this.#first = words.size;
      this.#redirects = undefined;
      const operator = this.#command(within);
      const isPiped = operator >= 0 && this.#isPipe(operator);
      const redirects = this.#redirects ?? NONE;
      const first = this.#first;
      const made = this.#close(first, words.size, redirects, input, within, substituted, isPiped);
      if (operator < 0 || this.#isStopped) break;
      input = isPiped ? made : undefined;
      if (input === undefined) words.cut(base);
    }
    words.cut(base);
  }

  /** Reads the words of a command; the operator behind it, or -1 at the end. */
  #command(within: readonly string[]): number {
    const text = this.#text;
    while (this.#at < this.#to) {
      const code = text.charCodeAt(this.#at);
      if (isBlank(code)) this.#at++;
      else if (classOf(code) !== BREAK) {
        if (code === 0x5c && text.charCodeAt(this.#at + 1) === 0x0a) this.#at += 2;
        else if (code === 0x23) this.#comment();
        else this.#take(within);
      } else if (code === 0x3e || code === 0x3c) this.#redirect(within);
      else return code;
    }
    return -1;
  }

  #comment(): void {
    const text = this.#text;
    let at = this.#at;
    while (at < this.#to && text.charCodeAt(at) !== 0x0a) at++;
    this.#at = at;
  }

  /** Past an operator; true when it is a pipe. */
  #isPipe(code: number): boolean {
    this.#at++;
    if (code === OPEN || code === CLOSE) return false;
    const next = this.#text.charCodeAt(this.#at);
    if (code === 0x26 && next === 0x3e) return false;
    if (next === code || (code === 0x7c && next === 0x26)) this.#at++;
    return code === 0x7c && next !== code;
  }

  #redirect(within: readonly string[]): void {
    const from = this.#at;
    const text = this.#text;
    let at = from;
    while (at < this.#to && (text.charCodeAt(at) | 2) === 0x3e) at++;
    const op = text.slice(from, Math.min(at, from + 3));
    this.#at = at;
    if (text.charCodeAt(at) === OPEN) return;
    if (text.charCodeAt(at) === 0x26) this.#at++;
    while (this.#at < this.#to && isBlank(text.charCodeAt(this.#at))) this.#at++;
    const words = this.#words;
    this.#word(within);
    const target = words.text(words.size - 1);
    words.cut(words.size - 1);
    // `2>`: the number belongs to the operator.
    const last = words.size - 1;
    if (last >= this.#first && words.end(last) === from && /^\d$/.test(words.text(last))) {
      words.cut(last);
    }
    if (this.#redirects === undefined) this.#redirects = [{ op, target }];
    else this.#redirects.push({ op, target });
  }

  #take(within: readonly string[]): void {
    this.#word(within);
    const words = this.#words;
    if (words.size - this.#first <= WORDS_MAX) return;
    // Words beyond the limit are not kept: past all that is plain.
    words.cut(words.size - 1);
    let at = this.#at;
    while (at < this.#to && isPlain(this.#text.charCodeAt(at))) at++;
    this.#at = at;
  }

  #word(within: readonly string[]): void {
    const text = this.#text;
    const words = this.#words;
    const start = this.#at;
    const firstPart = words.parts;
    let flags = 0;
    let from = start;
    for (;;) {
      let at = this.#at;
      let letter = 0;
      for (; at < this.#to; at++) {
        letter = classOf(text.charCodeAt(at));
        if (letter > UNUSUAL) break;
        flags |= letter;
      }
      this.#at = at;
      if (at >= this.#to || letter === BREAK) break;
      flags |= ODD;
      if (letter === MARK) {
        flags |= QUOTED;
        words.part(from, at);
        this.#quoted(text.charCodeAt(at), within);
        from = this.#at;
      } else if (letter === TICK) this.#substitution(true, within);
      else if (letter === DOLLAR && text.charCodeAt(at + 1) === OPEN)
        this.#substitution(false, within);
      else this.#at += letter === BACKSLASH && at + 1 < this.#to ? 2 : 1;
    }
    if ((flags & QUOTED) !== 0) words.part(from, this.#at);
    if (this.#at > start) words.push(start, this.#at, flags, firstPart);
    else {
      // Nothing stands where a word must: one without text.
      this.#at++;
      words.push(start, this.#at, ODD | QUOTED, firstPart);
    }
  }

  /** Past a quoted part; its content becomes part of the word. */
  #quoted(mark: number, within: readonly string[]): void {
    const text = this.#text;
    const from = this.#at + 1;
    let at = from;
    for (; at < this.#to; at++) {
      const code = text.charCodeAt(at);
      if (code === mark) break;
      if (mark !== QUOTE) continue;
      if (code === 0x5c) at++;
      else if (code === 0x60 || (code === 0x24 && text.charCodeAt(at + 1) === OPEN)) {
        this.#at = at;
        this.#substitution(code === 0x60, within);
        at = this.#at - 1;
      }
    }
    at = Math.min(at, this.#to);
    this.#words.part(from, at);
    this.#at = Math.min(at + 1, this.#to);
  }

  /** Reads what stands in `$(…)` or backticks as a script, and goes past it. */
  #substitution(ticks: boolean, within: readonly string[]): void {
    const from = this.#at + (ticks ? 1 : 2);
    const to = this.#closings.of(this.#text, from, this.#to, ticks);
    if (this.#mayNest(within.length + 1)) this.nest(from, to, [...within, '$('], true);
    this.#at = Math.min(to + 1, this.#to);
  }

  #mayNest(depth: number): boolean {
    return depth <= DEPTH_MAX && this.#nested < NESTED_MAX && !this.#isStopped;
  }

  /** @inheritdoc */
  nest(from: number, to: number, within: readonly string[], substituted: boolean): void {
    if (!this.#mayNest(within.length)) return;
    this.#nested++;
    this.#script(from, to, within, substituted);
  }

  /** Makes a command of the words `[from, to)`, and looks into what it runs in turn. */
  #close(
    from: number,
    to: number,
    redirects: readonly Redirect[],
    input: ReadCommand | undefined,
    within: readonly string[],
    substituted: boolean,
    isPiped: boolean,
  ): ReadCommand | undefined {
    const words = this.#words;
    let around = within;
    let number = -1;
    let at = from;
    while (at < to) {
      number = nameOf(words, at, this.#text);
      if (isPrefix(words, at, number)) at++;
      else if (number >= 0 && at + 1 < to && WRAPPER_OPTIONS[number] !== undefined) {
        if (words.isQuoted(at)) break;
        if (around === within) around = [...within, NAMES.name(number)];
        else (around as string[]).push(NAMES.name(number));
        at = pastWrapper(words, at, to, number);
      } else break;
    }
    const isBare = at >= to;
    if (isBare && redirects.length === 0) return undefined;
    const start = !isBare ? words.start(at) : from < to ? words.start(from) : this.#at;
    const end = isBare ? this.#at : words.end(to - 1);
    const named = isBare ? -1 : number;
    const runs = named < 0 ? RUNS_NOTHING : RUNS[named];
    const isWanted = this.#visitor.wants(named, start, end) || redirects.length > 0;
    if (!isWanted && !isPiped && runs === RUNS_NOTHING) return undefined;
    const command = new ReadCommand(
      words,
      at,
      to,
      named,
      start,
      end,
      redirects,
      input,
      around,
      substituted,
    );
    if (isWanted) this.#visitor.command(command);
    if (isBare) return undefined;
    if (runs !== RUNS_NOTHING) runArguments(this, words, this.#text, command, at + 1, to);
    return command;
  }

  /** @inheritdoc */
  again(from: number, to: number, command: ReadCommand): void {
    if (from >= to || !this.#mayNest(command.within.length + 1)) return;
    this.#nested++;
    this.#close(from, to, NONE, command.input, inside(command), false, false);
  }
}
