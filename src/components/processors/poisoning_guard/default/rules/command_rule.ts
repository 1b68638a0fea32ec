import type { Command, Word } from '../command.ts';
import type { RuleFacts } from '../rule.ts';

/** A rule about one command with its arguments. */
export interface CommandRule extends RuleFacts {
  /** Names that the rule is about; `*` for all. */
  readonly names: readonly string[];
  /** How much of its weight the rule has here: 0 for no match, 1 for all. */
  test(command: Command): number;
}

/** True when an option stands among the arguments: `-x` alone or in a cluster. */
export const hasShort = (args: readonly Word[], letter: string): boolean =>
  args.some(({ text }) => /^-[A-Za-z0-9]+$/.test(text) && text.includes(letter));

/** True for `--name` and `--name=value`. */
export const hasLong = (args: readonly Word[], name: string): boolean =>
  args.some(({ text }) => text === `--${name}` || text.startsWith(`--${name}=`));

/** True for Windows options in any case. */
export const hasSlash = (args: readonly Word[], name: string): boolean =>
  args.some(({ text }) => text.toLowerCase() === `/${name}`);

/** Arguments that are no options. */
export const operands = (args: readonly Word[]): string[] =>
  args.filter(({ text }) => !text.startsWith('-')).map(({ text }) => text);

/** All arguments as one text, small letters. */
export const joined = (args: readonly Word[]): string =>
  args
    .map(({ text }) => text)
    .join(' ')
    .toLowerCase();

/** A text is not let off because it holds more commands than can be judged. */
export const FLOOD = {
  id: 'obfuscation.flood',
  class: 'obfuscation',
  severity: 'medium',
  weight: 1,
  meaning: 'Holds so many commands that not all were judged.',
} as const;
