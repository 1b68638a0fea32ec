import { commandName, isPowerShell } from './command.ts';
import { IS_ARGUMENT_FIRST, IS_RESERVED, NAMES, RESERVED } from './command_names.ts';
import { WRAPPER_OPTIONS } from './command_names.ts';
import { ODD } from './word_stack.ts';
import type { WordStack } from './word_stack.ts';

const DASH = 0x2d;
const SLASH = 0x2f;
const DOT = 0x2e;

/** The number of the name that a word is, or -1. */
export function nameOf(words: WordStack, index: number, text: string): number {
  const end = words.end(index);
  // `.exe` and the like do not belong to the name.
  if ((words.flags(index) & ODD) === 0 && text.charCodeAt(end - 4) !== DOT) {
    return NAMES.find(text, words.start(index), end);
  }
  return NAMES.numberOf(commandName(words.text(index)));
}

/** True for what stands before a command and is none: `then`, `{`, `X=1`. */
export function isPrefix(words: WordStack, index: number, number: number): boolean {
  if ((words.flags(index) & ODD) === 0) {
    return number >= 0 && IS_RESERVED[number] === 1 && words.text(index) === NAMES.name(number);
  }
  const text = words.text(index);
  return RESERVED.has(text) || (text.includes('=') && /^[a-z_]\w*\+?=/i.test(text));
}

/** The word behind a wrapper, its options and what it is given of its own. */
export function pastWrapper(words: WordStack, at: number, to: number, number: number): number {
  const valued = WRAPPER_OPTIONS[number] ?? '';
  let next = at + 1;
  for (; next < to - 1; next++) {
    const isDash = words.first(next) === DASH;
    if (!isDash && (words.flags(next) & ODD) === 0) break;
    const text = words.text(next);
    if (!isDash) {
      if (/^[a-z_]\w*=/i.test(text)) continue;
      break;
    }
    if (text === '-') break;
    if (text === '--') {
      next++;
      break;
    }
    if (text.length === 2 && valued.includes(text.charAt(1))) next++;
  }
  if (IS_ARGUMENT_FIRST[number] === 1 && next < to - 1) next++;
  return Math.min(next, to - 1);
}

function firstLike(words: WordStack, from: number, to: number, pattern: RegExp): number {
  for (let at = from; at < to; at++) {
    const first = words.first(at);
    if ((first === DASH || first === SLASH) && pattern.test(words.text(at))) return at;
  }
  return -1;
}

/** The argument that is a script, or -1: after `-c`, `/c`, `-Command`, or all of `eval`. */
export function scriptAt(words: WordStack, from: number, to: number, name: string): number {
  if (name === 'eval') return from < to ? from : -1;
  const flag =
    name === 'cmd' ? /^\/[ck]$/i : isPowerShell(name) ? /^[-/]c(?:ommand|o|om)?$/i : /^-[a-z]*c$/;
  const at = firstLike(words, from, to, flag);
  return at >= 0 && at + 1 < to ? at + 1 : -1;
}

/** The option of `find` that runs the words behind it, or -1. */
export const execAt = (words: WordStack, from: number, to: number): number =>
  firstLike(words, from, to, /^-(?:exec|execdir|ok|okdir|x)$/i);
