import { anchorSet } from './anchors.ts';
import type { Anchor, AnchorSet } from './anchors.ts';
import {
  GAPS,
  IS_GAP,
  IS_WORD,
  mayBeCommand,
  mayHaveReadings,
  PROSE_WORDS_MIN,
} from './look_bytes.ts';
import { LOOK_FIRST, LOOK_MASKS, LOOK_START } from './look_patterns.ts';

/** Columns of the table: what no anchor has, what is not ASCII, then a column for each character. */
const OTHER = 0;
const FOREIGN = 1;
/** Blanks and `_`: the state stays as it is. */
const GAP = 2;
/** Words of fewer letters stand inside many others. */
const SHORT_LETTERS_MAX = 3;

interface Node {
  readonly next: Map<number, Node>;
  fail: Node | undefined;
  anchors: number[];
  state: number;
}

const newNode = (): Node => ({ next: new Map(), fail: undefined, anchors: [], state: 0 });

/** The tables of a set of anchors. */
class LookTables {
  readonly anchors: readonly Anchor[];
  /** By anchor: the steps for which it stands. */
  readonly stepsOf: readonly Uint16Array[];
  /** By step: the rules that have it. */
  readonly rulesOf: readonly Uint16Array[];
  /** By rule: how many different steps it has. */
  readonly lengths: Uint8Array;
  readonly columns = columnsOfGaps();
  /** Columns of a row, as a power of two. */
  shift = 0;
  readonly table: Uint16Array;
  readonly firstEnding: number;
  readonly endings: readonly Uint16Array[];
  /** By ending: the length of its only anchor when that is a short word, else 0. */
  readonly shorts: Uint8Array;

  constructor({ anchors, rules, steps }: AnchorSet) {
    this.anchors = anchors;
    this.stepsOf = anchors.map((anchor) => Uint16Array.from(anchor.steps));
    this.rulesOf = Array.from({ length: steps }, (_, step) =>
      Uint16Array.from(rules.keys().filter((rule) => rules[rule]?.includes(step) === true)),
    );
    this.lengths = Uint8Array.from(rules, (own) => own.length);
    this.#fillColumns();
    const nodes = this.#linked();
    // Where something that is not ASCII stands: an ending without anchors.
    const foreign = newNode();
    foreign.fail = nodes[0];
    const silent = nodes.filter((node) => node.anchors.length === 0);
    const ending = [foreign, ...nodes.filter((node) => node.anchors.length > 0)];
    for (const [state, node] of [...silent, ...ending].entries()) node.state = state;
    this.firstEnding = silent.length;
    this.endings = ending.map((node) => Uint16Array.from(node.anchors));
    this.shorts = Uint8Array.from(ending, (node) => this.#shortLength(node));
    this.table = new Uint16Array((silent.length + ending.length) << this.shift);
    for (const node of [...nodes, foreign]) this.#fill(node, foreign.state);
  }

  #fillColumns(): void {
    const letters = new Set(this.anchors.flatMap(({ text }) => text.split('')));
    this.shift = Math.ceil(Math.log2(letters.size + GAP + 1));
    for (const [number, letter] of [...letters].entries()) {
      this.columns[letter.charCodeAt(0)] = GAP + 1 + number;
      this.columns[letter.toUpperCase().charCodeAt(0)] = GAP + 1 + number;
    }
  }

  #shortLength({ anchors }: Node): number {
    const [only] = anchors.length === 1 ? anchors : [];
    const anchor = only === undefined ? undefined : this.anchors[only];
    if (anchor === undefined || !anchor.left || !anchor.right) return 0;
    return anchor.text.length <= SHORT_LETTERS_MAX ? anchor.text.length : 0;
  }

  #linked(): Node[] {
    const root = newNode();
    for (const [number, { text }] of this.anchors.entries()) {
      let node = root;
      for (let i = 0; i < text.length; i++) {
        const column = this.columns[text.charCodeAt(i)] as number;
        let next = node.next.get(column);
        if (next === undefined) node.next.set(column, (next = newNode()));
        node = next;
      }
      node.anchors.push(number);
    }
    const order: Node[] = [root];
    for (const node of order) {
      for (const [column, child] of node.next) {
        let fail = node.fail;
        while (fail !== undefined && !fail.next.has(column)) fail = fail.fail;
        child.fail = fail?.next.get(column) ?? root;
        child.anchors.push(...child.fail.anchors);
        order.push(child);
      }
    }
    return order;
  }

  #fill(node: Node, foreign: number): void {
    const row = node.state << this.shift;
    if (node.fail !== undefined) {
      const from = node.fail.state << this.shift;
      this.table.copyWithin(row, from, from + (1 << this.shift));
    }
    this.table[row + OTHER] = 0;
    this.table[row + FOREIGN] = foreign;
    this.table[row + GAP] = node.state;
    for (const [column, child] of node.next) this.table[row + column] = child.state;
  }
}

function columnsOfGaps(): Uint8Array {
  const columns = new Uint8Array(256).fill(FOREIGN, 128);
  for (const gap of GAPS) columns[gap] = GAP;
  return columns;
}

let shared: LookTables | undefined;

/**
 * The second look at a text, over its bytes: whether it is certain that no rule holds in it and that
 * there is no other way to read it. Texts that follow each other are read as one at the same time: an
 * anchor that is split over neighbours is seen.
 */
