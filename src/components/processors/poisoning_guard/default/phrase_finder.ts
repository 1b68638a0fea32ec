import { foldedCode } from './automaton.ts';
import { phraseNodes } from './phrase_nodes.ts';
import { KERNEL } from './phrases.kernel.wasm.ts';

/** The memory of the kernel, as in phrases.kernel.as. */
const SIGNS_AT = 1024;
const FOLDED_AT = 1280;
const IS_WORD_AT = 1536;
const BITS_AT = 2048;
const SIGN_NODES_AT = 12 * 1024;
const FOUND_AT = 16 * 1024;
const KEYS_AT = 64 * 1024;
const PAIRS_AT = 128 * 1024;
const PLAIN_AT = 256 * 1024;
const UNITS_AT = 320 * 1024;
const NODES_AT = 352 * 1024;
const SLOTS = 4096;
const UNITS_MAX = 16 * 1024;
const PAGE_BYTES = 65_536;
const SIGN_GROUPS_MAX = 8;
const KEY_SPREAD = 0x9e37_79b9_7f4a_7c15n;
/** Marks the numbers of single signs. */
const SINGLE = 0x8000;
/** Zeros on both sides of a text, which no phrase goes on with. */
const MARGIN = 64;

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly place: (at: number) => void;
  readonly find: (from: number, to: number) => number;
  readonly stoppedAt: () => number;
  readonly narrow: (offset: number, units: number) => number;
}

/** The part of WebAssembly used here; no library of types declares it without the DOM. */
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: Kernel };
  };
};

let compiled: object | undefined;

/** What units of text that are no ASCII are to the kernel: letters of some alphabet, or nothing. */
const LETTER = 0xfe;
const NOTHING = 0xff;

function plainByte(code: number): number {
  if (code < 128) return code;
  const folded = foldedCode(code);
  if (folded < 128) return folded;
  const isSign = (code >= 0x2000 && code < 0x2c00) || (code >= 0xd800 && code < 0xf900);
  return isSign || code < 0xc0 || code >= 0xfe00 ? NOTHING : LETTER;
}

const isWordByte = (byte: number): boolean =>
  byte === LETTER ||
  (byte >= 48 && byte <= 57) ||
  (byte >= 65 && byte <= 90) ||
  (byte >= 97 && byte <= 122);

/** Told of every phrase that stands in a text. */
export type FoundPhrase = (token: number, start: number, end: number) => void;

/**
 * Finds phrases in texts, each by the rarest word in it: sixteen characters at a time it is looked where
 * words begin, and their first eight letters are looked up. What stands in every text costs nothing.
 * Letters are compared without case and marks, a run of white space or `_` is one blank. Not to be
 * entered twice at once; 1 MiB, and as much as the longest text.
 */
export class PhraseFinder {
  readonly #kernel: Kernel;
  readonly #textAt: number;
  #bytes: Buffer;
  #found: Uint32Array;
  /** True when the last text has letters that do not fold to ASCII: words of it may not have been found. */
  hasForeignLetters = false;

  /** Phrases as {@link phraseNodes} takes them. */
  constructor(phrases: readonly string[], right: readonly boolean[]) {
    compiled ??= new WebAssembly.Module(Buffer.from(KERNEL, 'base64'));
    this.#kernel = new WebAssembly.Instance(compiled).exports;
    const { keys, signs, roots, bytes } = phraseNodes(phrases, right, NODES_AT);
    if (keys.length > SLOTS / 2) throw new RangeError('too many anchors');
    this.#textAt = (NODES_AT + bytes.length + 2 * MARGIN) & ~(MARGIN - 1);
    [this.#bytes, this.#found] = this.#views();
    this.#reserve(PAGE_BYTES);
    this.#kernel.place(this.#textAt);
    this.#bytes.set(bytes, NODES_AT);
    for (const [index, key] of keys.entries()) this.#addKey(key, roots[index] as number);
    for (const [index, root] of roots.subarray(keys.length).entries()) {
      this.#bytes.writeUInt32LE(root, SIGN_NODES_AT + 4 * (index + 1));
    }
    this.#addSigns(signs);
    for (let byte = 0; byte < 256; byte++) {
      this.#bytes[FOLDED_AT + byte] = byte < 128 ? foldedCode(byte) : byte;
      this.#bytes[IS_WORD_AT + byte] = Number(isWordByte(byte));
    }
    for (let code = 0; code < 65_536; code++) this.#bytes[PLAIN_AT + code] = plainByte(code);
  }

  #views(): [Buffer, Uint32Array] {
    const { buffer } = this.#kernel.memory;
    return [Buffer.from(buffer), new Uint32Array(buffer, FOUND_AT, (KEYS_AT - FOUND_AT) / 4)];
  }

