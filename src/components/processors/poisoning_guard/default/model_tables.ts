import { kernelInstance } from '../../../../sdk/kernel.ts';
import { DROPPED, foldedCode, SEPARATOR } from './model_features.ts';
import { KERNEL } from './model.kernel.wasm.ts';
import { WORD_CLASSES } from './model_lexicon_table.ts';

/** The memory of the kernel, as in model.kernel.as. */
const MASKS_AT = 1024;
const CLASS_NUMBERS_AT = 2 * 1024;
const CLASS_KEYS_AT = 8 * 1024;
const FOLDED_AT = 24 * 1024;
const LETTERS_AT = 32 * 1024;
const WEIGHTS_AT = 34 * 1024;
const TEXT_AT = 98 * 1024;

/** Places of the kernel's table of weights. */
const PLACES = 65_536;

/** Code units of a piece: at most three bytes each. */
export const PIECE_UNITS = 16_384;
export const PIECE_BYTES_MAX = 3 * PIECE_UNITS;

export interface ModelKernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly trained: (bias: number, scale: number) => void;
  readonly begin: () => void;
  readonly wordHash: (bytes: number) => number;
  /** Reads a piece of so many bytes; after the last, the text's log-odds. */
  readonly piece: (bytes: number, isLast: number) => number;
}

/** A kernel with these weights, and where a piece is to be written. 256 KiB. */
export function modelKernel(weights: Int8Array): { kernel: ModelKernel; text: Buffer } {
  const kernel = kernelInstance<ModelKernel>(KERNEL);
  const { buffer } = kernel.memory;
  const text = Buffer.from(buffer, TEXT_AT, PIECE_BYTES_MAX);
  new Uint8Array(buffer, MASKS_AT, 32).fill(0xff);
  fillClasses(kernel, text);
  // Fewer weights: each stands for some places in a row, since the top bits choose.
  const width = PLACES / weights.length;
  const places = new Int8Array(buffer, WEIGHTS_AT, PLACES);
  if (width === 1) places.set(weights);
  else for (const [i, weight] of weights.entries()) places.fill(weight, i * width, (i + 1) * width);
  return { kernel, text };
}

const BUCKET = 4;

function fillClasses({ memory, wordHash }: ModelKernel, text: Buffer): void {
  const keys = new Int32Array(memory.buffer, CLASS_KEYS_AT, 1024 * BUCKET);
  const numbers = new Uint8Array(memory.buffer, CLASS_NUMBERS_AT, keys.length);
  for (const [index, words] of Object.values(WORD_CLASSES).entries()) {
    for (const word of words.split(' ')) {
      const hash = wordHash(text.write(word, 'latin1'));
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
export function fillBeyond({ memory }: ModelKernel): void {
  foldedShorts ??= Uint32Array.from({ length: 0x800 }, (_, unit) => foldedBytes(unit));
  longLetters ??= Uint8Array.from({ length: 1024 }, (_, block) =>
    foldedCode(64 * block) === 64 * block ? 1 : 0,
  );
  new Uint32Array(memory.buffer, FOLDED_AT).set(foldedShorts);
  new Uint8Array(memory.buffer, LETTERS_AT).set(longLetters);
}
