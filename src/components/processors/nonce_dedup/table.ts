import { Entries, EXPIRY, LINK } from './entries.ts';
import { SlotIndex } from './slot_index.ts';

/** What the table says of one nonce. */
export const RESERVED = 0;
export const DUPLICATE = 1;
export const CONFLICT = 2;
export const IN_PROGRESS = 3;
export const FULL = 4;

/**
 * The link of a committed entry is the next one of its tick (slot + 1, 0 ends the list). The link
 * of a reserved one is negative and says who reserved it.
 */
const PENDING = -0x8000_0000;
const PROMISED = 0x4000_0000;
/** Its expiry is known; else it is counted from the commit. */
const DATED = 0x2000_0000;
const OWNER = 0x1fff_ffff;

const WHEEL = 1 << 17;
/** Expiries are kept modulo 2^32 ms; a clock that is set by more than this would mix them up. */
const JUMP_MS_MAX = 2 ** 30;
/** Entries looked at together, so that their cache misses overlap. */
const TOGETHER = 64;

export interface NonceTableOptions {
  /** Most entries at a time, reserved ones included; 1 … 100,000,000. */
  readonly entriesMax: number;
  /** No expiry lies further ahead of `now` than this, in ms; up to 2^30. */
  readonly spanMs: number;
  /** The time at the start, in ms since the epoch. */
  readonly nowMs: number;
}

/**
 * Nonces that are in use or were used, by 128-bit keys, each with a 128-bit digest of its content.
 *
 * Entries stand in `Entries`, found through `SlotIndex`; a wheel of 131,072 ticks lists what
 * expires in each, so that a purge visits what has expired and nothing else. 46 to 48 bytes an
 * entry from a million on (bench/nonce.ts).
 *
 * Exact: an entry is live while `now <= expiry`, is never evicted, and is never seen afterwards;
 * an expired one makes room the moment the table is full. Time is the caller's.
 */
export class NonceTable {
  readonly #entries: Entries;
  readonly #index: SlotIndex;
  readonly #spanMs: number;
  readonly #wheel = new Int32Array(WHEEL);
  readonly #tickShift: number;
  /** 2^-tickShift: ticks a ms. */
  readonly #ticksPerMs: number;
  /** Lists (slot + 1) of ticks that have passed; drained step by step. */
  readonly #backlog: number[] = [];
  readonly #together = new Int32Array(TOGETHER);
  /** First tick that is not in the backlog, counted from the origin. */
  #cursor = 0;
  #originMs: number;
  #nowMs: number;
  /** `nowMs` as expiries are kept: from the origin, modulo 2^32. */
  #now = 0;
  #walkedMs = Number.NEGATIVE_INFINITY;
  #purgedMs = Number.NEGATIVE_INFINITY;
  #pending = 0;
  #slot = -1;
  /** Sum of words read ahead; kept so that the reads are. */
  #touched = 0;

  constructor(options: NonceTableOptions) {
    this.#entries = new Entries(options.entriesMax);
    this.#index = new SlotIndex(this.#entries);
    this.#spanMs = options.spanMs;
    this.#tickShift = Math.max(0, 32 - Math.clz32(Math.ceil((options.spanMs + 2) / WHEEL) - 1));
    this.#ticksPerMs = 2 ** -this.#tickShift;
    this.#originMs = options.nowMs;
    this.#nowMs = options.nowMs;
  }

  /** Entries, those included that expired and were not purged yet. */
  get size(): number {
    return this.#entries.used;
  }

  /** Entries that are reserved. */
  get pending(): number {
    return this.#pending;
  }

  /** The highest expiry of an entry that was purged, in ms since the epoch; -Infinity for none. */
  get purgedMs(): number {
    return this.#purgedMs;
  }

  /** Bytes of all arrays. */
  get byteLength(): number {
    return this.#wheel.byteLength + this.#entries.byteLength + this.#index.byteLength;
  }

