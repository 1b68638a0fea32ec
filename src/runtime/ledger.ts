import assert from 'node:assert/strict';
import type { Ending, ReasonTable } from '../sdk/index.ts';

/** The books of one stage at one instant. Counts of records. */
export interface Balance {
  readonly submitted: number;
  readonly carriedIn: number;
  readonly delivered: number;
  /** Every declared reason, at 0 before it first happens. */
  readonly failed: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
  readonly inFlight: number;
}

/** Reasons that any stage may come to, because a bug is no excuse for a missing record. */
export const FAULTS = {
  unsettled: {
    ending: 'failed',
    told: 'retryable',
    meaning: 'The stage ended without an answer for the record: a bug; health is red.',
  },
  internal_error: {
    ending: 'failed',
    told: 'retryable',
    meaning: 'The component threw: a bug or a broken host; see the log.',
  },
} as const satisfies ReasonTable;

/**
 * The books of one stage: `submitted + carriedIn = delivered + failed + dropped + inFlight`.
 *
 * Records enter by {@link enter} and leave by an ending of their {@link Entry}; nothing else
 * counts records. `inFlight` is kept by the entries, apart from the totals, so that
 * {@link audit} compares two things that could differ.
 */
export class Ledger {
  readonly id: string;
  readonly #failed = new Map<string, number>();
  readonly #dropped = new Map<string, number>();
  #submitted = 0;
  #carriedIn = 0;
  #delivered = 0;
  #inFlight = 0;
  #faults = 0;

  /** @param reasons every reason this stage may come to; {@link FAULTS} are always among them. */
  constructor(id: string, reasons: ReasonTable = {}) {
    this.id = id;
    for (const [reason, { ending }] of Object.entries({ ...reasons, ...FAULTS })) {
      (ending === 'failed' ? this.#failed : this.#dropped).set(reason, 0);
    }
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get submitted(): number {
    return this.#submitted;
  }

  get delivered(): number {
    return this.#delivered;
  }

  /** Takes `count` records in. The entry answers for every one of them. */
  enter(count: number): Entry {
    this.#submitted += count;
    this.#inFlight += count;
    return new Entry(this, count);
  }

  /** Takes back `count` records that an earlier run left in a persistent queue. */
  carryIn(count: number): Entry {
    this.#carriedIn += count;
    this.#inFlight += count;
    return new Entry(this, count);
  }

  balance(): Balance {
    return {
      submitted: this.#submitted,
      carriedIn: this.#carriedIn,
      delivered: this.#delivered,
      failed: Object.fromEntries(this.#failed),
      dropped: Object.fromEntries(this.#dropped),
      inFlight: this.#inFlight,
    };
  }

  /** Sentences on what does not balance; none when all is well. */
  audit(): string[] {
    const sum = (counts: Map<string, number>) => counts.values().reduce((a, b) => a + b, 0);
    const out = this.#delivered + sum(this.#failed) + sum(this.#dropped);
    const sentences: string[] = [];
    if (this.#submitted + this.#carriedIn !== out + this.#inFlight) {
      sentences.push(
        `${this.id}: submitted ${this.#submitted} + carried in ${this.#carriedIn} is not ` +
          `delivered, failed and dropped ${out} + in flight ${this.#inFlight}`,
      );
    }
    if (this.#faults > 0) {
      sentences.push(`${this.id}: ${this.#faults} records were left without an answer`);
    }
    return sentences;
  }

  /** @internal The single transition: `count` records in flight come to an ending. */
  settle(count: number, ending: Ending): void {
    if (ending.kind === 'delivered') {
      this.#delivered += count;
    } else {
      const counts = ending.kind === 'failed' ? this.#failed : this.#dropped;
      const before = counts.get(ending.reason);
      assert(before !== undefined, `${this.id}: reason ${ending.reason} is not declared`);
      counts.set(ending.reason, before + count);
    }
    this.#inFlight -= count;
  }

  /** @internal An entry was disposed with records unanswered. */
  abandon(count: number): void {
    this.#faults += count;
    this.settle(count, { kind: 'failed', reason: 'unsettled', told: 'retryable' });
  }
}

/** Records that entered a ledger together. Disposed unsettled, they count as failed, and red. */
export class Entry implements Disposable {
  readonly #ledger: Ledger;
  #open: number;

  constructor(ledger: Ledger, count: number) {
    this.#ledger = ledger;
    this.#open = count;
  }

  /** Records that have not ended yet. */
  get open(): number {
    return this.#open;
  }

  /** `count` of the records came to this ending. More than are open is a bug and throws. */
  end(count: number, ending: Ending): void {
    assert(
      count >= 0 && count <= this.#open,
      `${this.#ledger.id}: more records ended than entered`,
    );
    if (count === 0) return;
    this.#ledger.settle(count, ending);
    this.#open -= count;
  }

  [Symbol.dispose](): void {
    if (this.#open === 0) return;
    const count = this.#open;
    this.#open = 0;
    this.#ledger.abandon(count);
  }
}
