import { PhraseSteps } from './phrase_steps.ts';
import type { PhraseRule } from './rule.ts';
import type { WordClass } from './words.ts';

/** Told when all steps of a rule stand in the text. */
export type PhraseSink = (rule: number, start: number, end: number) => void;

/** Before everything, and further away than any window. */
const NOWHERE = -(2 ** 29);

/**
 * Follows rules of an operator, which may go across sentences, through a text by the offsets of words
 * alone: as steps.part.as does for those of the ruleset.
 */
export class PhraseMatcher {
  readonly #steps: PhraseSteps;
  /** By step: where its chain begins, and where its word ends. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;

  constructor(rules: readonly PhraseRule[]) {
    this.#steps = new PhraseSteps(rules);
    this.#starts = new Int32Array(this.#steps.list.length);
    this.#ends = new Int32Array(this.#steps.list.length);
  }

  /** The classes that some rule waits for. */
  get classes(): readonly WordClass[] {
    return this.#steps.classes;
  }

  /** The steps that wait for a word of these classes; what {@link word} takes. */
  listeners(of: Iterable<WordClass>): readonly number[] {
    return this.#steps.waitingFor(of);
  }

  /** Begins a new text. */
  open(): void {
    this.#ends.fill(NOWHERE);
  }

  /** A word stands in `[start, end)`. */
  word(listeners: readonly number[], start: number, end: number, sink: PhraseSink): void {
    for (const number of listeners) {
      const step = this.#steps.list[number];
      if (step === undefined) continue;
      const { before, within, rule } = step;
      let from = start;
      if (before >= 0) {
        const gap = start - (this.#ends[before] as number);
        if (gap < 0 || gap > within) continue;
        from = this.#starts[before] as number;
        // What comes later belongs to the next chain.
        if (rule >= 0) this.#ends[before] = NOWHERE;
      }
      if (rule >= 0) sink(rule, from, end);
      else if ((this.#ends[number] as number) <= start) {
        // Of words that overlap the one that ends first leaves most to the steps to come.
        this.#starts[number] = from;
        this.#ends[number] = end;
      }
    }
  }
}