export class FirstLook {
  readonly #anchors: readonly Anchor[];
  readonly #columns: Uint8Array;
  readonly #table: Uint16Array;
  readonly #firstEnding: number;
  readonly #endings: readonly Uint16Array[];
  readonly #shorts: Uint8Array;
  readonly #shift: number;
  readonly #stepsOf: readonly Uint16Array[];
  readonly #rulesOf: readonly Uint16Array[];
  readonly #lengths: Uint8Array;
  /** By step: 1 when a word of it was seen. */
  readonly #seen: Uint8Array;
  /** By rule: how many steps were not seen. */
  readonly #missing: Uint8Array;
  #isFresh = true;
  #proseWords = 0;
  #state = 0;

  /** `ownWords`: a text with one of these is always read closely. */
  constructor(ownWords: readonly string[] = []) {
    // Tables are shared as long as nobody has words of his own.
    const tables =
      ownWords.length > 0
        ? new LookTables(anchorSet(ownWords))
        : (shared ??= new LookTables(anchorSet()));
    this.#anchors = tables.anchors;
    this.#stepsOf = tables.stepsOf;
    this.#rulesOf = tables.rulesOf;
    this.#lengths = tables.lengths;
    this.#seen = new Uint8Array(this.#rulesOf.length);
    this.#missing = Uint8Array.from(this.#lengths);
    this.#columns = tables.columns;
    this.#table = tables.table;
    this.#firstEnding = tables.firstEnding;
    this.#endings = tables.endings;
    this.#shorts = tables.shorts;
    this.#shift = tables.shift;
  }

  /** The next text has nothing before it. */
  reset(): void {
    this.#state = 0;
    this.#proseWords = 0;
    if (this.#isFresh) return;
    this.#seen.fill(0);
    this.#missing.set(this.#lengths);
    this.#isFresh = true;
  }

  /** True when the UTF-8 text in `bytes[start..end)` has to be read closely. */
  isSuspect(bytes: Uint8Array, start: number, end: number): boolean {
    const seen = this.#read(bytes, start, end);
    return seen < 0 || mayHaveReadings(bytes, start, end, seen);
  }

  /** Negative when there is an anchor; else what the trigger patterns came to. */
  #read(bytes: Uint8Array, start: number, end: number): number {
    const columns = this.#columns;
    const table = this.#table;
    const firstEnding = this.#firstEnding;
    const shorts = this.#shorts;
    const shift = this.#shift;
    const masks = LOOK_MASKS;
    const first = LOOK_FIRST;
    let state = this.#state;
    let pattern: number = LOOK_START;
    let seen = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      pattern = ((pattern << 1) | first) & (masks[byte] as number);
      seen |= pattern;
      state = table[(state << shift) + (columns[byte] as number)] as number;
      if (state < firstEnding) continue;
      const short = shorts[state - firstEnding] as number;
      // Most short words stand inside longer ones.
      if (short > 0 && at - short >= start && IS_WORD[bytes[at - short] as number] === 1) continue;
      if (short > 0 && at + 1 < end && IS_WORD[bytes[at + 1] as number] === 1) continue;
      if (this.#stands(state, bytes, start, at + 1, end)) {
        this.#state = 0;
        return -1;
      }
    }
    this.#state = state;
    return seen & 0x7fffffff;
  }

  #stands(state: number, bytes: Uint8Array, from: number, end: number, to: number): boolean {
    const list = this.#endings[state - this.#firstEnding] as Uint16Array;
    // Not ASCII.
    if (list.length === 0) return true;
    for (let i = 0; i < list.length; i++) {
      const number = list[i] as number;
      const steps = this.#stepsOf[number] as Uint16Array;
      const anchor = this.#anchors[number] as Anchor;
      const isNews = anchor.decides || anchor.command || anchor.prose || !this.#areSeen(steps);
      if (!isNews || !isHere(anchor, bytes, from, end, to)) continue;
      if (anchor.prose && ++this.#proseWords >= PROSE_WORDS_MIN) return true;
      if (anchor.decides || this.#completes(steps)) return true;
      if (anchor.command && mayBeCommand(bytes, end, to)) return true;
    }
    return false;
  }

  #areSeen(steps: Uint16Array): boolean {
    for (let i = 0; i < steps.length; i++) if (this.#seen[steps[i] as number] === 0) return false;
    return true;
  }

  /** True when a rule has now all of its steps. */
  #completes(steps: Uint16Array): boolean {
    let isComplete = false;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i] as number;
      if (this.#seen[step] === 1) continue;
      this.#seen[step] = 1;
      this.#isFresh = false;
      const rules = this.#rulesOf[step] as Uint16Array;
      for (let k = 0; k < rules.length; k++) {
        const rule = rules[k] as number;
        const missing = (this.#missing[rule] as number) - 1;
        this.#missing[rule] = missing;
        if (missing === 0) isComplete = true;
      }
    }
    return isComplete;
  }
}

/** Where an anchor begins that ends before `end`; before `from` when it began in the text before. */
function startOf(length: number, bytes: Uint8Array, from: number, end: number): number {
  let at = end;
  for (let left = length; left > 0;) {
    at--;
    if (at < from) return at;
    if (IS_GAP[bytes[at] as number] !== 1) left--;
  }
  return at;
}

function isHere(anchor: Anchor, bytes: Uint8Array, from: number, end: number, to: number): boolean {
  // It ended before the blank.
  if (end > from && IS_GAP[bytes[end - 1] as number] === 1) return false;
  const start = startOf(anchor.text.length, bytes, from, end);
  if (start < from) return true;
  const left = !anchor.left || start === from || IS_WORD[bytes[start - 1] as number] === 0;
  const right = !anchor.right || end === to || IS_WORD[bytes[end] as number] === 0;
  return left && right;
}
