import type { Batch, Judged, LogRecord, RecordSet, SignedTexts, Verdict } from '../sdk/index.ts';
import { PASS } from '../sdk/index.ts';

/** A verdict that ends a record here. */
export type FinalVerdict = Exclude<Verdict<string>, { kind: 'pass' }>;

/**
 * The verdicts on one batch. Holds nothing for a record that passes unchanged: a whole batch
 * that passes is this object and two `undefined`.
 */
export class Judgement {
  readonly records: RecordSet;
  /** Indices of the records that end here, ascending, with their verdicts beside them. */
  endedIndices: number[] | undefined;
  endedVerdicts: FinalVerdict[] | undefined;
  /** Texts that records were signed with here. */
  signed: SignedTexts | undefined;
  #changed: (LogRecord | undefined)[] | undefined;

  constructor(records: RecordSet) {
    this.records = records;
  }

  note(index: number, verdict: Verdict<string>): void {
    if (verdict.kind === 'pass') {
      if (verdict.record === undefined) return;
      this.#changed ??= Array.from({ length: this.records.count }, () => undefined);
      this.#changed[index] = verdict.record;
      return;
    }
    (this.endedIndices ??= []).push(index);
    (this.endedVerdicts ??= []).push(verdict);
  }

  /** The records that go on, changed ones in the places of the old. */
  survivors(): RecordSet {
    const signed = this.signed === undefined ? this.records : this.records.sign(this.signed);
    const current = this.#changed === undefined ? signed : signed.replace(this.#changed);
    const ended = this.endedIndices;
    if (ended === undefined) return current;
    const kept = new Uint32Array(current.count - ended.length);
    let next = 0;
    let skip = 0;
    for (let index = 0; index < current.count; index += 1) {
      if (ended[skip] === index) skip += 1;
      else kept[next++] = index;
    }
    return current.select(kept);
  }
}

/** The runtime's batch: the only maker of `Judged`. */
export class JudgingBatch implements Batch<string> {
  readonly records: RecordSet;
  readonly #judgement: Judgement;

  constructor(records: RecordSet) {
    this.records = records;
    this.#judgement = new Judgement(records);
  }

  judge(decide: (record: LogRecord, index: number) => Verdict<string>): Judged<string> {
    return this.judgeRows((index) => decide(this.records.at(index), index));
  }

  judgeRows(
    decide: (index: number) => Verdict<string>,
    signed?: () => SignedTexts | undefined,
  ): Judged<string> {
    const { count } = this.records;
    for (let index = 0; index < count; index += 1) {
      const verdict = decide(index);
      if (verdict !== PASS) this.#judgement.note(index, verdict);
    }
    this.#judgement.signed = signed?.();
    return this.passAll();
  }

  async judgeAsync(
    decide: (record: LogRecord, index: number) => Verdict<string> | Promise<Verdict<string>>,
  ): Promise<Judged<string>> {
    const { count } = this.records;
    for (let index = 0; index < count; index += 1) {
      const answer = decide(this.records.at(index), index);
      // Awaiting only what has to be awaited keeps a batch of plain verdicts in one turn.
      const verdict = answer instanceof Promise ? await answer : answer;
      if (verdict !== PASS) this.#judgement.note(index, verdict);
    }
    return this.passAll();
  }

  passAll(): Judged<string> {
    // The brand has no value at run time; the stage unwraps by `judgementOf`.
    return this.#judgement as unknown as Judged<string>;
  }
}

/** The verdicts behind a `Judged`; throws when a processor made one up or answered another batch's. */
export function judgementOf(judged: unknown, records: RecordSet): Judgement {
  if (!(judged instanceof Judgement) || judged.records !== records) {
    throw new TypeError('the processor returned a judgement of another batch');
  }
  return judged;
}