  #reserve(length: number): void {
    const missing = this.#textAt + length + 2 * MARGIN - this.#bytes.length;
    if (missing <= 0) return;
    this.#kernel.memory.grow(Math.ceil(missing / PAGE_BYTES));
    [this.#bytes, this.#found] = this.#views();
  }

  #addKey(key: string, node: number): void {
    const letters = Buffer.alloc(8);
    letters.write(key, 'latin1');
    for (let i = 0; i < key.length; i++) letters[i] = (letters[i] as number) | 0x20;
    const value = letters.readBigUInt64LE();
    const hash = BigInt.asUintN(64, value * KEY_SPREAD);
    const bit = Number(hash >> 48n);
    const at = BITS_AT + (bit >> 3);
    this.#bytes[at] = (this.#bytes[at] as number) | (1 << (bit & 7));
    let slot = Number((hash >> 32n) & BigInt(SLOTS - 1));
    while (this.#bytes.readBigUInt64LE(KEYS_AT + 16 * slot) !== 0n) slot = (slot + 1) % SLOTS;
    this.#bytes.writeBigUInt64LE(value, KEYS_AT + 16 * slot);
    this.#bytes.writeUInt32LE(node, KEYS_AT + 16 * slot + 8);
  }

  /** Signs that may be followed by the same are a group: a bit in the tables of the kernel. */
  #addSigns(signs: readonly string[]): void {
    const following = Map.groupBy(signs, (sign) => sign.charAt(0));
    const groups = Map.groupBy(following.keys(), (first) =>
      (following.get(first) ?? []).map((sign) => sign.slice(1)).join('\n'),
    );
    if (groups.size > SIGN_GROUPS_MAX) throw new RangeError('too many kinds of signs');
    for (const [group, [seconds, firsts]] of [...groups].entries()) {
      for (const first of firsts) this.#addToGroup(SIGNS_AT, first.charCodeAt(0), 1 << group);
      for (const second of seconds.split('\n')) {
        for (const code of codesOf(second)) this.#addToGroup(SIGNS_AT + 32, code, 1 << group);
      }
    }
    for (const [index, sign] of signs.entries()) {
      const marked = (index + 1) | (sign.length > 1 ? 0 : SINGLE);
      for (const code of codesOf(sign.slice(1))) {
        this.#bytes.writeUInt16LE(marked, PAIRS_AT + 2 * (sign.charCodeAt(0) + 256 * code));
      }
    }
  }

  #addToGroup(tablesAt: number, code: number, bit: number): void {
    const low = tablesAt + (code & 15);
    const high = tablesAt + 16 + (code >> 4);
    this.#bytes[low] = (this.#bytes[low] as number) | bit;
    this.#bytes[high] = (this.#bytes[high] as number) | bit;
  }

  /** Tells of the phrases in a text in the order of their anchors. */
  find(text: string, tell: FoundPhrase): void {
    const { length } = text;
    this.#load(text);
    const kernel = this.#kernel;
    const found = this.#found;
    for (let from = 0; from < length; from = kernel.stoppedAt()) {
      const end = 3 * kernel.find(from, length);
      for (let i = 0; i < end; i += 3) {
        tell(found[i] as number, found[i + 1] as number, found[i + 2] as number);
      }
    }
  }

  #load(text: string): void {
    const { length } = text;
    this.#reserve(length);
    this.hasForeignLetters = false;
    if (Buffer.byteLength(text) === length) this.#bytes.write(text, this.#textAt, length, 'latin1');
    else this.#narrow(text);
    const end = this.#textAt + length;
    this.#bytes.fill(0, end, end + MARGIN);
  }

  #narrow(text: string): void {
    for (let from = 0; from < text.length; from += UNITS_MAX) {
      const piece = text.slice(from, from + UNITS_MAX);
      this.#bytes.write(piece, UNITS_AT, 2 * piece.length, 'utf16le');
      const end = UNITS_AT + 2 * piece.length;
      this.#bytes.fill(0, end, end + 32);
      if (this.#kernel.narrow(from, piece.length) === 1) this.hasForeignLetters = true;
    }
  }
}

/** A sign that has to follow; anything for none. */
const codesOf = (second: string): readonly number[] =>
  second === '' ? Array.from({ length: 256 }, (_, code) => code) : [second.charCodeAt(0)];
