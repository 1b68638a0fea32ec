// Words with hyphens, underscores or plus signs between them, in AssemblyScript; part of the kernel of the
// triggers.

const SQUEEZED_MAX: usize = 32; // letters of a command and the words run together with it
const OPTIONS_MAX: usize = 5;
const UNMISTAKABLE_MAX: usize = 5;
const HALF_MAX: usize = 16; // letters of a broken word on either side

let connectedFrom: usize = 0; // chains before this were looked at

function connector(place: usize, byte: u8, next: u8): void {
  const before = load<u8>(place - 1);
  if (before == 0x5f) return;
  if (byte == 0x5f && isBlankNext(next)) list(BLANK_PLACE, place);
  if (!isLetter(before)) return;
  const isNextLetter = isLetter(next);
  if (byte == 0x2d && (isNextLetter || next == 0x2d) && isSqueezed(place, next)) {
    list(COMMAND_PLACE, place);
  }
  if (!isNextLetter) return;
  if (byte == 0x5f && place >= connectedFrom && isPair(place)) list(PAIR_PLACE, place);
  if (byte == 0x2d && isLetter(load<u8>(place - 2)) && isLetter(load<u8>(place + 2))) {
    if (isBroken(place)) list(BROKEN_PLACE, place);
  }
  if (place >= connectedFrom) chain(place, byte);
}

// @ts-ignore: decorator
@inline
function isBlankNext(next: u8): bool {
  return next == 0x2d || next == 0x2f || next == 0x7c || next == 0x7e || next == 0x3e;
}

/** True when a command may stand together with its options. */
function isSqueezed(hyphen: usize, next: u8): bool {
  const isLong = next == 0x2d;
  if (isLong && !isLetter(load<u8>(hyphen + 2))) return false;
  const from = lettersStart(hyphen, hyphen - SQUEEZED_MAX - 1);
  if (hyphen - from > SQUEEZED_MAX || !isPlace(from)) return false;
  if (beginsWithVerb(from, hyphen)) return true;
  if (isLong) return false;
  const past = lettersEnd(hyphen + 1);
  const after = load<u8>(past);
  return past - hyphen <= OPTIONS_MAX + 1 && (after == 0x22 || after == 0x27) && isNamed(from);
}

/** True when an underscore may join a command to another one. */
function isPair(underscore: usize): bool {
  const from = lettersStart(underscore, underscore - UNMISTAKABLE_MAX - 1);
  const length = underscore - from;
  if (length < 2 || length > UNMISTAKABLE_MAX || !isVerb(from) || !isPlace(from)) return false;
  return isInLexicon(keyOf(from, length) | COMMAND_KEY);
}

/** True when the letters around the hyphen may be one word. */
function isBroken(hyphen: usize): bool {
  const from = lettersStart(hyphen, hyphen - HALF_MAX);
  const left = hyphen - from;
  const past = lettersEnd(hyphen + 1);
  const right = min(past - hyphen - 1, HALF_MAX);
  if (left + right > WORD_MAX) return false;
  if (left > 7) return isInLexicon(keyOf(from, 8));
  return isInLexicon(keyOf(from, left) | (keyOf(hyphen + 1, right) << (<u64>left << 3)));
}

/** Words with the same connector between each two. */
function chain(place: usize, byte: u8): void {
  let from = place;
  while (from > connectedFrom && isLetter(load<u8>(from - 1))) from--;
  const first = from;
  let past = lettersEnd(from);
  let parts = 1;
  while (load<u8>(past) == byte && isLetter(load<u8>(past + 1))) {
    past = lettersEnd(past + 1);
    parts++;
  }
  connectedFrom = past;
  if (parts < 3) return;
  let speaking = 0;
  past = first;
  while (true) {
    from = past;
    past = lettersEnd(from);
    const length = past - from;
    if (length > 0 && length <= WORD_MAX && isInLexicon(keyOf(from, length) | SPEAKING_KEY)) {
      if (++speaking > 1) break;
    }
    if (past >= connectedFrom) return;
    past++;
  }
  list(CHAIN_PLACE, first);
}
