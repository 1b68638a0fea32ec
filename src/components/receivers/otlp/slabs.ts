/** Smallest slab; smaller bodies share its class. */
const SLAB_BYTES_MIN = 4_096;
/** Largest pooled slab: 8,192 records of 577 bytes fit. A larger body gets memory of its own. */
const SLAB_BYTES_MAX = 8_388_608;

/**
 * Memory for request bodies, reused. A fresh 64 KiB buffer costs page faults that a used one does not.
 *
 * Classes are powers of two, so that a slab is less than twice its body; the untouched half of a
 * fresh one is never resident. Whoever gives a slab back promises that nobody reads it any more.
 */
export class SlabPool {
  readonly #idleBytesMax: number;
  readonly #idle = new Map<number, Buffer[]>();
  #idleBytes = 0;

  /** @param idleBytesMax what may lie idle at most; what is given back beyond it is let go */
  constructor(idleBytesMax = 16_777_216) {
    this.#idleBytesMax = idleBytesMax;
  }

  get idleBytes(): number {
    return this.#idleBytes;
  }

  /** At least this many bytes, with whatever was in them before. */
  take(bytes: number): Buffer {
    if (bytes > SLAB_BYTES_MAX) return Buffer.allocUnsafeSlow(bytes);
    const size = classOf(bytes);
    const slab = this.#idle.get(size)?.pop();
    if (slab === undefined) return Buffer.allocUnsafeSlow(size);
    this.#idleBytes -= size;
    return slab;
  }

  /** Takes a slab of `take` back. */
  give(slab: Buffer): void {
    const size = slab.length;
    if (size > SLAB_BYTES_MAX || this.#idleBytes + size > this.#idleBytesMax) return;
    const row = this.#idle.get(size);
    if (row === undefined) this.#idle.set(size, [slab]);
    else row.push(slab);
    this.#idleBytes += size;
  }
}

function classOf(bytes: number): number {
  return bytes <= SLAB_BYTES_MIN ? SLAB_BYTES_MIN : 2 ** (32 - Math.clz32(bytes - 1));
}
