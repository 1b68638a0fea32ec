/** A timer that can be called off. Calling off twice, or after it fired, does nothing. */
export interface Timer extends Disposable {
  cancel(): void;
}

/** The only source of time. `wallMs` may step, `monotonicMs` never goes back. */
export interface Clock {
  /** Milliseconds since the epoch, as the operating system's wall clock says. */
  wallMs(): number;
  /** Milliseconds since some fixed moment, fractions included; unaffected by clock steps. */
  monotonicMs(): number;
  /** Calls once after `delayMs`. A timer does not keep the process alive. */
  after(delayMs: number, call: () => void): Timer;
}

/** A moment after which nobody waits any longer. Cheaper than an AbortSignal per request. */
export class Deadline implements Disposable {
  #expired = false;
  #listeners: (() => void)[] = [];
  readonly #timer: Timer | undefined;

  constructor(clock: Clock, delayMs: number) {
    this.#timer = Number.isFinite(delayMs) ? clock.after(delayMs, () => this.expire()) : undefined;
  }

  get expired(): boolean {
    return this.#expired;
  }

  /** Calls when the deadline passes; at once when it has passed. */
  onExpired(listener: () => void): void {
    if (this.#expired) listener();
    else this.#listeners.push(listener);
  }

  /** Lets the deadline pass now. */
  expire(): void {
    if (this.#expired) return;
    this.#expired = true;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
    this.#listeners = [];
  }
}
