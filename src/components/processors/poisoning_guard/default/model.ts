import { Buffer } from 'node:buffer';
import { fillBeyond, modelKernel, PIECE_BYTES_MAX, PIECE_UNITS } from './model_tables.ts';
import type { ModelKernel } from './model_tables.ts';
import { TRAINED } from './model_weights.ts';

/** What training leaves: all that a {@link LinearModel} needs. */
export interface ModelWeights {
  /** The top `bits` bits of a hash choose the weight; 16 at most. */
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

/** A word alone says little: shorter windows are weighed as one of so many words. */
export const WORDS_MIN = 4;

/**
 * A second opinion on a text: hashed words, and their pairs and triples, weighed; the same of words'
 * classes. It reads windows of 16 and of 48 words, so that a long text around an attack does not thin it
 * out, and answers for the worst. One pass, in WebAssembly (`model.kernel.as`), in 256 KiB of memory
 * whatever the length of the text.
 */
export class LinearModel {
  static #shipped: LinearModel | undefined;

  readonly #trained: ModelWeights;
  readonly #kernel: ModelKernel;
  /** Where the kernel reads. */
  readonly #text: Buffer;
  /** It has the tables for what is beyond ASCII. */
  #readsBeyond = false;

  constructor(trained: ModelWeights) {
    this.#trained = trained;
    const { kernel, text } = modelKernel(trained.weights);
    this.#kernel = kernel;
    this.#text = text;
    kernel.trained(trained.bias, trained.scale);
    kernel.begin();
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
   * Log-odds of malice of the worst window in `[from, to)`, in about [-10, 10]; where there are no words
   * the bias. Upper and lower case are one; meant for text whose disguises are undone.
   */
  score(text: string, from = 0, to = text.length): number {
    let at = from;
    while (to - at > PIECE_UNITS) {
      this.#piece(text.slice(at, at + PIECE_UNITS), 0);
      at += PIECE_UNITS;
    }
    // A slice of the whole is the text itself, any other a view of it: nothing is copied.
    return this.#piece(text.slice(at, to), 1);
  }

  /** Probability of malice for a score, as calibrated on sources that training had not seen. */
  probability(score: number): number {
    return 1 / (1 + Math.exp(-(this.#trained.slope * score + this.#trained.intercept)));
  }

  /** A surrogate pair cut in two is two code units that separate words, as the pair is one. */
  #piece(units: string, isLast: 0 | 1): number {
    const bytes = this.#text.write(units, 0, PIECE_BYTES_MAX, 'utf8');
    if (bytes !== units.length && !this.#readsBeyond) {
      this.#readsBeyond = true;
      fillBeyond(this.#kernel);
    }
    return this.#kernel.piece(bytes, isLast);
  }
}
