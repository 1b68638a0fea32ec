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

/** Looks for tokens from `from` on, an offset in the text; how many there are. */
export function find(from: usize, to: usize): u32 {
  count = 0;
  let at = text + from;
  const end = text + to;
  let carry: u32 = load<u8>(IS_WORD + <usize>load<u8>(at - 1));
  let words = wordBits(v128.load(at));
  while (at < end && count < FOUND_MAX) {
    const bytes = v128.load(at);
    const following = wordBits(v128.load(at + 16));
    const run = words | (following << 16);
    const left = end - at;
    const inside: u32 = left >= 16 ? 0xffff : (1 << <u32>left) - 1;
    const starts = words & ~((words << 1) | carry) & inside;
    const groups = v128.and(groupsOf(bytes, SIGNS), groupsOf(v128.load(at + 1), SIGNS + 32));
    let places = starts;
    if (v128.any_true(groups)) {
      places |= <u32>i8x16.bitmask(i8x16.ne(groups, i8x16.splat(0))) & inside;
    }
    while (places != 0) {
      const i = ctz(places);
      const anchor = at + <usize>i;
      places &= places - 1;
      if (((starts >> i) & 1) == 0) followSign(anchor);
      else followWord(anchor, min<u32>(ctz(~(run >> i)), 8));
    }
    carry = (words >> 15) & 1;
    words = following;
    at += 16;
  }
  stopped = min(at, end) - text;
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
