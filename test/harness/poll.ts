import { setTimeout as pause } from 'node:timers/promises';

/** How long a test waits for something that must happen, in ms; far above what it takes. */
export const PATIENCE_MS = 15_000;

/**
 * Asks until the answer is neither `undefined` nor `false`, and returns it.
 *
 * Fails with `what` when `patienceMs` has passed. An error thrown by `ask` counts as "not yet" and
 * is shown when time is up.
 */
export async function poll<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`waited ${patienceMs} ms for ${what}`, { cause: last });
    }
    await pause(5);
  }
}
