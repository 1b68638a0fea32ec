/** Words of an entry: key 0–3, digest 4–7, expiry 8, link 9. 40 bytes. */
const ENTRY = 10;
export const EXPIRY = 8;
export const LINK = 9;

const SEGMENT_SHIFT = 14;

/**
 * Entries of 40 bytes by slot, in segments of up to 16,384, so that growing copies nothing.
 *
 * Free slots are chained through their link, the last one freed first.
 */
export class Entries {
  readonly max: number;
  readonly #segments: Int32Array[] = [];
  readonly #shift: number;
  readonly #mask: number;
  #highWater = 0;
  #free = 0;
  #used = 0;

  constructor(max: number) {
    this.max = max;
    this.#shift = Math.min(SEGMENT_SHIFT, 32 - Math.clz32(max));
    this.#mask = 2 ** this.#shift - 1;
  }

  /** Slots in use. */
  get used(): number {
    return this.#used;
  }

  get byteLength(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.byteLength, 0);
  }

  /** The segment of a slot; the entry's first word in it is {@link first}. */
  segment(slot: number): Int32Array {
    return this.#segments[slot >>> this.#shift] as Int32Array;
  }

  first(slot: number): number {
    return (slot & this.#mask) * ENTRY;
  }

  get(slot: number, word: number): number {
    return this.segment(slot)[this.first(slot) + word] as number;
  }

  set(slot: number, word: number, value: number): void {
    this.segment(slot)[this.first(slot) + word] = value;
  }

  /** True when the key of the slot is `words[at … at + 3]`. */
  hasKey(slot: number, words: Int32Array, at: number): boolean {
    const segment = this.segment(slot);
    const entry = this.first(slot);
    return (
      segment[entry] === words[at] &&
      segment[entry + 1] === words[at + 1] &&
      segment[entry + 2] === words[at + 2] &&
      segment[entry + 3] === words[at + 3]
    );
  }

  /** True when the digest of the slot is `words[at + 4 … at + 7]`. */
  hasDigest(slot: number, words: Int32Array, at: number): boolean {
    const segment = this.segment(slot);
    const entry = this.first(slot);
    return (
      segment[entry + 4] === words[at + 4] &&
      segment[entry + 5] === words[at + 5] &&
      segment[entry + 6] === words[at + 6] &&
      segment[entry + 7] === words[at + 7]
    );
  }

  /** A free slot; call it only while `used < max`. */
  take(): number {
    this.#used += 1;
    if (this.#free !== 0) {
      const slot = this.#free - 1;
      this.#free = this.get(slot, LINK);
      return slot;
    }
    const slot = this.#highWater;
    this.#highWater += 1;
    if ((slot & this.#mask) === 0) {
      this.#segments.push(new Int32Array(Math.min(this.#mask + 1, this.max - slot) * ENTRY));
    }
    return slot;
  }

  putBack(slot: number): void {
    this.set(slot, LINK, this.#free);
    this.#free = slot + 1;
    this.#used -= 1;
  }

  /** Writes key, digest, expiry and link of a slot that was taken. */
  write(slot: number, words: Int32Array, at: number, expiry: number, link: number): void {
    const segment = this.segment(slot);
    const entry = this.first(slot);
    segment[entry] = words[at] as number;
    segment[entry + 1] = words[at + 1] as number;
    segment[entry + 2] = words[at + 2] as number;
    segment[entry + 3] = words[at + 3] as number;
    segment[entry + 4] = words[at + 4] as number;
    segment[entry + 5] = words[at + 5] as number;
    segment[entry + 6] = words[at + 6] as number;
    segment[entry + 7] = words[at + 7] as number;
    segment[entry + EXPIRY] = expiry;
    segment[entry + LINK] = link;
  }
}
