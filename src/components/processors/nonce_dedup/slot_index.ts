import type { Entries } from './entries.ts';

/**
 * A bucket is a cache line of 16 words. Word 0: how many entries are here (low 4 bits), and how
 * many went past it because it was full. Word 1: how many buckets each entry is from its home at
 * least, two bits an entry. The other 14 hold entries, the first ones first.
 */
const BUCKET = 16;
const AWAY = 1;
const AWAY_MAX = 3;
const FIRST = 2;
const PLACES = BUCKET - FIRST;
const HERE = 15;
const PASSED = 16;

/** A shard grows when more than this share of its places is taken: at 0.85 a look-up costs twice. */
const FILL_MAX = 0.78;
/** Sizes of a shard are powers of 2^(1/4) = 1.19. */
const GROWTHS = 4;
const SHARD_BITS_MAX = 10;

/** Words before the first bucket: large arrays start 16 bytes into a page, buckets at a line. */
const LEAD = 12;

/**
 * Slots by key: 4 bytes an entry, of which some 10 bits are of the key and tell nearly all other
 * entries apart unread.
 *
 * An entry that found its bucket full stands in one of the next. Where a place becomes free, one
 * that went past it comes back: without that, half of all buckets come to be passed as entries come
 * and go (a fifth in a table only filled), and a look-up reads 3.7 of them instead of 1.3.
 *
 * Up to 1,024 shards grow one at a time, each with a phase of its own, so that growing is spread
 * over all inserts and no pause is longer than the move of one shard (4,000 entries of 4 M). The
 * array is as large as it may become; the system gives it memory where a shard has grown to.
 */
export class SlotIndex {
  readonly #entries: Entries;
  readonly #words: Int32Array;
  /** Words from one shard to the next. */
  readonly #stride: number;
  /** Buckets in use, by shard. */
  readonly #sizes: Int32Array;
  readonly #counts: Int32Array;
  readonly #shardShift: number;
  readonly #slotMask: number;
  /** Words and second key words of a shard that grows. */
  readonly #moving: Int32Array;

  constructor(entries: Entries) {
    this.#entries = entries;
    const slotBits = 32 - Math.clz32(entries.max);
    this.#slotMask = 2 ** slotBits - 1;
    const shardBits = Math.min(SHARD_BITS_MAX, Math.max(1, slotBits - 12));
    this.#shardShift = 32 - shardBits;
    const shards = 2 ** shardBits;
    const mean = entries.max / shards;
    // A keyed hash puts 8 standard deviations more than the mean into a shard once in 10^15.
    const buckets = Math.ceil((mean + 8 * Math.sqrt(mean) + BUCKET) / (PLACES * FILL_MAX));
    this.#stride = buckets * BUCKET;
    this.#words = new Int32Array(LEAD + shards * this.#stride);
    this.#moving = new Int32Array(2 * this.#stride);
    this.#sizes = new Int32Array(shards).fill(1);
    this.#counts = new Int32Array(shards);
  }

