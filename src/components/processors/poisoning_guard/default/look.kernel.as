// The first look of ruleset default at encoded records, in AssemblyScript. Compiled bytes:
// look.kernel.wasm.ts (made by scripts/kernels.ts). What it promises: look.ts.
// include: ../records.part.as
// include: phrases.part.as
// include: telling.part.as
// memory: 16
//
// Memory: | tables | kinds | known texts | starts | ends | results | lines | suspects | keys | pairs | lexicon | origins |
// nodes | input | joined

const SIGNS: usize = 1024; // as in phrases.kernel.as
const FOLDED: usize = 1280;
const IS_WORD: usize = 1536;
const BITS: usize = 2048;
const MASKS: usize = 10240; // 32 bytes of ff, then 32 of 00
const SPECIAL: usize = 10304; // by low nibble the rows of 16 in which a byte is special; by high nibble a row; as the first for digits of base64
const CLASS: usize = 10496; // by byte: what it is, below
const LEETS: usize = 10752; // by byte: the letter it stands for, 0 for none; 1 for digits that stand for none
const VERBS: usize = 11008; // by two letters, 5 bits each: 1 where a command begins so that may be run together
const SIGN_NODES: usize = 12 * 1024;
const KINDS: usize = 16 * 1024; // by token: below
const KNOWN: usize = 24 * 1024; // 256 slots of 32, in pairs: the length of a text, then the text
const LAST_KEYS: usize = 32 * 1024; // 64 slots of 32: the last record's keys, in their order
const STARTS: usize = 36 * 1024;
const ENDS: usize = 40 * 1024;
const RESULTS: usize = 44 * 1024;
const LINES: usize = 48 * 1024; // where joined texts begin, 4 bytes each
const GAPS: usize = 392 * 1024; // bits of 128 bytes: where no letters and digits stand
const CANDIDATES: usize = 393 * 1024; // words: place and how many letters count, 8 bytes each
const SUSPECTS: usize = 56 * 1024; // start, end of texts in the input
const KEYS: usize = 64 * 1024;
const PAIRS: usize = 128 * 1024;
const ORIGINS: usize = 384 * 1024; // where joined texts begin in the input, 4 bytes each
const LEXICON: usize = 256 * 1024; // 16,384 slots of 8 bytes: first letters of words, 0 in free ones

const JOIN_MAX: usize = 48; // bytes on either side of a word that goes on in the next text
const LINES_MAX: u32 = 2048;
const WORD_MAX: usize = 15; // letters of a word that goes on in the next text

const SUSPECT: u32 = 1;
const DECIDED: u32 = 0x40000000; // of a record: a word of a rule stands in it
const SUSPECTS_MAX: u32 = 1024;
const OWN_SUSPECTS_MAX: u32 = 8; // texts of a record that are told one by one

// Kinds of tokens, bits.
const DECIDES: u32 = 1; // a text with it has to be judged
const COMMAND: u32 = 2; // the same where a command may stand
const PROSE: u32 = 4; // a small word of sentences
const PIPED: u32 = 8; // of a command: it does nothing without a sign of the shell, or a word that is LINKED
const LINKED: u32 = 16;
const FORGED: u32 = 32; // the long way has to be gone

/** With so many small words a text is made of sentences. */
const PROSE_MIN: u32 = 3;

// Classes of bytes.
const MARK: u32 = 1; // of an escape, of markup, of an expansion; a line break
const QUOTE: u32 = 2;
const STAR: u32 = 3;
const CONNECTOR: u32 = 4;
const SIGN: u32 = 5; // stands for a letter
const EQUALS: u32 = 6;
const PIPE: u32 = 7; // a sign of the shell

const HYPHEN: u8 = 0x2d;
const UNDERSCORE: u8 = 0x5f;
const BREAK: u8 = 0x0b; // stands between the texts of a record

const CANDIDATES_MAX: usize = 16; // from so many on they are followed; 64 bytes have 32 more at most
const RUN_MIN: usize = 12; // digits of base64 or hex that may be a text
const TEXT_MIN: usize = 6; // bytes that a run must be to be a text
const PART_MIN: usize = 12; // bytes of a text within a run
const RUN_MAX: usize = 64; // of longer ones it is not looked at closely here
const SQUEEZED_MIN: usize = 18; // letters without a blank that may be words
const VERB_MIN: usize = 5; // letters of a command and what is run together with it
const NOWHERE: usize = 0xffffffff;
const SHORT: usize = 8; // a text of so few bytes may be part of something larger
const SINGLES_MIN: u64 = 3; // letters that stand alone, in 32 bytes, that may be a word

