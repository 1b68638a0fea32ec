import type { Rule } from './reference/rules.ts';
import type { ScreenTables } from './screen_tables.ts';

/** What is looked for, and how: a screen that rules out, and a judge that decides. */
export interface Ruleset {
  readonly name: string;
  /** Every rule that `judge` may return. */
  readonly rules: readonly Rule[];
  /** The rule that the screen itself can decide of texts that are no suspects. */
  readonly counted: Rule;
  /** What the screen looks for. */
  readonly screen: ScreenTables;
  /**
   * The rules that the UTF-8 text in `bytes[start..end)` matches, in the ruleset's order; `undefined`
   * when it is not well-formed. Time is linear in the length. Decides alone: what it returns does not
   * depend on the screen.
   */
  judge(bytes: Uint8Array, start: number, end: number): readonly Rule[] | undefined;
}