  /** Bytes of the buckets in use, and of what belongs to them. */
  get byteLength(): number {
    const buckets = this.#sizes.reduce((sum, size) => sum + size, 0);
    return 4 * (buckets * BUCKET + 2 * this.#sizes.length + this.#moving.length);
  }

  /** How often an entry went past a bucket that was full: what look-ups read besides their homes. */
  get passed(): number {
    let sum = 0;
    for (let at = LEAD; at < this.#words.length; at += BUCKET) {
      sum += (this.#words[at] as number) >> 4;
    }
    return sum;
  }

  /** Reads the line that `find` will read; add the results up, so that the read is kept. */
  touch(k0: number, k1: number): number {
    const shard = k0 >>> this.#shardShift;
    return this.#words[this.#bucketOf(shard, k1)] as number;
  }

  /** The slot with the key `words[at … at + 3]`, or -1. */
  find(words: Int32Array, at: number): number {
    const shard = (words[at] as number) >>> this.#shardShift;
    const tag = (words[at + 2] as number) & ~this.#slotMask;
    const home = this.#bucketOf(shard, words[at + 1] as number);
    let bucket = home;
    do {
      const slot = this.#search(bucket, tag, words, at);
      if (slot >= 0) return slot;
      if ((this.#words[bucket] as number) < PASSED) return -1;
      bucket = this.#next(shard, bucket);
    } while (bucket !== home);
    return -1;
  }

  #search(bucket: number, tag: number, words: Int32Array, at: number): number {
    const index = this.#words;
    const slotMask = this.#slotMask;
    const end = bucket + BUCKET;
    for (let i = bucket + FIRST; i < end; i++) {
      const word = index[i] as number;
      if ((word & ~slotMask) !== tag) continue;
      // An empty place has slot -1; a tag that fits by chance is told apart by the key.
      const slot = (word & slotMask) - 1;
      if (slot >= 0 && this.#entries.hasKey(slot, words, at)) return slot;
    }
    return -1;
  }

  /** Lists a slot whose key is not listed yet. */
  add(slot: number, words: Int32Array, at: number): void {
    const shard = (words[at] as number) >>> this.#shardShift;
    const count = (this.#counts[shard] as number) + 1;
    this.#counts[shard] = count;
    if (count > (this.#sizes[shard] as number) * PLACES * FILL_MAX) this.#grow(shard);
    const word = ((words[at + 2] as number) & ~this.#slotMask) | (slot + 1);
    this.#place(shard, words[at + 1] as number, word);
  }

  /** Takes a slot out by the key of its entry; does nothing when it is not listed. */
  remove(slot: number): void {
    const segment = this.#entries.segment(slot);
    const entry = this.#entries.first(slot);
    const shard = (segment[entry] as number) >>> this.#shardShift;
    const word = ((segment[entry + 2] as number) & ~this.#slotMask) | (slot + 1);
    const home = this.#bucketOf(shard, segment[entry + 1] as number);
    let bucket = home;
    do {
      const head = this.#words[bucket] as number;
      const place = placeOf(this.#words, bucket, head & HERE, word);
      if (place >= 0) {
        this.#takeOut(shard, home, bucket, place - bucket);
        return;
      }
      if (head < PASSED) return;
      bucket = this.#next(shard, bucket);
    } while (bucket !== home);
  }

  /** First word of the bucket of a key word: its high 16 bits, scaled to the shard's size. */
  #bucketOf(shard: number, k1: number): number {
    const bucket = Math.imul(k1 >>> 16, this.#sizes[shard] as number) >>> 16;
    return LEAD + shard * this.#stride + (bucket << 4);
  }

  #next(shard: number, bucket: number): number {
    const first = LEAD + shard * this.#stride;
    const next = bucket + BUCKET;
    return next === first + ((this.#sizes[shard] as number) << 4) ? first : next;
  }

  /** Puts a word into the first bucket with room from its home on, and counts it where it passes. */
  #place(shard: number, k1: number, word: number): void {
    const index = this.#words;
    let bucket = this.#bucketOf(shard, k1);
    let head = index[bucket] as number;
    let away = 0;
    while ((head & HERE) === PLACES) {
      away += 1;
      index[bucket] = head + PASSED;
      bucket = this.#next(shard, bucket);
      head = index[bucket] as number;
    }
    const place = FIRST + (head & HERE);
    index[bucket] = head + 1;
    index[bucket + AWAY] = withAway(
      index[bucket + AWAY] as number,
      place,
      Math.min(away, AWAY_MAX),
    );
    index[bucket + place] = word;
  }

  /** Empties a place of `bucket` whose entry has its home in `home`. */
  #takeOut(shard: number, home: number, bucket: number, place: number): void {
    const index = this.#words;
    for (let at = home; at !== bucket; at = this.#next(shard, at)) {
      index[at] = (index[at] as number) - PASSED;
    }
    this.#counts[shard] = (this.#counts[shard] as number) - 1;
    let hole = bucket;
    let holePlace = place;
    while ((index[hole] as number) >= PASSED) {
      const next = this.#next(shard, hole);
      const back = placeAway(index[next + AWAY] as number);
      if (back < 0) break;
      this.#move(next, back, hole, holePlace, awayAt(index[next + AWAY] as number, back) - 1);
      index[hole] = (index[hole] as number) - PASSED;
      hole = next;
      holePlace = back;
    }
    // The last entry of the bucket comes in the place that is left.
    const head = index[hole] as number;
    const last = FIRST - 1 + (head & HERE);
    this.#move(hole, last, hole, holePlace, awayAt(index[hole + AWAY] as number, last));
    index[hole + last] = 0;
    index[hole + AWAY] = withAway(index[hole + AWAY] as number, last, 0);
    index[hole] = head - 1;
  }

  #move(from: number, fromPlace: number, to: number, toPlace: number, away: number): void {
    this.#words[to + toPlace] = this.#words[from + fromPlace] as number;
    this.#words[to + AWAY] = withAway(this.#words[to + AWAY] as number, toPlace, away);
  }

  #grow(shard: number): void {
    const size = this.#sizes[shard] as number;
    const first = LEAD + shard * this.#stride;
    const moving = this.#moving;
    let count = 0;
    for (let bucket = first; bucket < first + size * BUCKET; bucket += BUCKET) {
      const end = bucket + FIRST + ((this.#words[bucket] as number) & HERE);
      for (let i = bucket + FIRST; i < end; i++) moving[count++] = this.#words[i] as number;
    }
    // The keys are read in a loop of their own, so that its cache misses overlap.
    for (let i = 0; i < count; i++) {
      const slot = ((moving[i] as number) & this.#slotMask) - 1;
      moving[this.#stride + i] = this.#entries.get(slot, 1);
    }
    this.#sizes[shard] = this.#sizeAfter(shard, size);
    this.#words.fill(0, first, first + size * BUCKET);
    for (let i = 0; i < count; i++) {
      this.#place(shard, moving[this.#stride + i] as number, moving[i] as number);
    }
  }

  /** The next size in the row of sizes 2^((k + phase) / 4) of this shard. */
  #sizeAfter(shard: number, size: number): number {
    const phase = shard / this.#sizes.length;
    const step = Math.floor(Math.log2(size + 1) * GROWTHS - phase) + 1;
    const next = Math.max(size + 1, Math.floor(2 ** ((step + phase) / GROWTHS)));
    return Math.min(next, this.#stride / BUCKET);
  }
}

/** Where a word stands among the first `count` of a bucket, or -1. */
function placeOf(index: Int32Array, bucket: number, count: number, word: number): number {
  const end = bucket + FIRST + count;
  for (let i = bucket + FIRST; i < end; i++) if (index[i] === word) return i;
  return -1;
}

/** How far from home the entry in a word of its bucket (2 … 15) stands, at least. */
function awayAt(aways: number, place: number): number {
  return (aways >>> (2 * (place - FIRST))) & 3;
}

function withAway(aways: number, place: number, away: number): number {
  const shift = 2 * (place - FIRST);
  return (aways & ~(3 << shift)) | (away << shift);
}

/** The first place whose entry is not in its home, or -1. */
function placeAway(aways: number): number {
  return aways === 0 ? -1 : FIRST + ((31 - Math.clz32(aways & -aways)) >> 1);
}
