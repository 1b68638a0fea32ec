import { isShared, isUnspaced, isWord } from './automaton.ts';
import { COMMAND_TRIGGERS } from './rules/index.ts';
import { DISGUISED } from './rules/vocabulary.ts';
import type { WordClass } from './words.ts';

export const MARK_DISGUISED = 1;
export const MARK_COMMAND = 2;

/** A word of some classes, and what stands for it. */
export interface Word {
  readonly text: string;
  /** No letter may follow. */
  readonly right: boolean;
  /** Numbers of the steps of rules that wait for it. */
  readonly steps: readonly number[];
  /** Bits of `MARK_…`. */
  readonly marks: number;
}

/** The letters of words behind their heads. */
export interface Tail {
  /** Letters that all words from here on have, after the one that leads here. */
  letters: string;
  /** The word that ends behind them. */
  word: Word | undefined;
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
  word: Word | undefined;
  /** Longer words. */
  tail: Tail | undefined;
}

const HEAD_LENGTH = 8;

/** Words by their heads. */
export function headsOf(words: readonly Word[]): readonly Head[] {
  const heads = new Map<string, Head>();
  for (const word of words) {
    // A head does not end in a space: behind it there may be a run of them.
    const isHead = word.text.length <= HEAD_LENGTH;
    const text = isHead ? word.text : word.text.slice(0, HEAD_LENGTH).trimEnd();
    const head = heads.get(text) ?? newHead(text);
    heads.set(text, head);
    if (word.text === text) head.word = word;
    else grow((head.tail ??= newTail()), word.text.slice(text.length)).word = word;
  }
  for (const { tail } of heads.values()) if (tail !== undefined) shorten(tail);
  return [...heads.values()];
}

const newTail = (): Tail => ({ letters: '', word: undefined, next: new Map() });

/** Puts letters together between which no word ends or parts from others. */
function shorten(tail: Tail): void {
  while (tail.word === undefined && tail.next.size === 1) {
    for (const [code, child] of tail.next) {
      tail.letters += String.fromCharCode(code);
      tail.word = child.word;
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
  return { text, ...about, word: undefined, tail: undefined };
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

/** All words of these classes; `waitingFor`: the steps of rules that wait for some. */
export function wordsOf(
  classes: readonly WordClass[],
  waitingFor: (of: ReadonlySet<WordClass>) => readonly number[],
): readonly Word[] {
  const found = new Map<string, Set<WordClass>>();
  for (const each of new Set(classes)) {
    for (const word of each.words) found.set(word, (found.get(word) ?? new Set()).add(each));
  }
  return [...found].map(([text, of]) => {
    const last = text.charCodeAt(text.length - 1);
    const right = isWord(last) && !isUnspaced(last) && ![...of].some(({ stem }) => stem);
    return { text, right, steps: waitingFor(of), marks: marksOf(of) };
  });
}

function marksOf(of: ReadonlySet<WordClass>): number {
  const isCommand = COMMAND_TRIGGERS.some((each) => of.has(each));
  return (of.has(DISGUISED) ? MARK_DISGUISED : 0) | (isCommand ? MARK_COMMAND : 0);
}