let input: usize = 0; // where records stand
let lexiconBits: usize = 0; // a bit for each key of the lexicon
let joined: usize = 0; // the texts of a record, with BREAK between
let filled: usize = 0;
let suspectAt: usize = 0; // the first place that makes its text suspect, or NOWHERE
let decided: u32 = 0; // of this record
let texts: u32 = 0; // suspects listed
let suspects: u32 = 0; // of this record
let prose: u32 = 0;
let proseLine: u32 = 0;
let candidates: usize = 0;
let mixedOpen: u64 = 0; // 1 when the last word goes on that has letters and digits
let otherOpen: u64 = 0; // the same of one that has a 2 or a 6
let quoteAt: usize = 0; // the last quotation mark
let isPiped: bool = false; // there is a sign of the shell, or a LINKED word
let isPending: bool = false; // there is a PIPED command
let lines: u32 = 0; // texts that were joined
let line: u32 = 0; // the text that was looked at last
let headOf: usize = 0; // where it begins
let head: bool = false; // it begins like a command
let isJoinLook: bool = false; // it is only asked whether a phrase stands there
let isJoin: bool = false; // one does

/** Where records stand, and the table whose place depends on how many phrases there are. */
export function place(lexiconBitsAt: usize, inputAt: usize): void {
  lexiconBits = lexiconBitsAt;
  input = inputAt;
}

/** Where a text begins. */
// @ts-ignore: decorator
@inline
function startOf(line: u32): usize {
  return <usize>load<u32>(LINES + (<usize>line << 2));
}

/** The text in which `at` stands; it is asked for nearly in order. */
function lineOf(at: usize): u32 {
  while (line > 0 && startOf(line) > at) line--;
  while (line + 1 < lines && startOf(line + 1) <= at) line++;
  return line;
}

/** True when a command begins the text, or something that only commands begin with. */
function isHead(lineAt: usize): bool {
  if (headOf == lineAt) return head;
  headOf = lineAt;
  head = true;
  let from = lineAt;
  while (foldedAt(from) == BLANK) from++;
  if (!isLetter(load<u8>(from))) return true;
  let at = from;
  while (true) {
    const byte = load<u8>(at);
    if (byte <= 0x20 || byte == 0x3b || byte == 0x7c || byte == 0x28 || byte == 0x29) break;
    const isPlain = load<u8>(IS_WORD + <usize>byte) != 0 || byte == HYPHEN || byte == UNDERSCORE;
    if (!isPlain && byte != 0x2c && byte != 0x2e) return true;
    if (byte == 0x2e && (load<u8>(at + 1) | 0x20) == 0x65) return true; // .exe
    at++;
  }
  head = isInLexicon(keyOf(from, at - from) | COMMAND_KEY);
  return head;
}

/** True for what follows a command in a sentence. */
// @ts-ignore: decorator
@inline
function isArgument(byte: u8): bool {
  return (
    byte == HYPHEN || byte == 0x2f || byte == 0x7e || byte == 0x24 || byte == 0x2e || byte == 0x3e
  );
}

// @ts-ignore: decorator
@inline
function suspectAtMost(at: usize): void {
  suspectAt = min(suspectAt, at);
}

/** A token stands in the text. */
function told(token: u32, start: usize, end: usize): void {
  const kind = <u32>load<u8>(KINDS + <usize>token);
  if (isJoinLook) {
    if ((kind & ~PROSE) != 0) isJoin = true;
    return;
  }
  const own = lineOf(start);
  // What stands in two texts is only found when they are joined.
  const isAcross = own + 1 < lines && startOf(own + 1) <= end;
  if ((kind & DECIDES) != 0) {
    decided = DECIDED;
    suspectAtMost(start);
    if (isAcross) unsure = UNSURE;
  }
  if ((kind & PROSE) != 0) {
    if (own != proseLine) prose = 0;
    proseLine = own;
    if (++prose >= PROSE_MIN) suspectAtMost(start);
  }
  if ((kind & FORGED) != 0) unsure = UNSURE;
  if ((kind & LINKED) != 0) isPiped = true;
  if ((kind & COMMAND) == 0) return;
  const isGiven =
    isArgument(load<u8>(end)) || isArgument(load<u8>(end + 1)) || isArgument(load<u8>(end + 2));
  const lineAt = startOf(own);
  if (!isGiven && quoteAt < lineAt && !isHead(lineAt)) return;
  if ((kind & PIPED) != 0) isPending = true;
  else suspectAtMost(start);
  if (isGiven && own + 1 < lines && startOf(own + 1) <= end + 2) unsure = UNSURE;
}

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

