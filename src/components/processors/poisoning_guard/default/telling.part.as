// What may give reason to read a text differently, in AssemblyScript; part of the kernels that include it.
// They have the memory: LEETS, LEXICON, and KEY_SPREAD, SMALL. What these hold: telling_tables.ts.

const LEET_MAX: usize = 32; // signs and letters; words have fewer
const COMMAND_KEY: u64 = 0x8080808080808080; // tells names of commands from words

// @ts-ignore: decorator
@inline
function isLetter(byte: u8): bool {
  return (<u32>byte | 0x20) - 0x61 < 26;
}

/** False when it is certain that a key is not in a set: its bits say so, without a look at the keys. */
// @ts-ignore: decorator
@inline
function mayBeIn(bits: usize, key: u64): bool {
  const hash = key * KEY_SPREAD;
  return ((load<u8>(bits + <usize>(hash >> 51)) >> <u8>((hash >> 48) & 7)) & 1) != 0;
}

/** True for the first letters of a word of the lexicon. */
function isInLexicon(key: u64): bool {
  let slot = <usize>((key * KEY_SPREAD) >> 50);
  let known = load<u64>(LEXICON + (slot << 3));
  while (known != key && known != 0) {
    slot = (slot + 1) & 16383;
    known = load<u64>(LEXICON + (slot << 3));
  }
  return known == key;
}

/** Letters among sixteen bytes, a bit for each. */
// @ts-ignore: decorator
@inline
function lettersOf(bytes: v128): u32 {
  // Signed: letters come out as the least numbers.
  const offset = i8x16.add(v128.or(bytes, i8x16.splat(0x20)), i8x16.splat(0x1f));
  return <u32>i8x16.bitmask(i8x16.lt_s(offset, i8x16.splat(-102)));
}

/** Where the letters begin that end before `to`, no further back than `least`. Where they end cannot be guessed: sixteen at a time. */
// @ts-ignore: decorator
@inline
function lettersStart(to: usize, least: usize): usize {
  let at = to;
  while (at > least) {
    const others = ~lettersOf(v128.load(at - 16)) << 16;
    if (others != 0) return max(at - <usize>clz(others), least);
    at -= 16;
  }
  return least;
}

// @ts-ignore: decorator
@inline
function lettersEnd(from: usize): usize {
  let at = from;
  while (true) {
    const letters = lettersOf(v128.load(at));
    if (letters != 0xffff) return at + <usize>ctz(~letters);
    at += 16;
  }
}

/** Up to 8 small letters as a key. */
// @ts-ignore: decorator
@inline
function keyOf(from: usize, length: usize): u64 {
  return (load<u64>(from) | SMALL) & (<u64>-1 >> (64 - (<u64>min<usize>(length, 8) << 3)));
}

/** True when digits and letters together may be read as a word. */
function isLeet(at: usize): bool {
  let from = at;
  while (at - from < LEET_MAX && load<u8>(LEETS + <usize>load<u8>(from - 1)) != 0) from--;
  let to = from;
  let key: u64 = 0;
  let hasSign = false;
  // What is longer is no word.
  while (to - from < LEET_MAX) {
    const letter = <u64>load<u8>(LEETS + <usize>load<u8>(to));
    if (letter == 0) break;
    if (letter == 1) return false;
    if (!isLetter(load<u8>(to))) hasSign = true;
    if (to - from < 8) key |= letter << ((<u64>(to - from)) << 3);
    to++;
  }
  return hasSign && to - from > 2 && to - from < LEET_MAX && isInLexicon(key);
}

// @ts-ignore: decorator
@inline
function hexValue(byte: u8): u32 {
  const digit = <u32>byte - 0x30;
  if (digit < 10) return digit;
  const letter = (<u32>byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 255;
}

// @ts-ignore: decorator
@inline
function isHexOfText(at: usize): bool {
  const high = hexValue(load<u8>(at));
  return high == 0 || high - 2 < 6;
}

/** True when the first pairs of hex digits from here on are ASCII. */
function mayBeHex(at: usize): bool {
  return isHexOfText(at) && isHexOfText(at + 2) && isHexOfText(at + 4) && isHexOfText(at + 6);
}

/** Text of any length in base64 has capitals. */
function hasCapital(from: usize, to: usize): bool {
  for (let at = from; at < to; at += 16) {
    const offset = i8x16.sub(v128.load(at), i8x16.splat(0x41));
    let capitals = <u32>i8x16.bitmask(i8x16.lt_u(offset, i8x16.splat(26)));
    if (at + 16 > to) capitals &= (1 << <u32>(to - at)) - 1;
    if (capitals != 0) return true;
  }
  return false;
}
