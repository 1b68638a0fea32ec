import type { Clock } from '../../../sdk/index.ts';

/** How long the wall clock must run steadily before the stage believes it again, in ms. */
const STEADY_MS = 5_000;
/** Two readings of the wall clock agree when they differ by no more than this, in ms. */
const JITTER_MS = 250;

/**
 * A wall clock that a step of the operating system's clock does not move.
 *
 * `now` is a wall reading plus the monotonic time since then, so it never goes back. When the
 * wall differs from it by more than `skewMs` (the machine slept, or NTP set the clock), the clock
 * is unsettled: it runs on as before until the wall has run steadily for 5 s, then it is anchored
 * anew. Only that may set `now` back.
 */
export class AnchoredClock {
  readonly #clock: Clock;
  readonly #skewMs: number;
  /** Wall minus monotonic time, in ms, that is believed. */
  #offsetMs: number;
  /** The offset that is watched while unsettled, and since when (monotonic). */
  #candidateMs: number | undefined;
  #candidateSinceMs = 0;
  #nowMs: number;
  #steps = 0;

  constructor(clock: Clock, skewMs: number) {
    this.#clock = clock;
    this.#skewMs = skewMs;
    this.#offsetMs = clock.wallMs() - clock.monotonicMs();
    this.#nowMs = Math.floor(clock.wallMs());
  }

  /** False from the first reading after a step until the clock was anchored anew. */
  get isSettled(): boolean {
    return this.#candidateMs === undefined;
  }

  /** How often the clock was anchored anew. */
  get steps(): number {
    return this.#steps;
  }

  /** The last reading, in integer ms since the epoch. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Reads the clocks. Returns by how much `now` was moved besides the passing of time; mostly 0. */
  read(): number {
    const monotonicMs = this.#clock.monotonicMs();
    const offsetMs = this.#clock.wallMs() - monotonicMs;
    const movedMs = this.#judge(offsetMs, monotonicMs);
    const nowMs = Math.floor(monotonicMs + this.#offsetMs);
    // A monotonic clock in fractions may round down by one; only an anchoring sets `now` back.
    if (nowMs > this.#nowMs || movedMs !== 0) this.#nowMs = nowMs;
    return movedMs;
  }

  #judge(offsetMs: number, monotonicMs: number): number {
    if (Math.abs(offsetMs - this.#offsetMs) <= this.#skewMs) {
      this.#candidateMs = undefined;
      return 0;
    }
    if (this.#candidateMs === undefined || Math.abs(offsetMs - this.#candidateMs) > JITTER_MS) {
      this.#candidateMs = offsetMs;
      this.#candidateSinceMs = monotonicMs;
      return 0;
    }
    if (monotonicMs - this.#candidateSinceMs < STEADY_MS) return 0;
    const movedMs = offsetMs - this.#offsetMs;
    this.#offsetMs = offsetMs;
    this.#candidateMs = undefined;
    this.#steps += 1;
    return movedMs;
  }
}
