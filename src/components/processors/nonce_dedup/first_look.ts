import { CountersignError, drop, fail, PASS } from '../../../sdk/index.ts';
import type { Verdict } from '../../../sdk/index.ts';
import { FieldScan, TEXT_BYTES_MAX } from './fields.ts';
import type { NonceDedupConfig, NonceDedupReason } from './index.ts';
import { CONFLICT, DUPLICATE, FULL, IN_PROGRESS, RESERVED } from './table.ts';

/** The one name whose nonces were chosen against replay: time tests apply to it without `strict`. */
const PURPOSE = 'countersign.nonce';

/** What is known of a record before the table is asked: a place in VERDICTS. */
export const GO = 0;
export const PASS_UNKEPT = 1;
export const MISSING = 2;
export const NONCE_INVALID = 3;
export const TIME_INVALID = 4;
export const STALE = 5;
export const FUTURE = 6;
export const RESTART_GUARD = 7;
export const UNSETTLED = 8;
/** What the table answers, from this place on. */
export const OFFERED = 9;

/** The verdict of each code; shared, so that no record costs one. */
export const VERDICTS: readonly Verdict<NonceDedupReason>[] = verdicts();

function verdicts(): Verdict<NonceDedupReason>[] {
  const list: Verdict<NonceDedupReason>[] = [];
  list[GO] = PASS;
  list[PASS_UNKEPT] = PASS;
  list[MISSING] = drop('nonce_missing');
  list[NONCE_INVALID] = drop('nonce_invalid');
  list[TIME_INVALID] = drop('time_invalid');
  list[STALE] = drop('stale');
  list[FUTURE] = drop('future');
  list[RESTART_GUARD] = drop('restart_guard');
  list[UNSETTLED] = fail('clock_unsettled');
  list[OFFERED + RESERVED] = PASS;
  list[OFFERED + DUPLICATE] = drop('duplicate');
  list[OFFERED + CONFLICT] = drop('nonce_conflict');
  list[OFFERED + IN_PROGRESS] = fail('in_progress');
  list[OFFERED + FULL] = fail(
    'nonce_store_full',
    new CountersignError(
      'CS_NONCE_STORE_FULL',
      'all max_nonces of nonce_dedup are in use; raise max_nonces or shorten window',
    ),
  );
  return list;
}

/** The time as the look at a batch needs it. */
export interface Moment {
  readonly nowMs: number;
  /** False: times cannot be judged now. */
  readonly isSettled: boolean;
  /** No chosen nonce is taken whose time + window is at or below this. */
  readonly floorMs: number;
}

/** The tests that need the record alone: limits, then window, then restart guard (design 2c). */
export class FirstLook {
  /** Where the record's nonce and sender stand; `nonceRank` -1: its nonce is to be derived. */
  readonly fields: FieldScan;
  /** Of a record that goes on: when it expires, or NaN when that is counted from the commit. */
  expiryMs = Number.NaN;
  readonly #onMissing: NonceDedupConfig['on_missing'];
  readonly #strict: boolean;
  readonly #windowMs: number;
  readonly #skewMs: number;
  readonly #purposeRank: number;

  constructor(config: NonceDedupConfig) {
    this.fields = new FieldScan(config);
    this.#onMissing = config.on_missing;
    this.#strict = config.strict;
    this.#windowMs = config.window;
    this.#skewMs = config.skew;
    const rank = config.nonce.indexOf(PURPOSE);
    this.#purposeRank = rank < 0 ? Number.POSITIVE_INFINITY : rank;
  }

  /** The code of the record at `bytes[start … end - 1]`. */
  judge(bytes: Uint8Array, start: number, end: number, moment: Moment): number {
    const fields = this.fields;
    if (!fields.scan(bytes, start, end)) return NONCE_INVALID;
    const timeMs = this.#isTimed(fields.nonceRank) ? fields.timeMs(bytes) : Number.NaN;
    return this.judgeFound(
      fields.nonceRank,
      fields.nonceLength,
      fields.senderLength,
      timeMs,
      moment,
    );
  }

  /** The code of a record in which this was found, each as in `FieldScan`. */
  judgeFound(
    nonceRank: number,
    nonceLength: number,
    senderLength: number,
    timeMs: number,
    moment: Moment,
  ): number {
    if (nonceRank < 0) {
      if (this.#onMissing === 'reject') return MISSING;
      if (this.#onMissing === 'pass') return PASS_UNKEPT;
    } else if (nonceLength < 1 || nonceLength > TEXT_BYTES_MAX || senderLength > TEXT_BYTES_MAX) {
      return NONCE_INVALID;
    }
    if (this.#isTimed(nonceRank)) return this.#judgeTime(timeMs, moment);
    this.expiryMs = Number.NaN;
    return GO;
  }

  #isTimed(nonceRank: number): boolean {
    return this.#strict || nonceRank === this.#purposeRank;
  }

  #judgeTime(timeMs: number, moment: Moment): number {
    // Every comparison with NaN is false: a time that is none is refused by name, first.
    if (Number.isNaN(timeMs)) return TIME_INVALID;
    if (!moment.isSettled) return UNSETTLED;
    const ageMs = moment.nowMs - timeMs;
    if (ageMs > this.#windowMs) return STALE;
    if (ageMs < -this.#skewMs) return FUTURE;
    this.expiryMs = timeMs + this.#windowMs;
    return this.expiryMs <= moment.floorMs ? RESTART_GUARD : GO;
  }
}
