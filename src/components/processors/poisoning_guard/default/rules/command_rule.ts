import type { Command, Word } from '../command.ts';
import type { RuleFacts } from '../rule.ts';

/** A rule about one command with its arguments. */
export interface CommandRule extends RuleFacts {
  /** Names that the rule is about; `*` for all. */
  readonly names: readonly string[];
  /** How much of its weight the rule has here: 0 for no match, 1 for all. */
  test(command: Command): number;
  /** The most that `test` returns, when that is more than 1. */
  readonly factorMax?: number;
}

/** True for `-x`, `-xyz` and `-9`: letters and digits only. */
function isCluster(text: string): boolean {
  if (text.length < 2 || text.charCodeAt(0) !== 0x2d) return false;
  for (let at = 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const lower = code | 0x20;
    const isLetter = lower >= 0x61 && lower <= 0x7a;
    if (!isLetter && (code < 0x30 || code > 0x39)) return false;
  }
  return true;
}

/** True when an option stands among the arguments: `-x` alone or in a cluster. */
export function hasShort(args: readonly Word[], letter: string): boolean {
  for (const { text } of args) if (isCluster(text) && text.includes(letter)) return true;
  return false;
}

/** True for `--name` and `--name=value`. */
export function hasLong(args: readonly Word[], name: string): boolean {
  for (const { text } of args) {
    if (!text.startsWith('--') || !text.startsWith(name, 2)) continue;
    if (text.length === name.length + 2 || text.charCodeAt(name.length + 2) === 0x3d) return true;
  }
  return false;
}

/** True for Windows options in any case. */
export const hasSlash = (args: readonly Word[], name: string): boolean =>
  args.some(({ text }) => text.toLowerCase() === `/${name}`);

/** Arguments that are no options. */
export function operands(args: readonly Word[]): string[] {
  const texts: string[] = [];
  for (const { text } of args) if (text.charCodeAt(0) !== 0x2d) texts.push(text);
  return texts;
}

let lastArgs: readonly Word[] = [];
let lastText = '';
let lastSmall: string | undefined = '';

/** All arguments as one text. Several rules ask this of a command in turn. */
export function written(args: readonly Word[]): string {
  if (args === lastArgs) return lastText;
  let text = '';
  for (let at = 0; at < args.length; at++) {
    text = at === 0 ? (args[0] as Word).text : `${text} ${(args[at] as Word).text}`;
  }
  lastArgs = args;
  lastText = text;
  lastSmall = undefined;
  return text;
}

/** All arguments as one text, small letters. */
export function joined(args: readonly Word[]): string {
  const text = written(args);
  lastSmall ??= text.toLowerCase();
  return lastSmall;
}

/** A text is not let off because it holds more commands than can be judged. */
export const FLOOD = {
  id: 'obfuscation.flood',
  class: 'obfuscation',
  severity: 'medium',
  weight: 1,
  meaning: 'Holds so many commands that not all were judged.',
} as const;
