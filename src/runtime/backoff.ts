import type { RetrySettings } from '../sdk/index.ts';

/**
 * Milliseconds to wait before attempt number `attempt + 1`, after `attempt` attempts failed.
 *
 * Exponential from `initialIntervalMs`, capped, with jitter of ±`randomizationFactor`. What the
 * backend asked for counts instead; from the second failure on it cannot shorten the own wait,
 * or a backend that says 0 would be asked in a busy loop.
 */
export function backoffMs(
  settings: RetrySettings,
  attempt: number,
  random: number,
  askedMs?: number,
): number {
  const plain = settings.initialIntervalMs * settings.multiplier ** (attempt - 1);
  const capped = Math.min(plain, settings.maxIntervalMs);
  const jittered = capped * (1 + settings.randomizationFactor * (2 * random - 1));
  if (askedMs === undefined) return jittered;
  return attempt === 1 ? askedMs : Math.max(askedMs, Math.min(jittered, settings.maxIntervalMs));
}
