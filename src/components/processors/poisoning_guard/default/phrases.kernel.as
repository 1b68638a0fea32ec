// Where words and phrases of a vocabulary stand, in AssemblyScript. Compiled bytes:
// phrases.kernel.wasm.ts (made by scripts/kernels.ts). What it promises: phrase_finder.ts. What the
// nodes hold: phrase_nodes.ts.
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
const KEY_SPREAD: u64 = 0x9e3779b97f4a7c15; // 2^64 divided by the golden ratio (Knuth)
const SMALL: u64 = 0x2020202020202020;
const BLANK: u8 = 0x20;
const LETTER: u8 = 0xfe; // the byte of a letter beyond ASCII

// Flags of a node.
const LEFT: u8 = 1; // no letter may stand before
const RIGHT: u8 = 2; // none may follow

let text: usize = 0; // where the text lies
let length: usize = 0;
let count: u32 = 0;
/** Where the last {@link find} stopped: the end of the text, or before when much was found. */
let stopped: usize = 0;

export function place(at: usize): void {
  text = at;
}

// @ts-ignore: decorator
@inline
function wordBits(bytes: v128): u32 {
  const letters = i8x16.lt_u(
    i8x16.sub(v128.or(bytes, i8x16.splat(0x20)), i8x16.splat(0x61)),
    i8x16.splat(26),
  );
  const digits = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(10));
  return i8x16.bitmask(v128.or(letters, digits));
}

/** Groups of signs by the nibbles of bytes. */
// @ts-ignore: decorator
@inline
function groupsOf(bytes: v128, tables: usize): v128 {
  const nibble = i8x16.splat(0x0f);
  return v128.and(
    i8x16.swizzle(v128.load(tables), v128.and(bytes, nibble)),
    i8x16.swizzle(v128.load(tables, 16), v128.and(i16x8.shr_u(bytes, 4), nibble)),
  );
}

/** The node of a key, 0 for none. */
// @ts-ignore: decorator
@inline
function nodeOf(key: u64): usize {
  const hash = key * KEY_SPREAD;
  const bit = <u32>(hash >> 48);
  if (((load<u8>(BITS + <usize>(bit >> 3)) >> <u8>(bit & 7)) & 1) == 0) return 0;
  let slot = <usize>(hash >> 32) & 4095;
  let known = load<u64>(KEYS + (slot << 4));
  while (known != key && known != 0) {
    slot = (slot + 1) & 4095;
    known = load<u64>(KEYS + (slot << 4));
  }
  return <usize>load<u32>(KEYS + (slot << 4), 8);
}

// @ts-ignore: decorator
@inline
function foldedAt(at: usize): u8 {
  return load<u8>(FOLDED + <usize>load<u8>(at));
}

/** Past the run of gaps whose first stands here. */
function pastBlanks(from: usize): usize {
  let at = from + 1;
  while (foldedAt(at) == BLANK) at++;
  return at;
}

/** Where the run of gaps begins that ends here. */
function beforeBlanks(from: usize): usize {
  let at = from - 1;
  while (foldedAt(at - 1) == BLANK) at--;
  return at;
}

/** The child of a node for a byte, from lists of codes and of nodes; 0 for none. */
// @ts-ignore: decorator
@inline
function childOf(codes: usize, children: usize, code: u8): usize {
  for (let i: usize = 0; i < children; i++) {
    if (load<u8>(codes + i) == code) return <usize>load<u32>(codes + children + (i << 2));
  }
  return 0;
}

/** Tells of the tokens that end at `end` and have what the node says before the anchor. */
function before(first: usize, anchor: usize, end: usize): void {
  let node = first;
  let at = anchor;
  while (true) {
    const letters = <usize>load<u8>(node);
    const children = <usize>load<u8>(node, 1);
    for (let i: usize = 0; i < letters; i++) {
      const code = load<u8>(node + 6 + i);
      if (foldedAt(at - 1) != code) return;
      at = code == BLANK ? beforeBlanks(at) : at - 1;
    }
    const token = <u32>load<u16>(node, 4);
    if (token != 0) {
      const flags = load<u8>(node, 2);
      const isLeft = (flags & LEFT) == 0 || load<u8>(IS_WORD + <usize>load<u8>(at - 1)) == 0;
      const isRight = (flags & RIGHT) == 0 || load<u8>(IS_WORD + <usize>load<u8>(end)) == 0;
      if (isLeft && isRight && count < FOUND_MAX + 500) {
        const to = FOUND + <usize>count * 12;
        store<u32>(to, token - 1);
        store<u32>(to, <u32>(at - text), 4);
        store<u32>(to, <u32>(end - text), 8);
        count++;
      }
    }
    if (children == 0) return;
    const code = foldedAt(at - 1);
    node = childOf(node + 6 + letters, children, code);
    if (node == 0) return;
    at = code == BLANK ? beforeBlanks(at) : at - 1;
  }
}

/** Goes on from an anchor that begins at `anchor`; its letters end before `from`. */
function behind(first: usize, anchor: usize, from: usize): void {
  let node = first;
  let at = from;
  while (true) {
    const letters = <usize>load<u8>(node);
    const children = <usize>load<u8>(node, 1);
    for (let i: usize = 0; i < letters; i++) {
      const code = load<u8>(node + 6 + i);
      if (foldedAt(at) != code) return;
      at = code == BLANK ? pastBlanks(at) : at + 1;
    }
    const front = <usize>load<u32>(node, 2);
    if (front != 0) before(front, anchor, at);
    if (children == 0) return;
    const code = foldedAt(at);
    node = childOf(node + 6 + letters, children, code);
    if (node == 0) return;
    at = code == BLANK ? pastBlanks(at) : at + 1;
  }
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
      let node: usize = 0;
      let known: usize = 2;
      if (((starts >> i) & 1) != 0) {
        known = <usize>min<u32>(ctz(~(run >> i)), 8);
        node = nodeOf((load<u64>(anchor) | SMALL) & (<u64>-1 >> (64 - (<u64>known << 3))));
      } else {
        const number = <usize>load<u16>(PAIRS + (<usize>load<u16>(anchor) << 1));
        // The higher half of the numbers are single signs.
        known = number > 0x7fff ? 1 : 2;
        if (number != 0) node = <usize>load<u32>(SIGN_NODES + ((number & 0x7fff) << 2));
      }
      if (node != 0) behind(node, anchor, anchor + known);
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
