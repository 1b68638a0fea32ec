import type { Rule } from './reference/rules.ts';

/**
 * A first look at texts in place: says in a fraction of a nanosecond a byte that nothing is there.
 * Write the texts' offsets into `spans`, then `screen` them together.
 */
export interface TextScreen {
  /** Start and end of each text in the buffer, one after the other. */
  readonly spans: Int32Array;
  /** After `screen`: the texts, by their number in `spans`, that only the ruleset can judge. */
  readonly suspects: Int32Array;
  /** Grows by the texts that match the ruleset's `counted` rule and no other. */
  counted: number;
  /** The texts to come stand in this buffer. */
  open(bytes: Uint8Array): void;
  /**
   * Looks at the first `texts` of `spans`; how many `suspects` there are. A text that is none matches
   * no rule but perhaps the `counted` one, and is well-formed.
   */
  screen(texts: number): number;
}

/** What is looked for, and how: a screen that rules out, and a judge that decides. */
export interface Ruleset {
  readonly name: string;
  /** Every rule that `judge` may return. */
  readonly rules: readonly Rule[];
  /** The rule that the screen itself can decide of texts that are no suspects. */
  readonly counted: Rule;
  screen(): TextScreen;
  /**
   * The rules that the UTF-8 text in `bytes[start..end)` matches, in the ruleset's order; `undefined`
   * when it is not well-formed. Time is linear in the length. Decides alone: what it returns does not
   * depend on the screen.
   */
  judge(bytes: Uint8Array, start: number, end: number): readonly Rule[] | undefined;
}
