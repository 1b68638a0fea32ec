import { CountersignError } from '../sdk/index.ts';
import { ExpiryHeap } from './expiry-heap.ts';

/** What a store says about a nonce it was offered. `stale`: it may have been known and purged. */
export type NonceVerdict = 'fresh' | 'duplicate' | 'full' | 'stale';

/** Remembers nonces until they expire. Times in ms since the epoch. */
export interface NonceStore {
  /** One step, nothing between look and write: `fresh` and remembered, or else not remembered. */
  checkAndInsert(nonce: string, expiresAtMs: number): NonceVerdict;
  /** True while the nonce is remembered and `now <= expiry`. */
  has(nonce: string): boolean;
  /** Forgets all that have expired and says how many. */
  cleanup(): number;
  /** Nonces held, expired ones that nobody has looked at included. */
  count(): number;
}

export interface MemoryNonceStoreOptions {
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
  /** Most nonces held; a hard bound. */
  readonly maxEntries?: number;
}

/**
 * Nonces in memory (behaviours N1–N14), with the holes of the reference closed: one atomic step,
 * an expiry is never shortened, a purge costs what it purges, and a clock that steps back does not
 * make a purged nonce new again.
 *
 * A live nonce is never evicted: at capacity, and with nothing expired, a new one is refused.
 */
export class MemoryNonceStore implements NonceStore {
  readonly #now: () => number;
  readonly #maxEntries: number;
  readonly #expiries = new Map<string, number>();
  readonly #heap = new ExpiryHeap();
  #purgedThroughMs = -Infinity;

  /** Throws CS_CONFIG_INVALID unless `maxEntries` is a positive integer. Default 10,000. */
  constructor({ now, maxEntries = 10_000 }: MemoryNonceStoreOptions) {
    if (!Number.isSafeInteger(maxEntries) || maxEntries <= 0) {
      throw new CountersignError('CS_CONFIG_INVALID', 'maxEntries must be a positive integer');
    }
    this.#now = now;
    this.#maxEntries = maxEntries;
  }

  checkAndInsert(nonce: string, expiresAtMs: number): NonceVerdict {
    if (this.has(nonce)) return 'duplicate';
    if (expiresAtMs <= this.#purgedThroughMs) return 'stale';
    return this.#insert(nonce, expiresAtMs) ? 'fresh' : 'full';
  }

  /**
   * Remembers without asking, as the reference does: false when there is no room. A nonce that is
   * held needs none, and keeps the later of both expiries.
   */
  add(nonce: string, expiresAtMs: number): boolean {
    const held = this.#expiries.get(nonce);
    if (held === undefined) return this.#insert(nonce, expiresAtMs);
    if (expiresAtMs > held) this.#write(nonce, expiresAtMs);
    return true;
  }

  has(nonce: string): boolean {
    const expiresAtMs = this.#expiries.get(nonce);
    if (expiresAtMs === undefined) return false;
    if (this.#now() <= expiresAtMs) return true;
    this.#forget(nonce, expiresAtMs);
    return false;
  }

  cleanup(): number {
    const now = this.#now();
    let purged = 0;
    for (let top = this.#heap.earliest(); now > top; top = this.#heap.earliest()) {
      const nonce = this.#heap.take();
      // An entry that was looked at or extended since has left a mark behind that counts no more.
      if (this.#expiries.get(nonce) !== top) continue;
      this.#forget(nonce, top);
      purged++;
    }
    return purged;
  }

  count(): number {
    return this.#expiries.size;
  }

  #insert(nonce: string, expiresAtMs: number): boolean {
    if (this.#expiries.size >= this.#maxEntries) this.cleanup();
    if (this.#expiries.size >= this.#maxEntries) return false;
    this.#write(nonce, expiresAtMs);
    return true;
  }

  #write(nonce: string, expiresAtMs: number): void {
    this.#expiries.set(nonce, expiresAtMs);
    this.#heap.put(nonce, expiresAtMs);
    // Marks left behind stay below the entries in number: memory is bounded by maxEntries.
    if (this.#heap.size > 2 * this.#expiries.size + 64) this.#heap.reset(this.#expiries);
  }

  #forget(nonce: string, expiresAtMs: number): void {
    this.#expiries.delete(nonce);
    this.#purgedThroughMs = Math.max(this.#purgedThroughMs, expiresAtMs);
  }
}
