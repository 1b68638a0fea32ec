// Words of phrases, and what it says of a text that one stands in it, in AssemblyScript; part of
// look.kernel.as. It has the memory: KINDS, LINES, GAPS, CANDIDATES.

// Kinds of tokens, bits.
const DECIDES: u32 = 1; // a text with it has to be judged
const COMMAND: u32 = 2; // the same where a command may stand
const PROSE: u32 = 4; // a small word of sentences
const PIPED: u32 = 8; // of a command: it does nothing without a sign of the shell, or a word that is LINKED
const LINKED: u32 = 16;
const FORGED: u32 = 32; // the long way has to be gone

/** With so many small words a text is made of sentences. */
const PROSE_MIN: u32 = 3;

const CANDIDATES_MAX: usize = 16; // from so many on they are followed; 64 bytes have 32 more at most

let candidates: usize = 0;
let prose: u32 = 0;
let proseLine: u32 = 0;
let quoteAt: usize = 0; // the last quotation mark
let isPiped: bool = false; // there is a sign of the shell, or a LINKED word
let isPending: bool = false; // there is a PIPED command
let lines: u32 = 0; // texts that were joined
let line: u32 = 0; // the text that was looked at last
let headOf: usize = 0; // where it begins
let head: bool = false; // it begins like a command

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
