import type { IncomingMessage } from 'node:http';
import type { Reservation } from '../../../sdk/index.ts';
import type { SlabPool } from './slabs.ts';

/** How the reading of a body ended. Only `whole` hands over memory; else it was given back. */
export type BodyReading =
  | { readonly kind: 'whole'; readonly slab: Buffer; readonly bytes: number }
  | { readonly kind: 'too_large' | 'memory_full' | 'aborted'; readonly bytes: number };

/** First slab of a body of unknown length; each further one doubles what there is. */
const CHUNKED_BYTES_FIRST = 16_384;
/** Largest further slab: small enough that all of them are pooled. */
const CHUNKED_BYTES_STEP = 1_048_576;

/**
 * Reads one body into a pooled slab by copying each chunk as it comes: no list, no concat.
 *
 * A body of unknown length goes into slabs that are put together at its end: until then nothing
 * is allocated that does not return to the pool. The copy is not reserved: it is made in one go,
 * so that there is one at a time, and it takes the place of its parts.
 *
 * Ends once: with the whole body, when it turns out too large, when there is no room in memory,
 * or when the sender went away. The caller stops it with `abandon`.
 */
export class BodyReader {
  readonly #slabs: SlabPool;
  readonly #reservation: Reservation;
  readonly #bytesMax: number;
  readonly #ended: (reading: BodyReading) => void;
  /** Slabs that are full, before the one that is filled now. */
  readonly #full: Buffer[] = [];
  #slab: Buffer;
  #filled = 0;
  #bytes = 0;
  /** The chunk that was copied last. */
  #copied: Buffer | undefined;
  #open = true;

  /**
   * @param length bytes as Content-Length has them and `reservation` holds, or `undefined`
   * @param ended called exactly once, never before the constructor has returned
   */
  constructor(
    request: IncomingMessage,
    slabs: SlabPool,
    reservation: Reservation,
    terms: { readonly length: number | undefined; readonly bytesMax: number },
    ended: (reading: BodyReading) => void,
  ) {
    this.#slabs = slabs;
    this.#reservation = reservation;
    this.#bytesMax = terms.bytesMax;
    this.#ended = ended;
    this.#slab = slabs.take(firstReservation(terms.length));
    request.on('data', (chunk: Buffer) => this.#add(chunk));
    request.on('end', () => this.#finish());
    // 'close' comes after 'end' too; without 'end' before it the sender went away.
    request.on('close', () => this.#fail('aborted'));
    request.on('error', () => this.#fail('aborted'));
  }

  /** Bytes read so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Gives the memory back and calls nobody; later bytes are discarded. False when it had ended. */
  abandon(): boolean {
    if (!this.#open) return false;
    this.#open = false;
    this.#giveAll();
    return true;
  }

  #add(chunk: Buffer): void {
    if (!this.#open) return;
    const bytes = this.#bytes + chunk.length;
    if (bytes > this.#bytesMax) {
      this.#fail('too_large');
      return;
    }
    let from = chunk.copy(this.#slab, this.#filled);
    this.#filled += from;
    while (from < chunk.length) {
      // Only a body of unknown length gets here.
      if (!this.#grow()) return;
      const copied = chunk.copy(this.#slab, 0, from);
      this.#filled = copied;
      from += copied;
    }
    this.#bytes = bytes;
    this.#giveBackCopied();
    this.#copied = chunk;
  }

  /**
   * Frees the memory of a chunk that was copied instead of leaving it to the garbage collector.
   *
   * Node allocates up to 64 KiB outside the heap for every chunk. Left alone, that garbage makes
   * V8 mark the whole heap every hundred requests or so: a pass-through measured side by side took
   * 1,032 ns of CPU a record without this and 437 with it. Only a chunk that is all of its memory
   * is freed, so that nobody else can hold a part of it; and only when the next one has come or
   * the body has ended, so that the parser does not stand on it.
   */
  #giveBackCopied(): void {
    const chunk = this.#copied;
    this.#copied = undefined;
    if (chunk === undefined || chunk.byteOffset !== 0) return;
    const memory = chunk.buffer;
    if (memory instanceof ArrayBuffer && memory.byteLength === chunk.length) memory.transfer(0);
  }

  #grow(): boolean {
    const held = this.#held();
    const more = Math.min(held, CHUNKED_BYTES_STEP);
    if (!this.#reservation.resize(Math.min(held + more, this.#bytesMax))) {
      return this.#fail('memory_full');
    }
    this.#full.push(this.#slab);
    this.#slab = this.#slabs.take(more);
    this.#filled = 0;
    return true;
  }

  #held(): number {
    return this.#full.reduce((sum, slab) => sum + slab.length, this.#slab.length);
  }

  #giveAll(): void {
    for (const slab of this.#full) this.#slabs.give(slab);
    this.#slabs.give(this.#slab);
  }

  #finish(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#giveBackCopied();
    this.#ended({ kind: 'whole', slab: this.#whole(), bytes: this.#bytes });
  }

  #whole(): Buffer {
    if (this.#full.length === 0) return this.#slab;
    const whole = this.#slabs.take(this.#bytes);
    let at = 0;
    for (const slab of this.#full) at += slab.copy(whole, at);
    this.#slab.copy(whole, at, 0, this.#filled);
    this.#giveAll();
    return whole;
  }

  #fail(kind: 'too_large' | 'memory_full' | 'aborted'): false {
    if (this.abandon()) this.#ended({ kind, bytes: this.#bytes });
    return false;
  }
}

/** What to reserve before a body is read. */
export function firstReservation(length: number | undefined): number {
  return length ?? CHUNKED_BYTES_FIRST;
}
