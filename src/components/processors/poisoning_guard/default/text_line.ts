const LINE_FEED = 0x0a;
const APOSTROPHE = 0x27;

/** A quotation mark is looked for so far before a word. */
const QUOTE_MAX = 64;
const QUOTED_MAX = 4096;
const PROSE_MAX = 160;

/** Line feeds and quotation marks. */
const MARKS = new Uint8Array(128);
for (const each of '\n"\'`') MARKS[each.charCodeAt(0)] = 1;
const isMark = (code: number): boolean => code < 128 && MARKS[code] === 1;

/** The line that holds a word, and the quotation mark before it. Words come in order. */
export class TextLine {
  start = 0;
  /** Of its break, or of the text. */
  end = -1;
  #text = '';
  /** The word that was looked at last. */
  #word = -1;
  /** The mark before that word, or -1. */
  #quote = -1;
  /** No mark stands in the {@link QUOTE_MAX} characters before: to here none has to be looked for. */
  #quietTo = 0;

  open(text: string): void {
    this.#text = text;
    this.start = 0;
    this.end = -1;
    this.#word = -1;
    this.#quietTo = 0;
  }

  /** Goes to the line of the word that begins at `word`. */
  find(word: number): void {
    if (word <= this.end && word >= this.start) return;
    const text = this.#text;
    const from = word > this.end ? this.end + 1 : 0;
    this.#word = word;
    this.#quote = -1;
    let at = word - 1;
    for (; at >= from; at--) {
      const code = text.charCodeAt(at);
      if (!isMark(code)) continue;
      if (code === LINE_FEED) break;
      if (this.#quote < 0 && at >= word - QUOTE_MAX && this.#opens(code, at)) this.#quote = at;
    }
    if (this.#quote < 0) this.#quietTo = word;
    this.start = at + 1;
    const end = text.indexOf('\n', word);
    this.end = end < 0 ? text.length : end;
  }

  /** The quotation mark that opens shortly before a word of the line, or -1. */
  quoteBefore(word: number): number {
    if (word === this.#word) return this.#quote;
    const text = this.#text;
    const from = Math.max(this.#quietTo, this.start, word - QUOTE_MAX);
    for (let at = word - 1; at >= from; at--) {
      const code = text.charCodeAt(at);
      if (isMark(code) && this.#opens(code, at)) return at;
    }
    this.#quietTo = word;
    return -1;
  }

  /** False for an apostrophe inside a word. */
  #opens(mark: number, at: number): boolean {
    return mark !== APOSTROPHE || !/[a-z]/i.test(this.#text.charAt(at - 1));
  }
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
