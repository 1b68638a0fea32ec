import { namesOfCommands } from '../rule_words.ts';
import { isLetter } from './digits.ts';
import { Trie } from './lexicon.ts';

/** Units of the longest name that is looked up. */
const NAME_MAX = 16;

/** Units of the folders before a name. */
const FOLDERS_MAX = 32;
/** Units behind a name in which its arguments are looked for. */
const ARGUMENTS_MAX = 48;

const names = namesOfCommands();

/** Commands that are recognised without a blank behind them. */
const UNMISTAKABLE: ReadonlySet<string> = new Set(
  'rm dd curl wget chmod chown mkfs bash nc scp tar sudo shred'.split(' '),
);

/** Commands whose first word may be run together with them: `gitreset`. */
export const commandsWithVerbs: ReadonlySet<string> = new Set([
  ...UNMISTAKABLE,
  ...'git docker kubectl helm aws gcloud terraform systemctl vssadmin wbadmin tmutil npm env echo zsh'.split(
    ' ',
  ),
]);

/** By unit: 1 when a command may begin behind it. */
export const beforeCommand = new Uint8Array(128);
for (const unit of ' \t\n;|&(`"\'={>\\') beforeCommand[unit.charCodeAt(0)] = 1;

/** True where a command may begin. */
export function isCommandPlace(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text.charCodeAt(at - 1);
  if (before === 0x2f) return text.startsWith('bin', at - 4);
  return before < 128 && beforeCommand[before] === 1;
}

const ESCAPED_PLACE = /%(?:2F|22|27|28|60|0A|7B|5C|3B|7C|26)$/i;

/** True where the word before an escaped blank here is a command with arguments. */
export function isCommandBefore(text: string, blank: number): boolean {
  let from = blank;
  while (from > 0 && blank - from < NAME_MAX && isLetter(text.charCodeAt(from - 1))) from--;
  if (from === blank) return false;
  const isPlace = isCommandPlace(text, from) || ESCAPED_PLACE.test(text.slice(from - 3, from));
  return isPlace && isCommandAt(text, from);
}

/** True when the letters are the name of a command, in small letters. */
export function isCommandName(letters: string): boolean {
  return names.has(letters);
}

const allNames = new Trie([...names]);

/** The node of the names of commands after one more letter of any case, 0 when none goes on so. */
export function nameStep(node: number, unit: number): number {
  return unit < 128 ? allNames.step(node, unit | 32) : 0;
}

/** True when a name of a command ends with this node of {@link nameStep}. */
export function isNameEnd(node: number): boolean {
  return allNames.wordAt(node) >= 0;
}

/** The letters from here on when they are no more than a name may have. */
export function nameAt(text: string, from: number): string {
  let to = from;
  while (to - from < NAME_MAX && isLetter(text.charCodeAt(to))) to++;
  return isLetter(text.charCodeAt(to)) ? '' : text.slice(from, to);
}

/** Letters of the longest unmistakable command. */
const UNMISTAKABLE_MAX = 5;

/** Where the unmistakable command begins that ends here, or -1. */
export function commandStart(text: string, end: number): number {
  let start = end;
  while (start > 0 && end - start <= UNMISTAKABLE_MAX && isLetter(text.charCodeAt(start - 1)))
    start--;
  if (end - start < 2 || end - start > UNMISTAKABLE_MAX) return -1;
  const number = verbs.wordAt(verbNode(text, start, end));
  return number >= 0 && number < UNMISTAKABLE.size && isCommandPlace(text, start) ? start : -1;
}

const verbs = new Trie([...commandsWithVerbs]);

/** The node of the names of {@link commandsWithVerbs} after these letters, 0 when none begins so. */
function verbNode(text: string, start: number, end: number): number {
  let node = 0;
  for (let at = start; at < end; at++) {
    node = verbs.step(node, text.charCodeAt(at));
    if (node === 0) return 0;
  }
  return node;
}

/** The ends of the names of commands with verbs that begin here, up to `limit`, the longest last. */
export function verbEnds(text: string, start: number, limit: number): readonly number[] {
  let ends = NOWHERE;
  let node = 0;
  for (let at = start; at < limit; at++) {
    node = verbs.step(node, text.charCodeAt(at));
    if (node === 0) break;
    if (verbs.wordAt(node) < 0) continue;
    ends = [...ends, at + 1];
  }
  return ends;
}

const NOWHERE: readonly number[] = [];

/** Where the name of a command begins behind the folders before it. */
function pastFolders(text: string, at: number): number {
  const slash = text.slice(at, at + FOLDERS_MAX).search(/[^\w./-]/);
  const word = text.slice(at, slash < 0 ? at + FOLDERS_MAX : at + slash);
  return at + word.lastIndexOf('/') + 1;
}

/**
 * True when a command with arguments begins here: one of the unmistakable before a blank, or any other
 * with something behind it that only commands have.
 */
export function isCommandAt(text: string, at: number): boolean {
  const from = text.charCodeAt(at) === 0x2f ? pastFolders(text, at) : at;
  if (!isLetter(text.charCodeAt(from))) return false;
  const name = nameAt(text, from);
  if (!names.has(name)) return false;
  const end = from + name.length;
  const rest = text.slice(end, end + ARGUMENTS_MAX);
  if (!/^\d?(?:\.exe)?(?:[ \t]|%20|&nbsp;|\\[tn])/.test(rest)) return false;
  if (UNMISTAKABLE.has(name)) return true;
  return commandsWithVerbs.has(name) || /[ 0](?:--?\w|[/~$>|]|&&|%2F)/.test(rest);
}

/** True for a command that may be run together with its verb. */
export function takesVerb(name: string): boolean {
  return commandsWithVerbs.has(name);
}

/** True for commands that do harm or fetch: what stands in braces with them is no list of names. */
export function isUnmistakable(name: string): boolean {
  return UNMISTAKABLE.has(name);
}
