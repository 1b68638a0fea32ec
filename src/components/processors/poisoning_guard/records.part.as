// The walk over encoded records, in AssemblyScript; part of the kernels that include it. They say what a
// text comes to: `text(from, to)` takes a value, `keyLook(from, to)` looks at a key or at another text that
// records share, `note(found, from, to)` is told what that came to when it is not clean. They have the
// memory: KNOWN, LAST_KEYS, STARTS, ENDS, RESULTS, MASKS.

const SLOT: usize = 32; // of a known text: its length, then its bytes
const KEY_MIN: u32 = 4; // bytes of a text that can be known
const KEY_MAX: u32 = 31;

// What a text comes to.
const CLEAN: u32 = 0;

// Of a record.
const UNSURE: u32 = 0x80000000;

let depthMax: u32 = 0;
let recordBytesMax: u32 = 0;
let unsure: u32 = 0; // of this record
let keys: u32 = 0; // looked at in this record

// @ts-ignore: decorator
@inline
function stands(slot: usize, head: v128, tail: v128): bool {
  const differs = v128.or(v128.xor(head, v128.load(slot)), v128.xor(tail, v128.load(slot, 16)));
  return !v128.any_true(differs);
}

// @ts-ignore: decorator
@inline
function keep(slot: usize, head: v128, tail: v128): void {
  v128.store(slot, head);
  v128.store(slot, tail, 16);
}

/**
 * A text that other records have as well: known once it was found clean. It is compared with the byte
 * before it, its length; first with the one that the last record had in this place. Of those with one hash
 * two are known: a record's keys must not drive each other out.
 */
function key(from: usize, to: usize): void {
  const length = <u32>(to - from);
  if (length - KEY_MIN > KEY_MAX - KEY_MIN) {
    const found = keyLook(from, to);
    if (found != CLEAN) note(found, from, to);
    return;
  }
  const head = v128.and(v128.load(from - 1), v128.load(MASKS + 31 - <usize>length));
  const tail = v128.and(v128.load(from, 15), v128.load(MASKS + 47 - <usize>length));
  const last = LAST_KEYS + <usize>(keys++ & 63) * SLOT;
  if (stands(last, head, tail)) return;
  const middle = load<u32>(from + <usize>(length >> 1) - 2);
  const ends = load<u32>(from) ^ (load<u32>(to - 4) << 5) ^ (middle << 11);
  const slot = KNOWN + <usize>(((ends + length) * 0x9e3779b1) >>> 25) * (2 * SLOT);
  if (!stands(slot, head, tail) && !stands(slot + SLOT, head, tail)) {
    const found = keyLook(from, to);
    // A length of more than one byte is not told from another.
    if (found != CLEAN || <u32>load<u8>(from - 1) != length) {
      note(found, from, to);
      return;
    }
    keep(slot + SLOT, v128.load(slot), v128.load(slot, 16));
    keep(slot, head, tail);
  }
  keep(last, head, tail);
}

let next: usize = 0;

/** The length of 1-4 bytes at `at`, setting `next`; a longer one comes out larger than any input. */
// @ts-ignore: decorator
@inline
function lengthAt(at: usize): u32 {
  const low = <u32>load<u8>(at);
  next = at + 1;
  return low < 128 ? low : longLength(at, low);
}

function longLength(at: usize, low: u32): u32 {
  const second = <u32>load<u8>(at, 1);
  next = at + 2;
  if (second < 128) return (low & 127) | (second << 7);
  const third = <u32>load<u8>(at, 2);
  next = at + 3;
  if (third < 128) return (low & 127) | ((second & 127) << 7) | (third << 14);
  const fourth = <u32>load<u8>(at, 3);
  next = at + 4;
  if (fourth > 127) return 0x7fffffff;
  return (low & 127) | ((second & 127) << 7) | ((third & 127) << 14) | (fourth << 21);
}

/** Past a varint; past `end` when it does not end before, or has more than 10 bytes. */
// @ts-ignore: decorator
@inline
function pastVarint(from: usize, end: usize): usize {
  let at = from;
  while (at < end && load<u8>(at) > 127) at++;
  return at < from + 10 ? at + 1 : end + 1;
}

/** What was met is left to the full walk. */
function fail(): void {
  unsure = UNSURE;
}

