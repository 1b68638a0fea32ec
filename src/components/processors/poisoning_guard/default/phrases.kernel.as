// Where words and phrases of a vocabulary stand, and rules made of them, in AssemblyScript. Compiled bytes:
// phrases.kernel.wasm.ts (made by scripts/kernels.ts). What it promises: phrase_finder.ts. What the
// nodes hold: phrase_nodes.ts.
// include: phrases.part.as
// include: steps.part.as
// include: lines.part.as
// memory: 66 shared
//
// Memory: | tables | found | keys | pairs | plain | units | nodes | tokens, steps, states, lists | text

const GAPS: usize = 1008; // 16 bytes for bits of a block and of the next
const SIGNS: usize = 1024; // groups by nibble: of a first sign low, high, of what follows it low, high; 16 bytes each
const FOLDED: usize = 1280; // by byte: small letters, a blank for every gap, one apostrophe
const IS_WORD: usize = 1536; // by byte: 1 for letters and digits
const BITS: usize = 2048; // a bit for each hash of 16 bits of a key
const SIGN_NODES: usize = 12 * 1024; // by number of a sign: its node, 4 bytes
const STOPPED: usize = 16 * 1024; // where the last find stopped: the end of the text, or before when much was found
const MARKED: usize = 16 * 1024 + 4; // marks of all words found in the text
const FOUND: usize = 16 * 1024 + 8; // rule, start, end: 4 bytes each; of words LISTED, start, end, and of their line start, end, 1 for a quotation
const KEYS: usize = 64 * 1024; // 4,096 slots of 16 bytes: a key, 0 in free ones, and its node
const PAIRS: usize = 128 * 1024; // the number, from 1, of a sign and what follows it, 2 bytes of 65,536; 0 for none
const PLAIN: usize = 256 * 1024; // by unit of text: its byte
const UNITS: usize = 320 * 1024; // units of text that is not ASCII, 16,384 at once
const text: usize = 4 * 1024 * 1024; // where the text lies

const FOUND_MAX: u32 = 3000; // and up to 1,000 more
const CANDIDATES: usize = UNITS; // place and letters that count, 0 for a sign; 4 bytes each
const PIECE: usize = 1024; // bytes that are looked at before what was found in them is followed
const LETTER: u8 = 0xfe; // the byte of a letter beyond ASCII
const MARGIN: usize = 192; // bytes of 0 behind a text

// What a word is marked with.
const LISTED_MARK: u32 = 2; // it is listed
const LISTED: u32 = 0xffffffff;

let tokens: usize = 0; // by token: its list of steps or 0, its marks; 4 bytes each
let length: usize = 0;
let count: u32 = 0;

/** Where the tables lie. */
export function place(tokensAt: usize, stepsAt: usize, statesAt: usize, end: usize): void {
  tokens = tokensAt;
  steps = stepsAt;
  states = statesAt;
  statesEnd = end;
}

/** Looks for tokens in a new text of so many bytes, which stands in its place; how much is listed. */
export function first(bytes: usize): u32 {
  openSteps(length, bytes);
  length = bytes;
  store<u32>(MARKED, 0);
  lineFrom = text;
  lineTo = text - 1;
  const end = text + bytes;
  for (let at = end; at < end + MARGIN; at += 16) v128.store(at, i8x16.splat(0));
  return find(0);
}

/** Lists something. One candidate lists some dozens at most, so that there is always room. */
function event(id: u32, start: u32, end: u32): void {
  if (count >= FOUND_MAX + 1000) return;
  const to = FOUND + <usize>count * 12;
  store<u32>(to, id);
  store<u32>(to, start, 4);
  store<u32>(to, end, 8);
  count++;
}

/** A token stands in the text. */
function told(token: u32, start: usize, end: usize): void {
  const facts = tokens + (<usize>token << 3);
  const list = <usize>load<u32>(facts);
  const own = load<u32>(facts, 4);
  if (list != 0) follow(list, start, end);
  if (own == 0) return;
  store<u32>(MARKED, load<u32>(MARKED) | own);
  if ((own & LISTED_MARK) == 0) return;
  findLine(start);
  event(LISTED, <u32>(start - text), <u32>(end - text));
  event(<u32>(lineFrom - text), <u32>(lineTo - text), <u32>mayBeQuoted(start));
}

/** As if a token had been found in `[start, end)` of the text; how much is listed of it. */
export function tell(token: u32, start: usize, end: usize): u32 {
  count = 0;
  told(token, text + start, text + end);
  return count;
}

