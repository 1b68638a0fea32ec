import type { ArrivalOutcome, Ending, Processor, RecordSet } from '../sdk/index.ts';
import { DELIVERED } from '../sdk/index.ts';
import type { Entry, Ledger } from './ledger.ts';
import type { Fate } from './tally.ts';
import { BranchTally, fateOf } from './tally.ts';

/** What a passage needs to know of its pipeline. */
export interface PipelineBooks {
  readonly id: string;
  readonly head: Ledger;
  /** In stage order; settled and promised are told to those that ask. */
  readonly processors: readonly Processor[];
  notePartiallyDelivered(count: number): void;
  noteLost(count: number, reason: string): void;
}

/** Who waits for a passage: the case of its arrival. */
export interface PassageOwner {
  /** True when the sender cannot be told "no", or was told "yes" already. */
  readonly promised: boolean;
  /** Every branch that holds the answer has ended. */
  answerable(): void;
  /** Every branch has ended: nothing reads the records any more. */
  finished(): void;
}

/** What one passage contributes to the answer of its arrival. */
export interface PassageAnswer {
  readonly retryReason: string | undefined;
  readonly rejected: number;
  readonly reasons: ReadonlyMap<string, number>;
  readonly details: readonly string[];
  readonly warnings: readonly string[];
}

/** Lines on rejected records that one answer carries. */
export const DETAILS_MAX = 16;

/** One branch's share of a passage: what was handed to it and what became of it. */
interface Leg {
  readonly branch: string;
  readonly tally: BranchTally;
  readonly answers: boolean;
  readonly diverted: boolean;
}

/**
 * One arrival on its way through one pipeline: the place where endings at stages and in branches
 * come together into the books of the head, the processors' settlements and the answer.
 */
export class Passage {
  /** The records that are still on their way through the stages. */
  records: RecordSet;
  readonly #books: PipelineBooks;
  readonly #owner: PassageOwner;
  readonly #entry: Entry;
  readonly #legs: Leg[] = [];
  readonly #rejections = new Map<string, number>();
  readonly #details: string[] = [];
  #rejected = 0;
  #retryReason: string | undefined;
  #fannedOut = false;
  #answerable = false;
  #finished = false;

