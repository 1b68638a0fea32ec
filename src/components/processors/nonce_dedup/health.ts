import type { HealthReport } from '../../../sdk/index.ts';
import type { NonceDedupConfig } from './index.ts';

/** Above this share of `max_nonces` the stage is degraded. */
const NEARLY_FULL = 0.9;

/** What decides how the stage is. */
export interface Condition {
  readonly entries: number;
  readonly entriesMax: number;
  /** Records were refused for want of room within the last 10 s. */
  readonly isFull: boolean;
  /** The wall clock has run steadily. */
  readonly isSettled: boolean;
}

/**
 * Unhealthy while records are refused for want of room, degraded near that and while the clock is
 * unsettled. The sentence changes with the status only, so that it may be logged.
 */
export function conditionOf({ entries, entriesMax, isFull, isSettled }: Condition): HealthReport {
  if (isFull) {
    return {
      status: 'unhealthy',
      message: `all ${entriesMax} nonces are in use and records are refused; raise max_nonces or shorten window`,
    };
  }
  if (!isSettled) {
    return {
      status: 'degraded',
      message:
        'the wall clock was stepped; records with a time of their own are refused (retryable) until it has run steadily for 5 s',
    };
  }
  if (entries > entriesMax * NEARLY_FULL) {
    return {
      status: 'degraded',
      message: `more than 90 % of ${entriesMax} nonces are in use; raise max_nonces or shorten window`,
    };
  }
  return { status: 'healthy', message: `remembers nonces, at most ${entriesMax}` };
}

/** The line of the log at start: what the capacity is good for. */
export function startMessage(id: string, config: NonceDedupConfig): string {
  const { max_nonces: max, window, skew } = config;
  const rate = Math.floor((max * 1000) / (window + skew));
  const megabytes = Math.ceil((max * 48) / 1_000_000);
  return `${id}: ${max} nonces (at most ${megabytes} MB) sustain ${rate} records/s: max_nonces / (window + skew)`;
}