// @ts-ignore: decorator
@inline
function signsAt(at: usize): v128 {
  return v128.and(groupsOf(v128.load(at), SIGNS), groupsOf(v128.load(at, 1), SIGNS + 32));
}

// @ts-ignore: decorator
@inline
function bitsOf(groups: v128): u64 {
  return <u64>i8x16.bitmask(i8x16.ne(groups, i8x16.splat(0)));
}

// @ts-ignore: decorator
@inline
function signBits64(at: usize): u64 {
  const one = signsAt(at);
  const two = signsAt(at + 16);
  const three = signsAt(at + 32);
  const four = signsAt(at + 48);
  if (!v128.any_true(v128.or(v128.or(one, two), v128.or(three, four)))) return 0;
  return bitsOf(one) | (bitsOf(two) << 16) | (bitsOf(three) << 32) | (bitsOf(four) << 48);
}

/**
 * Lists where words begin whose letters are in the bits, and signs, in `[from, to)` of the memory; the end
 * of the list. It is filled without a branch for each word: which of them are known cannot be guessed.
 */
function candidates(from: usize, to: usize): usize {
  let out = CANDIDATES;
  let carry = <u64>load<u8>(IS_WORD + <usize>load<u8>(from - 1));
  let words = wordBits64(from);
  for (let at = from; at < to; at += 64) {
    const following = wordBits64(at + 64);
    const left = to - at;
    const inside: u64 = left >= 64 ? <u64>-1 : (<u64>1 << <u64>left) - 1;
    const starts = words & ~((words << 1) | carry) & inside;
    const signs = signBits64(at) & inside;
    // Few blocks have signs: for the others this is one test less for each word.
    if (signs == 0) out = listed(out, at, starts, -1, words, following);
    else out = listed(out, at, starts | signs, starts, words, following);
    carry = words >> 63;
    words = following;
  }
  return out;
}

/** Lists those of the `places` in the 64 bytes here that are known words, and signs; where the next goes. */
// @ts-ignore: decorator
@inline
function listed(to: usize, at: usize, places: u64, starts: u64, words: u64, following: u64): usize {
  // Where no words stand, so that how many letters follow is read from any bit on.
  store<u64>(GAPS, ~words);
  store<u64>(GAPS, ~following, 8);
  let out = to;
  for (let rest = places; rest != 0; rest &= rest - 1) {
    const i = ctz(rest);
    const anchor = at + <usize>i;
    const isStart = (starts >> i) & 1;
    const gaps = load<u32>(GAPS + (<usize>i >> 3)) >> <u32>(i & 7);
    const length = <u64>ctz(gaps | 256);
    const isKnown = mayBegin(lettersAt(anchor, length)) | (isStart ^ 1);
    store<u64>(out, <u64>anchor | ((isStart != 0 ? length : 0) << 32));
    out += <usize>isKnown << 3;
  }
  return out;
}

/** Goes on from `from`, an offset in the text; how much is listed. */
export function find(from: usize): u32 {
  count = 0;
  const end = text + length;
  for (let at = text + from; at < end; at += PIECE) {
    const filled = candidates(at, min(at + PIECE, end));
    for (let each = CANDIDATES; each < filled; each += 8) {
      const anchor = <usize>load<u32>(each);
      if (count >= FOUND_MAX) {
        store<u32>(STOPPED, <u32>(anchor - text));
        return count;
      }
      const length = load<u32>(each, 4);
      if (length == 0) followSign(anchor);
      else followKey(lettersAt(anchor, <u64>length), anchor, <usize>length);
    }
  }
  store<u32>(STOPPED, <u32>length);
  return count;
}

/** Bytes for units of text, to an offset in the text; 1 when there are letters beyond ASCII. */
export function narrow(offset: usize, units: usize): u32 {
  let letters: u32 = 0;
  const high = i16x8.splat(<i16>0xff80);
  let to = text + offset;
  for (let i: usize = 0; i < units; i += 16) {
    const one = v128.load(UNITS + (i << 1));
    const two = v128.load(UNITS + (i << 1), 16);
    if (!v128.any_true(v128.and(v128.or(one, two), high))) {
      v128.store(to, i8x16.narrow_i16x8_u(one, two));
    } else {
      for (let k: usize = 0; k < 16; k++) {
        const byte = load<u8>(PLAIN + <usize>load<u16>(UNITS + ((i + k) << 1)));
        store<u8>(to + k, byte);
        if (byte == LETTER) letters = 1;
      }
    }
    to += 16;
  }
  return letters;
}
