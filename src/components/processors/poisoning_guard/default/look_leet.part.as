// Words in which digits may stand for letters, in AssemblyScript; part of look.kernel.as. It has the memory:
// LEETS.

let lexiconBits: usize = 0; // a bit for each key of the lexicon
let mixedOpen: u64 = 0; // 1 when the last word goes on that has letters and digits
let otherOpen: u64 = 0; // the same of one that has a 2 or a 6

/**
 * The last bytes of words that end in these 64 and may be letters and digits that stand for some: three or
 * more bytes, none of them 2 or 6. `mixed`: where a letter and a digit meet.
 */
// @ts-ignore: decorator
@inline
function leetWords(at: usize, mixed: u64, words: u64, before: u64, following: u64): u64 {
  const others = equal64(at, 0x32) | equal64(at, 0x36) | otherOpen;
  const mixedWords = fromOn(words, mixed);
  const otherWords = fromOn(words, others);
  const ends = words & ~down(words, following, 1);
  const isLong = ((words << 1) | before) & ((words << 2) | (before * 3));
  mixedOpen = (mixedWords >> 63) & following;
  otherOpen = (otherWords >> 63) & following;
  return ends & isLong & mixedWords & ~otherWords;
}

// @ts-ignore: decorator
@inline
function leetAt(at: usize): u64 {
  return <u64>load<u8>(LEETS + <usize>load<u8>(at));
}

// @ts-ignore: decorator
@inline
function leetPair(at: usize): u64 {
  return leetAt(at) | (leetAt(at + 1) << 8);
}

/** False when it is certain that letters and digits are no word; these stand in `[from, from + length)`. */
// @ts-ignore: decorator
@inline
function mayBeLeet(from: usize, length: u64): bool {
  // With a sign beside it the word may be longer.
  if ((leetAt(from - 1) | leetAt(from + <usize>length)) != 0) return true;
  if (length >= <u64>LEET_MAX) return false;
  const key = leetPair(from) | (leetPair(from + 2) << 16) | (leetPair(from + 4) << 32) |
    (leetPair(from + 6) << 48);
  return mayBeIn(lexiconBits, key & (<u64>-1 >> (64 - (min<u64>(length, 8) << 3))));
}

/** Looks at words that end at these places, if they are read as letters. */
function lookAtLeet(at: usize, lasts: u64, words: u64): void {
  let places = lasts;
  while (places != 0) {
    const i = ctz(places);
    places &= places - 1;
    // As far as it stands in these 64 bytes: where it goes on a letter or digit stands beside it.
    const length = min<u64>(clz(~(words << (63 - i))), i + 1);
    if (mayBeLeet(at + <usize>(i + 1 - length), length) && isLeet(at + <usize>i)) {
      suspectAtMost(at + <usize>i);
      return;
    }
  }
}
