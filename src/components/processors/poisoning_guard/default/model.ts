import { Buffer } from 'node:buffer';
import { fillBeyond, modelKernel, PIECE_AT, PIECE_BYTES_MAX, PIECE_UNITS } from './model_tables.ts';
import type { ModelKernel } from './model_tables.ts';
import { TRAINED } from './model_weights.ts';
import { TEXT_AT, TEXT_MEMORY, TextMemory } from './text_memory.ts';

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
  readonly #memory: TextMemory;
  readonly #kernel: ModelKernel;
  /** It has the tables for what is beyond ASCII. */
  #readsBeyond = false;

  /** `memory`: of this model alone, among models. */
  constructor(trained: ModelWeights, memory: TextMemory = new TextMemory()) {
    this.#trained = trained;
    this.#memory = memory;
    this.#kernel = modelKernel(trained.weights, memory);
    this.#kernel.trained(trained.bias, trained.scale);
    this.#kernel.begin();
  }

  /** The model as it was trained for this version; one for all. */
  static load(): LinearModel {
    const weights = new Int8Array(Buffer.from(TRAINED.base64, 'base64'));
    LinearModel.#shipped ??= new LinearModel({ ...TRAINED, weights }, TEXT_MEMORY);
    return LinearModel.#shipped;
  }

  /**
   * Log-odds of malice of the worst window in `[from, to)`, in about [-10, 10]; where there are no words
   * the bias. Upper and lower case are one; meant for text whose disguises are undone.
   */
  score(text: string, from = 0, to = text.length): number {
    // A slice of the whole is the text itself, any other a view of it: nothing is copied.
    const part = text.slice(from, to);
    return this.#memory.load(part) ? this.#loaded(part.length) : this.#beyond(part);
  }

  /** Of the text that was loaded, piece by piece. */
  #loaded(length: number): number {
    let at = TEXT_AT;
    const last = TEXT_AT + length - PIECE_BYTES_MAX;
    for (; at < last; at += PIECE_BYTES_MAX) this.#kernel.piece(at, PIECE_BYTES_MAX, 0);
    return this.#kernel.piece(at, TEXT_AT + length - at, 1);
  }

  /** A surrogate pair cut in two is two code units that separate words, as the pair is one. */
  #beyond(text: string): number {
    const { bytes } = this.#memory;
    if (!this.#readsBeyond) fillBeyond(this.#memory);
    this.#readsBeyond = true;
    let odds = 0;
    for (let at = 0; at < text.length; at += PIECE_UNITS) {
      const piece = text.slice(at, at + PIECE_UNITS);
      const length = bytes.write(piece, PIECE_AT, PIECE_BYTES_MAX, 'utf8');
      odds = this.#kernel.piece(PIECE_AT, length, at + PIECE_UNITS < text.length ? 0 : 1);
    }
    return odds;
  }

  /** Probability of malice for a score, as calibrated on sources that training had not seen. */
  probability(score: number): number {
    return 1 / (1 + Math.exp(-(this.#trained.slope * score + this.#trained.intercept)));
  }
}
