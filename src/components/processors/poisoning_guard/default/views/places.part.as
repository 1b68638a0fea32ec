// What may stand at single places of a text, in AssemblyScript; part of the kernel of the triggers. Places
// are listed where a check has to look closer: what these rule out, it would too.

// Kinds of places.
const OUTSIDE_PLACE: u32 = 1;
const ESCAPE_PLACE: u32 = 2;
const TAG_PLACE: u32 = 3;
const LINK_PLACE: u32 = 4;
const DOLLAR_PLACE: u32 = 5;
const BRACE_PLACE: u32 = 6;
const BACKSLASH_PLACE: u32 = 7;
const BLANK_PLACE: u32 = 8;
const COMMAND_PLACE: u32 = 9;
const PAIR_PLACE: u32 = 10;
const BROKEN_PLACE: u32 = 11;
const CHAIN_PLACE: u32 = 12;
const LEET_PLACE: u32 = 13;
const QUOTE_PLACE: u32 = 14;
const STAR_PLACE: u32 = 15;
const SPACED_PLACE: u32 = 16;
const RUN_PLACE: u32 = 17;
const LINES_PLACE: u32 = 18;

const RULED_KEY: u64 = 0x80; // tells words of four letters or more that rules look for
const SPEAKING_KEY: u64 = 0x8000; // tells small and strong words

const NAME_MAX: usize = 16; // letters of a command
const ENTITY_MAX: usize = 64; // units of a named entity
const PIECE_MAX: usize = 48; // units between quotes within a word
const LINE_MAX: usize = 64; // units of a line of one word
const WORD_MAX: usize = 17; // letters of the longest word, checked where the lexicon is written

let count: u32 = 0;

// @ts-ignore: decorator
@inline
function list(kind: u32, place: usize): void {
  store<u32>(PLACES + (<usize>count << 3), <u32>(place - TEXT));
  store<u32>(PLACES + (<usize>count << 3), kind, 4);
  count++;
}

// @ts-ignore: decorator
@inline
function isDigit(byte: u8): bool {
  return <u32>byte - 0x30 < 10;
}

// @ts-ignore: decorator
@inline
function isSpace(byte: u8): bool {
  return byte == 32 || <u32>byte - 9 < 5;
}

// @ts-ignore: decorator
@inline
function isHex(byte: u8): bool {
  return hexValue(byte) < 16;
}

/** True where a command may begin. */
function isPlace(place: usize): bool {
  if (place == TEXT) return true;
  const before = load<u8>(place - 1);
  // "bin/"
  if (before == 0x2f) return (load<u32>(place - 4) & 0xffffff) == 0x6e6962;
  return load<u8>(IS_PLACE + <usize>before) != 0;
}

/** True when the three letters here are the first of a word in a table such as VERBS. */
// @ts-ignore: decorator
@inline
function isOf(table: usize, place: usize): bool {
  const pair = ((<usize>load<u8>(place) & 31) << 5) | (<usize>load<u8>(place + 1) & 31);
  const thirds = load<u32>(table + (pair << 2));
  return ((thirds >> (<u32>load<u8>(place + 2) & 31)) & 1) != 0;
}

/** True when a command that takes words without a blank may begin here. */
function isVerb(place: usize): bool {
  return isOf(VERBS, place);
}

/** True when the name of a command may begin here, with or without folders. */
function isNamed(place: usize): bool {
  const byte = load<u8>(place);
  if (byte == 0x2f) return true;
  if (!isLetter(byte)) return false;
  const length = lettersEnd(place) - place;
  return length <= NAME_MAX && isInLexicon(keyOf(place, length) | COMMAND_KEY);
}

/** A byte that may tell something whatever stands around. */
function special(place: usize): void {
  const next = load<u8>(place + 1);
  switch (<u32>load<u8>(KIND + <usize>load<u8>(place))) {
    case PERCENT:
      if ((next | 32) == 0x75 || (isHex(next) && isHex(load<u8>(place + 2)))) list(ESCAPE_PLACE, place);
      return;
    case AMPERSAND:
      if (isEntity(place)) list(ESCAPE_PLACE, place);
      return;
    case BACKSLASH:
      backslash(place);
      return;
    case OPEN:
      if (isLink(place)) list(LINK_PLACE, place);
      if (isTag(place)) list(TAG_PLACE, place);
      return;
    case HASH:
      if (isLink(place)) list(LINK_PLACE, place);
      return;
    case DOLLAR:
      if (isDollar(place)) list(DOLLAR_PLACE, place);
      return;
    case BRACE:
      if (isBrace(place)) list(BRACE_PLACE, place);
      return;
    case EQUALS:
      if (isHex(next) && isHex(load<u8>(place + 2))) list(ESCAPE_PLACE, place);
      return;
    default:
      return;
  }
}

// @ts-ignore: decorator
@inline
function lineBreak(place: usize): void {
  if (isWordLine(place)) list(LINES_PLACE, place);
}

