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
} from './model_features.ts';

/** What training leaves: all that a {@link LinearModel} needs. */
export interface ModelWeights {
  /** The top `bits` bits of a hash choose the weight. */
  readonly bits: number;
  readonly weights: Int8Array;
  /** Log-odds of a window = `bias + scale * sum of weights / sqrt(words)`. */
  readonly bias: number;
  readonly scale: number;
  /** Probability = sigmoid(`slope * score + intercept`) (Platt 1999). */
  readonly slope: number;
  readonly intercept: number;
}

/** Words of a block; a window is so many blocks, and moves by one. */
export const BLOCK_WORDS = 16;
export const WINDOW_BLOCKS = 4;

/**
 * A second opinion on a text: hashed words and their pairs and triples, weighed. It reads windows of
 * 64 words, so that a long text around an attack does not thin it out, and answers for the worst.
 * One pass, no allocation.
 */
export class LinearModel {
  readonly #weights: Int8Array;
  readonly #shift: number;
  readonly #bias: number;
  readonly #scale: number;
  readonly #slope: number;
  readonly #intercept: number;
  /** Sums of the last blocks. */
  readonly #blocks = new Int32Array(WINDOW_BLOCKS);

  constructor(trained: ModelWeights) {
    this.#weights = trained.weights;
    this.#shift = 32 - trained.bits;
    this.#bias = trained.bias;
    this.#scale = trained.scale;
    this.#slope = trained.slope;
    this.#intercept = trained.intercept;
  }

  /** Log-odds of malice of the worst window; the bias alone when there is no word. */
  score(text: string): number {
    const weights = this.#weights;
    const shift = this.#shift;
    const blocks = this.#blocks.fill(0);
    let first = 0;
    let before = 0;
    let hash = WORD_SEED;
    let last = 0;
    let words = 0;
    let block = 0;
    let worst = -Infinity;
    const length = text.length;
    for (let at = 0; at <= length; at++) {
      const code = at < length ? foldedCode(text.charCodeAt(at)) : IS_SEPARATOR;
      if (code > IS_DROPPED) {
        if (code !== IS_DIGIT || last !== IS_DIGIT) hash = Math.imul(hash ^ code, WORD_PRIME);
        last = code;
        continue;
      }
      if (code === IS_DROPPED || last === 0) continue;
      const word = finishedWord(hash);
      block += weights[singleHash(word) >>> shift] as number;
      if (words > 0) block += weights[pairHash(before, word) >>> shift] as number;
      if (words > 1) block += weights[tripleHash(first, before, word) >>> shift] as number;
      first = before;
      before = word;
      hash = WORD_SEED;
      last = 0;
      words++;
      if (words % BLOCK_WORDS === 0) {
        blocks[(words / BLOCK_WORDS) % WINDOW_BLOCKS] = block;
        block = 0;
        if (words >= BLOCK_WORDS * WINDOW_BLOCKS)
          worst = Math.max(worst, this.#windowScore(BLOCK_WORDS * WINDOW_BLOCKS));
      }
    }
    return this.#finish(worst, block, words);
  }

  /** The window that ends with the text: the block begun takes the place of the oldest. */
  #finish(worst: number, block: number, words: number): number {
    const begun = words % BLOCK_WORDS;
    if (begun === 0 && words >= BLOCK_WORDS * WINDOW_BLOCKS) return worst;
    if (begun !== 0) this.#blocks[(Math.floor(words / BLOCK_WORDS) + 1) % WINDOW_BLOCKS] = block;
    const full = Math.min(Math.floor(words / BLOCK_WORDS), WINDOW_BLOCKS - (begun === 0 ? 0 : 1));
    return Math.max(worst, this.#windowScore(full * BLOCK_WORDS + begun));
  }

  #windowScore(words: number): number {
    let sum = 0;
    for (let i = 0; i < WINDOW_BLOCKS; i++) sum += this.#blocks[i] as number;
    return this.#bias + (words === 0 ? 0 : (this.#scale * sum) / Math.sqrt(words));
  }

  /** Probability of malice for a score, as calibrated on sources that training had not seen. */
  probability(score: number): number {
    return 1 / (1 + Math.exp(-(this.#slope * score + this.#intercept)));
  }
}