/** Bytes that do not belong to a set, by the rows in which they may stand. */
// @ts-ignore: decorator
@inline
function othersOf(bytes: v128, rows: v128, row: v128): v128 {
  const nibble = i8x16.splat(0x0f);
  const high = i8x16.relaxed_swizzle(row, v128.and(i16x8.shr_u(bytes, 4), nibble));
  const met = v128.and(i8x16.relaxed_swizzle(rows, v128.and(bytes, nibble)), high);
  return i8x16.eq(met, i8x16.splat(0));
}

// @ts-ignore: decorator
@inline
function bits64(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = <u32>i8x16.bitmask(a) | (<u32>i8x16.bitmask(b) << 16);
  const high = <u32>i8x16.bitmask(c) | (<u32>i8x16.bitmask(d) << 16);
  return <u64>low | (<u64>high << 32);
}

/** Which of 64 bytes belong to a set, by the rows in which they may stand. */
// @ts-ignore: decorator
@inline
function members64(at: usize, rows: v128): u64 {
  const row = v128.load(SPECIAL, 16);
  return ~bits64(
    othersOf(v128.load(at), rows, row),
    othersOf(v128.load(at, 16), rows, row),
    othersOf(v128.load(at, 32), rows, row),
    othersOf(v128.load(at, 48), rows, row),
  );
}

/** Which of 16 bytes are in the range of `count` that begins with `first`. */
// @ts-ignore: decorator
@inline
function within(bytes: v128, first: u8, count: u8): v128 {
  // Signed: those in the range come out as the least numbers.
  const offset = i8x16.sub(bytes, i8x16.splat(first - 128));
  return i8x16.lt_s(offset, i8x16.splat(<i8>(count - 128)));
}

// @ts-ignore: decorator
@inline
function within64(at: usize, first: u8, count: u8): u64 {
  return bits64(
    within(v128.load(at), first, count),
    within(v128.load(at, 16), first, count),
    within(v128.load(at, 32), first, count),
    within(v128.load(at, 48), first, count),
  );
}

// @ts-ignore: decorator
@inline
function small(at: usize): v128 {
  return v128.or(v128.load(at), i8x16.splat(0x20));
}

// @ts-ignore: decorator
@inline
function letters64(at: usize): u64 {
  return bits64(
    within(small(at), 0x61, 26),
    within(small(at + 16), 0x61, 26),
    within(small(at + 32), 0x61, 26),
    within(small(at + 48), 0x61, 26),
  );
}

/** Which of 64 letters are small: bit 5. */
// @ts-ignore: decorator
@inline
function small64(at: usize): u64 {
  return bits64(
    i16x8.shl(v128.load(at), 2),
    i16x8.shl(v128.load(at, 16), 2),
    i16x8.shl(v128.load(at, 32), 2),
    i16x8.shl(v128.load(at, 48), 2),
  );
}

// @ts-ignore: decorator
@inline
function equal64(at: usize, byte: u8): u64 {
  const wanted = i8x16.splat(byte);
  return bits64(
    i8x16.eq(v128.load(at), wanted),
    i8x16.eq(v128.load(at, 16), wanted),
    i8x16.eq(v128.load(at, 32), wanted),
    i8x16.eq(v128.load(at, 48), wanted),
  );
}

// @ts-ignore: decorator
@inline
function beyond64(at: usize): u64 {
  return bits64(v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48));
}

/** Bits moved down by `count`, 1 to 63; others follow them. */
// @ts-ignore: decorator
@inline
function down(bits: u64, following: u64, count: u64): u64 {
  return (bits >> count) | (following << (64 - count));
}

/** Of runs of bits: those from the given ones to the end of their run. */
// @ts-ignore: decorator
@inline
function fromOn(runs: u64, given: u64): u64 {
  return runs & (~(runs + given) | given);
}

