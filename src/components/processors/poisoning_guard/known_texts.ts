/** Texts that are remembered, a power of two. */
const SLOTS = 256;
const SLOT_BITS = 8;
/** Shortest and longest text that is remembered, in bytes. */
const BYTES_MIN = 4;
const BYTES_MAX = 64;
/** Words of a slot: the text in 4-byte words from its start; a rest is covered by its last word. */
const WORDS = BYTES_MAX / 4;
/** Knuth's multiplicative hash: 2^32 divided by the golden ratio. */
const GOLDEN = 0x9e3779b1;

/**
 * Remembers short texts that were found clean, byte for byte, such as attribute keys: comparing one
 * costs half of looking at it. Bounded: a new text takes the slot of an older one. 18 KiB.
 */
export class KnownTexts {
  readonly #words = new Int32Array(SLOTS * WORDS);
  readonly #lasts = new Int32Array(SLOTS);
  readonly #lengths = new Uint8Array(SLOTS);
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** The texts to come stand in this buffer. */
  open(bytes: Uint8Array): void {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** True when the text in `[start, end)` was learned. */
  has(start: number, end: number): boolean {
    const length = end - start;
    if (length < BYTES_MIN || length > BYTES_MAX) return false;
    const view = this.#view;
    const last = view.getInt32(end - 4, true);
    const slot = Math.imul(view.getInt32(start, true) ^ (last << 5), GOLDEN) >>> (32 - SLOT_BITS);
    if (this.#lengths[slot] !== length || this.#lasts[slot] !== last) return false;
    const words = this.#words;
    let word = slot * WORDS;
    for (let at = start; at < end - 4; at += 4) {
      if (view.getInt32(at, true) !== words[word++]) return false;
    }
    return true;
  }

  /** Remembers the text, if it is of a length that is. */
  learn(start: number, end: number): void {
    const length = end - start;
    if (length < BYTES_MIN || length > BYTES_MAX) return;
    const view = this.#view;
    const last = view.getInt32(end - 4, true);
    const slot = Math.imul(view.getInt32(start, true) ^ (last << 5), GOLDEN) >>> (32 - SLOT_BITS);
    this.#lengths[slot] = length;
    this.#lasts[slot] = last;
    let word = slot * WORDS;
    for (let at = start; at < end - 4; at += 4) {
      this.#words[word++] = view.getInt32(at, true);
    }
  }
}
