import {
  CLASS_GAP_WORDS,
  classHash,
  classOfWord,
  finishedWord,
  FOLDED,
  IS_DIGIT,
  IS_DROPPED,
  LETTERS_MIN,
  pairHash,
  singleHash,
  tripleHash,
  WORD_PRIME,
  WORD_SEED,
} from './model_features.ts';
import { TRAINED } from './model_weights.ts';

/** What training leaves: all that a {@link LinearModel} needs. */
export interface ModelWeights {
  /** The top `bits` bits of a hash choose the weight. */
  readonly bits: number;
  readonly weights: Int8Array;
  /** Log-odds of a window = `bias + scale * sum of weights / sqrt(words)`, of 4 words at least. */
  readonly bias: number;
  readonly scale: number;
  /** Probability = sigmoid(`slope * score + intercept`) (Platt 1999). */
  readonly slope: number;
  readonly intercept: number;
}

/** Words of a block; a window is so many blocks, and moves by one. */
export const BLOCK_WORDS = 8;
/** Windows of both lengths are looked at: the short finds a sentence among others, the long a tale. */
export const WINDOWS_BLOCKS = [2, 6] as const;
const [SHORT_BLOCKS, LONG_BLOCKS] = WINDOWS_BLOCKS;

/** A word alone says little: shorter windows are weighed as one of so many words. */
export const WORDS_MIN = 4;

/** Code units read in one call: a loop that runs longer stays in V8's middle tier. */
const CHUNK_CHARS = 2048;

// Places in the reader's state.
const HASH = 0;
const LETTERS = 1;
const FIRST_WORD = 2;
const BEFORE_WORD = 3;
const FIRST_CLASS = 4;
const FIRST_CLASS_AT = 5;
const BEFORE_CLASS = 6;
const BEFORE_CLASS_AT = 7;
const WORDS = 8;
const BLOCK = 9;
const WORST_SHORT = 10;
const WORST_LONG = 11;
const STATE_LENGTH = 12;
const NO_WINDOW = -(2 ** 31);
const LONG_AGO = -1000;
/** Letters of a word that has a digit: so few that none to come make it a word. */
const NO_WORD = -(2 ** 30);

/**
 * A second opinion on a text: hashed words, and their pairs and triples, weighed; the same of words'
 * classes. It reads windows of 16 and of 48 words, so that a long text around an attack does not thin it out, and
 * answers for the worst. One pass, no allocation; not to be entered twice at once.
 */
export class LinearModel {
  static #shipped: LinearModel | undefined;

  readonly #weights: Int8Array;
  readonly #shift: number;
  readonly #trained: ModelWeights;
  readonly #state = new Int32Array(STATE_LENGTH);
  /** Sums of the last blocks. */
  readonly #blocks = new Int32Array(LONG_BLOCKS);

  constructor(trained: ModelWeights) {
    this.#weights = trained.weights;
    this.#shift = 32 - trained.bits;
    this.#trained = trained;
  }

