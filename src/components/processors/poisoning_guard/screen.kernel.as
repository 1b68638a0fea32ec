// The screen of poisoning_guard, in AssemblyScript. Compiled bytes: screen.kernel.wasm.ts (made by
// scripts/kernels.ts). What it promises: screen.ts. What the tables hold: screen_tables.ts.
//
// include: records.part.as
//
// Memory: | masks | tables | known texts | starts | ends | results | suspects | code points | input | folded

const MASKS: usize = 1024; // 32 bytes of ff, then 32 of 00
const NIBBLES: usize = 1152; // core place 0 low, high; 1; 2; counted low, high: 16 bytes each
const CLASS_BYTES: usize = 1280; // folded byte of each of 16 classes
const CLASS_FLAGS: usize = 1296; // flags of each
const WINDOWS: usize = 2048; // place -2 to 5: windows that take a byte there, 8 bytes for each of 256
const PLACE: usize = 2048;
const KNOWN: usize = 18 * 1024; // 256 slots of 32, in pairs: the length of a text, then the text
const LAST_KEYS: usize = 27 * 1024; // 64 slots of 32: the last record's keys, in their order
const STARTS: usize = 30 * 1024;
const ENDS: usize = 34 * 1024;
const RESULTS: usize = 38 * 1024;
const SUSPECTS: usize = 42 * 1024; // start, end
const BLOCKS: usize = 50 * 1024; // 4,352 blocks of 256 code points: 2 bytes each
const CLASSES: usize = 59 * 1024;
const INPUT: usize = 112 * 1024;

const SUSPECTS_MAX: u32 = 1024;
const COUNTED_MAX: u32 = 0xffff;

// What a text comes to.
const COUNTED: u32 = 1;
const SUSPECT: u32 = 2;

// What a scan says besides the number of counted bytes.
const FOUND: u32 = 0x80000000;
const BEYOND_ASCII: u32 = 0x40000000;

const SCRIPTS: u32 = 7; // flags of a class: scripts, the first of which ASCII letters have
const JUDGED: u32 = 8; // flag: a text with such a code point must be judged

let folded: usize = 0; // room for a folded text
let classed: bool = false; // the code points' classes are there
let texts: u32 = 0; // suspects listed
let counted: u32 = 0; // of this record
let suspects: u32 = 0; // of this record

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

/** Keys are texts as others. */
// @ts-ignore: decorator
@inline
function keyLook(from: usize, to: usize): u32 {
  return lookAt(from, to);
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
