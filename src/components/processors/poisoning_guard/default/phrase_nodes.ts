import { isWord } from './automaton.ts';
import { rankOf } from './common_words_table.ts';

/** Letters of a word by which it is found; longer ones are told apart by what follows. */
export const KEY_LENGTH = 8;

/** What a phrase may touch. */
interface Phrase {
  readonly token: number;
  /** No letter may stand before it, or follow. */
  readonly left: boolean;
  readonly right: boolean;
}

/** A piece of phrases, and what they go on with. */
interface Node<End> {
  /** Letters that all phrases from here on have. */
  letters: string;
  /** What ends behind them. */
  end: End | undefined;
  children: Map<string, Node<End>>;
}

/** What stands before an anchor, from right to left. */
type Front = Node<Phrase>;
/** What follows an anchor, and at the end of each phrase what may stand before the anchor. */
type Back = Node<Front>;

const newNode = <End>(): Node<End> => ({ letters: '', end: undefined, children: new Map() });

/** Phrases as the kernel reads them. */
export interface PhraseNodes {
  /** Words of up to 8 small letters or digits: anchors, or the beginning of longer ones. */
  readonly keys: readonly string[];
  /** Anchors that are a sign, or two. */
  readonly signs: readonly string[];
  /**
   * Where the node of each key stands in `bytes`, then that of each sign. For a word that stands in no longer
   * phrase its token, marked.
   */
  readonly roots: Uint32Array;
  /** What may follow each key: a bit for the lower five bits of each byte. */
  readonly next: Uint32Array;
  /** Nodes as in phrases.kernel.as; places in them are counted from `base`. */
  readonly bytes: Uint8Array;
}

interface Place {
  readonly key: string;
  readonly at: number;
}

/** The anchor of a phrase: of its words the one that stands in the fewest texts. */
function anchorOf(phrase: string): Place {
  let best: Place | undefined;
  for (const { 0: run, index } of phrase.matchAll(/[a-z0-9]+/g)) {
    if (best === undefined || rankOf(run) < rankOf(best.key)) best = { key: run, at: index };
  }
  return best ?? signOf(phrase);
}

/** Pairs of signs that stand in every text with lists in it. */
const COMMON_PAIRS = new Set(['":', ': ']);

/** Of a phrase without words two signs, or the only one. */
function signOf(phrase: string): Place {
  for (let at = 0; at + 1 < phrase.length; at++) {
    const key = phrase.slice(at, at + 2);
    if (!COMMON_PAIRS.has(key)) return { key, at };
  }
  return { key: phrase, at: 0 };
}

const reversed = (text: string): string => text.split('').toReversed().join('');

/**
 * The node at the end of a path, which is made where it is missing, and given an end by the caller. Letters
 * between which no phrase ends or parts from others are one node: one for each would be many times as
 * many.
 */
function grown<End>(from: Node<End>, path: string): Node<End> {
  let node = from;
  let at = 0;
  for (;;) {
    if (node.end === undefined && node.children.size === 0) {
      node.letters = path.slice(at);
      return node;
    }
    let common = 0;
    while (common < node.letters.length && node.letters[common] === path[at + common]) common++;
    if (common < node.letters.length) part(node, common);
    at += common;
    if (at === path.length) return node;
    const letter = path.charAt(at++);
    const next = node.children.get(letter) ?? newNode<End>();
    node.children.set(letter, next);
    node = next;
  }
}

/** Makes two of a node: so many of its letters, and the others. */
function part<End>(node: Node<End>, length: number): void {
  const { letters, end, children } = node;
  const lower = { letters: letters.slice(length + 1), end, children };
  node.letters = letters.slice(0, length);
  node.end = undefined;
  node.children = new Map([[letters.charAt(length), lower]]);
}

const LEFT = 1;
const RIGHT = 2;
/** Letters and children of a node, and what ends with it. */
const HEAD_BYTES = 6;

/** Writes nodes one behind the other. */
class NodeWriter {
  readonly #bytes: number[] = [];
  readonly #base: number;

  constructor(base: number) {
    this.#base = base;
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** Where the node stands. */
  back(node: Back): number {
    return this.#node(
      node,
      (child) => this.back(child),
      (at, end) => this.#put32(at + 2, this.#front(end)),
    );
  }

