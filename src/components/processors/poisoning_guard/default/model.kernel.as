// The linear model of poisoning_guard, in AssemblyScript. Compiled bytes: model.kernel.wasm.ts, by
// scripts/kernels.ts. What it computes: model.ts, model_features.ts. What the tables hold: model_tables.ts.
//
// memory: 66 shared
// Memory, from BASE on: | masks | sums | rest | seen | class numbers | class keys | folded | letters | weights | text |
// words | hashes |

const BASE: usize = 3 * 1024 * 1024;
const MASKS: usize = BASE + 1024; // 32 bytes of ff, then 32 of 00
const SUMS: usize = BASE + 1152; // of all words up to the end of each of the last 8 blocks
const REST: usize = BASE + 1280; // a word begun in the piece before
const SEEN: usize = BASE + 1344; // words of classes in a block: number, place
const CLASS_NUMBERS: usize = BASE + 2 * 1024; // of each key
const CLASS_KEYS: usize = BASE + 8 * 1024; // 1,024 buckets of 4 hashes of words
const FOLDED: usize = BASE + 24 * 1024; // of each code point of two bytes: bytes to write, their number << 16
const LETTERS: usize = BASE + 32 * 1024; // of each 64 code points of three bytes: 1 if they are letters
const WEIGHTS: usize = BASE + 34 * 1024; // 65,536 signed bytes
const TEXT: usize = BASE + 98 * 1024; // UTF-8, at most 48 KiB
const WORDS: usize = BASE + 148 * 1024; // letters as bytes below 0x80, digits above, all else 0
const HASHES: usize = BASE + 200 * 1024; // of words that are not yet weighed
const HASHES_BYTES: usize = 1024; // so many and some more, then they are

// Of a word in bytes. What is longer is none, and so it needs not be kept longer than this.
const BYTES_MIN: u32 = 2;
const BYTES_MAX: u32 = 32;

const BLOCK_WORDS: u32 = 8;
const SHORT_BLOCKS: u32 = 2;
const LONG_BLOCKS: u32 = 6;
const WORDS_MIN: u32 = 4;
const CLASS_GAP_WORDS: u32 = 10;
const LONG_AGO: u32 = 0xfffffc00;
const NO_WINDOW: i32 = i32.MIN_VALUE;

const PAIR_PRIME: u32 = 0x9e3779b1;
const TRIPLE_PRIME: u32 = 0x85ebca77;
const LANE_0: u64 = 0x9e3779b97f4a7c15;
const LANE_1: u64 = 0xc2b2ae3d27d4eb4f;
const LANE_2: u64 = 0xd6e8feb86659fd93;
const LANE_3: u64 = 0xa0761d6478bd642f;

let bias: f64 = 0;
let scale: f64 = 1;

// Where the reader of a text stands; as `begin` leaves it.
let rest: usize = 0; // bytes of a word begun
let waiting: usize = HASHES; // end of the words not yet weighed: of a block begun
let wordBefore: u32 = 0;
let pairBefore: u32 = 0;
let words: u32 = 0;
let sum: i32 = 0; // of all words
let worstShort: i32 = NO_WINDOW;
let worstLong: i32 = NO_WINDOW;
let classBefore: u32 = 0;
let classBeforeAt: u32 = LONG_AGO;
let classPair: u32 = 0; // the last two
let classPairAt: u32 = LONG_AGO; // the first of them

export function begin(): void {
  rest = 0;
  waiting = HASHES;
  wordBefore = 0;
  pairBefore = 0;
  words = 0;
  sum = 0;
  worstShort = NO_WINDOW;
  worstLong = NO_WINDOW;
  classBefore = 0;
  classBeforeAt = LONG_AGO;
  classPair = 0;
  classPairAt = LONG_AGO;
  store<i32>(SUMS, 0);
}

// @ts-ignore: decorator
@inline
function weight(hash: u32): i32 {
  return load<i8>(WEIGHTS + <usize>(hash >>> 16));
}

// @ts-ignore: decorator
@inline
function pairHash(before: u32, word: u32): u32 {
  return (rotl(before, 13) + word) * PAIR_PRIME;
}

// @ts-ignore: decorator
@inline
function tripleHash(pair: u32, word: u32): u32 {
  return (rotl(pair, 13) + word) * TRIPLE_PRIME;
}

let foldedTo: usize = 0; // what the last fold wrote ends here

