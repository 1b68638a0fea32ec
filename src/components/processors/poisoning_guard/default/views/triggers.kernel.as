// Where in a text there may be a reason to read it differently, in AssemblyScript. Compiled bytes:
// triggers.kernel.wasm.ts (made by scripts/kernels.ts). What it promises: trigger_places.ts.
// include: ../telling.part.as
// include: places.part.as
// include: connectors.part.as
// include: digit_runs.part.as
// include: outside.part.as
// memory: 8
//
// Memory: | tables | places | plain | units | lexicon | text

const ROW: usize = 1024; // by high nibble a bit, 16 bytes; below, by low nibble the rows of 16 in which a byte is of a set
const DIGITS: usize = 1056; // of base64
const SEPARATORS: usize = 1072; // between letters that are set apart
const SIGNS: usize = 1088; // stand for letters
const MARKS: usize = 1104; // looked at whatever stands around
const KIND: usize = 2048; // by byte: below
const VALUES: usize = 2304; // by byte: the value of a digit of base64, 255 for none
const IS_PLACE: usize = 2560; // by byte: 1 when a command may begin behind it
const IS_UNIT: usize = 2816; // by byte: 1 when it may stand in a word of a command
const VERBS: usize = 4096; // by two letters, 5 bits each: a bit for each third letter of commands with verbs; all for names of two
const LEETS: usize = 10752; // by byte: the letter it stands for, 0 for none; 1 for digits that stand for none
const SPOKEN: usize = 12 * 1024; // as VERBS, of words without which letters are no sentence
const PLACES: usize = 16 * 1024; // offset and kind, 4 bytes each
const PLAIN: usize = 64 * 1024; // by unit of text: its byte
const UNITS: usize = 128 * 1024; // units of text that is not ASCII, 16,384 at once
const LEXICON: usize = 256 * 1024; // 16,384 slots of 8 bytes: first letters of words, 0 in free ones
const TEXT: usize = 384 * 1024 + 64;

const KEY_SPREAD: u64 = 0x9e3779b97f4a7c15; // 2^64 divided by the golden ratio (Knuth)
const SMALL: u64 = 0x2020202020202020;

// Kinds of bytes.
const PERCENT: u32 = 1;
const AMPERSAND: u32 = 2;
const BACKSLASH: u32 = 3;
const OPEN: u32 = 4;
const HASH: u32 = 5;
const DOLLAR: u32 = 6;
const BRACE: u32 = 7;
const BREAK: u32 = 8;
const QUOTE: u32 = 9;
const STAR: u32 = 10;
const CONNECTOR: u32 = 11;
const SIGN: u32 = 12;
const EQUALS: u32 = 13;

let end: usize = 0; // of the text
let at: usize = 0; // how far it was read
let run: usize = 0; // digits of base64 before
let digitsBefore: u64 = 0; // bits of the 64 bytes before
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
function letters(bytes: v128): v128 {
  // Signed: letters come out as the least numbers.
  return i8x16.lt_s(
    i8x16.add(v128.or(bytes, i8x16.splat(0x20)), i8x16.splat(0x1f)),
    i8x16.splat(-102),
  );
}

// @ts-ignore: decorator
@inline
function equal(bytes: v128, byte: i8): v128 {
  return i8x16.eq(bytes, i8x16.splat(byte));
}

// @ts-ignore: decorator
@inline
function setOf(tables: usize, low: v128, row: v128): v128 {
  return v128.and(i8x16.swizzle(v128.load(tables), low), row);
}

// @ts-ignore: decorator
@inline
function bits(set: v128): u32 {
  return i8x16.bitmask(i8x16.ne(set, i8x16.splat(0)));
}

