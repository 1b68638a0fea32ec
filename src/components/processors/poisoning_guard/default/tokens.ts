import { isShared, isUnspaced, isWord } from './automaton.ts';
import { COMMAND_TRIGGERS } from './rules/index.ts';
import { DISGUISED } from './rules/vocabulary.ts';
import type { WordClass } from './words.ts';

export const MARK_DISGUISED = 1;
export const MARK_COMMAND = 2;

/** What a word stands for. */
export interface Token {
  /** No letter may follow. */
  readonly right: boolean;
  /** Steps of rules that wait for the word. */
  readonly listeners: Int32Array;
  /** Bits of `MARK_…`. */
  readonly marks: number;
}

/** The letters of words behind their heads. */
export interface Tail {
  /** Letters that all words from here on have, after the one that leads here. */
  letters: string;
  /** The word that ends behind them. */
  token: Token | undefined;
  next: Map<number, Tail>;
}

/**
 * The beginning of words, as far as the automaton looks: whole words would make it so large that
 * every look-up missed the cache.
 */
export interface Head {
  readonly text: string;
  readonly spaces: boolean;
  /** It has letters that share classes in the automaton. */
  readonly shared: boolean;
  /** No letter may stand before. */
  readonly left: boolean;
  /** The word that is the head alone. */
  token: Token | undefined;
  /** Longer words. */
  tail: Tail | undefined;
}

const HEAD_LENGTH = 8;

/** All words of all classes by their heads. */
export function headsOf(
  classes: readonly WordClass[],
  listeners: (of: ReadonlySet<WordClass>) => Int32Array,
): readonly Head[] {
  const heads = new Map<string, Head>();
  for (const [word, of] of classesOf(classes)) {
    // A head does not end in a space: behind it there may be a run of them.
    const text = word.length <= HEAD_LENGTH ? word : word.slice(0, HEAD_LENGTH).trimEnd();
    const head = heads.get(text) ?? newHead(text);
    heads.set(text, head);
    const token = tokenOf(word, of, listeners);
    if (word === text) head.token = token;
    else grow((head.tail ??= newTail()), word.slice(text.length)).token = token;
  }
  for (const { tail } of heads.values()) if (tail !== undefined) shorten(tail);
  return [...heads.values()];
}

/** The classes that each word stands in. */
export function classesOf(classes: readonly WordClass[]): Map<string, Set<WordClass>> {
  const found = new Map<string, Set<WordClass>>();
  for (const each of new Set(classes)) {
    for (const word of each.words) {
      found.set(word, (found.get(word) ?? new Set()).add(each));
    }
  }
  return found;
}

const newTail = (): Tail => ({ letters: '', token: undefined, next: new Map() });

/** Puts letters together between which no word ends or parts from others. */
function shorten(tail: Tail): void {
  while (tail.token === undefined && tail.next.size === 1) {
    for (const [code, child] of tail.next) {
      tail.letters += String.fromCharCode(code);
      tail.token = child.token;
      tail.next = child.next;
      break;
    }
  }
  for (const child of tail.next.values()) shorten(child);
}

function newHead(text: string): Head {
  const code = text.charCodeAt(0);
  const left = isWord(code) && !isUnspaced(code);
  const about = { spaces: text.includes(' '), shared: isShared(text), left };
  return { text, ...about, token: undefined, tail: undefined };
}

function grow(from: Tail, letters: string): Tail {
  let node = from;
  for (let i = 0; i < letters.length; i++) {
    const code = letters.charCodeAt(i);
    const next = node.next.get(code) ?? newTail();
    node.next.set(code, next);
    node = next;
  }
  return node;
}

/** What a word of these classes stands for. */
export function tokenOf(
  word: string,
  of: ReadonlySet<WordClass>,
  listeners: (of: ReadonlySet<WordClass>) => Int32Array,
): Token {
  const last = word.charCodeAt(word.length - 1);
  const right = isWord(last) && !isUnspaced(last) && ![...of].some(({ stem }) => stem);
  let marks = 0;
  if (of.has(DISGUISED)) marks |= MARK_DISGUISED;
  if (COMMAND_TRIGGERS.some((each) => of.has(each))) marks |= MARK_COMMAND;
  return { right, listeners: listeners(of), marks };
}
