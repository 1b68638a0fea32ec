/** The end of a segment whose units run in step with those of the original, in its order or backwards. */
export const IN_STEP = -1;
export const BACKWARDS = -2;

/** Numbers of a segment: first unit here, first unit there, end there. */
const NUMBERS = 3;

/** Numbers that are reserved at first, and at most for texts to come. */
const RESERVED_MIN = 768;
const RESERVED_MAX = 12_288;

/** Where the parts of a derived text stood in the text it was made of. */
export class Origins {
  readonly #segments: Int32Array;
  readonly #from: number;
  readonly #count: number;

  constructor(segments: Int32Array, from: number, count: number) {
    this.#segments = segments;
    this.#from = from;
    this.#count = count;
  }

  /** Start and end there of `[start, end)` here, in UTF-16 units. */
  of(start: number, end: number): readonly [start: number, end: number] {
    const first = this.#at(start);
    if (end <= start) return [first[0], first[0]];
    // Where the order was turned round, the last stands first.
    const last = this.#at(end - 1);
    return [Math.min(first[0], last[0]), Math.max(first[1], last[1])];
  }

  /** The part of the original that one unit stands for. */
  #at(unit: number): readonly [start: number, end: number] {
    if (this.#count === 0) return [0, 0];
    const segments = this.#segments;
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((segments[this.#from + NUMBERS * middle] as number) <= unit) low = middle;
      else high = middle - 1;
    }
    const segment = this.#from + NUMBERS * low;
    const there = segments[segment + 1] as number;
    const end = segments[segment + 2] as number;
    if (end >= 0) return [there, end];
    const offset = unit - (segments[segment] as number);
    const inStep = end === BACKWARDS ? there - offset : there + offset;
    return [inStep, inStep + 1];
  }
}

/**
 * Notes origins, those of one text behind those of another: an array for each of them costs more than
 * all that is written into it.
 */
export class OriginsWriter {
  #segments = new Int32Array(RESERVED_MIN);
  #from = 0;
  #filled = 0;

  /** Begins a text; what was noted of one that was not finished is let go. */
  begin(): void {
    this.#filled = this.#from;
  }

  /** From the unit `here` on, units stand for `[there, end)`, or run from `there` on: {@link IN_STEP}. */
  add(here: number, there: number, end: number): void {
    if (this.#filled + NUMBERS > this.#segments.length) this.#reserve();
    const segments = this.#segments;
    const at = this.#filled;
    segments[at] = here;
    segments[at + 1] = there;
    segments[at + 2] = end;
    this.#filled = at + NUMBERS;
  }

  /** True when the last units stand for `[there, end)`. */
  isLast(there: number, end: number): boolean {
    const at = this.#filled;
    const segments = this.#segments;
    return at > this.#from && segments[at - 2] === there && segments[at - 1] === end;
  }

  finish(): Origins {
    const origins = new Origins(this.#segments, this.#from, (this.#filled - this.#from) / NUMBERS);
    this.#from = this.#filled;
    return origins;
  }

  /** What is full belongs to the texts whose origins are in it; the one being written moves on. */
  #reserve(): void {
    const noted = this.#filled - this.#from;
    const wanted = Math.min(RESERVED_MAX, 2 * this.#segments.length);
    const segments = new Int32Array(Math.max(wanted, 2 * noted));
    segments.set(this.#segments.subarray(this.#from, this.#filled));
    this.#segments = segments;
    this.#from = 0;
    this.#filled = noted;
  }
}
