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
const KNOWN: usize = 24 * 1024; // 256 slots of 32: the length of a text, then the text
const GUESSES: usize = 32 * 1024; // slots of the last record's keys, in their order
const STARTS: usize = 36 * 1024;
const ENDS: usize = 40 * 1024;
const RESULTS: usize = 44 * 1024;
const LINES: usize = 48 * 1024; // where joined texts begin, 4 bytes each
const SUSPECTS: usize = 56 * 1024; // start, end of texts in the input
const KEYS: usize = 64 * 1024;
const PAIRS: usize = 128 * 1024;
const ORIGINS: usize = 384 * 1024; // where joined texts begin in the input, 4 bytes each
const LEXICON: usize = 256 * 1024; // 16,384 slots of 8 bytes: first letters of words, 0 in free ones

const JOIN_MAX: usize = 48; // bytes on either side of a word that goes on in the next text
const LINES_MAX: u32 = 2048;
const WORD_MAX: usize = 24; // letters of the longest word of a phrase

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

const RUN_MIN: usize = 12; // digits of base64 or hex that may be a text
const TEXT_MIN: usize = 6; // bytes that a run must be to be a text
const PART_MIN: usize = 12; // bytes of a text within a run
const RUN_MAX: usize = 64; // of longer ones it is not looked at closely here
const SQUEEZED_MIN: usize = 18; // letters without a blank that may be words
const VERB_MIN: usize = 5; // letters of a command and what is run together with it
const SHORT: usize = 8; // a text of so few bytes may be part of something larger
const SINGLES_MIN: u32 = 3; // letters that stand alone, in 32 bytes, that may be a word

let input: usize = 0; // where records stand
let joined: usize = 0; // the texts of a record, with BREAK between
let filled: usize = 0;
let suspectAt: usize = 0; // where the first token stands that makes its text suspect
let decided: u32 = 0; // of this record
let texts: u32 = 0; // suspects listed
let suspects: u32 = 0; // of this record
let prose: u32 = 0;
let proseLine: u32 = 0;
let quoteAt: usize = 0; // the last quotation mark
let isPiped: bool = false; // there is a sign of the shell, or a LINKED word
let isPending: bool = false; // there is a PIPED command
let lines: u32 = 0; // texts that were joined
let line: u32 = 0; // the text that was looked at last
let headOf: usize = 0; // where it begins
let head: bool = false; // it begins like a command
let isJoinLook: bool = false; // it is only asked whether a phrase stands there
let isJoin: bool = false; // one does

export function place(at: usize): void {
  input = at;
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
    suspectAt = start;
    if (isAcross) unsure = UNSURE;
  }
  if ((kind & PROSE) != 0) {
    if (own != proseLine) prose = 0;
    proseLine = own;
    if (++prose >= PROSE_MIN) suspectAt = start;
  }
  if ((kind & FORGED) != 0) unsure = UNSURE;
  if ((kind & LINKED) != 0) isPiped = true;
  if ((kind & COMMAND) == 0) return;
  const isGiven =
    isArgument(load<u8>(end)) || isArgument(load<u8>(end + 1)) || isArgument(load<u8>(end + 2));
  const lineAt = startOf(own);
  if (!isGiven && quoteAt < lineAt && !isHead(lineAt)) return;
  if ((kind & PIPED) != 0) isPending = true;
  else suspectAt = start;
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
  return byte == 0x2b || byte == HYPHEN ? 62 : 63;
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

