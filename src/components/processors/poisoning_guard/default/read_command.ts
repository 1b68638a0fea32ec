import { commandName } from './command.ts';
import type { Command, Redirect, Word } from './command.ts';
import { NAMES } from './command_names.ts';
import type { WordStack } from './word_stack.ts';

const NO_WORDS: readonly Word[] = [];

/** A command as it was read: name and arguments are made when somebody asks. */
export class ReadCommand implements Command {
  /** Of the name in {@link NAMES}, or -1. */
  readonly number: number;
  readonly start: number;
  readonly end: number;
  readonly input: ReadCommand | undefined;
  readonly within: readonly string[];
  readonly redirects: readonly Redirect[];
  readonly substituted: boolean;
  readonly #words: WordStack;
  /** The word that is the name; the arguments end before `#to`. None when they are the same. */
  readonly #head: number;
  readonly #to: number;
  #name: string | undefined;
  #args: readonly Word[] | undefined;

  constructor(
    words: WordStack,
    head: number,
    to: number,
    number: number,
    start: number,
    end: number,
    redirects: readonly Redirect[],
    input: ReadCommand | undefined,
    within: readonly string[],
    substituted: boolean,
  ) {
    this.number = number;
    this.start = start;
    this.end = end;
    this.input = input;
    this.within = within;
    this.redirects = redirects;
    this.substituted = substituted;
    this.#words = words;
    this.#head = head;
    this.#to = to;
    if (number >= 0) this.#name = NAMES.name(number);
    else this.#name = head === to ? '' : undefined;
  }

  /** @inheritdoc */
  get name(): string {
    this.#name ??= commandName(this.#words.text(this.#head));
    return this.#name;
  }

  /** @inheritdoc */
  get args(): readonly Word[] {
    if (this.#args !== undefined) return this.#args;
    const count = this.#to - this.#head - 1;
    if (count <= 0) return (this.#args = NO_WORDS);
    const args: Word[] = [];
    for (let at = this.#head + 1; at < this.#to; at++) args.push(this.#words.word(at));
    return (this.#args = args);
  }
}
