// Text beyond ASCII by the bytes that stand for its units, in AssemblyScript; part of the kernel of the
// triggers. What is telling: outside.ts.

const NONE: u8 = 0x80; // no letter, and nothing else that matters
const ACCENTED: u8 = 0x81;
const FOREIGN: u8 = 0x82; // a letter that looks like a Latin one
const OTHER: u8 = 0x83; // a letter of another script
const PICTURE: u8 = 0x84; // as NONE, but the letters behind are part of the same look
const BLANK: u8 = 0x85;
const RARE_BLANK: u8 = 0x86;
const DASH: u8 = 0x87;
const JOINER: u8 = 0x88; // nobody sees it
// And all other bytes: telling whatever stands around.

const LOOK_ALIKE_MIN: u32 = 4;
const HIDDEN_MIN: usize = 4;

let isOutsideTelling: bool = false;
let wordLetters: u32 = 0;
let hasAscii: bool = false;
let hasForeign: bool = false;
let hasOther: bool = false;

/** The bits of the 64 bytes here that are read unit by unit; the others belong to words beyond ASCII. */
function liveOf(beyond: u64): u64 {
  let live: u64 = -1;
  if (pastOutside > at) live = cut(live, 0, pastOutside - at);
  let rest = beyond & live;
  while (rest != 0) {
    const first = ctz(rest);
    pastOutside = outside(at + <usize>first);
    live = cut(live, first, pastOutside - at);
    rest = beyond & live & (<u64>-2 << first);
  }
  return live;
}

/** Clears the bits in `[from, to)`. */
// @ts-ignore: decorator
@inline
function cut(set: u64, from: u64, to: usize): u64 {
  const past: u64 = to >= 64 ? -1 : ((<u64>1) << <u64>to) - 1;
  return set & (~past | (((<u64>1) << from) - 1));
}

/** The end of the word or of the marks beyond ASCII that begin here. */
function outside(place: usize): usize {
  const first = load<u8>(place);
  let past = place + 1;
  if (first == NONE) {
    while (load<u8>(past) == NONE) past++;
    return past;
  }
  if (first == ACCENTED) {
    while (load<u8>(past) == ACCENTED || isLetter(load<u8>(past))) past++;
    if (load<u8>(past) < 128) return past;
  }
  isOutsideTelling = false;
  endWord();
  hasAscii = isLetter(load<u8>(place - 1));
  past = wordsEnd(place);
  endWord();
  if (isOutsideTelling) list(OUTSIDE_PLACE, place);
  return past;
}

function endWord(): void {
  // A word of two scripts, or a look-alike of one.
  if (hasForeign && (hasAscii || (!hasOther && wordLetters >= LOOK_ALIKE_MIN))) isOutsideTelling = true;
  wordLetters = 0;
  hasAscii = false;
  hasForeign = false;
  hasOther = false;
}

function wordsEnd(from: usize): usize {
  let place = from;
  while (true) {
    const byte = load<u8>(place);
    if (byte < 128) {
      if (!isLetter(byte)) return place;
      hasAscii = true;
      wordLetters++;
    } else if (byte == BLANK || byte == RARE_BLANK) {
      endWord();
      place = blanksEnd(place, byte);
      continue;
    } else if (byte == JOINER) {
      place = joinersEnd(place);
      continue;
    } else {
      mark(place, byte);
    }
    place++;
  }
}

// @ts-ignore: decorator
@inline
function mark(place: usize, byte: u8): void {
  if (byte == NONE || byte == PICTURE) {
    endWord();
  } else if (byte < PICTURE) {
    wordLetters++;
    if (byte == FOREIGN) hasForeign = true;
    else if (byte == OTHER) hasOther = true;
  } else if (byte == DASH) {
    endWord();
    if (isSpace(load<u8>(place - 1)) && isLetter(load<u8>(place + 1))) isOutsideTelling = true;
  } else {
    isOutsideTelling = true;
  }
}

/** Past blanks of any kind: they tell something when they are mixed, or between what a shell separates. */
function blanksEnd(from: usize, first: u8): usize {
  let place = from + 1;
  while (true) {
    const byte = load<u8>(place);
    if (byte == 9 || byte == BLANK || byte == RARE_BLANK) isOutsideTelling = true;
    else if (byte != 32) break;
    place++;
  }
  if (isLetter(load<u8>(from - 1))) {
    const next = load<u8>(place);
    if (next == 0x2f || next == 0x7e || next == 0x2d) isOutsideTelling = true;
    if (first == RARE_BLANK && isLetter(next)) isOutsideTelling = true;
  }
  return place;
}

/** Past what nobody sees, which is spelling behind a picture. */
function joinersEnd(from: usize): usize {
  let place = from + 1;
  while (load<u8>(place) == JOINER) place++;
  if (load<u8>(from - 1) < 128 || place - from >= HIDDEN_MIN) isOutsideTelling = true;
  return place;
}

/** Bytes for `units` units of text, which stand at UNITS, to an offset in the text. */
export function narrow(offset: usize, units: usize): void {
  const high = i16x8.splat(<i16>0xff80);
  let to = TEXT + offset;
  for (let i: usize = 0; i < units; i += 16) {
    const one = v128.load(UNITS + (i << 1));
    const two = v128.load(UNITS + (i << 1), 16);
    if (!v128.any_true(v128.and(v128.or(one, two), high))) {
      v128.store(to, i8x16.narrow_i16x8_u(one, two));
    } else {
      for (let k: usize = 0; k < 16; k++) {
        store<u8>(to + k, load<u8>(PLAIN + <usize>load<u16>(UNITS + ((i + k) << 1))));
      }
    }
    to += 16;
  }
}
