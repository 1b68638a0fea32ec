// The kernel of nonce_dedup, in AssemblyScript: finds nonces, hashes them and their records. Compiled bytes: digest.kernel.wasm.ts
// (made by scripts/kernels.ts). What it computes, and the bound: digest.ts; what it finds: fields.ts.
// memory: 24 fixed
//
// Memory: | keys | masks | scratch | jobs | results | input | ... long: folded blocks |

const BLOCK: u32 = 1024; // bytes one application of NH takes
const LEVEL: usize = 4096; // key bytes of one level: 4 lanes of BLOCK

const KEYS: usize = 1024; // 5 levels
const FINAL: usize = KEYS + 5 * LEVEL; // 4 outputs of 11 words of 8 bytes
const MASKS: usize = FINAL + 352; // 32 bytes of ff, then 32 of 00
const SCRATCH: usize = MASKS + 64; // a key's text: at most 2 * 256 bytes, and what is written past it
const Y: usize = SCRATCH + 1024; // 4 lanes of NH
const JOBS: usize = 24 * 1024; // 8 words a job
const JOB: usize = 32;
const TIMES: usize = 104 * 1024; // 8 bytes a job
const WANTED: usize = 112 * 1024; // by key length the offset of the first wanted name, 0: none
const KEEP: u32 = 0xffffffff;

/** NH of `length` <= BLOCK bytes under the keys at `keys`, four lanes of 64 bits, to `out`. */
// @ts-ignore: decorator
@inline
function nh(from: usize, length: u32, keys: usize, out: usize): void {
  let a = i64x2.splat(0);
  let b = i64x2.splat(0);
  let c = i64x2.splat(0);
  let d = i64x2.splat(0);
  let p = from;
  let k = keys;
  const whole = from + <usize>(length & ~31);
  while (p < whole) {
    const m = v128.load(p);
    const n = v128.load(p, 16);
    let x = i32x4.add(m, v128.load(k));
    let y = i32x4.add(n, v128.load(k, 16));
    a = i64x2.add(a, i64x2.extmul_low_i32x4_u(x, y));
    a = i64x2.add(a, i64x2.extmul_high_i32x4_u(x, y));
    x = i32x4.add(m, v128.load(k, 1024));
    y = i32x4.add(n, v128.load(k, 1040));
    b = i64x2.add(b, i64x2.extmul_low_i32x4_u(x, y));
    b = i64x2.add(b, i64x2.extmul_high_i32x4_u(x, y));
    x = i32x4.add(m, v128.load(k, 2048));
    y = i32x4.add(n, v128.load(k, 2064));
    c = i64x2.add(c, i64x2.extmul_low_i32x4_u(x, y));
    c = i64x2.add(c, i64x2.extmul_high_i32x4_u(x, y));
    x = i32x4.add(m, v128.load(k, 3072));
    y = i32x4.add(n, v128.load(k, 3088));
    d = i64x2.add(d, i64x2.extmul_low_i32x4_u(x, y));
    d = i64x2.add(d, i64x2.extmul_high_i32x4_u(x, y));
    p += 32;
    k += 32;
  }
  const rest = length & 31;
  if (rest != 0) {
    const mask = MASKS + 32 - <usize>rest;
    const m = v128.and(v128.load(p), v128.load(mask));
    const n = v128.and(v128.load(p, 16), v128.load(mask, 16));
    let x = i32x4.add(m, v128.load(k));
    let y = i32x4.add(n, v128.load(k, 16));
    a = i64x2.add(a, i64x2.extmul_low_i32x4_u(x, y));
    a = i64x2.add(a, i64x2.extmul_high_i32x4_u(x, y));
    x = i32x4.add(m, v128.load(k, 1024));
    y = i32x4.add(n, v128.load(k, 1040));
    b = i64x2.add(b, i64x2.extmul_low_i32x4_u(x, y));
    b = i64x2.add(b, i64x2.extmul_high_i32x4_u(x, y));
    x = i32x4.add(m, v128.load(k, 2048));
    y = i32x4.add(n, v128.load(k, 2064));
    c = i64x2.add(c, i64x2.extmul_low_i32x4_u(x, y));
    c = i64x2.add(c, i64x2.extmul_high_i32x4_u(x, y));
    x = i32x4.add(m, v128.load(k, 3072));
    y = i32x4.add(n, v128.load(k, 3088));
    d = i64x2.add(d, i64x2.extmul_low_i32x4_u(x, y));
    d = i64x2.add(d, i64x2.extmul_high_i32x4_u(x, y));
  }
  store<u64>(out, i64x2.extract_lane(a, 0) + i64x2.extract_lane(a, 1));
  store<u64>(out, i64x2.extract_lane(b, 0) + i64x2.extract_lane(b, 1), 8);
  store<u64>(out, i64x2.extract_lane(c, 0) + i64x2.extract_lane(c, 1), 16);
  store<u64>(out, i64x2.extract_lane(d, 0) + i64x2.extract_lane(d, 1), 24);
}

