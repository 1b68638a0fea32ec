import type { Clock, Timer } from '../../sdk/index.ts';

const PERIOD_MS = 1000;

/** How long a stall is remembered, so that a probe that was kept waiting still learns of it. */
const MEMORY_MS = 15_000;

/** Notices when the event loop was held up: a timer that comes late tells by how much. */
export class StallWatch implements Disposable {
  readonly #clock: Clock;
  #expectedMs = 0;
  #worstMs = 0;
  #worstAtMs = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(): void {
    this.#expectedMs = this.#clock.monotonicMs() + PERIOD_MS;
    this.#timer = this.#clock.after(PERIOD_MS, () => {
      this.#note();
      this.start();
    });
  }

  /** Longest delay of the last seconds, in ms. */
  get stalledMs(): number {
    this.#note();
    return this.#clock.monotonicMs() - this.#worstAtMs > MEMORY_MS ? 0 : this.#worstMs;
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
  }

  #note(): void {
    const nowMs = this.#clock.monotonicMs();
    const lateMs = Math.max(0, nowMs - this.#expectedMs);
    if (lateMs < this.#worstMs && nowMs - this.#worstAtMs <= MEMORY_MS) return;
    this.#worstMs = lateMs;
    this.#worstAtMs = nowMs;
  }
}
