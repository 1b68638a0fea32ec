import { CLASS_OF_WORD, DROPPED, foldedCode, letterBytes, SEPARATOR } from './model_features.ts';
import { KERNEL } from './model.kernel.wasm.ts';

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
  /** Reads a piece of so many bytes; after the last, the text's log-odds. */
  readonly piece: (bytes: number, isLast: number) => number;
}

/** The part of WebAssembly used here; no library of types declares it without the DOM. */
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: ModelKernel };
  };
};

let compiled: object | undefined;
let tables: Uint8Array | undefined;

/** A kernel with these weights, and where a piece is to be written. 256 KiB. */
export function modelKernel(weights: Int8Array): { kernel: ModelKernel; text: Buffer } {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL, 'base64'));
  tables ??= fixedTables();
  const kernel = new WebAssembly.Instance(compiled).exports;
  const { buffer } = kernel.memory;
  new Uint8Array(buffer).set(tables);
  const places = new Int8Array(buffer, WEIGHTS_AT, PLACES);
  // Fewer weights: each stands for some places in a row, since the top bits choose.
  const width = PLACES / weights.length;
  for (const [i, weight] of weights.entries()) places.fill(weight, i * width, (i + 1) * width);
  return { kernel, text: Buffer.from(buffer, TEXT_AT, PIECE_BYTES_MAX) };
}

/** Everything below the weights. */
function fixedTables(): Uint8Array {
  const bytes = new Uint8Array(WEIGHTS_AT);
  bytes.fill(0xff, MASKS_AT, MASKS_AT + 32);
  const folded = new Uint32Array(bytes.buffer, FOLDED_AT, 0x800);
  for (let unit = 0x80; unit < 0x800; unit++) folded[unit] = foldedBytes(unit);
  for (let unit = 0x800; unit < 0x10000; unit += 64) {
    bytes[LETTERS_AT + unit / 64] = foldedCode(unit) === unit ? 1 : 0;
  }
  fillClasses(bytes);
  return bytes;
}

/** What the kernel writes for a code point of two bytes, and how many bytes that is. */
function foldedBytes(unit: number): number {
  const code = foldedCode(unit);
  if (code === DROPPED) return 0;
  if (code === SEPARATOR) return 1 << 16;
  const [first = 0, second = 0, ...more] = letterBytes(String.fromCharCode(code));
  if (more.length > 0) throw new RangeError(`${code} is too long`);
  return first | (second << 8) | ((second === 0 ? 1 : 2) << 16);
}

const BUCKET = 4;

function fillClasses(bytes: Uint8Array): void {
  const keys = new Int32Array(bytes.buffer, CLASS_KEYS_AT, 1024 * BUCKET);
  const numbers = bytes.subarray(CLASS_NUMBERS_AT, CLASS_NUMBERS_AT + keys.length);
  for (const [hash, number] of CLASS_OF_WORD) {
    const bucket = BUCKET * (hash >>> 22);
    const free = numbers.indexOf(0, bucket);
    if (free >= bucket + BUCKET) throw new RangeError('too many words of classes in a bucket');
    keys[free] = hash;
    numbers[free] = number;
  }
}
