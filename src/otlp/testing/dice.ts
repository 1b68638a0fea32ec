/** Seeded chance for tests: the same seed rolls the same messages. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed, 0x9e37_79b1) ^ 0x5bd1_e995) >>> 0;
  }

  /** Uniform in [0, 2^32): mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  below(limit: number): number {
    return this.next() % limit;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  /** 0 … max of something. */
  several<Item>(max: number, make: (index: number) => Item): Item[] {
    return Array.from({ length: this.below(max + 1) }, (_, index) => make(index));
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  bits64(): bigint {
    const value = (BigInt(this.next()) << 32n) | BigInt(this.next());
    return value >> BigInt(this.below(64));
  }

  text(): string {
    const length = this.pick([0, 1, 3, 8, 20, 127, 128, 300]);
    let text = '';
    while (text.length < length) text += this.pick(PIECES);
    return text;
  }
}

const PIECES = [
  'a',
  'tool',
  ' ',
  '"',
  '\\',
  '\n',
  '\u0000',
  'ä',
  '\u2028',
  '😀',
  '/',
  '\u007f',
  'Z9',
];
