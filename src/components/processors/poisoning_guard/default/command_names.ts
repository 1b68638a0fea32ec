import { isPowerShell, isShell, SHELLS } from './command.ts';
import { NameTable } from './name_table.ts';
import { COMMAND_RULES } from './rules/commands.ts';
import { DATA_COMMANDS, KNOWN_COMMANDS } from './rules/known_commands.ts';

/** Words that stand before a command and are none. */
export const RESERVED: ReadonlySet<string> = new Set(
  '{ ( ! if then else elif do while until } ) fi done coproc &'.split(' '),
);

/** Words that run the words behind them, with the options of theirs that take a value. */
const WRAPPERS: ReadonlyMap<string, string> = new Map([
  ['sudo', 'ugprtCh'],
  ['doas', 'u'],
  ['env', 'uSC'],
  ['command', ''],
  ['builtin', ''],
  ['exec', 'a'],
  ['nohup', ''],
  ['nice', 'n'],
  ['ionice', 'cn'],
  ['time', 'fo'],
  ['timeout', 'ks'],
  ['stdbuf', 'ioe'],
  ['xargs', 'IiLnPsdEa'],
  ['setsid', ''],
  ['watch', 'n'],
  ['strace', 'oepu'],
  ['chroot', ''],
  ['start', ''],
  ['caffeinate', ''],
  ['unbuffer', ''],
  ['parallel', 'jI'],
  ['chronic', ''],
  ['faketime', ''],
  ['then', ''],
]);
/** Wrappers that take one argument of their own before the command. */
const ARGUMENT_FIRST = new Set(['timeout', 'chroot', 'faketime']);

/** Commands that are given code, in whose strings commands may stand. */
const CODE = new Set('node perl ruby python python2 python3 php deno bun lua'.split(' '));
/** Commands whose quoted arguments are run, by another machine or in a container. */
const ELSEWHERE = new Set(['ssh', 'docker', 'kubectl', 'podman']);
const FINDERS = new Set(['find', 'fd']);

/** Every name that means something to the reader or to a rule. */
export const NAMES = new NameTable([
  ...KNOWN_COMMANDS,
  ...DATA_COMMANDS,
  ...RESERVED,
  ...WRAPPERS.keys(),
  ...SHELLS,
  ...CODE,
  ...ELSEWHERE,
  ...FINDERS,
  ...COMMAND_RULES.flatMap(({ names }) => names),
]);

/** How a command runs what stands among its arguments. */
export const RUNS_NOTHING = 0;
export const RUNS_SCRIPT = 1;
export const RUNS_QUOTED = 2;
export const RUNS_STRINGS = 3;
export const RUNS_FOUND = 4;

function runsOf(name: string): number {
  if (isShell(name) || isPowerShell(name) || name === 'su' || name === 'eval' || name === 'cmd')
    return RUNS_SCRIPT;
  if (ELSEWHERE.has(name)) return RUNS_QUOTED;
  if (CODE.has(name)) return RUNS_STRINGS;
  return FINDERS.has(name) ? RUNS_FOUND : RUNS_NOTHING;
}

/** By number of the name. */
export const RUNS = Uint8Array.from(NAMES.each(runsOf));
/** By number of the name: the options that take a value, when it is a wrapper. */
export const WRAPPER_OPTIONS = NAMES.each((name) => WRAPPERS.get(name));
export const IS_ARGUMENT_FIRST = NAMES.flags(ARGUMENT_FIRST);
export const IS_RESERVED = NAMES.flags(RESERVED);
export const IS_KNOWN = NAMES.flags(KNOWN_COMMANDS);
export const IS_DATA = NAMES.flags(DATA_COMMANDS);
