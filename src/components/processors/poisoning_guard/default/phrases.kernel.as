// Where words and phrases of a vocabulary stand, in AssemblyScript. Compiled bytes:
// phrases.kernel.wasm.ts (made by scripts/kernels.ts). What it promises: phrase_finder.ts. What the
// nodes hold: phrase_nodes.ts.
// include: phrases.part.as
// memory: 16
//
// Memory: | tables | found | keys | pairs | plain | units | nodes | text

const SIGNS: usize = 1024; // groups by nibble: of a first sign low, high, of what follows it low, high; 16 bytes each
const FOLDED: usize = 1280; // by byte: small letters, a blank for every gap, one apostrophe
const IS_WORD: usize = 1536; // by byte: 1 for letters and digits
const BITS: usize = 2048; // a bit for each hash of 16 bits of a key
const SIGN_NODES: usize = 12 * 1024; // by number of a sign: its node, 4 bytes
const FOUND: usize = 16 * 1024; // token, start, end: 4 bytes each
const KEYS: usize = 64 * 1024; // 4,096 slots of 16 bytes: a key, 0 in free ones, and its node
const PAIRS: usize = 128 * 1024; // the number, from 1, of a sign and what follows it, 2 bytes of 65,536; 0 for none
const PLAIN: usize = 256 * 1024; // by unit of text: its byte
const UNITS: usize = 320 * 1024; // units of text that is not ASCII, 16,384 at once
const NODES: usize = 352 * 1024;

const FOUND_MAX: u32 = 3500; // and up to 500 more
const CANDIDATES: usize = UNITS; // letters, place, their number: 16 bytes each
const PIECE: usize = 1024; // bytes that are looked at before what was found in them is followed
const LETTER: u8 = 0xfe; // the byte of a letter beyond ASCII

let text: usize = 0; // where the text lies
let length: usize = 0;
let count: u32 = 0;
/** Where the last {@link find} stopped: the end of the text, or before when much was found. */
let stopped: usize = 0;

export function place(at: usize): void {
  text = at;
}

/** A token stands in the text. */
function told(token: u32, start: usize, end: usize): void {
  if (count >= FOUND_MAX + 500) return;
  const to = FOUND + <usize>count * 12;
  store<u32>(to, token);
  store<u32>(to, <u32>(start - text), 4);
  store<u32>(to, <u32>(end - text), 8);
  count++;
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
 * Lists where words begin whose letters are in the bits, and signs, in `[from, to)` of the memory; how many.
 * The list is filled without a branch for each word: which of them are known cannot be guessed.
 */
function candidates(from: usize, to: usize): usize {
  let filled: usize = 0;
  let carry = <u64>load<u8>(IS_WORD + <usize>load<u8>(from - 1));
  let words = wordBits64(from);
  for (let at = from; at < to; at += 64) {
    const following = wordBits64(at + 64);
    const left = to - at;
    const inside: u64 = left >= 64 ? <u64>-1 : (<u64>1 << <u64>left) - 1;
    const starts = words & ~((words << 1) | carry) & inside;
    let places = starts | (signBits64(at) & inside);
    while (places != 0) {
      const i = ctz(places);
      places &= places - 1;
      const anchor = at + <usize>i;
      const isStart = (starts >> i) & 1;
      const length = lengthAt64(words, following, i);
      const letters = lettersAt(anchor, length);
      const isKnown = mayBegin(letters);
      const to = CANDIDATES + (filled << 4);
      store<u64>(to, letters);
      store<u32>(to, <u32>anchor, 8);
      store<u32>(to, <u32>(isStart != 0 ? length : 0), 12);
      filled += <usize>(isStart != 0 ? isKnown : 1);
    }
    carry = words >> 63;
    words = following;
  }
  return filled;
}

/** Looks for tokens from `from` on, an offset in the text; how many there are. */
export function find(from: usize, to: usize): u32 {
  count = 0;
  const end = text + to;
  for (let at = text + from; at < end; at += PIECE) {
    const filled = candidates(at, min(at + PIECE, end));
    for (let i: usize = 0; i < filled; i++) {
      const each = CANDIDATES + (i << 4);
      const anchor = <usize>load<u32>(each, 8);
      if (count >= FOUND_MAX) {
        stopped = anchor - text;
        return count;
      }
      const length = load<u32>(each, 12);
      if (length == 0) {
        followSign(anchor);
        continue;
      }
      followKey(load<u64>(each), anchor, <usize>length);
    }
  }
  stopped = to;
  return count;
}

export function stoppedAt(): usize {
  return stopped;
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
