/** The features of a text as training sees them: the places of the weights that the model adds up. */
import {
  BLOCK_WORDS,
  WINDOWS_BLOCKS,
} from '../../src/components/processors/poisoning_guard/default/model.ts';
import {
  CLASS_GAP_WORDS,
  classHash,
  classOfWord,
  foldedCode,
  IS_DROPPED,
  IS_SEPARATOR,
  LETTERS_MIN,
  pairHash,
  singleHash,
  tripleHash,
  wordHash,
} from '../../src/components/processors/poisoning_guard/default/model_features.ts';

/** A text as places in a table of weights. */
export interface TextPlaces {
  readonly places: Int32Array;
  /** Where each word's places begin, and one more: where the last word's end. */
  readonly starts: Int32Array;
}

/** The words of a text, folded. */
export function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  const end = (): void => {
    if (word.length >= LETTERS_MIN && !word.includes('0')) words.push(word);
    word = '';
  };
  for (let at = 0; at < text.length; at++) {
    const code = foldedCode(text.charCodeAt(at));
    if (code === IS_SEPARATOR) end();
    else if (code !== IS_DROPPED) word += String.fromCharCode(code);
  }
  end();
  return words;
}

/** Places of all words of a text in a table of `2 ** bits` weights. */
export function placesOf(text: string, bits: number): TextPlaces {
  const shift = 32 - bits;
  const words = wordsOf(text).map(wordHash);
  const places: number[] = [];
  const starts: number[] = [];
  const classes: { word: number; at: number }[] = [];
  for (const [at, word] of words.entries()) {
    starts.push(places.length);
    const before = words[at - 1] ?? 0;
    const first = words[at - 2] ?? 0;
    places.push(
      singleHash(word) >>> shift,
      pairHash(before, word) >>> shift,
      tripleHash(first, before, word) >>> shift,
    );
    const number = classOfWord(word);
    if (number === 0) continue;
    const named = classHash(number);
    const [second, third] = [classes.at(-1), classes.at(-2)];
    places.push(singleHash(named) >>> shift);
    if (second !== undefined && at - second.at <= CLASS_GAP_WORDS) {
      places.push(pairHash(second.word, named) >>> shift);
    }
    if (second !== undefined && third !== undefined && at - third.at <= 2 * CLASS_GAP_WORDS) {
      places.push(tripleHash(third.word, second.word, named) >>> shift);
    }
    classes.push({ word: named, at });
  }
  starts.push(places.length);
  return { places: Int32Array.from(places), starts: Int32Array.from(starts) };
}

/** First word of each window of a text with so many words, and the word after its last. */
export function windowsOf(words: number): readonly (readonly [start: number, end: number])[] {
  const windows: [number, number][] = [];
  for (const blocks of WINDOWS_BLOCKS) {
    const span = BLOCK_WORDS * blocks;
    for (let end = span; end <= words; end += BLOCK_WORDS) windows.push([end - span, end]);
    const begun = words % BLOCK_WORDS;
    const tail = Math.max(0, words - begun - span + (begun === 0 ? 0 : BLOCK_WORDS));
    if (begun !== 0 || words < span) windows.push([tail, words]);
  }
  return windows;
}
