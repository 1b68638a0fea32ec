// Signs that may be a reason for other readings, and letters that stand alone, in AssemblyScript; part of
// look.kernel.as. It has the memory: CLASS.

// Classes of bytes.
const MARK: u32 = 1; // of an escape, of markup, of an expansion; a line break
const QUOTE: u32 = 2;
const STAR: u32 = 3;
const CONNECTOR: u32 = 4;
const SIGN: u32 = 5; // stands for a letter
const EQUALS: u32 = 6;
const PIPE: u32 = 7; // a sign of the shell

const SINGLES_MIN: u64 = 3; // letters that stand alone, in 32 bytes, that may be a word

/** True when a connector between letters may stand for a blank, or for nothing. */
function isConnecting(at: usize, connector: u8): bool {
  const next = load<u8>(at + 1);
  if (connector == UNDERSCORE) {
    if (next == HYPHEN || next == 0x2f || next == 0x7c || next == 0x7e || next == 0x3e) return true;
  }
  const from = lettersStart(at, at - 17);
  if (from == at) return false;
  const left = at - from;
  if (left > 1 && left < 9 && isInLexicon(keyOf(from, left) | COMMAND_KEY)) return true;
  const to = lettersEnd(at + 1);
  const right = to - at - 1;
  if (right == 0) return false;
  if (load<u8>(to) == connector && isLetter(load<u8>(to + 1))) return true;
  if (connector != HYPHEN || left < 2 || right < 2) return false;
  if (left > 7) return isInLexicon(keyOf(from, 8));
  const key = keyOf(from, left) | (keyOf(at + 1, right) << (<u64>left << 3));
  return isInLexicon(key);
}

/** True when what stands at a special byte may be a reason for other readings. */
function isTelling(at: usize): bool {
  const byte = load<u8>(at);
  const kind = <u32>load<u8>(CLASS + <usize>byte);
  const next = load<u8>(at + 1);
  switch (kind) {
    case MARK:
      return true;
    case QUOTE:
      quoteAt = at;
      isPiped = true;
      return isLetter(load<u8>(at - 1)) && (isLetter(next) || next == 0x22 || next == 0x27);
    case STAR:
      return isLetter(load<u8>(at - 1)) || load<u8>(at - 1) == 0x2f;
    case CONNECTOR:
      if (byte == HYPHEN && !isLetter(load<u8>(at - 1))) isPiped = true;
      return isConnecting(at, byte);
    case SIGN:
      return next == 0x5b || ((isLetter(load<u8>(at - 1)) || isLetter(next)) && isLeet(at));
    case EQUALS:
      return load<u8>(at + 3) == byte;
    case PIPE:
      isPiped = true;
      return false;
    default:
      return false;
  }
}

/** Looks at special bytes. */
function lookAtSpecials(at: usize, special: u64): void {
  let places = special;
  while (places != 0) {
    const i = ctz(places);
    places &= places - 1;
    if (isTelling(at + <usize>i)) {
      suspectAtMost(at + <usize>i);
      return;
    }
  }
}

/** True when three letters stand alone within 32 bytes. */
function isSpaced(before: u64, singles: u64): bool {
  let rest = singles;
  while (rest != 0) {
    const i = ctz(rest);
    rest &= rest - 1;
    // With those up to 31 bytes before it.
    const near = i > 30 ? (singles >> (i - 31)) & 0xffffffff : ((singles << (31 - i)) | (before >> (33 + i))) & 0xffffffff;
    if (popcnt(near) >= SINGLES_MIN) return true;
  }
  return false;
}