/** Folds the code points at `from` that are apostrophes or beyond ASCII; where the next one is. */
function foldBeyond(from: usize, to: usize, room: usize): usize {
  let at = from;
  let out = room;
  while (at < to) {
    const lead = <u32>load<u8>(at);
    if (lead == 0x27) {
      at += 1;
    } else if (lead < 0x80) {
      break;
    } else if (lead < 0xe0) {
      const code = <usize>(((lead & 31) << 6) | (<u32>load<u8>(at, 1) & 63));
      const folded = load<u32>(FOLDED + (code << 2));
      store<u16>(out, <u16>folded);
      out += <usize>(folded >>> 16);
      at += 2;
    } else if (lead < 0xf0) {
      const bytes = load<u32>(at) & 0xffffff;
      const block = <usize>(((lead & 15) << 6) | ((bytes >>> 8) & 63));
      if (load<u8>(LETTERS + block) != 0) {
        store<u32>(out, (bytes & 0x7f7f7f) | 0x404000);
        out += 3;
      } else if (bytes != 0x9980e2) {
        // U+2019 is an apostrophe; all others separate.
        store<u8>(out, 0);
        out += 1;
      }
      at += 3;
    } else {
      store<u8>(out, 0);
      out += 1;
      at += 4;
    }
  }
  foldedTo = out;
  return at;
}

/** Folds the text in `[from, to)` to `room`; the end of what it wrote. */
function fold(from: usize, to: usize, room: usize): usize {
  let at = from;
  let out = room;
  while (at < to) {
    const bytes = v128.load(at);
    const lower = v128.or(bytes, i8x16.splat(0x20));
    // Signed, which is one instruction less: what is meant comes out as the least numbers.
    const isLetter = i8x16.lt_s(i8x16.add(lower, i8x16.splat(0x1f)), i8x16.splat(-102));
    const isDigit = i8x16.lt_s(i8x16.add(bytes, i8x16.splat(0x50)), i8x16.splat(-118));
    const digits = v128.and(v128.or(bytes, i8x16.splat(-128)), isDigit);
    v128.store(out, v128.or(v128.and(lower, isLetter), digits));
    const beyond = i8x16.bitmask(v128.or(bytes, i8x16.eq(bytes, i8x16.splat(0x27))));
    if (beyond == 0) {
      at += 16;
      out += 16;
      continue;
    }
    const plain = <usize>ctz(beyond);
    at += plain;
    out += plain;
    if (at < to) {
      at = foldBeyond(at, to, out);
      out = foldedTo;
    }
  }
  return out - (at - to);
}

/** The bytes at `at` up to `length`, 16 at most; 0 after them. */
// @ts-ignore: decorator
@inline
function bytesOf(at: usize, length: u32): v128 {
  return v128.and(v128.load(at), v128.load(MASKS + 32 - <usize>min(length, 16)));
}

// @ts-ignore: decorator
@inline
function headHash(head: v128): u64 {
  return i64x2.extract_lane(head, 0) * LANE_0 + i64x2.extract_lane(head, 1) * LANE_1;
}

// @ts-ignore: decorator
@inline
function tailHash(tail: v128): u64 {
  return i64x2.extract_lane(tail, 0) * LANE_2 + i64x2.extract_lane(tail, 1) * LANE_3;
}

/** What a word of a class adds, the `at`th of the text. */
function classSum(number: u32, at: u32): i32 {
  const word = number * PAIR_PRIME;
  const pair = pairHash(classBefore, word);
  let added = weight(word);
  if (at - classBeforeAt <= CLASS_GAP_WORDS) added += weight(pair);
  if (at - classPairAt <= 2 * CLASS_GAP_WORDS) added += weight(tripleHash(classPair, word));
  classPair = pair;
  classPairAt = classBeforeAt;
  classBefore = word;
  classBeforeAt = at;
  return added;
}

/** Sum of all words up to the end of this block, of the last 8. */
// @ts-ignore: decorator
@inline
function sumUpTo(block: u32): i32 {
  return load<i32>(SUMS + (<usize>(block & 7) << 2));
}

function endBlock(block: u32, total: i32): void {
  store<i32>(SUMS + (<usize>(block & 7) << 2), total);
  if (block >= SHORT_BLOCKS) worstShort = max(worstShort, total - sumUpTo(block - SHORT_BLOCKS));
  if (block >= LONG_BLOCKS) worstLong = max(worstLong, total - sumUpTo(block - LONG_BLOCKS));
}

/** Weighs so many words of a block, whose hashes stand at `at`. */
// @ts-ignore: decorator
@inline
function weighBlock(at: usize, length: u32): void {
  let before = wordBefore;
  let pair = pairBefore;
  let total = sum;
  let seen: usize = SEEN;
  for (let i: u32 = 0; i < length; i++) {
    const word = load<u32>(at + (<usize>i << 2));
    const triple = tripleHash(pair, word);
    pair = pairHash(before, word);
    before = word;
    total += weight(word) + weight(pair) + weight(triple);
    const bucket = <usize>(word >>> 22);
    const keys = v128.load(CLASS_KEYS + (bucket << 4));
    const known = <u32>i32x4.bitmask(i32x4.eq(keys, i32x4.splat(word)));
    // Written in any case, and kept if there is one: a branch here would often be guessed wrong.
    store<u32>(seen, <u32>load<u8>(CLASS_NUMBERS + (bucket << 2) + <usize>ctz(known)), 0);
    store<u32>(seen, words + i, 4);
    seen += <usize>(known != 0) << 3;
  }
  for (let each: usize = SEEN; each < seen; each += 8) {
    const number = load<u32>(each);
    // An empty place has the key 0, as a word might have by chance.
    if (number != 0) total += classSum(number, load<u32>(each, 4));
  }
  wordBefore = before;
  pairBefore = pair;
  sum = total;
  words += length;
}

