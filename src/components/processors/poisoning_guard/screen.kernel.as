// The screen of poisoning_guard, in AssemblyScript. Compiled bytes: screen.kernel.wasm.ts (made by
// scripts/kernels.ts). What it promises: screen.ts. What the tables hold: screen_tables.ts.
//
// Memory: | masks | tables | known texts | starts | ends | results | suspects | code points | input | folded

const MASKS: usize = 1024; // 32 bytes of ff, then 32 of 00
const NIBBLES: usize = 1152; // core place 0 low, high; 1; 2; counted low, high: 16 bytes each
const CLASS_BYTES: usize = 1280; // folded byte of each of 16 classes
const CLASS_FLAGS: usize = 1296; // flags of each
const WINDOWS: usize = 2048; // place -2 to 5: windows that take a byte there, 8 bytes for each of 256
const PLACE: usize = 2048;
const KNOWN: usize = 18 * 1024; // 256 slots of 32: the length of a text, then the text
const SLOT: usize = 32;
const GUESSES: usize = 27 * 1024; // slots of the last record's keys, in their order
const STARTS: usize = 30 * 1024;
const ENDS: usize = 34 * 1024;
const RESULTS: usize = 38 * 1024;
const SUSPECTS: usize = 42 * 1024; // start, end
const BLOCKS: usize = 50 * 1024; // 4,352 blocks of 256 code points: 2 bytes each
const CLASSES: usize = 59 * 1024;
const INPUT: usize = 112 * 1024;

const SUSPECTS_MAX: u32 = 1024;
const COUNTED_MAX: u32 = 0xffff;
const KEY_MIN: u32 = 4; // bytes of a text that can be known
const KEY_MAX: u32 = 31;

// What a text comes to.
const CLEAN: u32 = 0;
const COUNTED: u32 = 1;
const SUSPECT: u32 = 2;

// What a scan says besides the number of counted bytes.
const FOUND: u32 = 0x80000000;
const BEYOND_ASCII: u32 = 0x40000000;

const SCRIPTS: u32 = 7; // flags of a class: scripts, the first of which ASCII letters have
const JUDGED: u32 = 8; // flag: a text with such a code point must be judged

// Of a record.
const UNSURE: u32 = 0x80000000;

let depthMax: u32 = 0;
let recordBytesMax: u32 = 0;
let folded: usize = 0; // room for a folded text
let classed: bool = false; // the code points' classes are there
let texts: u32 = 0; // suspects listed
let counted: u32 = 0; // of this record
let suspects: u32 = 0; // of this record
let unsure: u32 = 0; // of this record
let keys: u32 = 0; // looked at in this record

/** Windows that take the byte at this place; outside the text stands a NUL. */
// @ts-ignore: decorator
@inline
function windowsAt(place: usize, at: usize, from: usize, to: usize): u64 {
  const byte: usize = at >= from && at < to ? <usize>load<u8>(at) : 0;
  return load<u64>(WINDOWS + place * PLACE + (byte << 3));
}

/** True when a window stands around one of the cores that end at `at` + a bit of `ends`. */
function confirm(at: usize, ends: u32, from: usize, to: usize): bool {
  while (ends != 0) {
    const core = at + <usize>ctz(ends) - 2;
    const windows =
      windowsAt(0, core - 2, from, to) &
      windowsAt(1, core - 1, from, to) &
      windowsAt(2, core, from, to) &
      windowsAt(3, core + 1, from, to) &
      windowsAt(4, core + 2, from, to) &
      windowsAt(5, core + 3, from, to) &
      windowsAt(6, core + 4, from, to) &
      windowsAt(7, core + 5, from, to);
    if (windows != 0) return true;
    ends &= ends - 1;
  }
  return false;
}