/** 32 bits of a multilinear hash of the ten words (Y, length, tweak) under the keys at `k`. */
// @ts-ignore: decorator
@inline
function multilinear(length: u32, tweak: u32, k: usize): u32 {
  let sum = load<u64>(k);
  sum += load<u64>(k, 8) * <u64>load<u32>(Y);
  sum += load<u64>(k, 16) * <u64>load<u32>(Y, 4);
  sum += load<u64>(k, 24) * <u64>load<u32>(Y, 8);
  sum += load<u64>(k, 32) * <u64>load<u32>(Y, 12);
  sum += load<u64>(k, 40) * <u64>load<u32>(Y, 16);
  sum += load<u64>(k, 48) * <u64>load<u32>(Y, 20);
  sum += load<u64>(k, 56) * <u64>load<u32>(Y, 24);
  sum += load<u64>(k, 64) * <u64>load<u32>(Y, 28);
  sum += load<u64>(k, 72) * <u64>length;
  sum += load<u64>(k, 80) * <u64>tweak;
  return <u32>(sum >> 32);
}

// @ts-ignore: decorator
@inline
function finish(length: u32, tweak: u32, out: usize): void {
  store<u32>(out, multilinear(length, tweak, FINAL));
  store<u32>(out, multilinear(length, tweak, FINAL + 88), 4);
  store<u32>(out, multilinear(length, tweak, FINAL + 176), 8);
  store<u32>(out, multilinear(length, tweak, FINAL + 264), 12);
}

/** Each block of `length` bytes becomes 32 bytes at `to` (which may be `from`); returns how many. */
export function fold(from: usize, length: u32, level: u32, to: usize): u32 {
  const keys = KEYS + <usize>level * LEVEL;
  let left = length;
  let p = from;
  let q = to;
  while (left > 0) {
    const n = min(left, BLOCK);
    nh(p, n, keys, q);
    p += n;
    q += 32;
    left -= n;
  }
  return <u32>(q - to);
}

/** The digest of a message of `total` bytes that stands folded, `length` bytes at `at`, on `level`. */
export function digest(at: usize, length: u32, level: u32, total: u32, tweak: u32, out: usize): void {
  while (length > BLOCK) {
    length = fold(at, length, level, at);
    level += 1;
  }
  nh(at, length, KEYS + <usize>level * LEVEL, Y);
  finish(total, tweak, out);
}

/** As `digest`, for a message that nobody may overwrite: folds to `spare`. */
function digestOf(at: usize, length: u32, spare: usize, out: usize): void {
  if (length <= BLOCK) {
    nh(at, length, KEYS, Y);
    finish(length, 0, out);
  } else {
    digest(spare, fold(at, length, 0, spare), 1, length, 0, out);
  }
}

/** `length` bytes in steps of 16; up to 15 bytes more are read and written. */
// @ts-ignore: decorator
@inline
function copy(to: usize, from: usize, length: u32): void {
  const end = from + length;
  while (from < end) {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  }
}

/**
 * Digests of `count` jobs to `results`, 32 bytes each: the key, then the content.
 *
 * A job: content at, length; sender at, length; nonce at, length; tweak; rank (only `scan` writes
 * it). A content of length 0 has the digest 0, of length KEEP the one that stands there; a job without nonce is skipped.
 */
export function run(count: u32, results: usize, spare: usize): void {
  let job = JOBS;
  let out = results;
  for (let i: u32 = 0; i < count; i++) {
    const nonceLength = load<u32>(job, 20);
    if (nonceLength != 0) {
      const senderLength = load<u32>(job, 12);
      copy(SCRATCH, load<u32>(job, 8), senderLength);
      copy(SCRATCH + <usize>senderLength, load<u32>(job, 16), nonceLength);
      nh(SCRATCH, senderLength + nonceLength, KEYS, Y);
      finish(senderLength + nonceLength, load<u32>(job, 24), out);
      const length = load<u32>(job, 4);
      if (length == KEEP) {
        // The caller has hashed it.
      } else if (length != 0) {
        digestOf(load<u32>(job), length, spare, out + 16);
      } else {
        v128.store(out, i64x2.splat(0), 16);
      }
    }
    job += JOB;
    out += 32;
  }
}

const NONE: u32 = 255;
const ODD: i32 = -2;
const CHOSEN: i32 = 3;

/** The wanted name of `length` bytes that stands at `key`, or 0. */
// @ts-ignore: decorator
@inline
function wantedAt(key: usize, length: u32): usize {
  let offset = <usize>load<u16>(WANTED + ((<usize>length) << 1));
  while (offset != 0) {
    const entry = WANTED + offset;
    let i: u32 = 0;
    while (i < length && load<u8>(key + i) == load<u8>(entry + i, 8)) i += 1;
    if (i == length) return entry;
    offset = <usize>load<u16>(entry);
  }
  return 0;
}

/** An integer of ms between 2000 and 2100, else NaN. */
// @ts-ignore: decorator
@inline
function saneTime(ms: f64): f64 {
  return Math.floor(ms) == ms && ms >= 946684800000 && ms <= 4102444800000 ? ms : NaN;
}

