// Words that go on in the next text of a record, in AssemblyScript; part of look.kernel.as.

const JOIN_MAX: usize = 48; // bytes on either side of a word that goes on in the next text
const WORD_MAX: usize = 15; // letters of a word that goes on in the next text

let isJoinLook: bool = false; // it is only asked whether a phrase stands there
let isJoin: bool = false; // one does

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
  if (left > WORD_MAX || !isKey(wordAt(end - left, 8))) return false;
  return isJoinedPhrase(end - left, left, from, to);
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
