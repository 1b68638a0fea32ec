// Words with hyphens, underscores or plus signs between them, in AssemblyScript; part of the kernel of the
// triggers.

const SQUEEZED_MAX: usize = 32; // letters of a command and the words run together with it
const OPTIONS_MAX: usize = 5;
const UNMISTAKABLE_MAX: usize = 5;
const HALF_MAX: usize = 16; // letters of a broken word on either side

let connectedFrom: usize = 0; // chains before this were looked at

function connector(place: usize, byte: u8): void {
  const next = load<u8>(place + 1);
  const before = load<u8>(place - 1);
  if (before == 0x5f) return;
  if (byte == 0x5f && isBlankNext(next)) list(BLANK_PLACE, place);
  if (!isLetter(before)) return;
  const isNextLetter = isLetter(next);
  if (!isNextLetter && byte != 0x2d) return;
  const from = lettersStart(place, place - SQUEEZED_MAX - 1);
  if (byte == 0x2d && (isNextLetter || next == 0x2d) && isSqueezed(place, next, from)) {
    list(COMMAND_PLACE, place);
  }
  if (!isNextLetter) return;
  if (byte == 0x5f && place >= connectedFrom && isPair(place, from)) list(PAIR_PLACE, place);
  const past = lettersEnd(place + 1);
  if (byte == 0x2d && place - from > 1 && past - place > 2 && isBroken(place, from, past)) {
    list(BROKEN_PLACE, place);
  }
  if (place >= connectedFrom) chain(place, byte, from, past);
}

// @ts-ignore: decorator
@inline
function isBlankNext(next: u8): bool {
  return next == 0x2d || next == 0x2f || next == 0x7c || next == 0x7e || next == 0x3e;
}

/** True when a command may stand together with its options. */
function isSqueezed(hyphen: usize, next: u8, from: usize): bool {
  const isLong = next == 0x2d;
  if (isLong && !isLetter(load<u8>(hyphen + 2))) return false;
  if (hyphen - from > SQUEEZED_MAX || !isPlace(from)) return false;
  if (beginsWithVerb(from, hyphen)) return true;
  if (isLong) return false;
  const past = lettersEnd(hyphen + 1);
  const after = load<u8>(past);
  return past - hyphen <= OPTIONS_MAX + 1 && (after == 0x22 || after == 0x27) && isNamed(from);
}

/** True when an underscore may join a command to another one. */
function isPair(underscore: usize, from: usize): bool {
  const length = underscore - from;
  if (length < 2 || length > UNMISTAKABLE_MAX || !isVerb(from) || !isPlace(from)) return false;
  return isInLexicon(keyOf(from, length) | COMMAND_KEY);
}

/** True when the letters around the hyphen may be one word. */
function isBroken(hyphen: usize, first: usize, past: usize): bool {
  const left = min(hyphen - first, HALF_MAX);
  const from = hyphen - left;
  const right = min(past - hyphen - 1, HALF_MAX);
  if (left + right > WORD_MAX) return false;
  if (left > 7) return isListed(keyOf(from, 8));
  return isListed(keyOf(from, left) | (keyOf(hyphen + 1, right) << (<u64>left << 3)));
}

/** Words with the same connector between each two; `near` and `behind`: the letters around this one. */
function chain(place: usize, byte: u8, near: usize, behind: usize): void {
  let from = max(near, connectedFrom);
  // There may be more letters than were looked at.
  if (place - near > SQUEEZED_MAX) while (from > connectedFrom && isLetter(load<u8>(from - 1))) from--;
  const first = from;
  let past = behind;
  let parts = 2;
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