/** Bits from which on 18 are set. */
// @ts-ignore: decorator
@inline
function runsOf18(bits: u64, following: u64): u64 {
  const two = bits & down(bits, following, 1);
  const two2 = following & (following >> 1);
  const four = two & down(two, two2, 2);
  const four2 = two2 & (two2 >> 2);
  const eight = four & down(four, four2, 4);
  const eight2 = four2 & (four2 >> 4);
  return eight & down(eight, eight2, 8) & down(two, two2, 16);
}

/** Bits from which on 12 or more are set. */
// @ts-ignore: decorator
@inline
function runsOf12(bits: u64, following: u64): u64 {
  const two = bits & down(bits, following, 1);
  const two2 = following & (following >> 1);
  const four = two & down(two, two2, 2);
  const four2 = two2 & (two2 >> 2);
  const eight = four & down(four, four2, 4);
  return eight & down(four, four2, 8);
}

/** Up to 8 letters of the word that begins here, of which `length` count. */
// @ts-ignore: decorator
@inline
function wordAt(place: usize, length: usize): u64 {
  return (load<u64>(place) | SMALL) & load<u64>(MASKS + 32 - length);
}

/** Notes where words begin in these 64 bytes that may begin a phrase. */
// @ts-ignore: decorator
@inline
function noteWords(at: usize, starts: u64, words: u64, following: u64): void {
  // Where no words stand, so that how many letters follow is read from any bit on.
  store<u64>(GAPS, ~words);
  store<u64>(GAPS, ~following, 8);
  let places = starts;
  let filled = candidates;
  while (places != 0) {
    const i = <usize>ctz(places);
    places &= places - 1;
    const length = <usize>ctz((load<u32>(GAPS + (i >> 3)) >> <u32>(i & 7)) | 256);
    store<u64>(CANDIDATES + (filled << 3), <u64>(at + i) | (<u64>length << 32));
    filled += <usize>mayBegin(wordAt(at + i, length));
  }
  candidates = filled;
}

/** Follows the phrases of the words that were noted. */
function followWords(): void {
  for (let i: usize = 0; i < candidates; i++) {
    const noted = load<u64>(CANDIDATES + (i << 3));
    const place = <usize>noted & 0xffffffff;
    const length = <usize>(noted >> 32);
    followKey(wordAt(place, length), place, length);
  }
  candidates = 0;
}

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

/** False when it is certain that no word of the lexicon has these letters. Without a look at its 128 KiB. */
// @ts-ignore: decorator
@inline
function mayBeInLexicon(key: u64): bool {
  const hash = key * KEY_SPREAD;
  return ((load<u8>(lexiconBits + <usize>(hash >> 51)) >> <u8>((hash >> 48) & 7)) & 1) != 0;
}

// @ts-ignore: decorator
@inline
function leetAt(at: usize): u64 {
  return <u64>load<u8>(LEETS + <usize>load<u8>(at));
}