/** Reads the record of one job; false: something about it is unusual. */
function scanJob(job: usize, time: usize, timeField: u32): bool {
  let p = <usize>load<u32>(job);
  const end = p + load<u32>(job, 4);
  let nonceRank = NONE;
  let timeRank = NONE;
  let senderRank = NONE;
  let nonceAt: usize = 0;
  let nonceLength: u32 = 0;
  let senderAt: usize = 0;
  let senderLength: i32 = -1;
  let timeMs: f64 = NaN;
  let fieldAt: usize = 0;
  while (p < end) {
    const tag = <u32>load<u8>(p);
    p += 1;
    if (tag >= 0x80) return false;
    const wire = tag & 7;
    if (wire == 2) {
      if (p >= end) return false;
      let length = <u32>load<u8>(p);
      p += 1;
      if (length >= 0x80) {
        length &= 0x7f;
        let shift: u32 = 7;
        let byte: u32 = 0x80;
        while (byte >= 0x80) {
          if (p >= end || shift > 21) return false;
          byte = <u32>load<u8>(p);
          p += 1;
          length |= (byte & 0x7f) << shift;
          shift += 7;
        }
      }
      const next = p + length;
      if (next > end) return false;
      if (tag == 0x32) {
        if (length < 2 || load<u8>(p) != 0x0a) return false;
        const keyLength = <u32>load<u8>(p, 1);
        if (keyLength >= 0x80 || keyLength + 2 > length) return false;
        const entry = wantedAt(p + 2, keyLength);
        if (
          entry != 0 &&
          (<u32>load<u8>(entry, 2) < nonceRank ||
            <u32>load<u8>(entry, 3) < timeRank ||
            <u32>load<u8>(entry, 4) < senderRank)
        ) {
          // One value of one kind, its lengths one byte each, and nothing after it.
          const v = p + 2 + keyLength;
          if (next < v + 4 || load<u8>(v) != 0x12) return false;
          if (load<u8>(v, 1) >= 0x80 || v + 2 + load<u8>(v, 1) != next) return false;
          const kind = load<u8>(v, 2);
          let at = v + 3;
          let ms: f64 = NaN;
          if (kind == 0x0a) {
            if (load<u8>(at) >= 0x80 || at + 1 + load<u8>(at) != next) return false;
            at += 1;
          } else if (kind == 0x18) {
            let value: u64 = 0;
            let shift: u64 = 0;
            let q = at;
            while (q < next && load<u8>(q) >= 0x80) {
              value |= (<u64>load<u8>(q) & 0x7f) << shift;
              shift += 7;
              q += 1;
            }
            if (q + 1 != next || shift > 49) return false;
            ms = <f64>(value | (<u64>load<u8>(q) << shift));
          } else if (kind == 0x21) {
            if (at + 8 != next) return false;
            ms = load<f64>(at);
          } else return false;
          const isText = kind == 0x0a;
          if (<u32>load<u8>(entry, 2) < nonceRank) {
            nonceRank = <u32>load<u8>(entry, 2);
            nonceAt = at;
            nonceLength = isText ? <u32>(next - at) : 0;
          }
          if (<u32>load<u8>(entry, 3) < timeRank) {
            timeRank = <u32>load<u8>(entry, 3);
            timeMs = ms;
          }
          if (<u32>load<u8>(entry, 4) < senderRank && isText) {
            senderRank = <u32>load<u8>(entry, 4);
            senderAt = at;
            senderLength = <i32>(next - at);
          }
        }
      }
      p = next;
    } else if (wire == 1) {
      if (tag == 0x09) fieldAt = p;
      p += 8;
    } else if (wire == 0) {
      while (p < end && load<u8>(p) >= 0x80) p += 1;
      p += 1;
    } else if (wire == 5) p += 4;
    else return false;
  }
  if (p != end) return false;
  if (fieldAt != 0 && timeField < timeRank) timeMs = <f64>(load<u64>(fieldAt) / 1000000);
  store<f64>(time, saneTime(timeMs));
  store<u32>(job, <u32>senderAt, 8);
  store<u32>(job, senderLength < 0 ? 0 : <u32>senderLength, 12);
  store<u32>(job, <u32>nonceAt, 16);
  store<u32>(job, nonceLength, 20);
  store<i32>(job, senderLength + CHOSEN, 24);
  store<i32>(job, nonceRank == NONE ? -1 : <i32>nonceRank, 28);
  return true;
}

/**
 * Finds nonce, sender and time of the contents of `count` jobs, which then are ready for `run`.
 * The rank of a record that only fields.ts reads is ODD.
 */
export function scan(count: u32, timeField: u32): void {
  let job = JOBS;
  let time = TIMES;
  for (let i: u32 = 0; i < count; i++) {
    if (!scanJob(job, time, timeField)) {
      store<u32>(job, 0, 20);
      store<i32>(job, ODD, 28);
    }
    job += JOB;
    time += 8;
  }
}