  /**
   * When the oldest entry expires, in ms since the epoch, to the tick; -Infinity when none is
   * committed. Walks the wheel: for a scrape, not for a record.
   */
  get oldestExpiryMs(): number {
    if (this.#backlog.length > 0) return this.#nowMs;
    for (let tick = this.#cursor; tick < this.#cursor + WHEEL; tick++) {
      if (this.#wheel[tick % WHEEL] !== 0) return this.#originMs + tick * 2 ** this.#tickShift;
    }
    return Number.NEGATIVE_INFINITY;
  }

  /** The slot of the last `offer` that answered `RESERVED`. */
  get slot(): number {
    return this.#slot;
  }

  /**
   * Sets the time and looks at up to `budget` entries of ticks that have passed; the others wait,
   * unseen. Returns how many were purged. `nowMs` may go back; entries keep their expiry.
   */
  advance(nowMs: number, budget: number): number {
    this.#nowMs = nowMs;
    this.#now = (nowMs - this.#originMs) | 0;
    const tick = this.#tickOf(nowMs);
    for (let at = Math.max(this.#cursor, tick - WHEEL); at < tick; at++) this.#shelve(at % WHEEL);
    if (tick > this.#cursor) this.#cursor = tick;
    return this.#drain(budget);
  }

  /**
   * Moves the calendar by `ms` when the clock was set by more than 12 days: entries keep the time
   * they have left, and all that was committed counts as purged. False and nothing done for less.
   */
  shift(ms: number): boolean {
    if (Math.abs(ms) < JUMP_MS_MAX) return false;
    this.#purgedMs = Math.max(this.#purgedMs, this.#nowMs + this.#spanMs);
    this.#originMs += ms;
    this.#nowMs += ms;
    return true;
  }

  /** Reads what `offer` will read for `count` keys from `words[0]` on, 8 words apart. */
  touch(words: Int32Array, count: number): number {
    let sum = 0;
    for (let at = 0; at < count * 8; at += 8) {
      sum += this.#index.touch(words[at] as number, words[at + 1] as number);
    }
    this.#touched += sum & 1;
    return this.#touched;
  }

  /**
   * One step: looks the key up and reserves it for `owner` (0 … 2^29 - 1) when it is new.
   *
   * `words[at … at + 7]` are key and digest. `expiryMs` is when it expires once committed (at most
   * `spanMs` ahead), NaN to say so at the commit.
   */
  offer(words: Int32Array, at: number, owner: number, expiryMs: number): number {
    const known = this.#index.find(words, at);
    if (known >= 0) {
      const link = this.#entries.get(known, LINK);
      if (link < 0 || this.#isLive(known)) {
        if (link < 0 && (link & PROMISED) === 0 && (link & OWNER) !== owner) return IN_PROGRESS;
        return this.#entries.hasDigest(known, words, at) ? DUPLICATE : CONFLICT;
      }
      // Its list finds it again, out of the index, and frees the slot.
      this.#index.remove(known);
    }
    if (this.#entries.used >= this.#entries.max && !this.#makeRoom()) return FULL;
    const slot = this.#entries.take();
    const isDated = !Number.isNaN(expiryMs);
    this.#entries.write(
      slot,
      words,
      at,
      isDated ? (expiryMs - this.#originMs) | 0 : 0,
      isDated ? PENDING | DATED | owner : PENDING | owner,
    );
    this.#index.add(slot, words, at);
    this.#pending += 1;
    this.#slot = slot;
    return RESERVED;
  }

  /** True when the key is live or reserved. */
  has(words: Int32Array, at: number): boolean {
    const slot = this.#index.find(words, at);
    return slot >= 0 && (this.#entries.get(slot, LINK) < 0 || this.#isLive(slot));
  }

  /**
   * Remembers a reserved slot until its expiry: the one offered, else `retentionMs` from now. An
   * expiry that has passed is purged at once; one that passed 24 days ago counts as to come.
   */
  commit(slot: number, retentionMs: number): void {
    const isDated = (this.#entries.get(slot, LINK) & DATED) !== 0;
    if (!isDated) this.#entries.set(slot, EXPIRY, (this.#now + retentionMs) | 0);
    this.#pending -= 1;
    if (this.#isLive(slot)) this.#schedule(slot);
    else this.#purge(slot);
  }

  /** Forgets a reserved slot. */
  release(slot: number): void {
    this.#pending -= 1;
    this.#index.remove(slot);
    this.#entries.putBack(slot);
  }

  /** The sender was told "yes" for this reserved slot: it is used, whatever comes of it. */
  promise(slot: number): void {
    this.#entries.set(slot, LINK, this.#entries.get(slot, LINK) | PROMISED);
  }

  // -------------------------------------------------------------- expiry

  #isLive(slot: number): boolean {
    return ((this.#entries.get(slot, EXPIRY) - this.#now) | 0) >= 0;
  }

  #expiryMs(slot: number): number {
    return this.#nowMs + ((this.#entries.get(slot, EXPIRY) - this.#now) | 0);
  }

  #tickOf(ms: number): number {
    return Math.floor((ms - this.#originMs) * this.#ticksPerMs);
  }

  /** Lists a slot under the tick of its expiry, or under the first one still to come. */
  #schedule(slot: number): void {
    const tick = Math.max(this.#tickOf(this.#expiryMs(slot)), this.#cursor);
    const at = tick % WHEEL;
    this.#entries.set(slot, LINK, this.#wheel[at] as number);
    this.#wheel[at] = slot + 1;
  }

  #shelve(at: number): void {
    const head = this.#wheel[at] as number;
    if (head === 0) return;
    this.#wheel[at] = 0;
    this.#backlog.push(head);
  }

  /** Looks at up to `budget` entries of the backlog; returns how many it purged. */
  #drain(budget: number): number {
    let purged = 0;
    for (let left = budget; left > 0 && this.#backlog.length > 0;) {
      const count = this.#gather(Math.min(left, TOGETHER));
      for (let i = 0; i < count; i++) {
        const slot = this.#together[i] as number;
        if (this.#isLive(slot)) this.#schedule(slot);
        else {
          this.#purge(slot);
          purged += 1;
        }
      }
      left -= count;
    }
    return purged;
  }

  /** Takes up to `most` slots off the backlog and reads what their purge will read. */
  #gather(most: number): number {
    let count = 0;
    let head = 0;
    while (count < most) {
      if (head === 0) {
        head = this.#backlog.pop() ?? 0;
        if (head === 0) break;
      }
      const slot = head - 1;
      this.#together[count] = slot;
      count += 1;
      head = this.#entries.get(slot, LINK);
    }
    if (head !== 0) this.#backlog.push(head);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const slot = this.#together[i] as number;
      sum += this.#index.touch(this.#entries.get(slot, 0), this.#entries.get(slot, 1));
    }
    this.#touched += sum & 1;
    return count;
  }

  #purge(slot: number): void {
    const expiryMs = this.#expiryMs(slot);
    if (expiryMs > this.#purgedMs) this.#purgedMs = expiryMs;
    this.#index.remove(slot);
    this.#entries.putBack(slot);
  }

  /** True when there is room after all that expired by now was looked for. */
  #makeRoom(): boolean {
    while (this.#backlog.length > 0) if (this.#drain(TOGETHER) > 0) return true;
    // The tick of now holds what expired in it and what has not yet: looked through once per ms.
    if (this.#tickShift === 0 || this.#walkedMs === this.#nowMs) return false;
    this.#walkedMs = this.#nowMs;
    this.#shelve(this.#cursor % WHEEL);
    return this.#drain(Number.POSITIVE_INFINITY) > 0;
  }
}