/** The number of counted bytes with BEYOND_ASCII, or FOUND as soon as a window stands in the text. */
function scan(from: usize, to: usize): u32 {
  const nibble = i8x16.splat(0x0f);
  const none = i8x16.splat(0);
  let first = none; // cores that may have begun in the block before
  let second = none;
  let all = none;
  let plain: u32 = 0; // bytes that do not count
  let at = from;
  while (at < to) {
    let bytes = v128.load(at);
    if (at + 16 > to) {
      const mask = v128.load(MASKS + 32 - (to - at));
      bytes = v128.bitselect(bytes, i8x16.splat(0x20), mask);
    }
    const low = v128.and(bytes, nibble);
    const high = v128.and(i16x8.shr_u(bytes, 4), nibble);
    all = v128.or(all, bytes);
    const one = v128.and(
      i8x16.swizzle(v128.load(NIBBLES), low),
      i8x16.swizzle(v128.load(NIBBLES, 16), high),
    );
    let two = v128.and(
      i8x16.swizzle(v128.load(NIBBLES, 32), low),
      i8x16.swizzle(v128.load(NIBBLES, 48), high),
    );
    let three = v128.and(
      i8x16.swizzle(v128.load(NIBBLES, 64), low),
      i8x16.swizzle(v128.load(NIBBLES, 80), high),
    );
    two = v128.and(
      two,
      i8x16.shuffle(first, one, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30),
    );
    three = v128.and(
      three,
      i8x16.shuffle(second, two, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30),
    );
    first = one;
    second = two;
    const counts = v128.and(
      i8x16.swizzle(v128.load(NIBBLES, 96), low),
      i8x16.swizzle(v128.load(NIBBLES, 112), high),
    );
    plain += popcnt(<u32>i8x16.bitmask(i8x16.eq(counts, none)));
    if (v128.any_true(three)) {
      const ends = <u32>i8x16.bitmask(i8x16.ne(three, none));
      if (confirm(at, ends, from, to)) return FOUND;
    }
    at += 16;
  }
  const counts = <u32>(at - from) - plain;
  return i8x16.bitmask(all) == 0 ? counts : counts | BEYOND_ASCII;
}

// @ts-ignore: decorator
@inline
function isMostly(counts: u32, length: u32): bool {
  return counts * 10 > length * 3;
}

/** What the text comes to. */
// @ts-ignore: decorator
@inline
function lookAt(from: usize, to: usize): u32 {
  const seen = scan(from, to);
  if (seen >= BEYOND_ASCII) return seen == FOUND ? SUSPECT : lookBeyond(from, to);
  return <u32>isMostly(seen, <u32>(to - from));
}

/** A letter of ASCII; a folded text has some that are none. */
function hasLetter(from: usize, to: usize): bool {
  for (let at = from; at < to; at++) {
    if (((<u32>load<u8>(at) | 0x20) - 0x61) < 26) return true;
  }
  return false;
}

/** The code point of the sequence at `at` in the high bits, its bytes in the low three; 0: none. */
// @ts-ignore: decorator
@inline
function codePoint(at: usize, to: usize): u32 {
  const lead = <u32>load<u8>(at);
  const b = <u32>load<u8>(at, 1);
  if ((b & 0xc0) != 0x80 || at + 1 >= to) return 0;
  if (lead < 0xe0) {
    return lead < 0xc2 ? 0 : (((lead & 31) << 6) | (b & 63)) << 3 | 2;
  }
  const c = <u32>load<u8>(at, 2);
  if ((c & 0xc0) != 0x80 || at + 2 >= to) return 0;
  if (lead < 0xf0) {
    const code = ((lead & 15) << 12) | ((b & 63) << 6) | (c & 63);
    return code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 0 : (code << 3) | 3;
  }
  const d = <u32>load<u8>(at, 3);
  if ((d & 0xc0) != 0x80 || at + 3 >= to || lead > 0xf4) return 0;
  const code = ((lead & 7) << 18) | ((b & 63) << 12) | ((c & 63) << 6) | (d & 63);
  return code < 0x10000 || code > 0x10ffff ? 0 : (code << 3) | 4;
}