/** True when so many letters stand in a row that they may be words without blanks. */
function hasSqueezed(from: usize, to: usize): bool {
  let letters: usize = 0;
  for (let at = from; at < to; at++) {
    letters = isLetter(load<u8>(at)) ? letters + 1 : 0;
    if (letters >= SQUEEZED_MIN) return true;
  }
  return false;
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

/** A place that makes its text suspect; 0 when nothing is in `[from, to)`. Zeros stand around it. */
function scan(from: usize, to: usize): usize {
  suspectAt = 0;
  prose = 0;
  quoteAt = 0;
  isPiped = false;
  isPending = false;
  headOf = 0;
  const nibble = i8x16.splat(0x0f);
  const rows = v128.load(SPECIAL);
  const row = v128.load(SPECIAL, 16);
  const digitRows = v128.load(SPECIAL, 32);
  let carry: u32 = 0;
  let digitBefore: u32 = 0;
  let isLookedAt = false; // the word that goes on, for signs in it
  let run: usize = 0; // digits of base64 before
  let singlesBefore: u32 = 0;
  let at = from;
  let words = wordBits(v128.load(at));
  while (at < to) {
    const bytes = v128.load(at);
    const following = wordBits(v128.load(at + 16));
    const left = to - at;
    const inside: u32 = left >= 16 ? 0xffff : (1 << <u32>left) - 1;
    const beyond = <u32>i8x16.bitmask(bytes) & inside;
    if (beyond != 0) return at + <usize>ctz(beyond);
    const span = words | (following << 16);
    const starts = words & ~((words << 1) | carry) & inside;
    let places = starts;
    while (places != 0) {
      const i = ctz(places);
      places &= places - 1;
      followWord(at + <usize>i, min<u32>(ctz(~(span >> i)), 8));
    }
    if (suspectAt != 0) return suspectAt;
    const low = v128.and(bytes, nibble);
    const high = i8x16.swizzle(row, v128.and(i16x8.shr_u(bytes, 4), nibble));
    const special = v128.and(i8x16.swizzle(rows, low), high);
    if (v128.any_true(special)) {
      places = <u32>i8x16.bitmask(i8x16.ne(special, i8x16.splat(0))) & inside;
      while (places != 0) {
        const i = ctz(places);
        places &= places - 1;
        if (isTelling(at + <usize>i)) return at + <usize>i;
      }
    }
    const digits = <u32>(
      i8x16.bitmask(i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(10)))
    );
    if (digits != 0) {
      // Digits beside letters may stand for letters.
      const letters = words & ~digits;
      let mixed = (digits & ((letters << 1) | (carry & ~digitBefore))) | (letters & ((digits << 1) | digitBefore));
      mixed &= inside;
      // What goes on from the block before, and was looked at there.
      if (carry != 0 && isLookedAt) mixed &= ~((1 << ctz(~words)) - 1);
      else isLookedAt = false;
      while (mixed != 0) {
        const i = ctz(mixed);
        if (isLeet(at + <usize>i)) return at + <usize>i;
        // The rest of the word is the same word.
        const past = i + ctz(~(words >> i));
        mixed &= past > 31 ? 0 : ~((1 << past) - 1);
        isLookedAt = past > 15;
      }
    } else if (words != 0xffff) {
      isLookedAt = false;
    }
    digitBefore = (digits >> 15) & 1;
    // Letters that stand alone.
    const singles =
      starts & ~(words >> 1) & ~((following & 1) << 15) & ~digits;
    if (singles != 0 && popcnt(singlesBefore) + popcnt(singles) >= SINGLES_MIN) {
      return at + <usize>ctz(singles);
    }
    singlesBefore = singles;
    // Runs of digits of base64.
    const base64 = <u32>i8x16.bitmask(i8x16.ne(v128.and(i8x16.swizzle(digitRows, low), high), i8x16.splat(0))) & inside;
    if (base64 == 0xffff) {
      run += 16;
    } else {
      const ahead = <usize>ctz(~base64);
      if (run + ahead >= RUN_MIN && isTellingRun(at - run, at + ahead)) return at - run;
      let inner = base64 & (base64 >> 1);
      inner &= inner >> 2;
      inner &= inner >> 4;
      inner &= inner >> 4;
      if (inner != 0) {
        const start = at + <usize>ctz(inner);
        let end = start;
        while (end < at + 16 && ((base64 >> <u32>(end - at)) & 1) != 0) end++;
        if (end < at + 16 && isTellingRun(start, end)) return start;
      }
      run = <usize>clz(~(base64 << 16));
    }
    carry = (words >> 15) & 1;
    words = following;
    at += 16;
  }
  if (isPending && isPiped) unsure = UNSURE;
  return run >= RUN_MIN && isTellingRun(to - run, to) ? to - run : 0;
}

/** True when the word that ends in the last text goes on with the one that begins here to a known one. */
function isJoining(from: usize, to: usize): bool {
  let left: usize = 0;
  const end = joined + filled;
  while (left < WORD_MAX && load<u8>(IS_WORD + <usize>load<u8>(end - 1 - left)) != 0) left++;
  if (left == 0 || left == WORD_MAX) return false;
  let right: usize = 0;
  while (right < 8 && from + right < to && load<u8>(IS_WORD + <usize>load<u8>(from + right)) != 0) {
    right++;
  }
  if (right == 0) return false;
  const key = left > 7 ? keyOf(end - left, 8) : keyOf(end - left, left) | (keyOf(from, right) << (<u64>left << 3));
  return nodeOf(key) != 0 && isJoinedPhrase(end - left, left, from, to);
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

/** Looks at a text by itself, with zeros around. */
function keyLook(from: usize, to: usize): u32 {
  const at = joined + filled + 64;
  v128.store(at - 16, i8x16.splat(0));
  for (let i: usize = 0; i < to - from; i += 16) v128.store(at + i, v128.load(from + i));
  v128.store(at + (to - from), i8x16.splat(0));
  v128.store(at + (to - from), i8x16.splat(0), 16);
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
  v128.store(end, i8x16.splat(0));
  v128.store(end, i8x16.splat(0), 16);
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