/** Special bytes of the block here that tell something with those beside them. */
// @ts-ignore: decorator
@inline
function specials(place: usize, bytes: v128, low: v128, row: v128): u32 {
  const before = v128.load(place - 1);
  const next = v128.load(place + 1);
  const isAfter = letters(before);
  const isBefore = letters(next);
  const quotes = v128.or(
    v128.or(equal(bytes, 0x27), equal(bytes, 0x22)),
    v128.or(equal(bytes, 0x60), equal(bytes, 0x5e)),
  );
  const isQuoteNext = v128.or(equal(next, 0x27), equal(next, 0x22));
  const quoting = v128.and(quotes, v128.or(isBefore, isQuoteNext));
  const stars = v128.or(equal(bytes, 0x2a), equal(bytes, 0x7e));
  const underscores = equal(bytes, 0x5f);
  const connectors = v128.or(v128.or(underscores, equal(bytes, 0x2d)), equal(bytes, 0x2b));
  const connecting = v128.and(connectors, v128.or(isBefore, equal(next, 0x2d)));
  const signs = i8x16.ne(setOf(SIGNS, low, row), i8x16.splat(0));
  const behindLetter = v128.and(isAfter, v128.or(v128.or(quoting, stars), v128.or(connecting, signs)));
  const quoted = v128.and(equal(bytes, 0x3d), equal(v128.load(place + 3), 0x3d));
  const alone = v128.or(
    v128.andnot(underscores, isBefore),
    v128.or(v128.and(signs, isBefore), quoted),
  );
  const marks = i8x16.ne(setOf(MARKS, low, row), i8x16.splat(0));
  // Between lines that are empty or indented, before no letter, behind no blank: nothing.
  const breaks = equal(bytes, 10);
  const isGap = v128.or(equal(before, 10), v128.or(equal(next, 10), equal(next, 32)));
  const idle = v128.or(
    v128.or(v128.and(breaks, isGap), v128.andnot(equal(bytes, 0x23), equal(before, 32))),
    v128.andnot(equal(bytes, 0x7b), isBefore),
  );
  return i8x16.bitmask(v128.or(v128.or(behindLetter, alone), v128.andnot(marks, idle)));
}

let beyondBits: u64 = 0; // of the 64 bytes here: not ASCII
let specialBits: u64 = 0;
let digitBits: u64 = 0;
let separatorBits: u64 = 0;

/** Classes of sixteen of the 64 bytes here. */
// @ts-ignore: decorator
@inline
function classify(offset: usize): void {
  const bytes = v128.load(at + offset);
  const low = v128.and(bytes, i8x16.splat(0x0f));
  const row = i8x16.swizzle(v128.load(ROW), v128.and(i16x8.shr_u(bytes, 4), i8x16.splat(0x0f)));
  const shift = <u64>offset;
  beyondBits |= <u64>(<u32>i8x16.bitmask(bytes)) << shift;
  specialBits |= <u64>specials(at + offset, bytes, low, row) << shift;
  digitBits |= <u64>bits(setOf(DIGITS, low, row)) << shift;
  separatorBits |= <u64>bits(setOf(SEPARATORS, low, row)) << shift;
}

/** Lists places from where it stopped last on, until about `max` are listed; how many. */
export function scan(max: u32): u32 {
  count = 0;
  while (at < end && count < max) {
    beyondBits = 0;
    specialBits = 0;
    digitBits = 0;
    separatorBits = 0;
    classify(0);
    classify(16);
    classify(32);
    classify(48);
    let live: u64 = -1;
    if (beyondBits != 0 || pastOutside > at) live = liveOf(beyondBits);
    const isLive = (live << 1) | isLiveBefore;
    let places = specialBits;
    while (places != 0) {
      const i = ctz(places);
      places &= places - 1;
      special(at + <usize>i, ((isLive >> i) & 1) != 0);
    }
    spacedIn(digitBits & live, separatorBits & live, live);
    runsIn(digitBits & live);
    isLiveBefore = live >> 63;
    at += 64;
  }
  if (at >= end && run != 0) {
    if (run >= RUN_MIN) digitRun(min(at, end) - run, min(at, end));
    run = 0;
  }
  return count;
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