/** A text with bytes beyond ASCII: folded to a byte a code point, and scanned again. */
function lookBeyond(from: usize, to: usize): u32 {
  if (!classed) return SUSPECT;
  let flags: u32 = 0;
  let at = from;
  let out = folded;
  while (at < to) {
    const bytes = v128.load(at);
    v128.store(out, bytes);
    const beyond = <u32>i8x16.bitmask(bytes) | 0x10000;
    const ascii = <usize>ctz(beyond);
    at += ascii;
    out += ascii;
    if (ascii == 16) continue;
    if (at >= to) break;
    const code = codePoint(at, to);
    if (code == 0) return SUSPECT;
    const block = <usize>load<u16>(BLOCKS + (<usize>(code >>> 11) << 1));
    const kind = <usize>load<u8>(CLASSES + (block << 8) + <usize>((code >>> 3) & 255));
    flags |= <u32>load<u8>(CLASS_FLAGS + kind);
    store<u8>(out, load<u8>(CLASS_BYTES + kind));
    at += code & 7;
    out++;
  }
  // What was taken from behind the text was ASCII, a byte a code point.
  out -= at - to;
  if ((flags & JUDGED) != 0) return SUSPECT;
  let scripts = flags & SCRIPTS;
  if (scripts > 1 && hasLetter(from, to)) scripts |= 1;
  if ((scripts & (scripts - 1)) != 0) return SUSPECT;
  const seen = scan(folded, out);
  if (seen == FOUND) return SUSPECT;
  return <u32>isMostly(seen & ~BEYOND_ASCII, <u32>(out - folded));
}

function note(found: u32, from: usize, to: usize): void {
  if (found == CLEAN) return;
  if (found == COUNTED) {
    counted++;
    return;
  }
  if (texts == SUSPECTS_MAX) {
    unsure = UNSURE;
    return;
  }
  store<u32>(SUSPECTS + (<usize>texts << 3), <u32>from);
  store<u32>(SUSPECTS + (<usize>texts << 3), <u32>to, 4);
  texts++;
  suspects++;
}

// @ts-ignore: decorator
@inline
function text(from: usize, to: usize): void {
  const found = lookAt(from, to);
  if (found != CLEAN) note(found, from, to);
}

// @ts-ignore: decorator
@inline
function stands(slot: usize, head: v128, tail: v128): bool {
  const differs = v128.or(v128.xor(head, v128.load(slot)), v128.xor(tail, v128.load(slot, 16)));
  return !v128.any_true(differs);
}

/**
 * A text that other records have as well: known once it was found clean. It is compared with the byte
 * before it, its length; first with the one that the last record had in this place.
 */
function key(from: usize, to: usize): void {
  const length = <u32>(to - from);
  if (length - KEY_MIN > KEY_MAX - KEY_MIN) {
    text(from, to);
    return;
  }
  const head = v128.and(v128.load(from - 1), v128.load(MASKS + 31 - <usize>length));
  const tail = v128.and(v128.load(from, 15), v128.load(MASKS + 47 - <usize>length));
  const guess = GUESSES + <usize>((keys++ & 63) << 2);
  if (stands(load<u32>(guess), head, tail)) return;
  const middle = load<u32>(from + <usize>(length >> 1) - 2);
  const ends = load<u32>(from) ^ (load<u32>(to - 4) << 5) ^ (middle << 11);
  const slot = KNOWN + <usize>(((ends + length) * 0x9e3779b1) >>> 24) * SLOT;
  if (!stands(slot, head, tail)) {
    const found = lookAt(from, to);
    // A length of more than one byte is not told from another.
    if (found != CLEAN || <u32>load<u8>(from - 1) != length) {
      note(found, from, to);
      return;
    }
    v128.store(slot, head);
    v128.store(slot, tail, 16);
  }
  store<u32>(guess, <u32>slot);
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

/** The classes of code points stand in their place. */
export function useClasses(): void {
  classed = true;
}

/** What the text comes to. `room`: where its folded form may stand. */
export function look(from: usize, to: usize, room: usize): u32 {
  folded = room;
  return lookAt(from, to);
}

/**
 * Looks at `count` records. Their starts and ends count from `base`, which stands at INPUT. A result
 * has the counted texts in 16 bits, above them the suspects that the record has in the list, and UNSURE.
 */
export function run(count: u32, base: u32, room: usize): void {
  folded = room;
  texts = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const from = INPUT + <usize>(load<u32>(STARTS + (i << 2)) - base);
    const to = INPUT + <usize>(load<u32>(ENDS + (i << 2)) - base);
    counted = 0;
    suspects = 0;
    unsure = 0;
    keys = 0;
    if (<u32>(to - from) > recordBytesMax) unsure = UNSURE;
    else record(from, to);
    if (counted > COUNTED_MAX) unsure = UNSURE;
    store<u32>(RESULTS + (i << 2), unsure | (suspects << 16) | (counted & COUNTED_MAX));
  }
}
