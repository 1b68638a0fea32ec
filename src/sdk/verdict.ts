import type { CountersignError } from './errors.ts';
import type { LogRecord } from './record.ts';

/**
 * What a processor says about one record. `pass` without a record: unchanged.
 *
 * `detail` is one line for the sender of a rejected record: what was found and where, and nothing
 * that the record says. `divert` with a record: that one goes to the branch in its place.
 */
export type Verdict<Reason extends string> =
  | { readonly kind: 'pass'; readonly record?: LogRecord }
  | { readonly kind: 'drop'; readonly reason: Reason; readonly detail?: string }
  | {
      readonly kind: 'divert';
      readonly reason: Reason;
      readonly to: string;
      readonly record?: LogRecord;
      readonly detail?: string;
    }
  | { readonly kind: 'fail'; readonly reason: Reason; readonly error?: CountersignError };

/** The verdict of a record that goes on unchanged. Shared: a passing batch allocates nothing. */
export const PASS: Verdict<never> = { kind: 'pass' };

/** The record goes on as this one. */
export function pass(record: LogRecord): Verdict<never> {
  return { kind: 'pass', record };
}

/** A verdict for a declared reason whose ending is `dropped`. Without a detail make it once. */
export function drop<Reason extends string>(reason: Reason, detail?: string): Verdict<Reason> {
  return detail === undefined ? { kind: 'drop', reason } : { kind: 'drop', reason, detail };
}

/** Ends the record here and hands it to a branch declared for it, such as a quarantine. */
export function divert<Reason extends string>(
  reason: Reason,
  to: string,
  more: { readonly record?: LogRecord; readonly detail?: string } = {},
): Verdict<Reason> {
  return { kind: 'divert', reason, to, ...more };
}

/** A verdict for a declared reason whose ending is `failed`. */
export function fail<Reason extends string>(
  reason: Reason,
  error?: CountersignError,
): Verdict<Reason> {
  return error === undefined ? { kind: 'fail', reason } : { kind: 'fail', reason, error };
}
