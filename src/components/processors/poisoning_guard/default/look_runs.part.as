// Runs of digits of base64 and hex that may be a text, and words without blanks, in AssemblyScript; part of
// look.kernel.as. It has the memory: VERBS.

const RUN_MIN: usize = 12; // digits of base64 or hex that may be a text
const TEXT_MIN: usize = 6; // bytes that a run must be to be a text
const PART_MIN: usize = 12; // bytes of a text within a run
const RUN_MAX: usize = 64; // of longer ones it is not looked at closely here
const SQUEEZED_MIN: usize = 18; // letters without a blank that may be words
const VERB_MIN: usize = 5; // letters of a command and what is run together with it

// @ts-ignore: decorator
@inline
function isText(byte: u32): bool {
  return byte < 0x7f && (byte > 0x1f || byte == 0 || byte == 10 || byte == 9 || byte == 13);
}

/** True when hex digits are a text from here on, or hold one (views/encoded_runs.ts). */
function isPlainHex(from: usize, to: usize): bool {
  let length: usize = 0; // bytes in a row that read as text
  let rest: u32 = 0; // bytes to come of a character of UTF-8
  let isWhole = true;
  for (let at = from; at + 2 <= to; at += 2) {
    const high = hexValue(load<u8>(at));
    const low = hexValue(load<u8>(at + 1));
    if (high > 15 || low > 15) break;
    const byte = (high << 4) | low;
    if (rest > 0) {
      if (byte >> 6 == 2) {
        rest--;
        length++;
        continue;
      }
      // A character that is cut off.
      isWhole = false;
      length = 0;
      rest = 0;
    }
    if (byte > 0xc1 && byte < 0xf5) {
      rest = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    } else if (!isText(byte)) {
      isWhole = false;
      length = 0;
      continue;
    }
    if (++length >= PART_MIN) return true;
  }
  return isWhole && length >= TEXT_MIN;
}

function base64Value(byte: u8): u32 {
  const letter = (<u32>byte | 0x20) - 0x61;
  if (letter < 26) return byte < 0x61 ? letter : letter + 26;
  const digit = <u32>byte - 0x30;
  if (digit < 10) return digit + 52;
  if (byte == 0x2b || byte == HYPHEN) return 62;
  return byte == 0x2f || byte == UNDERSCORE ? 63 : 255;
}

/** True when up to three quanta of base64 digits in `[from, to)` are bytes of ASCII. */
function isPlainBase64(from: usize, to: usize): bool {
  for (let at = from; at < from + RUN_MIN && at + 4 <= to; at += 4) {
    const quantum =
      (base64Value(load<u8>(at)) << 18) |
      (base64Value(load<u8>(at + 1)) << 12) |
      (base64Value(load<u8>(at + 2)) << 6) |
      base64Value(load<u8>(at + 3));
    if (!isText(quantum >> 16) || !isText((quantum >> 8) & 255) || !isText(quantum & 255)) {
      return false;
    }
  }
  return true;
}

// @ts-ignore: decorator
@inline
function letterBits(at: usize): u64 {
  const offset = i8x16.sub(v128.or(v128.load(at), i8x16.splat(0x20)), i8x16.splat(0x61));
  return <u64>i8x16.bitmask(i8x16.lt_u(offset, i8x16.splat(26)));
}

/** True when 18 letters stand in a row, of up to 64, that may be words without blanks. */
function hasSqueezed(from: usize, to: usize): bool {
  let letters = letterBits(from) | (letterBits(from + 16) << 16);
  if (to - from > 32) letters |= (letterBits(from + 32) << 32) | (letterBits(from + 48) << 48);
  if (to - from < 64) letters &= (<u64>1 << <u64>(to - from)) - 1;
  const two = letters & (letters >> 1);
  const four = two & (two >> 2);
  const eight = four & (four >> 4);
  return (eight & (eight >> 8) & (two >> 16)) != 0;
}

/** True when a run of digits of base64 may be a text, or words without blanks. */
function isTellingRun(from: usize, to: usize): bool {
  if (to - from > RUN_MAX) return true;
  if (to - from >= SQUEEZED_MIN && hasSqueezed(from, to)) return true;
  if (lettersEnd(from) - from >= VERB_MIN) {
    const verb = ((<usize>load<u8>(from) & 31) << 5) | (<usize>load<u8>(from + 1) & 31);
    if (load<u8>(VERBS + verb) != 0) return true;
  }
  const digits = (<u32>load<u16>(from) | 0x2000) == 0x7830 ? from + 2 : from; // 0x
  if (mayBeHex(digits) && isPlainHex(digits, to)) return true;
  if (mayBeHex(digits + 1) && isPlainHex(digits + 1, to)) return true;
  if (!hasCapital(from, to)) return false;
  for (let shift: usize = 0; shift < 4; shift++) {
    if (isPlainBase64(from + shift, to)) return true;
    if (from + RUN_MIN + shift <= to && isPlainBase64(to - RUN_MIN - shift, to)) return true;
  }
  return false;
}

/** True when one of these runs of digits of base64 needs a closer look. */
function isDoubtful(
  at: usize,
  runs: u64,
  base64: u64,
  base64Following: u64,
  letters: u64,
  lettersFollowing: u64,
): bool {
  const own = fromOn(base64, runs);
  const rest = (own >> 63) * (base64Following & ~(base64Following + 1));
  const capitals =
    (letters & ~small64(at) & own) | (lettersFollowing & ~small64(at + 64) & rest);
  const squeezed =
    (runsOf18(letters, lettersFollowing) & own) | (runsOf18(lettersFollowing, 0) & rest);
  // High digits of bytes of ASCII, four pairs in a row.
  const zeros = equal64(at, 0x30);
  const high = zeros | within64(at, 0x32, 6);
  const more = v128.load(at, 64);
  const highFollowing = <u64>i8x16.bitmask(
    v128.or(i8x16.eq(more, i8x16.splat(0x30)), within(more, 0x32, 6)),
  );
  const two = high & down(high, highFollowing, 2);
  const two2 = highFollowing & (highFollowing >> 2);
  const four = two & down(two, two2, 4);
  const four2 = two2 & (two2 >> 4);
  const prefixed = zeros & (down(four, four2, 2) | down(four, four2, 3));
  const hex = runs & (four | down(four, four2, 1) | prefixed);
  const verbs =
    runs &
    letters &
    down(letters, lettersFollowing, 1) &
    down(letters, lettersFollowing, 2) &
    down(letters, lettersFollowing, 3) &
    down(letters, lettersFollowing, 4);
  // Of several runs only the last may go on.
  const isLong = rest != 0 && ctz(~rest) > 63 - clz(runs);
  return isLong || (capitals | squeezed | hex | verbs) != 0;
}

/** Looks at runs of digits of base64 that begin in these 64 bytes. */
function lookAtRuns(at: usize, starts: u64, base64: u64, following: u64): void {
  let places = starts;
  while (places != 0) {
    const i = ctz(places);
    places &= places - 1;
    const from = at + <usize>i;
    let end = from + <usize>ctz(~((base64 >> i) | ((following << 1) << (63 - i))));
    // Longer than was seen here.
    if (end - from > 63) while (base64Value(load<u8>(end)) < 64) end++;
    if (isTellingRun(from, end)) {
      suspectAtMost(from);
      return;
    }
  }
}
