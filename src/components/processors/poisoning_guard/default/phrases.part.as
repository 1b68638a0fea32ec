// Following phrases from their rarest word, in AssemblyScript; part of the kernels that include it. They are
// told: `told(token, start, end)`. They have the memory: SIGNS, FOLDED, IS_WORD, BITS, KEYS, SIGN_NODES,
// PAIRS and nodes. What these hold: phrase_tables.ts, phrase_nodes.ts.

const KEY_SPREAD: u64 = 0x9e3779b97f4a7c15; // 2^64 divided by the golden ratio (Knuth)
const SMALL: u64 = 0x2020202020202020;
const BLANK: u8 = 0x20;

// Flags of a node.
const LEFT: u8 = 1; // no letter may stand before
const RIGHT: u8 = 2; // none may follow
// In place of a node the token of a word that stands in no longer phrase.
const ALONE: u32 = 1 << 31;
const ALONE_RIGHT: u32 = 1 << 30;

// @ts-ignore: decorator
@inline
function wordBits(bytes: v128): u32 {
  // Signed, which is one instruction less: what is meant comes out as the least numbers.
  const small = v128.or(bytes, i8x16.splat(0x20));
  const letters = i8x16.lt_s(i8x16.add(small, i8x16.splat(0x1f)), i8x16.splat(-102));
  const digits = i8x16.lt_s(i8x16.add(bytes, i8x16.splat(0x50)), i8x16.splat(-118));
  return i8x16.bitmask(v128.or(letters, digits));
}

/** Where letters and digits stand in 64 bytes. */
// @ts-ignore: decorator
@inline
function wordBits64(at: usize): u64 {
  const low = wordBits(v128.load(at)) | (wordBits(v128.load(at, 16)) << 16);
  const high = wordBits(v128.load(at, 32)) | (wordBits(v128.load(at, 48)) << 16);
  return <u64>low | (<u64>high << 32);
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

/** The slot of a key, or the free one where it would be. */
// @ts-ignore: decorator
@inline
function slotOf(key: u64): usize {
  let slot = <usize>((key * KEY_SPREAD) >> 32) & 4095;
  let known = load<u64>(KEYS + (slot << 4));
  while (known != key && known != 0) {
    slot = (slot + 1) & 4095;
    known = load<u64>(KEYS + (slot << 4));
  }
  return KEYS + (slot << 4);
}

/** True when phrases have this key; few that are asked for here are there. */
// @ts-ignore: decorator
@inline
function isKey(key: u64): bool {
  return mayBegin(key) != 0 && load<u32>(slotOf(key), 8) != 0;
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
  const wanted = i8x16.splat(code);
  for (let i: usize = 0; i < children; i += 16) {
    const met = <u32>i8x16.bitmask(i8x16.eq(v128.load(codes + i), wanted));
    const at = i + <usize>ctz(met);
    // Behind the codes stand the nodes.
    if (met != 0) return at < children ? <usize>load<u32>(codes + children + (at << 2)) : 0;
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
      if (isLeft && isRight) told(token - 1, at, end);
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

/** The letters that begin here, of which `length` count. */
// @ts-ignore: decorator
@inline
function lettersAt(anchor: usize, length: u64): u64 {
  return (load<u64>(anchor) | SMALL) & (<u64>-1 >> (64 - (length << 3)));
}

/** 1 when a word may begin with these letters: a question that cannot be guessed, so it is no branch. */
// @ts-ignore: decorator
@inline
function mayBegin(letters: u64): u64 {
  const bit = <u32>((letters * KEY_SPREAD) >> 48);
  return (<u64>load<u8>(BITS + <usize>(bit >> 3)) >> <u64>(bit & 7)) & 1;
}

/** Follows the phrases of a key of `length` letters that begins here and may be known. */
// @ts-ignore: decorator
@inline
function followKey(key: u64, anchor: usize, length: usize): void {
  const slot = slotOf(key);
  // Nearly always something else follows. A free slot has no bits.
  const next = load<u8>(anchor + length);
  if (((load<u32>(slot, 12) >> <u32>(load<u8>(FOLDED + <usize>next) & 31)) & 1) == 0) return;
  const node = load<u32>(slot, 8);
  if ((node & ALONE) == 0) {
    behind(<usize>node, anchor, anchor + length);
    return;
  }
  const isLeft = load<u8>(IS_WORD + <usize>load<u8>(anchor - 1)) == 0;
  const isRight = (node & ALONE_RIGHT) == 0 || load<u8>(IS_WORD + <usize>next) == 0;
  if (isLeft && isRight) told(node & 0xffff, anchor, anchor + length);
}

/** Follows the phrases of the word of `length` letters, or of the first 8 of more, that begins here. */
// @ts-ignore: decorator
@inline
function followWord(anchor: usize, length: u32): void {
  const letters = lettersAt(anchor, <u64>length);
  if (mayBegin(letters) != 0) followKey(letters, anchor, <usize>length);
}

/** Follows the phrases of the sign here, or of the two. */
function followSign(anchor: usize): void {
  const number = <usize>load<u16>(PAIRS + (<usize>load<u16>(anchor) << 1));
  if (number == 0) return;
  // The higher half of the numbers are single signs.
  const length: usize = number > 0x7fff ? 1 : 2;
  behind(<usize>load<u32>(SIGN_NODES + ((number & 0x7fff) << 2)), anchor, anchor + length);
}
