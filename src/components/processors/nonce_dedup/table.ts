/** What the table says of one nonce. */
export const RESERVED = 0;
export const DUPLICATE = 1;
export const CONFLICT = 2;
export const IN_PROGRESS = 3;
export const FULL = 4;
export type Offer =
  | typeof RESERVED
  | typeof DUPLICATE
  | typeof CONFLICT
  | typeof IN_PROGRESS
  | typeof FULL;

/** Words of an entry: key 0–3, digest 4–7, expiry 8, link 9. 40 bytes. */
const ENTRY = 10;
const EXPIRY = 8;
const LINK = 9;

/**
 * The link of a committed entry is the next one of its tick (slot + 1, 0 ends the list). The link
 * of a reserved one says so, and who reserved it.
 */
const PENDING = 0x8000_0000;
const PROMISED = 0x4000_0000;
/** Its expiry is known; else it is counted from the commit. */
const DATED = 0x2000_0000;
const OWNER = 0x1fff_ffff;

/** A bucket of the index is a cache line: word 0 counts entries that went past it, 15 hold entries. */
const BUCKET = 16;
const PLACES = BUCKET - 1;
/** A shard grows by a quarter when more than this share of its places is taken. */
const FILL_MAX = 0.85;
const SEGMENT_SHIFT = 16;
const WHEEL = 1 << 17;
const TWO_32 = 4_294_967_296;
/** Expiries are kept modulo 2^32 ms; further apart than this they are not compared. */
const JUMP_MS_MAX = 1 << 30;

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
 * Three structures of typed arrays:
 * - entries of 40 bytes in segments of 65,536, so that growing copies nothing;
 * - an index of 4-byte words (10 bits of the key, 22 bits of slot at the default size) in buckets
 *   of 64 bytes, in up to 1,024 shards that grow one at a time (a pause of some 0.1 ms at 4 M);
 * - a wheel of 131,072 ticks that lists what expires in each, so that a purge visits what expired.
 *
 * Exact: an entry is live while `now <= expiry`, never evicted, and never seen afterwards; an
 * expired one makes room the moment the table is full. Time is the caller's.
 */
export class NonceTable {
  readonly entriesMax: number;
  readonly #spanMs: number;
  readonly #segments: Uint32Array[] = [];
  readonly #segmentShift: number;
  readonly #segmentMask: number;
  #highWater = 0;
  #free = 0;
  #used = 0;
  #pending = 0;

  readonly #shards: Uint32Array[] = [];
  readonly #counts: Uint32Array;
  readonly #shardShift: number;
  readonly #slotMask: number;

  readonly #wheel = new Uint32Array(WHEEL);
  readonly #tickShift: number;
  /** Lists (slot + 1) of ticks that have passed; drained step by step. */
  readonly #backlog: number[] = [];
  /** First tick that is not in the backlog, counted from the origin. */
  #cursor: number;
  #originMs: number;
  #nowMs: number;
  #now = 0;
  #walkedMs = Number.NEGATIVE_INFINITY;
  #purgedMs = Number.NEGATIVE_INFINITY;
  #slot = 0;

