import type { IncomingMessage } from 'node:http';
import type { Reservation } from '../../../sdk/index.ts';
import type { SlabPool } from './slabs.ts';

/** How the reading of a body ended. Only `whole` hands over memory; else it was given back. */
export type BodyReading =
  | { readonly kind: 'whole'; readonly slab: Buffer; readonly bytes: number }
  | { readonly kind: 'too_large' | 'memory_full' | 'aborted'; readonly bytes: number };

/** First room for a body of unknown length; it doubles as needed. */
const CHUNKED_BYTES_FIRST = 16_384;

/**
 * Reads one body into a pooled slab by copying each chunk as it comes: no list, no concat.
 *
 * Ends once: with the whole body, when it turns out too large, when there is no room in memory,
 * or when the sender went away. The caller stops it with `abandon`.
 */
export class BodyReader {
  readonly #slabs: SlabPool;
  readonly #reservation: Reservation;
  readonly #bytesMax: number;
  readonly #ended: (reading: BodyReading) => void;
  #slab: Buffer;
  /** The chunk copied last; given back when the parser has surely gone on. */
  #copied: Buffer | undefined;
  /** What is reserved: a larger body needs `#grow`. */
  #room: number;
  #bytes = 0;
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
    this.#room = Math.min(firstReservation(terms.length), terms.bytesMax);
    this.#slab = slabs.take(this.#room);
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
    this.#slabs.give(this.#slab);
    return true;
  }

  #add(chunk: Buffer): void {
    if (!this.#open) return;
    const bytes = this.#bytes + chunk.length;
    if (bytes > this.#room && !this.#grow(bytes)) return;
    chunk.copy(this.#slab, this.#bytes);
    this.#bytes = bytes;
    this.#giveBackCopied();
    this.#copied = chunk;
  }

  /**
   * Frees the memory of a chunk that was copied instead of leaving it to the garbage collector.
   *
   * Node allocates up to 64 KiB outside the heap for every chunk. Left alone, that garbage makes
   * V8 mark the whole heap every hundred requests or so: 1,032 ns of CPU a record in
   * `npm run bench -- --rows pass`, 437 with this. Only a chunk that is all of its memory is
   * freed, so that nobody else can hold a part of it; and only when the next one has come or the
   * body has ended, so that the parser does not stand on it.
   */
  #giveBackCopied(): void {
    const chunk = this.#copied;
    this.#copied = undefined;
    if (chunk === undefined || chunk.byteOffset !== 0) return;
    const memory = chunk.buffer;
    if (memory instanceof ArrayBuffer && memory.byteLength === chunk.length) memory.transfer(0);
  }

  /** Room for this many bytes in a larger slab; only a body of unknown length gets here. */
  #grow(bytes: number): boolean {
    if (bytes > this.#bytesMax) return this.#fail('too_large');
    const room = Math.min(Math.max(bytes, this.#room * 2), this.#bytesMax);
    if (!this.#reservation.resize(room)) return this.#fail('memory_full');
    this.#room = room;
    const larger = this.#slabs.take(room);
    this.#slab.copy(larger, 0, 0, this.#bytes);
    this.#slabs.give(this.#slab);
    this.#slab = larger;
    return true;
  }

  #finish(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#giveBackCopied();
    this.#ended({ kind: 'whole', slab: this.#slab, bytes: this.#bytes });
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
