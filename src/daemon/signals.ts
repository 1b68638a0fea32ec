import type { Clock } from '../sdk/index.ts';

/** Why the daemon ends. */
export type StopCause =
  | { readonly kind: 'signal'; readonly signal: 'SIGINT' | 'SIGTERM' }
  | { readonly kind: 'sources_ended' }
  | { readonly kind: 'fault'; readonly error: unknown };

/** Exit codes of a process that a signal ended: 128 and the signal's number. */
export const SIGNAL_EXIT = { SIGINT: 130, SIGTERM: 143 } as const;

/** Ctrl-C under npm arrives twice within a millisecond: only a later signal means "at once". */
const IMPATIENCE_MS_MIN = 1000;

/**
 * Turns signals into one question to stop and, from 1 s on, one order to end at once.
 * `stopping` resolves with the first cause.
 */
export class StopRequests {
  readonly stopping: Promise<StopCause>;
  readonly #clock: Clock;
  readonly #endNow: (code: number) => void;
  #resolve: (cause: StopCause) => void = () => undefined;
  #firstSignalMs: number | undefined;

  constructor(clock: Clock, endNow: (code: number) => void) {
    this.#clock = clock;
    this.#endNow = endNow;
    this.stopping = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** A signal came. */
  signal(signal: 'SIGINT' | 'SIGTERM'): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#firstSignalMs === undefined) {
      this.#firstSignalMs = nowMs;
      this.#resolve({ kind: 'signal', signal });
    } else if (nowMs - this.#firstSignalMs >= IMPATIENCE_MS_MIN) {
      this.#endNow(SIGNAL_EXIT[signal]);
    }
  }

  /** Something else asks to stop; the first cause counts. */
  request(cause: StopCause): void {
    this.#resolve(cause);
  }
}
