// Where in a text there may be a reason to read it differently, in AssemblyScript. Compiled bytes:
// triggers.kernel.wasm.ts (made by scripts/kernels.ts). What it promises: trigger_places.ts.
// include: ../telling.part.as
// include: places.part.as
// include: connectors.part.as
// include: digit_runs.part.as
// include: outside.part.as
// memory: 66 shared
//
// Memory, from BASE on: | tables | places | plain | units | lexicon |

const BASE: usize = 2 * 1024 * 1024;
const ROW: usize = BASE + 1024; // by high nibble a bit, 16 bytes; below, by low nibble the rows of 16 in which a byte is of a set
const DIGITS: usize = BASE + 1056; // of base64
const SEPARATORS: usize = BASE + 1072; // between letters that are set apart
const SIGNS: usize = BASE + 1088; // stand for letters
const MARKS: usize = BASE + 1104; // looked at whatever stands around
const JOINTS: usize = BASE + 1120; // between letters
const KIND: usize = BASE + 2048; // by byte: below
const VALUES: usize = BASE + 2304; // by byte: the value of a digit of base64, 255 for none
const IS_PLACE: usize = BASE + 2560; // by byte: 1 when a command may begin behind it
const IS_UNIT: usize = BASE + 2816; // by byte: 1 when it may stand in a word of a command
const VERBS: usize = BASE + 4096; // by two letters, 5 bits each: a bit for each third letter of commands with verbs; all for names of two
const LEETS: usize = BASE + 10752; // by byte: the letter it stands for, 0 for none; 1 for digits that stand for none
const SPOKEN: usize = BASE + 12 * 1024; // as VERBS, of words without which letters are no sentence
const PLACES: usize = BASE + 16 * 1024; // offset and kind, 4 bytes each
const PLAIN: usize = BASE + 64 * 1024; // by unit of text: its byte
const UNITS: usize = BASE + 128 * 1024; // units of text that is not ASCII, 16,384 at once
const LEXICON_BITS: usize = BASE + 192 * 1024; // a bit for each hash of 16 bits of a key in the lexicon
const LEXICON: usize = BASE + 256 * 1024; // 16,384 slots of 8 bytes: first letters of words, 0 in free ones
const TEXT: usize = 4 * 1024 * 1024;

const KEY_SPREAD: u64 = 0x9e3779b97f4a7c15; // 2^64 divided by the golden ratio (Knuth)
const SMALL: u64 = 0x2020202020202020;

// Kinds of marks.
const PERCENT: u32 = 1;
const AMPERSAND: u32 = 2;
const BACKSLASH: u32 = 3;
const OPEN: u32 = 4;
const HASH: u32 = 5;
const DOLLAR: u32 = 6;
const BRACE: u32 = 7;
const EQUALS: u32 = 8;
// And of joints.
const QUOTE: u32 = 9;
const STAR: u32 = 10;

let end: usize = 0; // of the text
let at: usize = 0; // how far it was read
let run: usize = 0; // digits of base64 before
let lettersBefore: u64 = 0; // bits of the 64 bytes before
let lineOpen: u64 = 0; // 1 when a line begins here, or its first word goes on
let digitsBefore: u64 = 0;
let separatorsBefore: u64 = 0;
let firstBefore: u64 = 0; // as these, of separators and of what is not read unit by unit
let isLiveBefore: u64 = 0; // 1 when the unit before is not part of a word that was looked at as a whole
let pastOutside: usize = 0; // the end of the last of those
let leetFrom: usize = 0;
let spacedFrom: usize = 0;

/** Begins a text of `length` bytes. */
export function begin(length: usize): void {
  end = TEXT + length;
  at = TEXT;
  run = 0;
  lettersBefore = 0;
  lineOpen = 1;
  digitsBefore = 0;
  separatorsBefore = 0;
  // Before a text a separator is thought.
  firstBefore = <u64>1 << 63;
  isLiveBefore = 0;
  pastOutside = TEXT;
  leetFrom = TEXT;
  spacedFrom = TEXT;
  connectedFrom = TEXT;
  for (let i: usize = 0; i < 160; i += 16) v128.store(end + i, i8x16.splat(0));
}

/** True when not all of the text was read. */
export function isUnread(): bool {
  return at < end;
}

