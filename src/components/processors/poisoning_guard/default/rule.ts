import type { WordClass } from './words.ts';

/** What a finding is about. */
export type GuardClass =
  | 'destructive'
  | 'exfil'
  | 'tool_poisoning'
  | 'indirect_injection'
  | 'direct_injection'
  | 'obfuscation';

export type HitSeverity = 'low' | 'medium' | 'high' | 'critical';

/** What every rule says of itself: docs list it, findings name it. */
export interface RuleFacts {
  readonly id: string;
  readonly class: GuardClass;
  readonly severity: HitSeverity;
  /** Share of the score of its class; 1 is enough to flag alone, 2 to block. */
  readonly weight: number;
  /** One line. */
  readonly meaning: string;
}

/** One place in a text that a rule describes. */
export interface Step {
  /** Any of these classes. */
  readonly any: readonly WordClass[];
  /** Most characters between the end of the step before and the start of this one. */
  readonly within: number;
}

/** Word classes that follow each other within windows. */
export interface PhraseRule extends RuleFacts {
  readonly steps: readonly Step[];
  /** Also in other orders: the same windows between neighbours. */
  readonly anyOrder?: boolean;
  /** The steps may stand in different sentences. */
  readonly acrossSentences?: boolean;
  /** What is only discussed, quoted or forbidden counts all the same: markup, encodings. */
  readonly literal?: boolean;
  /** No more than this: the text has at most so many characters. */
  readonly textMax?: number;
}

/** Begins a chain of steps. */
export const first = (...any: WordClass[]): Step => ({ any, within: 0 });

/** Goes on a chain of steps. Not called `then`: `import()` would take the module for a promise and wait. */
export const next = (within: number, ...any: WordClass[]): Step => ({ any, within });
