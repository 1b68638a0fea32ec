const OPEN = 0x28;
const CLOSE = 0x29;
const TICK = 0x60;

/**
 * Where `$(…)` and backticks end. What is never closed is looked for once, not again from each place
 * that opens something in it.
 */
export class Closings {
  /** Here nothing closes parentheses. */
  #openFrom = 0;
  #openTo = 0;
  /** Here no backtick stands. */
  #tickFrom = 0;
  #tickTo = 0;

  /** Begins a new text. */
  reset(): void {
    this.#openTo = 0;
    this.#tickTo = 0;
  }

  /** Where that stands which closes what was opened just before `from`; `to` when nothing does. */
  of(text: string, from: number, to: number, ticks: boolean): number {
    return ticks ? this.#tick(text, from, to) : this.#parenthesis(text, from, to);
  }

  #tick(text: string, from: number, to: number): number {
    if (from >= this.#tickFrom && to <= this.#tickTo) return to;
    for (let at = from; at < to; at++) if (text.charCodeAt(at) === TICK) return at;
    this.#tickFrom = from;
    this.#tickTo = to;
    return to;
  }

  #parenthesis(text: string, from: number, to: number): number {
    if (from >= this.#openFrom && to <= this.#openTo) return to;
    let isBarren = true;
    let open = 1;
    for (let at = from; at < to; at++) {
      const unit = text.charCodeAt(at);
      if (unit === OPEN) open++;
      else if (unit === CLOSE) {
        if (--open === 0) return at;
        isBarren = false;
      }
    }
    if (isBarren) {
      this.#openFrom = from;
      this.#openTo = to;
    }
    return to;
  }
}
