import type { Ending, RecordSet, Told } from '../sdk/index.ts';
import { DELIVERED } from '../sdk/index.ts';

/**
 * The endings of one passage's records in one branch, by row.
 *
 * While all records end alike, as they nearly always do, this is one reference; the table of
 * rows is made when a second ending comes.
 */
export class BranchTally {
  /** A warning for the sender although its records count as accepted. */
  readonly warnings: string[] = [];
  readonly #rows: RecordSet;
  #uniform: Ending | undefined;
  #byRow: Map<number, Ending> | undefined;
  #open: number;

  constructor(records: RecordSet) {
    this.#rows = records;
    this.#open = records.count;
  }

  /** Records whose end in this branch is not known yet. */
  get open(): number {
    return this.#open;
  }

  /** The ending that all records share, or `undefined` when they differ or are open. */
  get uniform(): Ending | undefined {
    return this.#open === 0 && this.#byRow === undefined ? this.#uniform : undefined;
  }

  end(records: RecordSet, ending: Ending): void {
    this.#open -= records.count;
    const whole = this.#byRow === undefined && this.#uniform === undefined;
    if (whole && records.count === this.#rows.count) {
      this.#uniform = ending;
      return;
    }
    this.#byRow ??= new Map();
    for (let index = 0; index < records.count; index += 1) {
      this.#byRow.set(records.row(index), ending);
    }
  }

  of(row: number): Ending | undefined {
    return this.#byRow === undefined ? this.#uniform : this.#byRow.get(row);
  }
}

/** How bad an ending is for the promise to the sender; the worst of a record's endings answers. */
const WEIGHT: Readonly<Record<Told, number>> = { accepted: 0, rejected: 1, retryable: 2 };

/** What a record's endings in all branches come to. */
export interface Fate {
  /** For the head of the books: delivered when any branch delivered it, else failed, else dropped. */
  readonly head: Ending;
  /** For processors that hold something for the record: retryable wins, then delivered. */
  readonly settlement: Ending;
  /** Delivered by some branches and not by all. */
  readonly partially: boolean;
}

export function fateOf(endings: readonly Ending[]): Fate {
  let delivered = 0;
  let worst: Ending | undefined;
  let failed: Ending | undefined;
  for (const ending of endings) {
    if (ending.kind === 'delivered') {
      delivered += 1;
      continue;
    }
    if (ending.kind === 'failed') failed ??= ending;
    if (
      worst === undefined ||
      worst.kind === 'delivered' ||
      WEIGHT[ending.told] > WEIGHT[worst.told]
    )
      worst = ending;
  }
  if (worst === undefined) return { head: DELIVERED, settlement: DELIVERED, partially: false };
  const retryable = worst.kind !== 'delivered' && worst.told === 'retryable';
  return {
    head: delivered > 0 ? DELIVERED : (failed ?? worst),
    settlement: retryable ? worst : delivered > 0 ? DELIVERED : (failed ?? worst),
    partially: delivered > 0,
  };
}
