import type { BreakerSettings, Clock } from '../sdk/index.ts';

export type BreakerState = 'closed' | 'open' | 'half_open';

/**
 * Stops a branch from trying a backend that keeps failing.
 *
 * After `failuresMax` failed attempts in a row it is open for `cooldownMs`; then one attempt may
 * go through (the probe). Its success closes the breaker, its failure opens it again.
 * Without settings it never opens.
 */
export class Breaker {
  readonly #settings: BreakerSettings | undefined;
  readonly #clock: Clock;
  #failures = 0;
  #openUntilMs: number | undefined;
  #probing = false;

  constructor(settings: BreakerSettings | undefined, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  get state(): BreakerState {
    if (this.#openUntilMs === undefined) return 'closed';
    return this.#clock.monotonicMs() < this.#openUntilMs ? 'open' : 'half_open';
  }

  /** Failed attempts in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Milliseconds until a probe is allowed; 0 when one is, or none is needed. */
  get waitMs(): number {
    if (this.#openUntilMs === undefined) return 0;
    return Math.max(0, this.#openUntilMs - this.#clock.monotonicMs());
  }

  /** Asks for leave to try. While half open only one caller gets it: the probe. */
  tryEnter(): boolean {
    switch (this.state) {
      case 'closed':
        return true;
      case 'open':
        return false;
      case 'half_open':
        if (this.#probing) return false;
        this.#probing = true;
        return true;
    }
  }

  /** The holder of the probe did not come to try. */
  cancelProbe(): void {
    this.#probing = false;
  }

  succeed(): void {
    this.#failures = 0;
    this.#openUntilMs = undefined;
    this.#probing = false;
  }

  /** @param afterMs how long the backend asked to be left alone, if it did. */
  fail(afterMs = 0): void {
    this.#failures += 1;
    if (this.#settings === undefined) return;
    const { failuresMax, cooldownMs } = this.#settings;
    if (this.#probing || this.#failures >= failuresMax) {
      this.#openUntilMs = this.#clock.monotonicMs() + Math.max(cooldownMs, afterMs);
    }
    this.#probing = false;
  }
}
