const APOSTROPHE = 0x27;
const QUOTE = 0x22;
const BACKTICK = 0x60;

/** A quotation mark is looked for so far before a word. */
const QUOTE_MAX = 64;
const QUOTED_MAX = 4096;
const PROSE_MAX = 160;

/** The quotation mark that opens shortly before a word, but not before `least`, or -1. */
export function quoteBefore(text: string, word: number, least: number): number {
  const from = Math.max(least, word - QUOTE_MAX);
  for (let at = word - 1; at >= from; at--) {
    const code = text.charCodeAt(at);
    if (code === QUOTE || code === BACKTICK) return at;
    // No apostrophe inside a word.
    if (code === APOSTROPHE && !/[a-z]/i.test(text.charAt(at - 1))) return at;
  }
  return -1;
}

/** True for a word with an argument that sentences do not have: ` -`, ` /`; and for a path. */
export function isCommandLike(text: string, start: number, end: number): boolean {
  for (let at = end; at < end + 3; at++) {
    const code = text.charCodeAt(at);
    const isSign = code === 0x2d || code === 0x2f || code === 0x2e || code === 0x3e;
    if ((isSign || code === 0x7e || code === 0x24) && /\s/.test(text.charAt(at - 1))) return true;
  }
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x2d || code === 0x2f || code === 0x7c || code === 0x3e) return true;
  }
  return false;
}

/** Where a quoted piece ends that begins at `from`. */
export function closeQuote(text: string, from: number, mark: number): number {
  const max = Math.min(text.length, from + QUOTED_MAX);
  for (let at = from; at < max; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === mark) return at;
  }
  return max;
}

/** The last place that {@link sentenceEnd} may return. */
export const sentenceMax = (start: number): number => start + PROSE_MAX;

export function sentenceEnd(text: string, start: number): number {
  const piece = text.slice(start, sentenceMax(start));
  const end = /[.!?,]\s|\n|[.!?]$| and | to /.exec(piece)?.index;
  return start + (end ?? piece.length);
}
