import { first } from '../rule.ts';
import type { PhraseRule, RuleFacts } from '../rule.ts';
import { literals } from '../words.ts';

/** A function of a shell that starts itself twice, over and over: `:(){ :|:& };:`, whatever its name. */
export const FORK_BOMB: RuleFacts = {
  id: 'destructive.fork_bomb',
  class: 'destructive',
  severity: 'critical',
  weight: 2,
  meaning: 'A function that starts itself twice, until nothing else can run.',
};

/** How the body of such a function ends: few other functions end so. */
export const FORK_BOMB_END = literals('end of a fork bomb', '&}|& }');

/** Units before the end of the body in which all of it stands. */
const BODY_MAX = 160;

/** The name, then its body: itself, piped into itself. */
const BODY =
  /([^\s(){}|&;<>"'`$]{1,32})\s{0,8}(?:\(\s{0,8}\)\s{0,8})?\{\s{0,8}\1\s{0,8}\|\s{0,8}&?\s{0,8}\1\s{0,8}$/;

/** Where the function begins whose body ends with the `&` here, or -1 when it is no fork bomb. */
export function forkBombStart(text: string, ampersand: number): number {
  const before = text.slice(Math.max(0, ampersand - BODY_MAX), ampersand);
  const found = BODY.exec(before);
  return found === null ? -1 : ampersand - before.length + found.index;
}

const LOOPS = literals(
  'starts itself in a loop',
  '%0¦%0|%0 ¦ %0|fork while fork|fork() while|while(1) fork()|while(1){fork()|while (1) fork()|while (1) { fork()|while true: os.fork()|while 1: os.fork()|for(;;)fork()|for(;;) fork()|./$0¦./$0|./$0 ¦ ./$0|$0 & $0|loop { fork }|loop{fork}',
);

/** The same in other languages. */
export const FORK_LOOP: PhraseRule = {
  id: 'destructive.fork_loop',
  class: 'destructive',
  severity: 'high',
  weight: 1.4,
  meaning: 'A process that starts itself over and over.',
  steps: [first(LOOPS)],
};