// @ts-ignore: decorator
@inline
function lowHalf(bytes: v128): v128 {
  return v128.and(bytes, i8x16.splat(0x0f));
}

/** A bit for each upper half. */
// @ts-ignore: decorator
@inline
function rowOf(bytes: v128): v128 {
  return i8x16.relaxed_swizzle(v128.load(ROW), lowHalf(i16x8.shr_u(bytes, 4)));
}

// @ts-ignore: decorator
@inline
function bits64(a: u32, b: u32, c: u32, d: u32): u64 {
  return <u64>(a | (b << 16)) | (<u64>(c | (d << 16)) << 32);
}

/** Where sixteen bytes are of a set, by their lower halves and rows. */
// @ts-ignore: decorator
@inline
function rowsOf(set: v128, low: v128, row: v128): u32 {
  const rows = v128.and(i8x16.relaxed_swizzle(set, low), row);
  return <u32>i8x16.bitmask(i8x16.ne(rows, i8x16.splat(0)));
}

/** Where the 64 bytes here are of a set. */
// @ts-ignore: decorator
@inline
function setBits(
  set: v128,
  low0: v128, low1: v128, low2: v128, low3: v128,
  row0: v128, row1: v128, row2: v128, row3: v128,
): u64 {
  return bits64(
    rowsOf(set, low0, row0),
    rowsOf(set, low1, row1),
    rowsOf(set, low2, row2),
    rowsOf(set, low3, row3),
  );
}

// @ts-ignore: decorator
@inline
function equalIn(offset: usize, byte: v128): u32 {
  return <u32>i8x16.bitmask(i8x16.eq(v128.load(at + offset), byte));
}

/** Where the 64 bytes here are this one. */
// @ts-ignore: decorator
@inline
function equalBits(byte: i8): u64 {
  const wanted = i8x16.splat(byte);
  return bits64(equalIn(0, wanted), equalIn(16, wanted), equalIn(32, wanted), equalIn(48, wanted));
}

/** Bits of what stands in front of each of the 64 bytes; `last`: whether such a thing stands behind them. */
// @ts-ignore: decorator
@inline
function ahead(set: u64, last: bool): u64 {
  return (set >> 1) | (<u64>last << 63);
}

/** Lists places from where it stopped last on, until about `max` are listed; how many. */
export function scan(max: u32): u32 {
  count = 0;
  while (at < end && count < max) {
    block();
    at += 64;
  }
  if (at >= end && run != 0) {
    if (run >= RUN_MIN) digitRun(min(at, end) - run, min(at, end));
    run = 0;
  }
  return count;
}

/** The 64 bytes here. All questions are put to all of them at once: bits of words. */
// @ts-ignore: decorator
@inline
function block(): void {
  const b0 = v128.load(at);
  const b1 = v128.load(at, 16);
  const b2 = v128.load(at, 32);
  const b3 = v128.load(at, 48);
  const beyond = bits64(i8x16.bitmask(b0), i8x16.bitmask(b1), i8x16.bitmask(b2), i8x16.bitmask(b3));
  const letters = bits64(lettersOf(b0), lettersOf(b1), lettersOf(b2), lettersOf(b3));
  const l0 = lowHalf(b0);
  const l1 = lowHalf(b1);
  const l2 = lowHalf(b2);
  const l3 = lowHalf(b3);
  const r0 = rowOf(b0);
  const r1 = rowOf(b1);
  const r2 = rowOf(b2);
  const r3 = rowOf(b3);
  const digits = setBits(v128.load(DIGITS), l0, l1, l2, l3, r0, r1, r2, r3);
  const separators = setBits(v128.load(SEPARATORS), l0, l1, l2, l3, r0, r1, r2, r3);
  let marks = setBits(v128.load(MARKS), l0, l1, l2, l3, r0, r1, r2, r3);
  let signs = setBits(v128.load(SIGNS), l0, l1, l2, l3, r0, r1, r2, r3);
  const joints = setBits(v128.load(JOINTS), l0, l1, l2, l3, r0, r1, r2, r3);

  // What stands before is not part of a word that was looked at as a whole.
  let live: u64 = -1;
  if (beyond != 0 || pastOutside > at) live = liveOf(beyond);
  const isLive = (live << 1) | isLiveBefore;
  isLiveBefore = live >> 63;

  const next = load<u8>(at + 64);
  const after = (letters << 1) | lettersBefore;
  const before = ahead(letters, isLetter(next));
  lettersBefore = letters >> 63;
  const equals = equalBits(0x3d);
  marks |= equals & ((equals >> 3) | (<u64>7 << 61));
  for (; marks != 0; marks &= marks - 1) special(at + <usize>ctz(marks));
  if (joints != 0) jointsIn(joints, after, before, isLive);
  for (signs &= after | before; signs != 0; signs &= signs - 1) {
    const i = ctz(signs);
    leet(at + <usize>i, ((isLive >> i) & 1) != 0);
  }
  breaksIn(next);
  spacedIn(digits & live, separators & live, live);
  runsIn(digits & live);
}