/** False when it is certain that letters and digits are no word; these stand in `[from, from + length)`. */
// @ts-ignore: decorator
@inline
function mayBeLeet(from: usize, length: u64): bool {
  // With a sign beside it the word may be longer.
  if ((leetAt(from - 1) | leetAt(from + <usize>length)) != 0) return true;
  if (length >= <u64>LEET_MAX) return false;
  const head = leetAt(from) | (leetAt(from + 1) << 8) | (leetAt(from + 2) << 16) | (leetAt(from + 3) << 24);
  const tail = leetAt(from + 4) | (leetAt(from + 5) << 8) | (leetAt(from + 6) << 16) | (leetAt(from + 7) << 24);
  const key = (head | (tail << 32)) & (<u64>-1 >> (64 - (min<u64>(length, 8) << 3)));
  return mayBeInLexicon(key);
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

/** The first place that makes its text suspect; 0 when nothing is in `[from, to)`. Zeros stand around it. */
function scan(from: usize, to: usize): usize {
  suspectAt = NOWHERE;
  prose = 0;
  quoteAt = 0;
  isPiped = false;
  isPending = false;
  headOf = 0;
  mixedOpen = 0;
  otherOpen = 0;
  const rows = v128.load(SPECIAL);
  const digitRows = v128.load(SPECIAL, 32);
  // Of the 64 bytes before the last bit, of those behind all.
  let letterBefore: u64 = 0;
  let digitBefore: u64 = 0;
  let base64Before: u64 = 0;
  let singlesBefore: u64 = 0;
  let letters = letters64(from);
  let digits = within64(from, 0x30, 10);
  let base64 = members64(from, digitRows);
  for (let at = from; at < to; at += 64) {
    const lettersFollowing = letters64(at + 64);
    const digitsFollowing = within64(at + 64, 0x30, 10);
    const base64Following = members64(at + 64, digitRows);
    const words = letters | digits;
    const following = lettersFollowing | digitsFollowing;
    const wordBefore = letterBefore | digitBefore;
    const starts = words & ~((words << 1) | wordBefore);
    const beyond = beyond64(at);
    if (beyond != 0) suspectAtMost(at + <usize>ctz(beyond));
    const special = members64(at, rows);
    if (special != 0) lookAtSpecials(at, special);
    noteWords(at, starts, words, following);
    const mixed =
      (digits & ((letters << 1) | letterBefore)) |
      (letters & ((digits << 1) | digitBefore)) |
      mixedOpen;
    if (mixed != 0) {
      const leet = leetWords(at, mixed, words, wordBefore, following);
      if (leet != 0) lookAtLeet(at, leet, words);
    } else {
      otherOpen = 0;
    }
    const singles = starts & letters & ~down(words, following, 1);
    if (popcnt(singlesBefore) + popcnt(singles) >= SINGLES_MIN && isSpaced(singlesBefore, singles)) {
      suspectAtMost(at + <usize>ctz(singles));
    }
    singlesBefore = singles;
    const runs = runsOf12(base64, base64Following) & ~((base64 << 1) | base64Before);
    if (
      runs != 0 &&
      isDoubtful(at, runs, base64, base64Following, letters, lettersFollowing)
    ) {
      lookAtRuns(at, runs, base64, base64Following);
    }
    if (candidates > CANDIDATES_MAX) followWords();
    if (suspectAt != NOWHERE) break;
    base64Before = base64 >> 63;
    base64 = base64Following;
    letterBefore = letters >> 63;
    letters = lettersFollowing;
    digitBefore = digits >> 63;
    digits = digitsFollowing;
  }
  followWords();
  if (suspectAt != NOWHERE) return suspectAt;
  if (isPending && isPiped) unsure = UNSURE;
  return 0;
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

/** True when the word that ends in the last text goes on with the one that begins here to a known one. */
function isJoining(from: usize, to: usize): bool {
  const end = joined + filled;
  // Eight bytes on each side.
  const sides = i64x2.replace_lane(v128.load64_zero(end - 8), 1, load<i64>(from));
  const words = wordBits(sides);
  if ((words & 0x180) != 0x180) return false;
  const left = <usize>clz(~(words << 24));
  if (left == 8) return isJoiningLong(from, to);
  const right = min<usize>(ctz(~(words >> 8) | 256), to - from);
  const before = (load<u64>(end - 8) | SMALL) >> (64 - (<u64>left << 3));
  const key = before | (wordAt(from, right) << (<u64>left << 3));
  return isKey(key) && isJoinedPhrase(end - left, left, from, to);
}

/** The same of a last word of 8 letters or more. */
function isJoiningLong(from: usize, to: usize): bool {
  const end = joined + filled;
  const left = <usize>clz(~(wordBits(v128.load(end - 16)) << 16));
  return left <= WORD_MAX && isKey(wordAt(end - left, 8)) && isJoinedPhrase(end - left, left, from, to);
}

/** True when a phrase stands where the word of `left` letters goes on with the text in `[from, to)`. */
function isJoinedPhrase(word: usize, left: usize, from: usize, to: usize): bool {
  const before = min<usize>(word - joined, JOIN_MAX);
  const behind = min<usize>(to - from, JOIN_MAX);
  const at = joined + filled + 64;
  v128.store(at - 16, i8x16.splat(0));
  for (let i: usize = 0; i < before + left; i++) store<u8>(at + i, load<u8>(word - before + i));
  for (let i: usize = 0; i < behind; i++) store<u8>(at + before + left + i, load<u8>(from + i));
  const end = at + before + left + behind;
  v128.store(end, i8x16.splat(0));
  let length = left;
  while (length < 8 && load<u8>(IS_WORD + <usize>load<u8>(at + before + length)) != 0) length++;
  isJoin = false;
  isJoinLook = true;
  followWord(at + before, <u32>min<usize>(length, 8));
  isJoinLook = false;
  return isJoin;
}

/** A value of the record. */
// @ts-ignore: decorator
@inline
function text(from: usize, to: usize): void {
  if (from == to) return;
  if (isJoining(from, to)) unsure = UNSURE;
  let at = joined + filled;
  store<u8>(at, BREAK);
  at++;
  if (lines == LINES_MAX) {
    unsure = UNSURE;
  } else {
    store<u32>(LINES + (<usize>lines << 2), <u32>at);
    store<u32>(ORIGINS + (<usize>lines << 2), <u32>from);
    lines++;
  }
  for (let i: usize = 0; i < to - from; i += 16) v128.store(at + i, v128.load(from + i));
  filled += to - from + 1;
}

/** What is read behind the end of a text. */
function zeros(at: usize): void {
  for (let i: usize = 0; i < 160; i += 16) v128.store(at + i, i8x16.splat(0));
}

/** Looks at a text by itself, with zeros around. */
function keyLook(from: usize, to: usize): u32 {
  const at = joined + filled + 64;
  v128.store(at - 16, i8x16.splat(0));
  for (let i: usize = 0; i < to - from; i += 16) v128.store(at + i, v128.load(from + i));
  zeros(at + (to - from));
  // Values that were joined keep their places.
  const first = load<u32>(LINES);
  const count = lines;
  store<u32>(LINES, <u32>at);
  lines = 1;
  line = 0;
  const found = scan(at, at + (to - from));
  store<u32>(LINES, first);
  lines = count;
  return found == 0 && unsure == 0 ? CLEAN : SUSPECT;
}

/** A text of this record has to be judged. */
function note(found: u32, from: usize, to: usize): void {
  if (found == CLEAN) return;
  if (texts == SUSPECTS_MAX || suspects == OWN_SUSPECTS_MAX) {
    unsure = UNSURE;
    return;
  }
  store<u32>(SUSPECTS + (<usize>texts << 3), <u32>from);
  store<u32>(SUSPECTS + (<usize>texts << 3), <u32>to, 4);
  texts++;
  suspects++;
}

/** Looks at the texts that were joined; each that is suspect is told, and the look goes on behind it. */
function scanJoined(): void {
  const end = joined + filled;
  zeros(end);
  line = 0;
  let at = joined;
  while (unsure == 0) {
    const place = scan(at, end);
    if (place == 0) return;
    const own = lineOf(place);
    const from = startOf(own);
    const isLast = own + 1 == lines;
    const length = (isLast ? end : startOf(own + 1) - 1) - from;
    // Single letters may belong to those of other texts.
    if (length < SHORT) unsure = UNSURE;
    const origin = <usize>load<u32>(ORIGINS + (<usize>own << 2));
    note(SUSPECT, origin, origin + length);
    if (isLast) return;
    at = startOf(own + 1) - 1;
  }
}

/** What the text in `[from, to)` of the input comes to. `room`: free memory behind it. */
export function look(from: usize, to: usize, room: usize): u32 {
  joined = room;
  filled = 0;
  unsure = 0;
  return keyLook(from, to) | unsure;
}

/** The texts of the record in `[from, to)` of the input as one, with BREAK before each; their bytes in all. */
export function join(from: usize, to: usize, room: usize): usize {
  begin(room);
  record(from, to);
  return filled;
}

function begin(room: usize): void {
  joined = room + 64;
  unsure = 0;
  keys = 0;
  filled = 0;
  lines = 0;
  decided = 0;
  suspects = 0;
}

/**
 * Looks at `count` records. Their starts and ends count from `base`, which stands at the input. A result is 0
 * for clean ones, else UNSURE, DECIDED, and how many suspects the record has in the list.
 */
export function run(count: u32, base: u32, room: usize): void {
  v128.store(room, i8x16.splat(0), 48);
  texts = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const from = input + <usize>(load<u32>(STARTS + (i << 2)) - base);
    const to = input + <usize>(load<u32>(ENDS + (i << 2)) - base);
    begin(room);
    if (<u32>(to - from) > recordBytesMax) unsure = UNSURE;
    else record(from, to);
    if (unsure == 0 && filled != 0) scanJoined();
    store<u32>(RESULTS + (i << 2), unsure | decided | suspects);
  }
}
