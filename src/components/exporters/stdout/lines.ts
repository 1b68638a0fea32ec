const NEWLINE = 0x0a;
const START_BYTES = 65_536;
/** What is kept for the next batch: a larger one is paid for by the batch that needs it. */
const KEPT_BYTES_MAX = 2 * 1_048_576;
/** UTF-8 needs at most three bytes for a UTF-16 code unit. */
const BYTES_PER_UNIT_MAX = 3;

/**
 * Lines of text as bytes, made one after the other in memory that is used again.
 *
 * Each line is encoded by itself: joining the strings first costs three times as much, and ten
 * times as much once one of them holds a character beyond Latin-1.
 */
export class LineBuffer {
  #slab = Buffer.allocUnsafeSlow(START_BYTES);
  #length = 0;

  /** Forgets all lines. What `bytes` returned before is overwritten from now on. */
  clear(): void {
    if (this.#slab.length > KEPT_BYTES_MAX) this.#slab = Buffer.allocUnsafeSlow(KEPT_BYTES_MAX);
    this.#length = 0;
  }

  /** A line without its end; it must not hold a line end itself. */
  add(line: string): void {
    if (this.#slab.length - this.#length <= line.length * BYTES_PER_UNIT_MAX) {
      this.#grow(line.length * BYTES_PER_UNIT_MAX + 1);
    }
    const end = this.#length + this.#slab.write(line, this.#length, 'utf8');
    this.#slab[end] = NEWLINE;
    this.#length = end + 1;
  }

  /** Lines with their ends, from where they stand as UTF-8. */
  addLines(source: Uint8Array, start: number, end: number): void {
    if (this.#slab.length - this.#length < end - start) this.#grow(end - start);
    this.#slab.set(source.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  /** All lines so far, in UTF-8. A view. */
  bytes(): Uint8Array {
    return this.#slab.subarray(0, this.#length);
  }

  /** How many whole lines the first `byteLength` bytes hold. */
  countWithin(byteLength: number): number {
    const bytes = this.#slab.subarray(0, byteLength);
    let count = 0;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; count++) {
      at = bytes.indexOf(NEWLINE, at + 1);
    }
    return count;
  }

  #grow(more: number): void {
    const slab = Buffer.allocUnsafeSlow(Math.max(this.#length + more, this.#slab.length * 2));
    this.#slab.copy(slab, 0, 0, this.#length);
    this.#slab = slab;
  }
}