/** True for a varint of up to 8 bytes that fills its place. Without a branch for each byte. */
// @ts-ignore: decorator
@inline
function isVarint(at: usize, to: usize): bool {
  const last = ~load<u64>(at) & 0x8080808080808080;
  return last != 0 && at + <usize>(ctz(last) >>> 3) + 1 == to;
}

function composite(tag: u32, from: usize, end: usize, depth: u32): void {
  if (tag == 0x3a) return; // bytes
  if (depth >= depthMax || (tag != 0x2a && tag != 0x32)) return fail();
  let at = from;
  while (at < end) {
    if (load<u8>(at) != 0x0a) return fail();
    const length = lengthAt(at + 1);
    at = next;
    const to = at + <usize>length;
    if (to > end) return fail();
    if (tag == 0x2a) value(at, to, depth + 1);
    else keyValue(at, to, depth + 1);
    at = to;
  }
  if (at != end) fail();
}

function value(from: usize, end: usize, depth: u32): void {
  let at = from;
  while (at < end) {
    const tag = <u32>load<u8>(at++);
    if (tag == 0x10 || tag == 0x18) {
      at = pastVarint(at, end);
    } else if (tag == 0x21) {
      at += 8;
    } else {
      const length = lengthAt(at);
      at = next;
      const to = at + <usize>length;
      if (to > end) return fail();
      if (tag == 0x0a) text(at, to);
      else composite(tag, at, to, depth);
      at = to;
    }
  }
  if (at != end) fail();
}

function keyValue(from: usize, end: usize, depth: u32): void {
  let at = from;
  while (at < end) {
    const tag = <u32>load<u8>(at);
    const length = lengthAt(at + 1);
    at = next;
    const to = at + <usize>length;
    if (to > end) return fail();
    if (tag == 0x0a) key(at, to);
    else if (tag == 0x12) value(at, to, depth);
    else return fail();
    at = to;
  }
  if (at != end) fail();
}

/**
 * Past the attribute that begins here, when it stands on the wire as nearly all do: key, then one
 * scalar or text value, nothing else, all lengths in one byte. Else 0, and nothing is looked at.
 */
// @ts-ignore: decorator
@inline
function attribute(at: usize, end: usize): usize {
  const head = load<u32>(at);
  const to = at + 2 + <usize>((head >>> 8) & 127);
  const keyEnd = at + 4 + <usize>(head >>> 24);
  if ((head & 0x80ff80ff) != 0x000a0032 || to > end || keyEnd + 4 > to) return 0;
  const middle = load<u32>(keyEnd);
  if ((middle & 0x80ff) != 0x12 || keyEnd + 2 + <usize>((middle >>> 8) & 127) != to) return 0;
  const tag = (middle >>> 16) & 255;
  if (tag == 0x0a) {
    if (keyEnd + 4 + <usize>(middle >>> 24) != to) return 0;
    text(keyEnd + 4, to);
  } else if (tag == 0x18 || tag == 0x10) {
    if (!isVarint(keyEnd + 3, to)) return 0;
  } else if (tag != 0x21 || keyEnd + 11 != to) {
    return 0;
  }
  key(at + 4, keyEnd);
  return to;
}

function field(tag: u32, from: usize, to: usize): void {
  if (tag == 0x32) keyValue(from, to, 0);
  else if (tag == 0x2a) value(from, to, 0);
  else if (tag == 0x1a || tag == 0x62) key(from, to);
  else if (tag != 0x4a && tag != 0x52) fail();
}

function record(from: usize, end: usize): void {
  let at = from;
  while (at < end) {
    const past = attribute(at, end);
    if (past != 0) {
      at = past;
      continue;
    }
    const tag = <u32>load<u8>(at++);
    if (tag == 0x09 || tag == 0x59) {
      at += 8;
    } else if (tag == 0x45) {
      at += 4;
    } else if (tag == 0x10 || tag == 0x38) {
      at = pastVarint(at, end);
    } else {
      const length = lengthAt(at);
      at = next;
      const to = at + <usize>length;
      if (to > end) return fail();
      field(tag, at, to);
      at = to;
    }
  }
  if (at != end) fail();
}

/** `depth`: arrays and maps within each other; `bytes`: of a record; what is above is unsure. */
export function limit(depth: u32, bytes: u32): void {
  depthMax = depth;
  recordBytesMax = bytes;
}
