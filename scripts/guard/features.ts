/** The features of a text as training sees them: the places of the weights that the model adds up. */
import {
  BLOCK_WORDS,
  WINDOWS_BLOCKS,
} from '../../src/components/processors/poisoning_guard/default/model.ts';
import {
  CLASS_GAP_WORDS,
  classHash,
  classOfWord,
  pairHash,
  tripleHash,
  wordHash,
  wordsOf,
} from '../../src/components/processors/poisoning_guard/default/model_features.ts';

/** A text as places in a table of weights. */
export interface TextPlaces {
  readonly places: Int32Array;
  /** Where each word's places begin, and one more: where the last word's end. */
  readonly starts: Int32Array;
}

const hashes = new Map<string, number>();

/** Hashes of the text's words; of each word it is computed once. */
function hashesOf(text: string): readonly number[] {
  return wordsOf(text).map((word) => {
    const hash = hashes.get(word) ?? wordHash(word);
    hashes.set(word, hash);
    return hash;
  });
}

interface ClassSeen {
  readonly hash: number;
  /** The pair with the class before. */
  readonly pair: number;
  readonly at: number;
}

/** Hashes of what a text has at each of its words. */
function featuresOf(text: string): readonly (readonly number[])[] {
  const words = hashesOf(text);
  const classes: ClassSeen[] = [];
  let pairBefore = 0;
  return words.map((word, at) => {
    const pair = pairHash(words[at - 1] ?? 0, word);
    const found = [word, pair, tripleHash(pairBefore, word)];
    pairBefore = pair;
    const number = classOfWord(word);
    if (number === undefined) return found;
    const hash = classHash(number);
    const [second, third] = [classes.at(-1), classes.at(-2)];
    classes.push({ hash, pair: pairHash(second?.hash ?? 0, hash), at });
    found.push(hash);
    if (second !== undefined && at - second.at <= CLASS_GAP_WORDS) {
      found.push(pairHash(second.hash, hash));
    }
    if (second !== undefined && third !== undefined && at - third.at <= 2 * CLASS_GAP_WORDS) {
      found.push(tripleHash(second.pair, hash));
    }
    return found;
  });
}

/** Places of all words of a text in a table of `2 ** bits` weights. */
export function placesOf(text: string, bits: number): TextPlaces {
  const features = featuresOf(text);
  const starts = new Int32Array(features.length + 1);
  for (const [i, { length }] of features.entries()) starts[i + 1] = (starts[i] as number) + length;
  return { places: Int32Array.from(features.flat(), (hash) => hash >>> (32 - bits)), starts };
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
