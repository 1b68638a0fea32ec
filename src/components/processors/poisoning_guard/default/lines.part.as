// The line in which a word stands, and whether something may be quoted there, in AssemblyScript; part of the
// kernel of the phrases.

const LINE_FEED: u8 = 10;
const QUOTE_MAX: usize = 64; // bytes before a word in which a quotation mark is looked for

// The line of the last word: its first byte, and its line feed or the end of the text.
let lineFrom: usize = 0;
let lineTo: usize = 0;

// @ts-ignore: decorator
@inline
function breaksIn(at: usize): u32 {
  return <u32>i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(LINE_FEED)));
}

/** Goes to the line of a word. Words come nearly in order: of most it is the same, or one further down. */
function findLine(word: usize): void {
  if (word >= lineFrom && word <= lineTo) return;
  const least = word > lineTo ? lineTo : text;
  let from = word;
  while (from > least) {
    const breaks = breaksIn(from - 16) << 16;
    if (breaks != 0) {
      from -= <usize>clz(breaks);
      break;
    }
    from -= 16;
  }
  // A break may have been found before the text.
  lineFrom = max(from, word > lineTo ? lineTo + 1 : text);
  const end = text + length;
  let to = word;
  while (to < end) {
    const breaks = breaksIn(to);
    if (breaks != 0) {
      to += <usize>ctz(breaks);
      break;
    }
    to += 16;
  }
  lineTo = min(to, end);
}

// @ts-ignore: decorator
@inline
function quotesIn(at: usize): v128 {
  const bytes = v128.load(at);
  const single = v128.or(i8x16.eq(bytes, i8x16.splat(0x27)), i8x16.eq(bytes, i8x16.splat(0x60)));
  return v128.or(single, i8x16.eq(bytes, i8x16.splat(0x22)));
}

/** False when it is certain that no quotation mark stands shortly before a word. */
// @ts-ignore: decorator
@inline
function mayBeQuoted(word: usize): bool {
  const near = v128.or(quotesIn(word - 16), quotesIn(word - 32));
  const far = v128.or(quotesIn(word - 48), quotesIn(word - QUOTE_MAX));
  return v128.any_true(v128.or(near, far));
}
