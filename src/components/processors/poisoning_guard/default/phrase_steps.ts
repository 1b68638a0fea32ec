import type { PhraseRule, Step } from './rule.ts';
import type { WordClass } from './words.ts';

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

/** One place in one order of a rule. */
export interface PhraseStep {
  /** The number of the step before, or -1. */
  readonly before: number;
  /** Most characters between the end of the word before and the start of this one's. */
  readonly within: number;
  /** No sentence may end between the two. */
  readonly inSentence: boolean;
  /** The rule that this step completes, or -1. */
  readonly rule: number;
}

/** The steps of rules in all their orders, numbered, and which of them wait for what. */
export class PhraseSteps {
  readonly list: readonly PhraseStep[];
  readonly #waiting: ReadonlyMap<WordClass, readonly number[]>;

  constructor(rules: readonly PhraseRule[]) {
    const list: PhraseStep[] = [];
    const waiting: (readonly [WordClass, number])[] = [];
    for (const [number, rule] of rules.entries()) {
      for (const order of ordersOf(rule)) {
        for (const [i, { any, within }] of order.entries()) {
          const step = list.length;
          list.push({
            before: i === 0 ? -1 : step - 1,
            within,
            inSentence: rule.acrossSentences !== true,
            rule: i === order.length - 1 ? number : -1,
          });
          for (const each of any) waiting.push([each, step]);
        }
      }
    }
    this.list = list;
    const byClass = Map.groupBy(waiting, ([each]) => each);
    this.#waiting = new Map(
      [...byClass].map(([each, own]) => [each, own.map(([, step]) => step)] as const),
    );
  }

  /** The classes that some step waits for. */
  get classes(): readonly WordClass[] {
    return [...this.#waiting.keys()];
  }

  /**
   * The steps that wait for a word of these classes. Later ones come first: a word must not be two steps of
   * one chain.
   */
  waitingFor(of: Iterable<WordClass>): readonly number[] {
    const steps = new Set([...of].flatMap((each) => this.#waiting.get(each) ?? []));
    return [...steps].toSorted((a, b) => b - a);
  }
}
