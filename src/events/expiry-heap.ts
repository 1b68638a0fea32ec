/** Nonces by expiry, earliest first: a binary heap in two parallel arrays. */
export class ExpiryHeap {
  #times: number[] = [];
  #nonces: string[] = [];

  get size(): number {
    return this.#times.length;
  }

  /** The earliest expiry; Infinity when empty. */
  earliest(): number {
    return this.#times[0] ?? Infinity;
  }

  put(nonce: string, timeMs: number): void {
    let at = this.#times.length;
    this.#times.push(timeMs);
    this.#nonces.push(nonce);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#timeAt(parent) <= timeMs) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#place(at, nonce, timeMs);
  }

  /** Takes the nonce with the earliest expiry out; '' when empty. */
  take(): string {
    const nonce = this.#nonces[0] ?? '';
    const lastTime = this.#times.pop();
    const lastNonce = this.#nonces.pop();
    if (lastTime !== undefined && lastNonce !== undefined && this.#times.length > 0) {
      this.#sink(lastNonce, lastTime);
    }
    return nonce;
  }

  /** Holds these and nothing else. */
  reset(expiries: ReadonlyMap<string, number>): void {
    this.#times = [];
    this.#nonces = [];
    for (const [nonce, timeMs] of expiries) this.put(nonce, timeMs);
  }

  #sink(nonce: string, timeMs: number): void {
    const size = this.#times.length;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#timeAt(child + 1) < this.#timeAt(child)) child++;
      if (this.#timeAt(child) >= timeMs) break;
      this.#move(child, at);
      at = child;
    }
    this.#place(at, nonce, timeMs);
  }

  #timeAt(at: number): number {
    return this.#times[at] as number;
  }

  #move(from: number, to: number): void {
    this.#place(to, this.#nonces[from] as string, this.#timeAt(from));
  }

  #place(at: number, nonce: string, timeMs: number): void {
    this.#times[at] = timeMs;
    this.#nonces[at] = nonce;
  }
}
