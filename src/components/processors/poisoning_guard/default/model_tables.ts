import { kernelInstance } from '../../../../sdk/kernel.ts';
import { DROPPED, foldedCode, SEPARATOR } from './model_features.ts';
import { KERNEL } from './model.kernel.wasm.ts';
import { WORD_CLASSES } from './model_lexicon_table.ts';
import { MODEL_AT } from './text_memory.ts';
import type { TextMemory } from './text_memory.ts';

/** The memory of the kernel from {@link MODEL_AT} on, as in model.kernel.as. */
const MASKS_AT = MODEL_AT + 1024;
const CLASS_NUMBERS_AT = MODEL_AT + 2 * 1024;
const CLASS_KEYS_AT = MODEL_AT + 8 * 1024;
const FOLDED_AT = MODEL_AT + 24 * 1024;
const LETTERS_AT = MODEL_AT + 32 * 1024;
const WEIGHTS_AT = MODEL_AT + 34 * 1024;
/** A piece of text that is not ASCII. */
export const PIECE_AT = MODEL_AT + 98 * 1024;

/** Places of the kernel's table of weights. */
const PLACES = 65_536;

/** Code units of a piece: at most three bytes each. */
export const PIECE_UNITS = 16_384;
export const PIECE_BYTES_MAX = 3 * PIECE_UNITS;

export interface ModelKernel {
  readonly trained: (bias: number, scale: number) => void;
  readonly begin: () => void;
  readonly wordHash: (bytes: number) => number;
  /** Reads a piece of so many bytes, which stands here; after the last, the text's log-odds. */
  readonly piece: (from: number, bytes: number, isLast: number) => number;
}

/** A kernel with these weights. */
export function modelKernel(weights: Int8Array, memory: TextMemory): ModelKernel {
  const kernel = kernelInstance<ModelKernel>(KERNEL, memory.memory);
  const { bytes } = memory;
  bytes.fill(0xff, MASKS_AT, MASKS_AT + 32);
  fillClasses(kernel, bytes);
  // Fewer weights: each stands for some places in a row, since the top bits choose.
  const width = PLACES / weights.length;
  const places = new Int8Array(bytes.buffer, WEIGHTS_AT, PLACES);
  if (width === 1) places.set(weights);
  else for (const [i, weight] of weights.entries()) places.fill(weight, i * width, (i + 1) * width);
  return kernel;
}

const BUCKET = 4;

function fillClasses({ wordHash }: ModelKernel, bytes: Buffer): void {
  const keys = new Int32Array(bytes.buffer, CLASS_KEYS_AT, 1024 * BUCKET);
  const numbers = new Uint8Array(bytes.buffer, CLASS_NUMBERS_AT, keys.length);
  for (const [index, words] of Object.values(WORD_CLASSES).entries()) {
    for (const word of words.split(' ')) {
      const hash = wordHash(bytes.write(word, PIECE_AT, 'latin1'));
      const bucket = BUCKET * (hash >>> 22);
      const free = numbers.indexOf(0, bucket);
      if (free >= bucket + BUCKET) throw new RangeError('too many words of classes in a bucket');
      keys[free] = hash;
      numbers[free] = index + 1;
    }
  }
}

/** What the kernel writes for a code point of two bytes, and how many bytes that is. */
function foldedBytes(unit: number): number {
  const code = foldedCode(unit);
  if (code === DROPPED) return 0;
  if (code === SEPARATOR) return 1 << 16;
  if (code < 0x80) return code | (1 << 16);
  // The two bytes of UTF-8, without the bits that say so.
  return 0x40 | (code >> 6) | ((0x40 | (code & 63)) << 8) | (2 << 16);
}

let foldedShorts: Uint32Array | undefined;
let longLetters: Uint8Array | undefined;

/** What a kernel needs of the code points beyond ASCII. */
export function fillBeyond({ bytes }: TextMemory): void {
  foldedShorts ??= Uint32Array.from({ length: 0x800 }, (_, unit) => foldedBytes(unit));
  longLetters ??= Uint8Array.from({ length: 1024 }, (_, block) =>
    foldedCode(64 * block) === 64 * block ? 1 : 0,
  );
  new Uint32Array(bytes.buffer, FOLDED_AT).set(foldedShorts);
  new Uint8Array(bytes.buffer, LETTERS_AT).set(longLetters);
}
