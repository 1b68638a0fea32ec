/** Smallest slab; smaller batches share its class. */
const SLAB_BYTES_MIN = 16_384;
/** Largest pooled slab. A larger batch gets memory of its own. */
const SLAB_BYTES_MAX = 8_388_608;

/**
 * Memory for signed texts, reused. Left to the garbage collector, a slab of 1 MB for each batch
 * makes V8 mark the whole heap twelve times a second: an eighth of all CPU time.
 *
 * Classes are powers of two; the untouched part of a fresh slab is never resident.
 */
export class TextSlabs {
  readonly #idleBytesMax: number;
  /** Given back last at the end: it is taken first, while it is in the CPU's caches. */
  readonly #idle: Buffer[] = [];
  #idleBytes = 0;

  /** @param idleBytesMax what may lie idle at most; what is given back beyond it is let go */
  constructor(idleBytesMax = SLAB_BYTES_MAX) {
    this.#idleBytesMax = idleBytesMax;
  }

  get idleBytes(): number {
    return this.#idleBytes;
  }

  /** At least this many bytes, with whatever was in them before. */
  take(bytes: number): Buffer {
    const size = sizeOf(bytes);
    const at = this.#idle.findLastIndex((slab) => slab.length === size);
    const [slab] = at < 0 ? [] : this.#idle.splice(at, 1);
    if (slab === undefined) return Buffer.allocUnsafeSlow(size);
    this.#idleBytes -= size;
    return slab;
  }

  /** Takes a slab of `take` back. Whoever gives it promises that nobody reads it any more. */
  give(slab: Buffer): void {
    if (slab.length > SLAB_BYTES_MAX || this.#idleBytes + slab.length > this.#idleBytesMax) return;
    this.#idle.push(slab);
    this.#idleBytes += slab.length;
  }
}

function sizeOf(bytes: number): number {
  if (bytes > SLAB_BYTES_MAX) return bytes;
  return bytes <= SLAB_BYTES_MIN ? SLAB_BYTES_MIN : 2 ** (32 - Math.clz32(bytes - 1));
}
