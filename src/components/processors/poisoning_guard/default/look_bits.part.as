// Which of 64 bytes are what, as bits, and what follows from such bits, in AssemblyScript; part of
// look.kernel.as. It has the memory: SPECIAL.

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