/** Where white space stands in the 64 bytes here. */
// @ts-ignore: decorator
@inline
function gapBits(): u64 {
  return bits64(spacesIn(at), spacesIn(at + 16), spacesIn(at + 32), spacesIn(at + 48));
}

/** Looks at the line breaks behind lines of one word. */
// @ts-ignore: decorator
@inline
function breaksIn(next: u8): void {
  const breaks = equalBits(10);
  if ((breaks | lineOpen) == 0) return;
  const gaps = gapBits();
  // A sum carries each bit where a line begins to the end of the word there.
  const sum = ~gaps + (((breaks << 1) & ~gaps) | lineOpen);
  lineOpen = <u64>(sum < ~gaps) | (breaks >> 63);
  // Between lines that are empty or indented no line is a word.
  let ends = sum & breaks & ~ahead(gaps, isSpace(next));
  for (; ends != 0; ends &= ends - 1) lineBreak(at + <usize>ctz(ends));
}

/** Looks at what may join letters to others: quotes, stars, hyphens and the like. */
// @ts-ignore: decorator
@inline
function jointsIn(joints: u64, after: u64, before: u64, isLive: u64): void {
  const isJoining = after & (before | ahead(joints | equalBits(0x2f), true));
  // An underscore may stand for a blank.
  let telling = ((joints & isJoining) | (equalBits(0x5f) & ~before)) & isLive;
  for (; telling != 0; telling &= telling - 1) joint(at + <usize>ctz(telling));
}

/** Bits moved up, with those of the 64 bytes before. */
// @ts-ignore: decorator
@inline
function moved(set: u64, before: u64, by: u64): u64 {
  return (set << by) | (before >> (64 - by));
}

/** Looks at digits of base64 or letters with separators around each. */
// @ts-ignore: decorator
@inline
function spacedIn(digits: u64, separators: u64, live: u64): void {
  // Where the text begins anew, a separator is thought before it.
  const first = separators | ~live;
  let places =
    separators &
    moved(digits, digitsBefore, 1) &
    moved(separators, separatorsBefore, 2) &
    moved(digits, digitsBefore, 3) &
    moved(first, firstBefore, 4);
  while (places != 0) {
    const i = ctz(places);
    places &= places - 1;
    spaced(at + <usize>i - 3);
  }
  digitsBefore = digits;
  separatorsBefore = separators;
  firstBefore = first;
}

/** Looks at the runs of digits of base64 that end in the 64 bytes here. */
// @ts-ignore: decorator
@inline
function runsIn(digits: u64): void {
  if (digits == -1) {
    run += 64;
    return;
  }
  const ahead = <usize>ctz(~digits);
  if (run + ahead >= RUN_MIN) digitRun(at - run, at + ahead);
  let inner = digits & (digits >> 1);
  inner &= inner >> 2;
  inner &= inner >> 4;
  inner &= inner >> 4;
  // A run that begins here was looked at, or goes on from before.
  inner &= ~(((<u64>1) << <u64>ahead) - 1);
  while (inner != 0) {
    const first = ctz(inner);
    const past = first + ctz(~(digits >> first));
    // What goes on is looked at where it ends.
    if (past > 63) break;
    digitRun(at + <usize>first, at + <usize>past);
    inner &= ~(((<u64>1) << past) - 1);
  }
  run = <usize>clz(~digits);
}