  #front(node: Front): number {
    return this.#node(
      node,
      (child) => this.#front(child),
      (at, { token, left, right }) => {
        this.#bytes[at + 2] = (left ? LEFT : 0) | (right ? RIGHT : 0);
        this.#bytes[at + 4] = (token + 1) & 255;
        this.#bytes[at + 5] = (token + 1) >> 8;
      },
    );
  }

  #node<End>(
    { letters, end, children }: Node<End>,
    write: (child: Node<End>) => number,
    writeEnd: (at: number, end: End) => void,
  ): number {
    if (letters.length > 255 || children.size > 255) throw new RangeError('too large a node');
    const at = this.#bytes.length;
    const codes = at + HEAD_BYTES + letters.length;
    const list = codes + children.size;
    for (let i = at; i < list + 4 * children.size; i++) this.#bytes.push(0);
    this.#bytes[at] = letters.length;
    this.#bytes[at + 1] = children.size;
    for (let i = 0; i < letters.length; i++)
      this.#bytes[at + HEAD_BYTES + i] = letters.charCodeAt(i);
    if (end !== undefined) writeEnd(at, end);
    for (const [index, [letter, child]] of [...children].entries()) {
      this.#bytes[codes + index] = letter.charCodeAt(0);
      this.#put32(list + 4 * index, write(child));
    }
    return this.#base + at;
  }

  #put32(at: number, value: number): void {
    for (let i = 0; i < 4; i++) this.#bytes[at + i] = (value >>> (8 * i)) & 255;
  }
}

/**
 * Phrases by their anchors. Each is of ASCII, with small letters and single blanks; `right`, by phrase:
 * no letter may follow it. Tokens are their places in the list.
 */
export function phraseNodes(
  phrases: readonly string[],
  right: readonly boolean[],
  base: number,
): PhraseNodes {
  const backs = new Map<string, Back>();
  for (const [token, phrase] of phrases.entries()) {
    const { key: whole, at } = anchorOf(phrase);
    const key = whole.slice(0, KEY_LENGTH);
    const back = backs.get(key) ?? newNode<Front>();
    backs.set(key, back);
    const last = grown(back, phrase.slice(at + key.length));
    const front = grown((last.end ??= newNode<Phrase>()), reversed(phrase.slice(0, at)));
    front.end = { token, left: isWord(phrase.charCodeAt(0)), right: right[token] ?? false };
  }
  const isKey = (key: string): boolean => /^[a-z0-9]/.test(key);
  const keys = [...backs.keys()].filter(isKey);
  const signs = [...backs.keys()].filter((key) => !isKey(key));
  const writer = new NodeWriter(base);
  const roots = [...keys, ...signs].map((key) => {
    const back = backs.get(key) ?? newNode();
    return (isKey(key) ? aloneOf(back) : undefined) ?? writer.back(back);
  });
  const next = keys.map((key) => nextOf(backs.get(key) ?? newNode()));
  const { bytes } = writer;
  return { keys, signs, roots: Uint32Array.from(roots), next: Uint32Array.from(next), bytes };
}

/** Marks of a root that is no place of a node but a token. */
const ALONE = 2 ** 31;
const ALONE_RIGHT = 2 ** 30;

/** The root of a word that stands in no longer phrase; undefined for others. */
function aloneOf({ letters, end, children }: Back): number | undefined {
  const isEnd = letters === '' && children.size === 0 && end !== undefined;
  if (!isEnd || end.letters !== '' || end.children.size > 0) return undefined;
  const phrase = end.end;
  if (phrase?.left !== true) return undefined;
  return ALONE + (phrase.right ? ALONE_RIGHT : 0) + phrase.token;
}

/** What a phrase may go on with; anything when one ends here. */
function nextOf({ letters, end, children }: Back): number {
  if (letters === '' && end !== undefined) return 0xffff_ffff;
  const codes = letters === '' ? [...children.keys()] : [letters.charAt(0)];
  return codes.reduce((bits, code) => bits | (1 << (code.charCodeAt(0) & 31)), 0);
}