  constructor(options: NonceTableOptions) {
    this.entriesMax = options.entriesMax;
    this.#spanMs = options.spanMs;
    const bits = 32 - Math.clz32(options.entriesMax);
    this.#slotMask = 2 ** bits - 1;
    this.#segmentShift = Math.min(SEGMENT_SHIFT, bits);
    this.#segmentMask = 2 ** this.#segmentShift - 1;
    const shardBits = Math.min(10, Math.max(1, bits - 12));
    this.#shardShift = 32 - shardBits;
    this.#counts = new Uint32Array(2 ** shardBits);
    for (let i = 0; i < this.#counts.length; i++) this.#shards.push(new Uint32Array(BUCKET));
    this.#tickShift = Math.max(0, 32 - Math.clz32(Math.ceil((options.spanMs + 2) / WHEEL) - 1));
    this.#originMs = options.nowMs;
    this.#nowMs = options.nowMs;
    this.#cursor = 0;
  }

  /** Entries, those included that expired and were not purged yet. */
  get size(): number {
    return this.#used;
  }

  /** Entries that are reserved. */
  get pending(): number {
    return this.#pending;
  }

  /** The highest expiry of an entry that was purged, in ms since the epoch; -Infinity for none. */
  get purgedMs(): number {
    return this.#purgedMs;
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

  /** Bytes of all arrays. */
  get byteLength(): number {
    let bytes = this.#wheel.byteLength + this.#counts.byteLength;
    for (const segment of this.#segments) bytes += segment.byteLength;
    for (const shard of this.#shards) bytes += shard.byteLength;
    return bytes;
  }

  /** The slot of the last `offer` that answered `RESERVED`, or of the last `find`. */
  get slot(): number {
    return this.#slot;
  }

  /**
   * Sets the time and purges up to `budget` expired entries; the others wait, unseen.
   *
   * Costs O(purged + ticks passed). `nowMs` may go back; entries keep their expiry.
   */
  advance(nowMs: number, budget: number): number {
    this.#nowMs = nowMs;
    this.#now = (nowMs - this.#originMs) >>> 0;
    const tick = this.#tickOf(nowMs);
    let steps = Math.min(tick - this.#cursor, WHEEL);
    for (let at = Math.max(this.#cursor, tick - WHEEL); steps > 0; steps--, at++) {
      this.#shelve(at % WHEEL);
    }
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

  /**
   * One step: looks the key up and reserves it for `owner` when it is new.
   *
   * `words[at … at + 7]` are key and digest. `expiryMs` is when it expires once committed (at most
   * `spanMs` ahead), NaN to say so at the commit.
   */
  offer(words: Uint32Array, at: number, owner: number, expiryMs: number): Offer {
    if (this.#find(words, at)) {
      const segment = this.#segments[this.#slot >>> this.#segmentShift] as Uint32Array;
      const entry = (this.#slot & this.#segmentMask) * ENTRY;
      const link = segment[entry + LINK] as number;
      const same =
        segment[entry + 4] === words[at + 4] &&
        segment[entry + 5] === words[at + 5] &&
        segment[entry + 6] === words[at + 6] &&
        segment[entry + 7] === words[at + 7];
      if (link >= PENDING && (link & PROMISED) === 0 && (link & OWNER) !== owner) {
        return IN_PROGRESS;
      }
      return same ? DUPLICATE : CONFLICT;
    }
    if (this.#used >= this.entriesMax && !this.#makeRoom()) return FULL;
    this.#insert(words, at, owner, expiryMs);
    return RESERVED;
  }

  /** True when the key is live or reserved; `slot` is then its slot. */
  find(words: Uint32Array, at: number): boolean {
    return this.#find(words, at);
  }

  /** The owner that reserved the slot, or -1 when it is committed. */
  ownerOf(slot: number): number {
    const link = this.#word(slot, LINK);
    return link >= PENDING ? link & OWNER : -1;
  }

  /** Remembers a reserved slot until its expiry: the one offered, else `retentionMs` from now. */
  commit(slot: number, retentionMs: number): void {
    const link = this.#word(slot, LINK);
    if ((link & DATED) === 0) this.#setWord(slot, EXPIRY, this.#now + retentionMs);
    this.#pending -= 1;
    this.#schedule(slot);
  }

  /** Forgets a reserved slot. */
  release(slot: number): void {
    this.#pending -= 1;
    this.#unlist(slot);
    this.#putBack(slot);
  }

  /** The sender was told "yes" for this reserved slot: it is used, whatever comes of it. */
  promise(slot: number): void {
    this.#setWord(slot, LINK, this.#word(slot, LINK) | PROMISED);
  }

  /** Remembers a committed slot at least until then. An earlier expiry changes nothing. */
  extend(slot: number, expiryMs: number): void {
    const expiry = (expiryMs - this.#originMs) >>> 0;
    // The list it stands in finds it live and moves it on.
    if (((expiry - this.#word(slot, EXPIRY)) | 0) > 0) this.#setWord(slot, EXPIRY, expiry);
  }

  /** Reads the cache lines that `offer` will read; the sum keeps the reads from being removed. */
  touch(words: Uint32Array, at: number): number {
    const shard = this.#shards[(words[at] as number) >>> this.#shardShift] as Uint32Array;
    return shard[bucketOf(words[at + 1] as number, shard.length)] as number;
  }

  // ------------------------------------------------------------- entries

  #word(slot: number, word: number): number {
    const segment = this.#segments[slot >>> this.#segmentShift] as Uint32Array;
    return segment[(slot & this.#segmentMask) * ENTRY + word] as number;
  }

  #setWord(slot: number, word: number, value: number): void {
    const segment = this.#segments[slot >>> this.#segmentShift] as Uint32Array;
    segment[(slot & this.#segmentMask) * ENTRY + word] = value;
  }

  #takeSlot(): number {
    this.#used += 1;
    if (this.#free !== 0) {
      const slot = this.#free - 1;
      this.#free = this.#word(slot, LINK);
      return slot;
    }
    const slot = this.#highWater;
    this.#highWater += 1;
    if ((slot & this.#segmentMask) === 0) {
      const entries = Math.min(this.#segmentMask + 1, this.entriesMax - slot);
      this.#segments.push(new Uint32Array(entries * ENTRY));
    }
    return slot;
  }

  #putBack(slot: number): void {
    this.#setWord(slot, LINK, this.#free);
    this.#free = slot + 1;
    this.#used -= 1;
  }

  #insert(words: Uint32Array, at: number, owner: number, expiryMs: number): void {
    const slot = this.#takeSlot();
    const segment = this.#segments[slot >>> this.#segmentShift] as Uint32Array;
    const entry = (slot & this.#segmentMask) * ENTRY;
    for (let i = 0; i < 8; i++) segment[entry + i] = words[at + i] as number;
    const dated = expiryMs === expiryMs;
    segment[entry + EXPIRY] = dated ? expiryMs - this.#originMs : 0;
    segment[entry + LINK] = dated ? PENDING | DATED | owner : PENDING | owner;
    this.#pending += 1;
    this.#slot = slot;
    this.#list(slot, words[at] as number, words[at + 1] as number, words[at + 2] as number);
  }

  // --------------------------------------------------------------- index

  #find(words: Uint32Array, at: number): boolean {
    const shard = this.#shards[(words[at] as number) >>> this.#shardShift] as Uint32Array;
    const tag = words[at + 2] as number;
    const home = bucketOf(words[at + 1] as number, shard.length);
    let bucket = home;
    do {
      for (let i = bucket + 1; i < bucket + BUCKET; i++) {
        const word = shard[i] as number;
        // An empty place has slot 0; a tag that fits by chance is told apart by the key.
        if (((word ^ tag) & ~this.#slotMask) === 0 && (word & this.#slotMask) !== 0) {
          const slot = (word & this.#slotMask) - 1;
          if (this.#hasKey(slot, words, at)) return this.#isSeen(slot);
        }
      }
      if (shard[bucket] === 0) return false;
      bucket += BUCKET;
      if (bucket === shard.length) bucket = 0;
    } while (bucket !== home);
    return false;
  }

  #hasKey(slot: number, words: Uint32Array, at: number): boolean {
    const segment = this.#segments[slot >>> this.#segmentShift] as Uint32Array;
    const entry = (slot & this.#segmentMask) * ENTRY;
    return (
      segment[entry] === words[at] &&
      segment[entry + 1] === words[at + 1] &&
      segment[entry + 2] === words[at + 2] &&
      segment[entry + 3] === words[at + 3]
    );
  }

  /** Sets `slot` for a live or reserved entry; takes an expired one out of the index. */
  #isSeen(slot: number): boolean {
    this.#slot = slot;
    if (this.#word(slot, LINK) >= PENDING || this.#isLive(slot)) return true;
    this.#unlist(slot);
    return false;
  }

  #list(slot: number, k0: number, k1: number, k2: number): void {
    const shardAt = k0 >>> this.#shardShift;
    let shard = this.#shards[shardAt] as Uint32Array;
    const count = (this.#counts[shardAt] as number) + 1;
    this.#counts[shardAt] = count;
    if (count > (shard.length / BUCKET) * PLACES * FILL_MAX) {
      shard = this.#growShard(shardAt, shard);
    }
    place(shard, bucketOf(k1, shard.length), (k2 & ~this.#slotMask) | (slot + 1));
  }

  #growShard(shardAt: number, old: Uint32Array): Uint32Array {
    const buckets = Math.ceil((old.length / BUCKET) * 1.25);
    const shard = new Uint32Array(buckets * BUCKET);
    for (let i = 0; i < old.length; i++) {
      const word = old[i] as number;
      if (i % BUCKET === 0 || word === 0) continue;
      const k1 = this.#word((word & this.#slotMask) - 1, 1);
      place(shard, bucketOf(k1, shard.length), word);
    }
    this.#shards[shardAt] = shard;
    return shard;
  }

  /** Takes the slot out of the index; does nothing when it is not there. */
  #unlist(slot: number): void {
    const segment = this.#segments[slot >>> this.#segmentShift] as Uint32Array;
    const entry = (slot & this.#segmentMask) * ENTRY;
    const shardAt = (segment[entry] as number) >>> this.#shardShift;
    const shard = this.#shards[shardAt] as Uint32Array;
    const word = (((segment[entry + 2] as number) & ~this.#slotMask) | (slot + 1)) >>> 0;
    const home = bucketOf(segment[entry + 1] as number, shard.length);
    if (displace(shard, home, word)) this.#counts[shardAt] = (this.#counts[shardAt] as number) - 1;
  }

  // -------------------------------------------------------------- expiry

  #isLive(slot: number): boolean {
    return ((this.#word(slot, EXPIRY) - this.#now) | 0) >= 0;
  }

  #tickOf(ms: number): number {
    return Math.floor((ms - this.#originMs) / 2 ** this.#tickShift);
  }

  /** Lists a slot under the tick of its expiry, or under the first one still to come. */
  #schedule(slot: number): void {
    const expiryMs = this.#nowMs + ((this.#word(slot, EXPIRY) - this.#now) | 0);
    const tick = Math.max(this.#tickOf(expiryMs), this.#cursor);
    const at = tick % WHEEL;
    this.#setWord(slot, LINK, this.#wheel[at] as number);
    this.#wheel[at] = slot + 1;
  }

  #shelve(at: number): void {
    const head = this.#wheel[at] as number;
    if (head === 0) return;
    this.#wheel[at] = 0;
    this.#backlog.push(head);
  }

  /** Purges up to `budget` entries of the backlog; returns how many. */
  #drain(budget: number): number {
    let purged = 0;
    let left = budget;
    while (left > 0) {
      let head = this.#backlog.pop();
      if (head === undefined) break;
      for (; head !== 0 && left > 0; left--) {
        const slot = head - 1;
        head = this.#word(slot, LINK);
        if (this.#isLive(slot)) {
          this.#schedule(slot);
        } else {
          this.#purge(slot);
          purged += 1;
        }
      }
      if (head !== 0) this.#backlog.push(head);
    }
    return purged;
  }

  #purge(slot: number): void {
    const expiryMs = this.#nowMs + ((this.#word(slot, EXPIRY) - this.#now) | 0);
    if (expiryMs > this.#purgedMs) this.#purgedMs = expiryMs;
    this.#unlist(slot);
    this.#putBack(slot);
  }

  /** True when there is room after all that expired by now was looked for. */
  #makeRoom(): boolean {
    while (this.#backlog.length > 0) if (this.#drain(16) > 0) return true;
    // The tick of now holds what expired in it and what has not yet: looked through once per ms.
    if (this.#tickShift === 0 || this.#walkedMs === this.#nowMs) return false;
    this.#walkedMs = this.#nowMs;
    this.#shelve(this.#cursor % WHEEL);
    return this.#drain(Number.POSITIVE_INFINITY) > 0;
  }
}

/** First word of the bucket of a key word, in a shard of `length` words. */
function bucketOf(k1: number, length: number): number {
  return Math.floor((k1 * (length >>> 4)) / TWO_32) << 4;
}

/** Puts a word into the first bucket with room from its home on, and counts it where it passes. */
function place(shard: Uint32Array, home: number, word: number): void {
  for (let bucket = home; ; bucket = bucket + BUCKET === shard.length ? 0 : bucket + BUCKET) {
    for (let i = bucket + 1; i < bucket + BUCKET; i++) {
      if (shard[i] === 0) {
        shard[i] = word;
        return;
      }
    }
    shard[bucket] = (shard[bucket] as number) + 1;
  }
}

/** Takes a word out again; false when it is not there. */
function displace(shard: Uint32Array, home: number, word: number): boolean {
  let bucket = home;
  do {
    for (let i = bucket + 1; i < bucket + BUCKET; i++) {
      if (shard[i] !== word) continue;
      shard[i] = 0;
      for (let b = home; b !== bucket; b = b + BUCKET === shard.length ? 0 : b + BUCKET) {
        shard[b] = (shard[b] as number) - 1;
      }
      return true;
    }
    if (shard[bucket] === 0) return false;
    bucket = bucket + BUCKET === shard.length ? 0 : bucket + BUCKET;
  } while (bucket !== home);
  return false;
}
