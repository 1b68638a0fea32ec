import type { Ending, Logger, LogRecord, Processor, ReasonTable, RecordSet } from '../sdk/index.ts';
import { endingOf, messageOf } from '../sdk/index.ts';
import type { FinalVerdict, Judgement } from './judging.ts';
import { JudgingBatch, judgementOf } from './judging.ts';
import type { Entry } from './ledger.ts';
import { FAULTS, Ledger } from './ledger.ts';
import type { Passage } from './passage.ts';
import { DETAILS_MAX } from './passage.ts';

const FAULT = endingOf('internal_error', FAULTS.internal_error);
const DELIVERED_ON: Ending = { kind: 'delivered' };

/** Hands records that a stage ended to the branch declared for them. */
export type DivertTo = (branch: string, passage: Passage, records: RecordSet) => void;

/** One processor at its place in one pipeline, with its books. */
export class Stage {
  readonly id: string;
  readonly processor: Processor;
  readonly ledger: Ledger;
  readonly #index: number;
  readonly #endings: ReadonlyMap<string, Ending>;
  readonly #divert: DivertTo;
  readonly #log: Logger;
  #faults = 0;
  #faulty = false;

  constructor(options: {
    id: string;
    index: number;
    processor: Processor;
    reasons: ReasonTable;
    divert: DivertTo;
    log: Logger;
  }) {
    this.id = options.id;
    this.processor = options.processor;
    this.ledger = new Ledger(options.id, options.reasons);
    this.#index = options.index;
    this.#endings = new Map(
      Object.entries(options.reasons).map(([reason, row]) => [reason, endingOf(reason, row)]),
    );
    this.#divert = options.divert;
    this.#log = options.log;
  }

  /** Batches that ended because the processor threw. */
  get faults(): number {
    return this.#faults;
  }

  /** True when the processor threw at its last batch. */
  get isFaulty(): boolean {
    return this.#faulty;
  }

  /** Sends the passage's records through the processor. Synchronous where the processor is. */
  run(passage: Passage): Passage | Promise<Passage> {
    const { records } = passage;
    if (records.count === 0) return passage;
    const entry = this.ledger.enter(records.count);
    let judged: unknown;
    try {
      judged = this.processor.process(new JudgingBatch(records));
      if (judged instanceof Promise) return this.#later(passage, records, entry, judged);
      this.#conclude(passage, entry, judgementOf(judged, records));
    } catch (thrown) {
      this.#failBatch(passage, records, entry, thrown);
    }
    return passage;
  }

  async #later(
    passage: Passage,
    records: RecordSet,
    entry: Entry,
    judged: Promise<unknown>,
  ): Promise<Passage> {
    try {
      this.#conclude(passage, entry, judgementOf(await judged, records));
    } catch (thrown) {
      this.#failBatch(passage, records, entry, thrown);
    }
    return passage;
  }

  #conclude(passage: Passage, entered: Entry, judgement: Judgement): void {
    const survivors = judgement.survivors();
    const groups = groupVerdicts(judgement);
    // Every reason is looked up before the first record is counted: a verdict that was never
    // declared ends the whole batch as a fault instead of half of it.
    const endings = groups.map(({ verdict }) => this.#endingOf(verdict));
    using entry = entered;
    passage.records = survivors;
    for (const [position, group] of groups.entries()) {
      const ended = judgement.records.select(group.indices);
      const ending = endings[position] ?? FAULT;
      entry.end(ended.count, ending);
      passage.endAtStage(this.#index, ended, ending, group.details);
      if (group.verdict.kind === 'divert') {
        this.#divert(group.verdict.to, passage, ended.replace(group.changed));
      }
    }
    entry.end(survivors.count, DELIVERED_ON);
    this.#faulty = false;
  }

  #endingOf(verdict: FinalVerdict): Ending {
    const ending = this.#endings.get(verdict.reason);
    if (ending === undefined) throw new TypeError(`reason ${verdict.reason} is not declared`);
    return ending;
  }

  #failBatch(passage: Passage, records: RecordSet, entry: Entry, thrown: unknown): void {
    this.#faults += 1;
    this.#faulty = true;
    this.#log.error('the processor threw; its batch counts as failed', {
      code: 'CS_PROCESSOR_FAULTY',
      component: this.id,
      records: entry.open,
      error: messageOf(thrown),
    });
    // What was settled before the throw keeps its ending.
    const open = passage.records === records ? records : passage.records;
    entry.end(entry.open, FAULT);
    passage.records = open.select([]);
    passage.endAtStage(this.#index, open, FAULT);
  }
}

/** Records that end for the same reason. */
interface VerdictGroup {
  readonly verdict: FinalVerdict;
  readonly indices: number[];
  /** What goes to a divert branch in the places of the records, by position in `indices`. */
  readonly changed: (LogRecord | undefined)[];
  /** Lines for the sender. */
  readonly details: string[];
}

/** Records that end for the same reason end together. */
function groupVerdicts(judgement: Judgement): VerdictGroup[] {
  const groups = new Map<string, VerdictGroup>();
  const { endedIndices = [], endedVerdicts = [], records } = judgement;
  for (const [position, verdict] of endedVerdicts.entries()) {
    const index = endedIndices[position] ?? 0;
    const key = verdict.kind === 'divert' ? `${verdict.reason}>${verdict.to}` : verdict.reason;
    let group = groups.get(key);
    if (group === undefined) {
      groups.set(key, (group = { verdict, indices: [], changed: [], details: [] }));
    }
    group.indices.push(index);
    if (verdict.kind === 'fail') continue;
    group.changed.push(verdict.kind === 'divert' ? verdict.record : undefined);
    if (verdict.detail !== undefined && group.details.length < DETAILS_MAX) {
      group.details.push(`record ${records.row(index)}: ${verdict.detail}`);
    }
  }
  return [...groups.values()];
}
