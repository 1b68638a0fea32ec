// The first look of ruleset default at encoded records, in AssemblyScript. Compiled bytes:
// look.kernel.wasm.ts (made by scripts/kernels.ts). What it promises: look.ts.
// include: ../records.part.as
// include: phrases.part.as
// include: telling.part.as
// include: look_bits.part.as
// include: look_words.part.as
// include: look_leet.part.as
// include: look_signs.part.as
// include: look_runs.part.as
// include: look_joins.part.as
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

const LINES_MAX: u32 = 2048;

const SUSPECT: u32 = 1;
const DECIDED: u32 = 0x40000000; // of a record: a word of a rule stands in it
const SUSPECTS_MAX: u32 = 1024;
const OWN_SUSPECTS_MAX: u32 = 8; // texts of a record that are told one by one

const HYPHEN: u8 = 0x2d;
const UNDERSCORE: u8 = 0x5f;
const BREAK: u8 = 0x0b; // stands between the texts of a record

const NOWHERE: usize = 0xffffffff;
const SHORT: usize = 8; // a text of so few bytes may be part of something larger

let input: usize = 0; // where records stand
let joined: usize = 0; // the texts of a record, with BREAK between
let filled: usize = 0;
let suspectAt: usize = 0; // the first place that makes its text suspect, or NOWHERE
let decided: u32 = 0; // of this record
let texts: u32 = 0; // suspects listed
let suspects: u32 = 0; // of this record

/** Where records stand, and the table whose place depends on how many phrases there are. */
export function place(lexiconBitsAt: usize, inputAt: usize): void {
  lexiconBits = lexiconBitsAt;
  input = inputAt;
}

// @ts-ignore: decorator
@inline
function suspectAtMost(at: usize): void {
  suspectAt = min(suspectAt, at);
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
