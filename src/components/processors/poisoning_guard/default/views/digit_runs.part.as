// Runs of digits of base64, which letters are too, in AssemblyScript; part of the kernel of the triggers.

const RUN_MIN: usize = 12;
const PROBED_MAX: usize = 96; // digits of a run that is always tried
const SQUEEZED_MIN: usize = 14; // letters in a row that may be words without blanks
const SQUEEZED_PROBED: usize = 256;
const VERB_MAX: usize = 9; // letters of the longest of commandsWithVerbs
const SMALL_MIN: usize = 3; // letters of words that hold squeezed sentences together
const RULED_MIN: usize = 6; // letters of words of rules that speak for one

/** A run in `[from, to)`. */
function digitRun(from: usize, to: usize): void {
  const isTelling =
    to - from > PROBED_MAX || mayDecode(from, to) || isCommandRun(from) || isSqueezedRun(from, to);
  if (isTelling) list(RUN_PLACE, from);
}

/** True when the run may be a text in hex or base64. */
function mayDecode(from: usize, to: usize): bool {
  const isCapital = hasCapital(from, to);
  if (!isCapital && !isHex(load<u8>(from + 2))) return false;
  const digits = (<u32>load<u16>(from)) == 0x7830 ? from + 2 : from; // 0x
  if (mayBeHex(digits) || mayBeHex(digits + 1)) return true;
  if (!isCapital) return false;
  // The first digits of three quanta, from each of the first and of the last four digits on.
  const ahead = highBits(v128.load(from));
  const behind = highBits(v128.load(to - 16));
  const isRuledOut = ((ahead & (ahead >> 4) & (ahead >> 8) & 15) | (behind & (behind >> 4) & (behind >> 8) & 30)) == 0;
  if (isRuledOut) return false;
  for (let shift: usize = 0; shift < 4; shift++) {
    if (isPlausible(from + shift) || isPlausible(to - RUN_MIN - shift)) return true;
  }
  return false;
}

/** Digits that hold the high bits of a byte of ASCII: the lower half of them. */
// @ts-ignore: decorator
@inline
function highBits(bytes: v128): u32 {
  const capitals = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x41)), i8x16.splat(26));
  const small = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x61)), i8x16.splat(6));
  return i8x16.bitmask(v128.or(capitals, small));
}

// @ts-ignore: decorator
@inline
function isPlain(byte: u32): bool {
  return byte < 0x7f && (byte > 0x1f || byte == 0 || byte == 10 || byte == 9 || byte == 13);
}

/** True when the three quanta from here on are bytes of ASCII, as far as there are digits. */
function isPlausible(from: usize): bool {
  for (let quantum = from; quantum < from + RUN_MIN; quantum += 4) {
    const first = <u32>load<u8>(VALUES + <usize>load<u8>(quantum));
    if (first > 31) return false;
    const second = <u32>load<u8>(VALUES + <usize>load<u8>(quantum + 1));
    if (second > 63 || !isPlain((first << 2) | (second >> 4))) return false;
    const third = <u32>load<u8>(VALUES + <usize>load<u8>(quantum + 2));
    if (third > 63) continue;
    if (!isPlain(((second & 15) << 4) | (third >> 2))) return false;
    const fourth = <u32>load<u8>(VALUES + <usize>load<u8>(quantum + 3));
    if (fourth < 64 && !isPlain(((third & 3) << 6) | fourth)) return false;
  }
  return true;
}

/** True when a run may begin with a command and what is run together with it. */
function isCommandRun(from: usize): bool {
  if (!isLetter(load<u8>(from)) || !isPlace(from)) return false;
  const past = lettersEnd(from);
  const after = load<u8>(past);
  if (after == 0x2f) {
    const folder = load<u32>(past);
    return folder == 0x6374652f || folder == 0x6f6f722f || folder == 0x6d6f682f || folder == 0x7665642f;
  }
  const isEnd = after == 0 || isSpace(after) || after == 0x3b || after == 0x7c || after == 0x26;
  return isEnd && past - from <= SQUEEZED_MAX && beginsWithVerb(from, past);
}

/** True when the letters in `[from, past)` begin with a command that takes words without a blank. */
function beginsWithVerb(from: usize, past: usize): bool {
  if (!isVerb(from)) return false;
  const most = min(past - from, VERB_MAX);
  for (let length: usize = 2; length <= most; length++) {
    if (isInLexicon(keyOf(from, length) | COMMAND_KEY)) return true;
  }
  return false;
}

/** True when letters of one case stand in a row that may be words without blanks. */
function isSqueezedRun(from: usize, to: usize): bool {
  if (to - from < SQUEEZED_MIN || (to - from <= 64 && !hasLetterRow(from, to))) return false;
  let place = from;
  while (place + SQUEEZED_MIN <= to) {
    let last = place + SQUEEZED_MIN - 1;
    while (last >= place && isLetter(load<u8>(last))) last--;
    if (last >= place) {
      place = last + 1;
      continue;
    }
    const past = lettersEnd(place + SQUEEZED_MIN);
    const probed = min(past, place + SQUEEZED_PROBED);
    if (isOneCase(place, probed) && isSpoken(place, probed)) return true;
    place = past + 1;
  }
  return false;
}

/** True when so many letters that may be words stand in a row in up to 64 bytes. */
// @ts-ignore: decorator
@inline
function hasLetterRow(from: usize, to: usize): bool {
  let rows = bits64(
    lettersOf(v128.load(from)),
    lettersOf(v128.load(from, 16)),
    lettersOf(v128.load(from, 32)),
    lettersOf(v128.load(from, 48)),
  );
  rows &= <u64>-1 >> <u64>(64 - (to - from));
  rows &= rows >> 1;
  rows &= rows >> 2;
  rows &= rows >> 4;
  return (rows & (rows >> 6)) != 0;
}

function isOneCase(from: usize, to: usize): bool {
  const small = load<u8>(from + 1) & 32;
  let others: usize = 0;
  for (let place = from + 2; place < to; place++) {
    if ((load<u8>(place) & 32) != small) others++;
  }
  return <usize>12 * others <= to - from;
}

/** As isInLexicon, for many keys that are not there: what says so is small. */
// @ts-ignore: decorator
@inline
function isListed(key: u64): bool {
  return mayBeIn(LEXICON_BITS, key) && isInLexicon(key);
}

/** True when words without which letters are no sentence stand among those in `[from, to)`. */
function isSpoken(from: usize, to: usize): bool {
  let ruled = 0;
  for (let place = from; place + SMALL_MIN <= to; place++) {
    if (!isOf(SPOKEN, place)) continue;
    const most = min(to - place, 8);
    for (let length = SMALL_MIN; length <= most; length++) {
      if (isListed(keyOf(place, length) | SPEAKING_KEY)) return true;
    }
    for (let length = RULED_MIN; length <= most; length++) {
      if (!isListed(keyOf(place, length) | RULED_KEY)) continue;
      if (++ruled > 1) return true;
      break;
    }
  }
  return false;
}