  /** The model as it was trained for this version; one for all. */
  static load(): LinearModel {
    LinearModel.#shipped ??= new LinearModel({
      ...TRAINED,
      weights: new Int8Array(Buffer.from(TRAINED.base64, 'base64')),
    });
    return LinearModel.#shipped;
  }

  /**
   * Log-odds of malice of the worst window, in about [-10, 10]; of a text without words the bias. Upper
   * and lower case are one; meant for text whose disguises are undone.
   */
  score(text: string): number {
    const state = this.#state.fill(0);
    state[HASH] = WORD_SEED;
    state[FIRST_CLASS_AT] = LONG_AGO;
    state[BEFORE_CLASS_AT] = LONG_AGO;
    state[WORST_SHORT] = NO_WINDOW;
    state[WORST_LONG] = NO_WINDOW;
    this.#blocks.fill(0);
    for (let at = 0; at < text.length; at += CHUNK_CHARS) {
      this.#read(text, at, Math.min(text.length, at + CHUNK_CHARS));
    }
    if (state[LETTERS] !== 0) this.#read(' ', 0, 1);
    return this.#finish();
  }

  /** Probability of malice for a score, as calibrated on sources that training had not seen. */
  probability(score: number): number {
    return 1 / (1 + Math.exp(-(this.#trained.slope * score + this.#trained.intercept)));
  }

  /** One piece of the text. What it keeps between pieces is in `#state`; within, in locals. */
  #read(text: string, start: number, end: number): void {
    const state = this.#state;
    const weights = this.#weights;
    const shift = this.#shift;
    let hash = state[HASH] as number;
    let letters = state[LETTERS] as number;
    let first = state[FIRST_WORD] as number;
    let before = state[BEFORE_WORD] as number;
    let words = state[WORDS] as number;
    let block = state[BLOCK] as number;
    for (let at = start; at < end; at++) {
      const code = FOLDED[text.charCodeAt(at)] as number;
      if (code > IS_DROPPED) {
        hash = Math.imul(hash ^ code, WORD_PRIME);
        letters = code === IS_DIGIT ? NO_WORD : letters + 1;
        continue;
      }
      if (letters === 0 || code === IS_DROPPED) continue;
      const word = finishedWord(hash);
      const passedOver = letters < LETTERS_MIN;
      hash = WORD_SEED;
      letters = 0;
      if (passedOver) continue;
      // Without a word before, both are 0: what a pair and a triple then weigh is learned as well.
      block +=
        (weights[singleHash(word) >>> shift] as number) +
        (weights[pairHash(before, word) >>> shift] as number) +
        (weights[tripleHash(first, before, word) >>> shift] as number);
      first = before;
      before = word;
      const number = classOfWord(word);
      if (number !== 0) block += this.#endClass(classHash(number), words);
      words++;
      if ((words & (BLOCK_WORDS - 1)) === 0) {
        this.#endBlock(words, block);
        block = 0;
      }
    }
    state[HASH] = hash;
    state[LETTERS] = letters;
    state[FIRST_WORD] = first;
    state[BEFORE_WORD] = before;
    state[WORDS] = words;
    state[BLOCK] = block;
  }

  #endClass(word: number, at: number): number {
    const state = this.#state;
    const weights = this.#weights;
    const shift = this.#shift;
    const before = state[BEFORE_CLASS] as number;
    let sum = weights[singleHash(word) >>> shift] as number;
    if (at - (state[BEFORE_CLASS_AT] as number) <= CLASS_GAP_WORDS) {
      sum += weights[pairHash(before, word) >>> shift] as number;
    }
    if (at - (state[FIRST_CLASS_AT] as number) <= 2 * CLASS_GAP_WORDS) {
      sum += weights[tripleHash(state[FIRST_CLASS] as number, before, word) >>> shift] as number;
    }
    state[FIRST_CLASS] = before;
    state[FIRST_CLASS_AT] = state[BEFORE_CLASS_AT] as number;
    state[BEFORE_CLASS] = word;
    state[BEFORE_CLASS_AT] = at;
    return sum;
  }

  #endBlock(words: number, block: number): void {
    const state = this.#state;
    const blocks = words / BLOCK_WORDS;
    this.#blocks[blocks % LONG_BLOCKS] = block;
    if (blocks >= SHORT_BLOCKS) {
      const sum = this.#sumOf(blocks, SHORT_BLOCKS);
      if (sum > (state[WORST_SHORT] as number)) state[WORST_SHORT] = sum;
    }
    if (blocks >= LONG_BLOCKS) {
      const sum = this.#sumOf(blocks, LONG_BLOCKS);
      if (sum > (state[WORST_LONG] as number)) state[WORST_LONG] = sum;
    }
  }

  /** Of `count` blocks, the last of them the one with this number. */
  #sumOf(number: number, count: number): number {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      sum += this.#blocks[(number + LONG_BLOCKS - i) % LONG_BLOCKS] as number;
    }
    return sum;
  }

  /** With the windows that end with the text: the block begun takes the place of the oldest. */
  #finish(): number {
    const state = this.#state;
    const words = state[WORDS] as number;
    const whole = Math.floor(words / BLOCK_WORDS);
    const begun = words % BLOCK_WORDS;
    const last = begun === 0 ? whole : whole + 1;
    if (begun !== 0) this.#blocks[last % LONG_BLOCKS] = state[BLOCK] as number;
    let worst = -Infinity;
    for (const [i, count] of WINDOWS_BLOCKS.entries()) {
      const sum = state[WORST_SHORT + i] as number;
      if (sum !== NO_WINDOW) worst = Math.max(worst, this.#logOdds(sum, count * BLOCK_WORDS));
      const length = Math.min(whole, begun === 0 ? count : count - 1) * BLOCK_WORDS + begun;
      worst = Math.max(worst, this.#logOdds(this.#sumOf(last, count), length));
    }
    return worst;
  }

  #logOdds(sum: number, words: number): number {
    const { bias, scale } = this.#trained;
    return bias + (scale * sum) / Math.sqrt(Math.max(words, WORDS_MIN));
  }
}
