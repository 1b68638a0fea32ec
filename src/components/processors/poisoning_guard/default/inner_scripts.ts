import { isShell } from './command.ts';
import { RUNS, RUNS_FOUND, RUNS_QUOTED, RUNS_SCRIPT } from './command_names.ts';
import { execAt, scriptAt } from './command_words.ts';
import type { ReadCommand } from './read_command.ts';
import type { WordStack } from './word_stack.ts';

/** Reads what a command runs among its arguments. */
export interface ScriptRunner {
  /** Reads `[from, to)` of the text as a script. */
  nest(from: number, to: number, within: readonly string[], substituted: boolean): void;
  /** Takes the words `[from, to)` of a command as one of their own: `cmd /c del …`. */
  again(from: number, to: number, command: ReadCommand): void;
}

/** What stands around the commands that a command runs. */
export const inside = ({ within, name }: ReadCommand): readonly string[] => [...within, name];

/** Runs the scripts and commands among the arguments, the words `[from, to)`. */
export function runArguments(
  runner: ScriptRunner,
  words: WordStack,
  text: string,
  command: ReadCommand,
  from: number,
  to: number,
): void {
  const runs = RUNS[command.number];
  if (runs === RUNS_SCRIPT) {
    const at = scriptAt(words, from, to, command.name);
    if (at >= 0 && !words.isQuoted(at)) runner.again(at, to, command);
    else if (at >= 0) runner.nest(words.start(at) + 1, words.end(at) - 1, inside(command), false);
    if (command.redirects.length > 0) runHerestrings(runner, text, command);
  } else if (runs === RUNS_FOUND) {
    const at = execAt(words, from, to);
    if (at >= 0) runner.again(at + 1, to, command);
  } else {
    for (let at = from; at < to; at++) {
      if (!words.isQuoted(at)) continue;
      const [start, end] = [words.start(at) + 1, words.end(at) - 1];
      if (runs !== RUNS_QUOTED) runStrings(runner, text, start, end, inside(command));
      else if (words.text(at).includes(' ')) runner.nest(start, end, inside(command), false);
    }
  }
}

/** The strings in a piece of code may be scripts. */
function runStrings(
  runner: ScriptRunner,
  text: string,
  from: number,
  to: number,
  within: readonly string[],
): void {
  let opened = -1;
  for (let at = from; at < to; at++) {
    const mark = text.charCodeAt(at);
    if (mark !== 0x22 && mark !== 0x27 && mark !== 0x60) continue;
    if (opened >= 0 && text.charCodeAt(opened) === mark) {
      runner.nest(opened + 1, at, within, false);
      opened = -1;
    } else if (opened < 0) opened = at;
  }
}

/** `bash <<< '…'`. */
function runHerestrings(runner: ScriptRunner, text: string, command: ReadCommand): void {
  if (!isShell(command.name)) return;
  for (const { op, target } of command.redirects) {
    if (op !== '<<<') continue;
    const from = command.start;
    // Not looked for in all of the text, which may be long and hold many.
    const at = text.slice(from, command.end + 16 + target.length).indexOf(target);
    if (at >= 0 && from + at < command.end + 16)
      runner.nest(from + at, from + at + target.length, inside(command), false);
  }
}