  constructor(records: RecordSet, books: PipelineBooks, owner: PassageOwner) {
    this.records = records;
    this.#books = books;
    this.#owner = owner;
    this.#entry = books.head.enter(records.count);
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** Records ended at the stage with this index; stages before it are told. */
  endAtStage(
    stage: number,
    records: RecordSet,
    ending: Ending,
    details: readonly string[] = [],
  ): void {
    this.#entry.end(records.count, ending);
    this.#settle(stage, records, ending);
    if (ending.kind === 'delivered') return;
    if (ending.told === 'retryable') this.#retryReason ??= ending.reason;
    if (ending.told === 'rejected') {
      this.#reject(ending.reason, records.count);
      this.#details.push(...details.slice(0, DETAILS_MAX - this.#details.length));
    }
    this.#loseIfPromised(records.count, ending);
  }

  /** Opens the share of one branch before its records are submitted. */
  openLeg(branch: string, records: RecordSet, kind: { answers: boolean; diverted: boolean }): Leg {
    const leg: Leg = { branch, tally: new BranchTally(records), ...kind };
    this.#legs.push(leg);
    return leg;
  }

  /** The stages are done and every branch has been handed its records. */
  closeFanOut(): void {
    this.#fannedOut = true;
    this.#advance();
  }

  /** Some of a leg's records came to an ending. */
  endInBranch(leg: Leg, records: RecordSet, ending: Ending): void {
    leg.tally.end(records, ending);
    if (leg.tally.open === 0) this.#advance();
  }

  /** True when a repeat of the record would be recognised, so that it may stay in flight. */
  isHeld(records: RecordSet, index: number): boolean {
    return this.#books.processors.some((processor) => processor.holds?.(records, index) ?? false);
  }

  /** The sender was told "yes": what has not ended is now owed to it. */
  promise(): void {
    if (this.#finished || this.records.count === 0) return;
    for (const processor of this.#books.processors) processor.promised?.(this.records);
  }

  /** Every passage of the arrival has finished: nothing reads its records any more. */
  release(): void {
    for (const processor of this.#books.processors) processor.released?.(this.records.arrival);
  }

  /** What the sender is to be told. Valid once the owner was told `answerable`. */
  answer(): PassageAnswer {
    const reasons = new Map(this.#rejections);
    const warnings: string[] = [];
    let rejected = this.#rejected;
    let retryReason = this.#retryReason;
    for (const leg of this.#legs) {
      warnings.push(...leg.tally.warnings);
      if (leg.diverted) retryReason ??= retryReasonOf(leg.tally.uniform);
    }
    const regular = this.#legs.filter((leg) => !leg.diverted);
    if (regular.some((leg) => leg.tally.uniform !== DELIVERED)) {
      for (const { fate, endings, count } of this.#fates(regular)) {
        retryReason ??= retryReasonOf(fate.settlement);
        for (const ending of endings) {
          if (ending.kind === 'delivered' || ending.told !== 'rejected') continue;
          reasons.set(ending.reason, (reasons.get(ending.reason) ?? 0) + count);
        }
        if (fate.head.kind !== 'delivered' && fate.head.told === 'rejected') rejected += count;
      }
    }
    return { retryReason, rejected, reasons, details: this.#details, warnings };
  }

  #advance(): void {
    if (!this.#fannedOut) return;
    if (!this.#answerable && this.#legs.every((leg) => !leg.answers || leg.tally.open === 0)) {
      this.#answerable = true;
      // The head's books are closed first where they can be, so that whoever reads them after
      // the answer finds what it says.
      this.#finishWhenDone();
      this.#owner.answerable();
      if (this.#finished) this.#owner.finished();
      return;
    }
    if (this.#finishWhenDone() && this.#answerable) this.#owner.finished();
  }

  #finishWhenDone(): boolean {
    if (this.#finished || this.#legs.some((leg) => leg.tally.open > 0)) return false;
    this.#finished = true;
    using entry = this.#entry;
    const regular = this.#legs.filter((leg) => !leg.diverted);
    if (regular.length === 0) return true;
    if (regular.every((leg) => leg.tally.uniform === DELIVERED)) {
      entry.end(this.records.count, DELIVERED);
      this.#settle(this.#books.processors.length, this.records, DELIVERED);
      return true;
    }
    for (const { fate, indices, count } of this.#fates(regular)) {
      entry.end(count, fate.head);
      if (fate.partially) this.#books.notePartiallyDelivered(count);
      const records = count === this.records.count ? this.records : this.records.select(indices);
      this.#settle(this.#books.processors.length, records, fate.settlement);
      this.#loseIfPromised(count, fate.settlement);
    }
    return true;
  }

  /** The records grouped by what became of them in these branches; open ones count as delivered. */
  #fates(legs: readonly Leg[]): FateGroup[] {
    const groups = new Map<string, FateGroup>();
    const { records } = this;
    for (let index = 0; index < records.count; index += 1) {
      const row = records.row(index);
      const endings = legs.map((leg) => leg.tally.of(row) ?? DELIVERED);
      const key = endings
        .map((ending) => (ending.kind === 'delivered' ? '' : ending.reason))
        .join();
      let group = groups.get(key);
      if (group === undefined) {
        group = { fate: fateOf(endings), endings, indices: [], count: 0 };
        groups.set(key, group);
      }
      group.indices.push(index);
      group.count += 1;
    }
    return [...groups.values()];
  }

  #settle(stages: number, records: RecordSet, ending: Ending): void {
    for (let stage = stages - 1; stage >= 0; stage -= 1) {
      this.#books.processors[stage]?.settled?.(records, ending);
    }
  }

  #reject(reason: string, count: number): void {
    this.#rejected += count;
    this.#rejections.set(reason, (this.#rejections.get(reason) ?? 0) + count);
  }

  #loseIfPromised(count: number, ending: Ending): void {
    if (!this.#owner.promised || ending.kind === 'delivered') return;
    if (ending.kind === 'failed' || ending.told === 'retryable')
      this.#books.noteLost(count, ending.reason);
  }
}

interface FateGroup {
  readonly fate: Fate;
  readonly endings: readonly Ending[];
  readonly indices: number[];
  count: number;
}

function retryReasonOf(ending: Ending | undefined): string | undefined {
  if (ending === undefined || ending.kind === 'delivered') return undefined;
  return ending.told === 'retryable' ? ending.reason : undefined;
}

export type { Leg };

/** The answer to a sender from the answers of all pipelines its arrival went through: the worst. */
export function outcomeOf(answers: readonly PassageAnswer[], retryAfterMs: number): ArrivalOutcome {
  const reasons = new Map<string, number>();
  const details = new Set<string>();
  const warnings: string[] = [];
  let rejected = 0;
  for (const answer of answers) {
    if (answer.retryReason !== undefined) {
      return { kind: 'retry', reason: answer.retryReason, retryAfterMs };
    }
    rejected = Math.max(rejected, answer.rejected);
    warnings.push(...answer.warnings);
    for (const detail of answer.details) details.add(detail);
    for (const [reason, count] of answer.reasons) {
      reasons.set(reason, Math.max(count, reasons.get(reason) ?? 0));
    }
  }
  return {
    kind: 'accepted',
    rejected,
    reasons,
    details: [...details].slice(0, DETAILS_MAX),
    warnings,
  };
}
