import { foldedCode } from './automaton.ts';
import type { PhraseRule, Step } from './rule.ts';
import type { WordClass } from './words.ts';

/** Told when all steps of a rule stand in the text. */
export type PhraseSink = (rule: number, start: number, end: number) => void;

/** All orders of some things. */
function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}

function ordersOf({ steps, anyOrder }: PhraseRule): Step[][] {
  if (anyOrder !== true) return [[...steps]];
  const within = Math.max(...steps.map((step) => step.within));
  return permutations(steps).map((order) => order.map(({ any }) => ({ any, within })));
}

/** Before everything, and further away than any window. */
const NOWHERE = -(2 ** 29);
/** Between two texts: more than any window. */
const APART = 4096;
const PLACES_MAX = 2 ** 29;

/** Numbers that make a step. */
const STEP = 4;

interface Slot {
  readonly class: WordClass;
  /** The slot of the step before, or -1. */
  readonly before: number;
  readonly slot: number;
}

/**
 * Follows phrase rules through a text by the offsets of words alone: each step remembers where its
 * nearest beginning stands, so that a word costs one comparison for each step that waits for it,
 * however many words there are.
 */
export class PhraseMatcher {
  readonly #slots = new Map<WordClass, ReadonlySet<number>>();
  /** By slot: the slot before or -1, its window, whether it stays in a sentence, the rule or -1. */
  readonly #steps: Int32Array;
  /** By slot: where its chain begins, and where its word ends; counted from {@link #base} on. */
  readonly #state: Int32Array;
  /** Where the text begins, far behind the one before it: its places then mean nothing any more. */
  #base = 0;
  #text = '';
  /** What was read for sentence ends, and the last of them. */
  #readFrom = 0;
  #readTo = 0;
  #break = -1;

  constructor(rules: readonly PhraseRule[]) {
    const steps: number[] = [];
    const slots: Slot[] = [];
    for (const [number, rule] of rules.entries()) {
      for (const order of ordersOf(rule)) {
        for (const [i, step] of order.entries()) {
          const slot = steps.length / STEP;
          const isLast = i === order.length - 1;
          steps.push(i === 0 ? -1 : slot - 1, step.within);
          steps.push(rule.acrossSentences === true ? 0 : 1, isLast ? number : -1);
          for (const each of step.any) slots.push({ class: each, before: i, slot });
        }
      }
    }
    this.#steps = Int32Array.from(steps);
    this.#state = new Int32Array((2 * steps.length) / STEP).fill(NOWHERE);
    for (const [each, own] of Map.groupBy(slots, (slot) => slot.class)) {
      this.#slots.set(each, new Set(own.map(({ slot }) => slot)));
    }
  }

  /** The classes that some rule waits for. */
  get classes(): readonly WordClass[] {
    return [...this.#slots.keys()];
  }

  /** The steps that wait for a word of these classes; what {@link word} takes. */
  listeners(of: Iterable<WordClass>): Int32Array {
    const slots = new Set([...of].flatMap((each) => [...(this.#slots.get(each) ?? [])]));
    const before = (slot: number): number => this.#steps[STEP * slot] as number;
    // Later steps first: a word must not be two steps of one chain.
    const sorted = [...slots].toSorted((a, b) => b - a);
    const later = sorted.filter((slot) => before(slot) >= 0);
    const first = sorted.filter((slot) => before(slot) < 0);
    const laterParts = later.flatMap((slot) => [
      slot,
      2 * before(slot) + 1,
      this.#steps[STEP * slot + 1] as number,
    ]);
    return Int32Array.of(laterParts.length, ...laterParts, ...first);
  }

  /** Begins a new text. */
  open(text: string): void {
    this.#base += this.#text.length + APART;
    if (this.#base + text.length > PLACES_MAX) {
      this.#state.fill(NOWHERE);
      this.#base = 0;
    }
    this.#text = text;
    this.#readFrom = 0;
    this.#readTo = 0;
    this.#break = -1;
  }

  /** A word stands in `[start, end)`. */
  word(listeners: Int32Array, start: number, end: number, sink: PhraseSink): void {
    const state = this.#state;
    const here = this.#base + start;
    const laterEnd = listeners[0] as number;
    for (let i = 1; i <= laterEnd; i += 3) {
      const gap = here - (state[listeners[i + 1] as number] as number);
      // Almost always so: one comparison for each step that waits.
      if (gap >>> 0 > (listeners[i + 2] as number)) continue;
      this.#goOn(listeners[i] as number, start, end, sink);
    }
    for (let i = laterEnd + 1; i < listeners.length; i++) {
      this.#step(listeners[i] as number, start, start, end, sink);
    }
  }

  /** The step before stands near enough. */
  #goOn(slot: number, start: number, end: number, sink: PhraseSink): void {
    const state = this.#state;
    const before = this.#steps[STEP * slot] as number;
    const since = (state[2 * before + 1] as number) - this.#base;
    if (this.#steps[STEP * slot + 2] === 1 && this.#sentenceEnds(since, start)) return;
    const from = (state[2 * before] as number) - this.#base;
    // What comes later belongs to the next chain.
    if ((this.#steps[STEP * slot + 3] as number) >= 0) state[2 * before + 1] = NOWHERE;
    this.#step(slot, from, start, end, sink);
  }

  #step(slot: number, from: number, start: number, end: number, sink: PhraseSink): void {
    const state = this.#state;
    const rule = this.#steps[STEP * slot + 3] as number;
    if (rule >= 0) sink(rule, from, end);
    else if ((state[2 * slot + 1] as number) <= this.#base + start) {
      // Of words that overlap the one that ends first leaves most to the steps to come.
      state[2 * slot] = this.#base + from;
      state[2 * slot + 1] = this.#base + end;
    }
  }

  /** True when a sentence ends in `[from, to)`. What was read for the answers before is not read again. */
  #sentenceEnds(from: number, to: number): boolean {
    if (from > this.#readTo) {
      this.#readFrom = from;
      this.#readTo = from;
    }
    for (; this.#readTo < to; this.#readTo++) {
      if (isSentenceEnd(this.#text, this.#readTo)) this.#break = this.#readTo;
    }
    for (; this.#readFrom > from && this.#break < this.#readFrom; this.#readFrom--) {
      if (isSentenceEnd(this.#text, this.#readFrom - 1)) this.#break = this.#readFrom - 1;
    }
    return this.#break >= from;
  }
}

const isBlank = (unit: number): boolean => foldedCode(unit) === 0x20;

/** Past a blank, if there is one. */
const pastBlank = (text: string, at: number): number =>
  isBlank(text.charCodeAt(at)) ? at + 1 : at;

/** True when a sentence ends here, or a text in a list of texts, or a statement of a program. */
function isSentenceEnd(text: string, at: number): boolean {
  switch (text.charCodeAt(at)) {
    case 0x2e:
    case 0x21:
    case 0x3f:
      return isBlank(text.charCodeAt(at + 1));
    case 0x3002:
      return true;
    case 0x7d:
      return text.charCodeAt(at + 1) === 0x3b;
    case 0x22: {
      const comma = pastBlank(text, at + 1);
      if (text.charCodeAt(comma) !== 0x2c) return false;
      if (comma === at + 1 && isBlank(text.charCodeAt(comma + 1))) return true;
      return text.charCodeAt(pastBlank(text, comma + 1)) === 0x22;
    }
    default:
      return false;
  }
}
