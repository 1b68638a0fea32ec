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
  readonly #listeners = new Map<WordClass, Int32Array>();
  readonly #before: Int32Array;
  readonly #within: Int32Array;
  readonly #sameSentence: Uint8Array;
  /** The rule that is found with the slot, or -1. */
  readonly #rule: Int32Array;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  #break = -1;

  constructor(rules: readonly PhraseRule[]) {
    const before: number[] = [];
    const within: number[] = [];
    const sameSentence: number[] = [];
    const found: number[] = [];
    const slots: Slot[] = [];
    for (const [number, rule] of rules.entries()) {
      for (const order of ordersOf(rule)) {
        for (const [i, step] of order.entries()) {
          const slot = before.length;
          before.push(i === 0 ? -1 : slot - 1);
          within.push(step.within);
          sameSentence.push(rule.acrossSentences === true ? 0 : 1);
          found.push(i === order.length - 1 ? number : -1);
          for (const each of step.any) slots.push({ class: each, before: i, slot });
        }
      }
    }
    this.#before = Int32Array.from(before);
    this.#within = Int32Array.from(within);
    this.#sameSentence = Uint8Array.from(sameSentence);
    this.#rule = Int32Array.from(found);
    this.#starts = new Int32Array(before.length);
    this.#ends = new Int32Array(before.length).fill(-1);
    // Later steps first: a word must not be two steps of one chain.
    slots.sort((a, b) => b.before - a.before);
    for (const each of new Set(slots.map((slot) => slot.class))) {
      const own = slots.filter((slot) => slot.class === each).map(({ slot }) => slot);
      this.#listeners.set(each, Int32Array.from(new Set(own)));
    }
  }

  /** The classes that some rule waits for. */
  get classes(): readonly WordClass[] {
    return [...this.#listeners.keys()];
  }

  /** The steps that wait for a class; what {@link word} takes. */
  listeners(of: WordClass): Int32Array {
    return this.#listeners.get(of) ?? new Int32Array(0);
  }

  /** Begins a new text. */
  reset(): void {
    this.#ends.fill(-1);
    this.#break = -1;
  }

  /** A sentence ends. */
  sentenceEnd(at: number): void {
    this.#break = at;
  }

  /** A word stands in `[start, end)`. */
  word(listeners: Int32Array, start: number, end: number, sink: PhraseSink): void {
    const ends = this.#ends;
    const starts = this.#starts;
    for (let i = 0; i < listeners.length; i++) {
      const slot = listeners[i] as number;
      const before = this.#before[slot] as number;
      let from = start;
      if (before >= 0) {
        const since = ends[before] as number;
        const gap = start - since;
        if (since < 0 || gap < 0 || gap > (this.#within[slot] as number)) continue;
        if (this.#sameSentence[slot] === 1 && this.#break >= since) continue;
        from = starts[before] as number;
      }
      const rule = this.#rule[slot] as number;
      if (rule >= 0) {
        // What comes later belongs to the next chain.
        if (before >= 0) ends[before] = -1;
        sink(rule, from, end);
      } else if ((ends[slot] as number) <= start) {
        // Of words that overlap the one that ends first leaves most to the steps to come.
        starts[slot] = from;
        ends[slot] = end;
      }
    }
  }
}