/** What may join letters to others. */
function joint(place: usize): void {
  const byte = load<u8>(place);
  const kind = <u32>load<u8>(KIND + <usize>byte);
  if (kind == QUOTE) {
    if (isQuoting(place, byte)) list(QUOTE_PLACE, place);
  } else if (kind == STAR) {
    if (isStar(place, byte)) list(STAR_PLACE, place);
  } else {
    connector(place, byte);
  }
}

function isEntity(place: usize): bool {
  const next = load<u8>(place + 1);
  if (next == 0x23) {
    const digit = load<u8>(place + 2);
    return isDigit(digit) || (digit | 32) == 0x78;
  }
  let past = place + 1;
  while (past < place + ENTITY_MAX && (isLetter(load<u8>(past)) || isDigit(load<u8>(past)))) past++;
  return past > place + 1 && load<u8>(past) == 0x3b;
}

function backslash(place: usize): void {
  const before = load<u8>(place - 1);
  // The first of a run stands for all of it.
  if (before == 0x5c) return;
  const next = load<u8>(place + 1);
  let isTelling =
    isLetter(before) && (isLetter(next) || (next == 10 && isLetter(load<u8>(place + 2))));
  if (!isTelling) {
    let letter = place + 1;
    while (load<u8>(letter) == 0x5c) letter++;
    isTelling = isEscape(letter);
  }
  if (isTelling) list(BACKSLASH_PLACE, place);
}

/** True when what stands behind a backslash makes an escape that hides something. */
function isEscape(letter: usize): bool {
  const behind = letter + 1;
  switch (load<u8>(letter)) {
    case 0x6e: // n, r, t, b, f: blanks
    case 0x72:
    case 0x74:
    case 0x62:
    case 0x66: {
      if (isNamed(behind)) return true;
      const length = lettersEnd(behind) - behind;
      return length > 3 && length <= WORD_MAX && isInLexicon(keyOf(behind, length) | RULED_KEY);
    }
    case 0x22:
    case 0x27:
      return isNamed(behind);
    case 0x78:
      return isHex(load<u8>(behind)) && isHex(load<u8>(behind + 1));
    case 0x75:
    case 0x55:
      return true;
    default: {
      const isOctal = (load<u8>(letter) & 0xf8) == 0x30 && (load<u8>(behind) & 0xf8) == 0x30;
      return isOctal && (load<u8>(behind + 1) & 0xf8) == 0x30;
    }
  }
}

/** True at what may be a comment of Markdown: `]: ` stands before. */
// @ts-ignore: decorator
@inline
function isLink(place: usize): bool {
  return (load<u32>(place - 3) & 0xffffff) == 0x203a5d;
}

function isTag(place: usize): bool {
  const next = load<u8>(place + 1);
  const isInWord = isLetter(load<u8>(place - 1));
  if (next == 0x21) {
    if (load<u16>(place + 2) != 0x2d2d) return false;
    let inner = place + 4;
    while (inner < place + 8 && isGroup(load<u8>(inner))) inner++;
    return isInWord || isNamed(inner);
  }
  const isClosing = next == 0x2f;
  const name = isClosing ? place + 2 : place + 1;
  let past = name;
  while (past < name + 16 && (isLetter(load<u8>(past)) || isDigit(load<u8>(past)))) past++;
  const after = load<u8>(past);
  if (past == name || (after != 0x3e && after != 0x2f && !isSpace(after))) return false;
  if (after != 0x3e || (isInWord && goesOn(load<u8>(past + 1)))) return true;
  // A short tag without attributes hides nothing; elements in a row may keep words apart.
  const follows = isSpace(load<u8>(past + 1)) ? past + 2 : past + 1;
  return isClosing ? load<u8>(follows) == 0x3c : past - place >= 16;
}

/** True when a word that is broken by a tag may go on with what follows. */
// @ts-ignore: decorator
@inline
function goesOn(next: u8): bool {
  return isLetter(next) || next == 0x3c || next == 0x2a || next == 0x7e || next == 0x5f;
}

// @ts-ignore: decorator
@inline
function isGroup(byte: u8): bool {
  return isSpace(byte) || byte == 0x28 || byte == 0x7b || byte == 0x5c;
}

function isDollar(place: usize): bool {
  const next = load<u8>(place + 1);
  if (next == 0x27 || next == 0x22 || next == 0x7b || isLetter(next)) return true;
  const isEmpty = next == 0x40 || next == 0x2a || isDigit(next);
  return isEmpty && isLetter(load<u8>(place - 1)) && isLetter(load<u8>(place + 2));
}

function isBrace(place: usize): bool {
  const past = lettersEnd(place + 1);
  return past > place + 1 && load<u8>(past) == 0x2c && isNamed(place + 1);
}

function isQuoting(place: usize, byte: u8): bool {
  const next = load<u8>(place + 1);
  if (byte == 0x60 || byte == 0x5e) return isLetter(next);
  if (!isLetter(next) && next != 0x27 && next != 0x22) return false;
  let close = place + 1;
  while (close < place + PIECE_MAX && load<u8>(IS_UNIT + <usize>load<u8>(close)) != 0) close++;
  return load<u8>(close) == byte;
}