/** Weighs whole blocks of the words up to `end`, and keeps what is left; where the next goes. */
function weigh(end: usize): usize {
  let at: usize = HASHES;
  for (; at + 4 * BLOCK_WORDS <= end; at += 4 * BLOCK_WORDS) {
    weighBlock(at, BLOCK_WORDS);
    endBlock(words / BLOCK_WORDS, sum);
  }
  v128.store(HASHES, v128.load(at));
  v128.store(HASHES, v128.load(at, 16), 16);
  return HASHES + (end - at);
}

/** Reads all words that end before or at `end`, where 64 bytes of 0 follow. */
function read(end: usize): void {
  const none = i8x16.splat(0);
  let out = waiting;
  let begun: usize = 0;
  let carry: u64 = 0; // 1 when a word goes on from the 64 bytes before
  for (let at = WORDS; at <= end; at += 64) {
    const none0 = <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(at), none)));
    const none1 = <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(at, 16), none)));
    const none2 = <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(at, 32), none)));
    const none3 = <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(at, 48), none)));
    const inWord = ~(none0 | (none1 << 16) | (none2 << 32) | (none3 << 48));
    const follows = (inWord << 1) | carry;
    let starts = inWord & ~follows;
    let ends = follows & ~inWord;
    if (carry == 0) {
      begun = at + <usize>ctz(starts);
      starts &= starts - 1;
    }
    carry = inWord >> 63;
    while (ends != 0) {
      const length = <u32>(at + <usize>ctz(ends) - begun);
      const head = bytesOf(begun, length);
      let digits = <u32>i8x16.bitmask(head);
      let hash = headHash(head);
      if (length > 16) {
        const tail = bytesOf(begun + 16, length - 16);
        digits |= <u32>i8x16.bitmask(tail);
        hash += tailHash(tail);
      }
      begun = at + <usize>ctz(starts);
      starts &= starts - 1;
      ends &= ends - 1;
      // Written in any case, and kept if it is a word.
      store<u32>(out, <u32>(hash >>> 32));
      out += <usize>(<u32>(length - BYTES_MIN <= BYTES_MAX - BYTES_MIN) & <u32>(digits == 0)) << 2;
    }
    if (out > HASHES + HASHES_BYTES) out = weigh(out);
  }
  waiting = weigh(out);
}

/** The words of the block that ends with the text. */
function weighRest(): void {
  weighBlock(HASHES, <u32>(waiting - HASHES) >>> 2);
}

// @ts-ignore: decorator
@inline
function logOdds(window: i32, length: u32): f64 {
  return bias + (scale * <f64>window) / Math.sqrt(<f64>max(length, WORDS_MIN));
}

/** Of the window of so many blocks that ends with the text; the last of them may not be full. */
// @ts-ignore: decorator
@inline
function lastLogOdds(blocks: u32): f64 {
  const whole = words / BLOCK_WORDS;
  const begun = words % BLOCK_WORDS;
  const before = min(whole, begun == 0 ? blocks : blocks - 1);
  const sumBefore = whole == before ? 0 : sumUpTo(whole - before);
  return logOdds(sum - sumBefore, before * BLOCK_WORDS + begun);
}

function worst(): f64 {
  let most = max(lastLogOdds(SHORT_BLOCKS), lastLogOdds(LONG_BLOCKS));
  if (worstShort != NO_WINDOW) most = max(most, logOdds(worstShort, SHORT_BLOCKS * BLOCK_WORDS));
  if (worstLong != NO_WINDOW) most = max(most, logOdds(worstLong, LONG_BLOCKS * BLOCK_WORDS));
  return most;
}

/** How far the log-odds of a window are from its sum. */
export function trained(offset: f64, times: f64): void {
  bias = offset;
  scale = times;
}

/** Hash of a word of 16 bytes at most, where a piece is read. */
export function wordHash(bytes: u32): u32 {
  return <u32>(headHash(bytesOf(TEXT, bytes)) >>> 32);
}

/** Reads a piece of a text, which stands at `from`; after the last, its log-odds, and the next text may come. */
export function piece(from: usize, bytes: u32, isLast: bool): f64 {
  if (rest != 0) memory.copy(WORDS, REST, rest);
  let end = fold(from, from + <usize>bytes, WORDS + rest);
  rest = 0;
  if (!isLast) {
    let word = end;
    while (word > WORDS && load<u8>(word - 1) != 0) word -= 1;
    rest = min(end - word, <usize>BYTES_MAX + 1);
    if (rest != 0) memory.copy(REST, word, rest);
    end = word;
  }
  for (let at = end; at < end + 64; at += 16) v128.store(at, i8x16.splat(0));
  read(end);
  if (!isLast) return 0;
  weighRest();
  const found = worst();
  begin();
  return found;
}
