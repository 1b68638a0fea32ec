/** The features of a text as training sees them: the same hashes that the model takes. */
import {
  BLOCK_WORDS,
  WINDOW_BLOCKS,
} from '../../src/components/processors/poisoning_guard/default/model.ts';
import {
  finishedWord,
  foldedCode,
  IS_DIGIT,
  IS_DROPPED,
  IS_SEPARATOR,
  pairHash,
  singleHash,
  tripleHash,
  WORD_PRIME,
  WORD_SEED,
} from '../../src/components/processors/poisoning_guard/default/model_features.ts';

/** Three weights' places a word: of the word, of the pair and of the triple that end with it; -1 for none. */
export const PLACES_PER_WORD = 3;

/** Places of all words of a text in a table of `2 ** bits` weights. */
export function placesOf(text: string, bits: number): Int32Array {
  const places: number[] = [];
  const shift = 32 - bits;
  const words: number[] = [];
  let codes: number[] = [];
  const endWord = (): void => {
    if (codes.length === 0) return;
    let hash = WORD_SEED;
    for (const [i, code] of codes.entries()) {
      if (code === IS_DIGIT && codes[i - 1] === IS_DIGIT) continue;
      hash = Math.imul(hash ^ code, WORD_PRIME);
    }
    codes = [];
    const word = finishedWord(hash);
    const before = words.at(-1);
    const first = words.at(-2);
    words.push(word);
    places.push(
      singleHash(word) >>> shift,
      before === undefined ? -1 : pairHash(before, word) >>> shift,
      before === undefined || first === undefined ? -1 : tripleHash(first, before, word) >>> shift,
    );
  };
  for (let at = 0; at < text.length; at++) {
    const code = foldedCode(text.charCodeAt(at));
    if (code === IS_SEPARATOR) endWord();
    else if (code !== IS_DROPPED) codes.push(code);
  }
  endWord();
  return Int32Array.from(places);
}

/** First and last word of each window of a text with so many words. */
export function windowsOf(words: number): readonly (readonly [start: number, end: number])[] {
  const span = BLOCK_WORDS * WINDOW_BLOCKS;
  if (words <= span) return [[0, words]];
  const windows: [number, number][] = [];
  for (let end = span; end <= words; end += BLOCK_WORDS) windows.push([end - span, end]);
  const begun = words % BLOCK_WORDS;
  if (begun !== 0) windows.push([words - begun - span + BLOCK_WORDS, words]);
  return windows;
}