function isStar(place: usize, byte: u8): bool {
  let past = place + 1;
  while (load<u8>(past) == byte && past < place + 4) past++;
  return isLetter(load<u8>(past)) || (byte == 0x7e && load<u8>(place + 1) == 0x2f);
}

// @ts-ignore: decorator
@inline
function spacesIn(at: usize): u32 {
  const bytes = v128.load(at);
  const gaps = i8x16.lt_s(i8x16.add(bytes, i8x16.splat(0x77)), i8x16.splat(-123));
  return <u32>i8x16.bitmask(v128.or(gaps, i8x16.eq(bytes, i8x16.splat(32))));
}

/** True when a line of one word ends here, and another one follows, and one may be of a sentence or a command. */
function isWordLine(place: usize): bool {
  const before = spacesIn(place - 16) << 16;
  // Nearly always words stand in the line.
  if (before != 0 && load<u8>(place - 1 - <usize>clz(before)) != 10) return false;
  let from = place;
  const least = place - TEXT < LINE_MAX ? TEXT : place - LINE_MAX;
  while (from > least && !isSpace(load<u8>(from - 1))) from--;
  if (from == place || (from > TEXT && load<u8>(from - 1) != 10)) return false;
  let past = place + 1;
  while (past < end && past < place + 1 + LINE_MAX && !isSpace(load<u8>(past))) past++;
  if (past == place + 1 || (past < end && load<u8>(past) != 10)) return false;
  return isOneWord(from, place) || isOneWord(place + 1, past) || mayBeCommand(from, place);
}

/** True when letters stand in `[from, past)`, and at most a sign behind them. */
// @ts-ignore: decorator
@inline
function isOneWord(from: usize, past: usize): bool {
  const letters = lettersEnd(from);
  return letters > from && letters + 1 >= past;
}

/** True when a command may stand in `[from, past)`, in brackets or with folders. */
// @ts-ignore: decorator
@inline
function mayBeCommand(from: usize, past: usize): bool {
  const first = load<u8>(from);
  // ``( { \ . / : _``
  const isSign = first == 0x28 || first == 0x7b || first == 0x5c || first == 0x2e || first == 0x2f || first == 0x3a || first == 0x5f;
  return isLetter(first) || isDigit(first) || (isSign && past - from > 2);
}

/** Digits and signs among letters: a known word when they stand for letters. */
function leet(place: usize, isLive: bool): void {
  const isBehind = isLive && isLetter(load<u8>(place - 1));
  if (place < leetFrom || (!isBehind && !isLetter(load<u8>(place + 1)))) return;
  let from = place;
  while (from > leetFrom && load<u8>(LEETS + <usize>load<u8>(from - 1)) != 0) from--;
  let past = from;
  let key: u64 = 0;
  let hasLetter = false;
  let isWord = true;
  while (true) {
    const byte = load<u8>(past);
    const letter = <u64>load<u8>(LEETS + <usize>byte);
    if (letter == 0) break;
    if (letter == 1) isWord = false;
    if (isLetter(byte)) hasLetter = true;
    if (past - from < 8) key |= letter << (<u64>(past - from) << 3);
    past++;
  }
  leetFrom = past;
  if (!isWord || !hasLetter || past - from < 3 || past - from > WORD_MAX) return;
  if (isInLexicon(key)) list(LEET_PLACE, from);
}

// @ts-ignore: decorator
@inline
function isSingle(byte: u8): bool {
  return isLetter(byte) || isDigit(byte) || byte == 0x2f || byte == 0x2d;
}

/** Letters set apart from here on. */
function spaced(place: usize): void {
  const separator = load<u8>(place + 1);
  if (place < spacedFrom || !isSingle(load<u8>(place)) || !isSingle(load<u8>(place + 2))) return;
  const before: u8 = place == TEXT ? 32 : load<u8>(place - 1);
  const isStart =
    separator == 32 ? isSpace(before) : isLetter(load<u8>(place)) && !isLetter(before) && !isDigit(before);
  if (!isStart) return;
  let from = place;
  let singles = 1;
  let known = <u32>isLetter(load<u8>(from));
  while (true) {
    const next = nextSingle(from + 1, separator);
    if (next == 0) break;
    from = next;
    singles++;
    known += <u32>isLetter(load<u8>(from));
  }
  spacedFrom = from + 1;
  if (singles >= (separator == 32 ? 6 : 4) && known > 2) list(SPACED_PLACE, place);
}

/** Where the next single character stands, or 0. */
function nextSingle(gap: usize, separator: u8): usize {
  let next = gap + 1;
  if (load<u8>(gap) != separator || next >= end) return 0;
  if (separator == 32) while (load<u8>(next) == 32) next++;
  if (next >= end || isSpace(load<u8>(next))) return 0;
  if (next + 1 >= end) return next;
  const after = load<u8>(next + 1);
  if (separator == 32) return isSpace(after) ? next : 0;
  return after != separator && (isLetter(after) || isDigit(after)) ? 0 : next;
}
