import type { Rule } from './reference/rules.ts';

/**
 * A first look at texts in place: says in a fraction of a nanosecond a byte that nothing is there.
 * `open` names the buffer; offsets are into it.
 */
export interface TextScreen {
  open(bytes: Uint8Array): void;
  /**
   * 0: no rule matches. {@link ONLY_COUNTED}: the ruleset's `counted` rule matches and no other.
   * Anything else: perhaps some rule matches, or the text is not well-formed; ask `judge`.
   */
  screen(start: number, end: number): number;
}

/** See {@link TextScreen.screen}. */
export const ONLY_COUNTED = 1;

/** What is looked for, and how: a screen that rules out, and a judge that decides. */
export interface Ruleset {
  readonly name: string;
  /** Every rule that `judge` may return. */
  readonly rules: readonly Rule[];
  /** The rule that the screen itself can decide. */
  readonly counted: Rule;
  screen(): TextScreen;
  /**
   * The rules that the UTF-8 text in `bytes[start..end)` matches, in the ruleset's order; `undefined`
   * when it is not well-formed. Time is linear in the length. Decides alone: what it returns does not
   * depend on the screen.
   */
  judge(bytes: Uint8Array, start: number, end: number): readonly Rule[] | undefined;
}
