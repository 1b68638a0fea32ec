import type { Entries } from './entries.ts';

/**
 * A bucket is a cache line of 16 words. Word 0: how many entries are here (low 4 bits), and how
 * many went past it because it was full; the other 15 hold entries, the first ones first.
 */
const BUCKET = 16;
const PLACES = BUCKET - 1;
const HERE = 15;
const PASSED = 16;

/** A shard grows when more than this share of its places is taken. */
const FILL_MAX = 0.85;
/** Sizes of a shard are powers of 2^(1/3) = 1.26. */
const GROWTHS = 3;
const SHARD_BITS_MAX = 10;

/**
 * Slots by key: 4 bytes an entry, of which some 10 bits are of the key and tell nearly all other
 * entries apart unread.
 *
 * Up to 1,024 shards grow one at a time, each with a phase of its own, so that growing is spread
 * over all inserts and no pause is longer than the move of one shard (4,000 entries of 4 M).
 */
export class SlotIndex {
  readonly #entries: Entries;
  readonly #shards: Int32Array[] = [];
  readonly #counts: Int32Array;
  /** Entries above which a shard grows. */
  readonly #limits: Int32Array;
  readonly #shardShift: number;
  readonly #slotMask: number;
  #slot = -1;

  constructor(entries: Entries) {
    this.#entries = entries;
    const slotBits = 32 - Math.clz32(entries.max);
    this.#slotMask = 2 ** slotBits - 1;
    const shardBits = Math.min(SHARD_BITS_MAX, Math.max(1, slotBits - 12));
    this.#shardShift = 32 - shardBits;
    this.#counts = new Int32Array(2 ** shardBits);
    this.#limits = new Int32Array(2 ** shardBits);
    for (let i = 0; i < this.#counts.length; i++) {
      this.#shards.push(new Int32Array(BUCKET));
      this.#limits[i] = limitOf(1);
    }
  }

  get byteLength(): number {
    const own = this.#counts.byteLength + this.#limits.byteLength;
    return this.#shards.reduce((sum, shard) => sum + shard.byteLength, own);
  }

  /** Reads the line that `find` will read; add the results up, so that the read is kept. */
  touch(k0: number, k1: number): number {
    const shard = this.#shards[k0 >>> this.#shardShift] as Int32Array;
    const bucket = bucketOf(k1, shard.length);
    return (shard[bucket] as number) + (shard[bucket + PLACES] as number);
  }

  /** The slot with the key `words[at … at + 3]`, or -1. */
  find(words: Int32Array, at: number): number {
    const shard = this.#shards[(words[at] as number) >>> this.#shardShift] as Int32Array;
    const tag = (words[at + 2] as number) & ~this.#slotMask;
    const home = bucketOf(words[at + 1] as number, shard.length);
    let bucket = home;
    do {
      if (this.#search(shard, bucket, tag, words, at)) return this.#slot;
      if ((shard[bucket] as number) < PASSED) return -1;
      bucket = next(shard, bucket);
    } while (bucket !== home);
    return -1;
  }

  #search(shard: Int32Array, bucket: number, tag: number, words: Int32Array, at: number): boolean {
    const tagMask = ~this.#slotMask;
    for (let i = bucket + 1; i < bucket + BUCKET; i++) {
      const word = shard[i] as number;
      if ((word & tagMask) !== tag) continue;
      // An empty place has slot -1; a tag that fits by chance is told apart by the key.
      const slot = (word & this.#slotMask) - 1;
      if (slot >= 0 && this.#entries.hasKey(slot, words, at)) {
        this.#slot = slot;
        return true;
      }
    }
    return false;
  }

  /** Lists a slot whose key is not listed yet. */
  add(slot: number, k0: number, k1: number, k2: number): void {
    const at = k0 >>> this.#shardShift;
    const count = (this.#counts[at] as number) + 1;
    this.#counts[at] = count;
    if (count > (this.#limits[at] as number)) this.#grow(at);
    const shard = this.#shards[at] as Int32Array;
    place(shard, bucketOf(k1, shard.length), (k2 & ~this.#slotMask) | (slot + 1));
  }

  /** Takes a slot out by the key of its entry; does nothing when it is not listed. */
  remove(slot: number): void {
    const segment = this.#entries.segment(slot);
    const entry = this.#entries.first(slot);
    const at = (segment[entry] as number) >>> this.#shardShift;
    const shard = this.#shards[at] as Int32Array;
    const word = ((segment[entry + 2] as number) & ~this.#slotMask) | (slot + 1);
    const home = bucketOf(segment[entry + 1] as number, shard.length);
    if (displace(shard, home, word)) this.#counts[at] = (this.#counts[at] as number) - 1;
  }

  #grow(at: number): void {
    const old = this.#shards[at] as Int32Array;
    const shard = new Int32Array(this.#bucketsAfter(at, old.length / BUCKET) * BUCKET);
    for (let bucket = 0; bucket < old.length; bucket += BUCKET) {
      const end = bucket + 1 + ((old[bucket] as number) & HERE);
      for (let i = bucket + 1; i < end; i++) {
        const word = old[i] as number;
        const k1 = this.#entries.get((word & this.#slotMask) - 1, 1);
        place(shard, bucketOf(k1, shard.length), word);
      }
    }
    this.#shards[at] = shard;
    this.#limits[at] = limitOf(shard.length / BUCKET);
  }

  /** The next size in the row of sizes 2^((k + phase) / 3) of this shard. */
  #bucketsAfter(at: number, buckets: number): number {
    const phase = at / this.#shards.length;
    const step = Math.floor(Math.log2(buckets + 1) * GROWTHS - phase) + 1;
    return Math.max(buckets + 1, Math.floor(2 ** ((step + phase) / GROWTHS)));
  }
}

function limitOf(buckets: number): number {
  return Math.floor(buckets * PLACES * FILL_MAX);
}

/** First word of the bucket of a key word, in a shard of `length` words: its high 16 bits scaled. */
function bucketOf(k1: number, length: number): number {
  return (Math.imul(k1 >>> 16, length >>> 4) >>> 16) << 4;
}

function next(shard: Int32Array, bucket: number): number {
  return bucket + BUCKET === shard.length ? 0 : bucket + BUCKET;
}

/** Puts a word into the first bucket with room from its home on, and counts it where it passes. */
function place(shard: Int32Array, home: number, word: number): void {
  let bucket = home;
  let head = shard[bucket] as number;
  while ((head & HERE) === PLACES) {
    shard[bucket] = head + PASSED;
    bucket = next(shard, bucket);
    head = shard[bucket] as number;
  }
  shard[bucket] = head + 1;
  shard[bucket + 1 + (head & HERE)] = word;
}

/** Takes a word out again, the last one of the bucket in its place; false when it is not there. */
function displace(shard: Int32Array, home: number, word: number): boolean {
  let bucket = home;
  do {
    const head = shard[bucket] as number;
    const last = bucket + (head & HERE);
    for (let i = bucket + 1; i <= last; i++) {
      if (shard[i] !== word) continue;
      shard[i] = shard[last] as number;
      shard[last] = 0;
      shard[bucket] = head - 1;
      for (let b = home; b !== bucket; b = next(shard, b)) {
        shard[b] = (shard[b] as number) - PASSED;
      }
      return true;
    }
    if (head < PASSED) return false;
    bucket = next(shard, bucket);
  } while (bucket !== home);
  return false;
}
