import type { LogRecord, RecordSet, SignedTexts } from './record.ts';
import type { Verdict } from './verdict.ts';

declare const judged: unique symbol;

/** The records of a batch with a verdict for each. Only a {@link Batch} makes one. */
export interface Judged<Reason extends string> {
  readonly [judged]: Reason;
}

/**
 * Records that travel together through one stage.
 *
 * `judge` asks for a verdict on each record; a processor answers for every one and counts nothing.
 */
export interface Batch<Reason extends string> {
  readonly records: RecordSet;
  judge(decide: (record: LogRecord, index: number) => Verdict<Reason>): Judged<Reason>;
  /**
   * As `judge` without making a view of each record: for kernels that read the columns. What passes
   * unchanged goes on with its text of `signed`, which is asked for when all are judged.
   */
  judgeRows(
    decide: (index: number) => Verdict<Reason>,
    signed?: () => SignedTexts | undefined,
  ): Judged<Reason>;
  judgeAsync(
    decide: (record: LogRecord, index: number) => Verdict<Reason> | Promise<Verdict<Reason>>,
  ): Promise<Judged<Reason>>;
  /** Every record passes unchanged. */
  passAll(): Judged<Reason>;
}
