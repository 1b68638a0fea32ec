import { foldedCode } from './automaton.ts';
import { phraseNodes } from './phrase_nodes.ts';

/** Memory that the kernels which follow phrases share, as in their sources. */
const SIGNS_AT = 1024;
const FOLDED_AT = 1280;
const IS_WORD_AT = 1536;
const BITS_AT = 2048;
const SIGN_NODES_AT = 12 * 1024;
const KEYS_AT = 64 * 1024;
const PAIRS_AT = 128 * 1024;
const NODES_AT = 400 * 1024;
const SLOTS = 4096;
const SIGN_GROUPS_MAX = 8;
const KEY_SPREAD = 0x9e37_79b9_7f4a_7c15n;
/** Marks the numbers of single signs. */
const SINGLE = 0x8000;

/** Zeros on both sides of a text, which no phrase goes on with. */
export const MARGIN = 192;

/** The byte that stands for letters of other alphabets. */
export const LETTER = 0xfe;

const isWordByte = (byte: number): boolean =>
  byte === LETTER ||
  (byte >= 48 && byte <= 57) ||
  (byte >= 65 && byte <= 90) ||
  (byte >= 97 && byte <= 122);

/** Up to 8 letters as a number: small ones, the first in the lowest byte. */
export function keyOf(word: string): bigint {
  let key = 0n;
  for (let i = 0; i < Math.min(word.length, 8); i++) {
    key |= BigInt(word.charCodeAt(i) | 0x20) << BigInt(8 * i);
  }
  return key;
}

/** What the kernels look keys up by. */
export const spread = (key: bigint): bigint => BigInt.asUintN(64, key * KEY_SPREAD);

/** Bytes of a table with a bit for each hash of 16 bits of a key. */
export const KEY_BITS_BYTES = 8 * 1024;

/** Adds a key to the table of bits at `at`, by which most keys that are in no set are ruled out. */
export function addKeyBit(bytes: Buffer, at: number, key: bigint): void {
  const bit = Number(spread(key) >> 48n);
  const place = at + (bit >> 3);
  bytes[place] = (bytes[place] as number) | (1 << (bit & 7));
}

/** A sign that has to follow; anything for none. */
const codesOf = (second: string): readonly number[] =>
  second === '' ? Array.from({ length: 256 }, (_, code) => code) : [second.charCodeAt(0)];

/** Writes the tables of phrases into the memory of a kernel. */
class PhraseTables {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  write(phrases: readonly string[], right: readonly boolean[]): number {
    const { keys, signs, roots, next, bytes } = phraseNodes(phrases, right, NODES_AT);
    if (keys.length > SLOTS / 2) throw new RangeError('too many anchors');
    this.#bytes.set(bytes, NODES_AT);
    for (const [index, key] of keys.entries()) {
      this.#addKey(keyOf(key), roots[index] as number, next[index] as number);
    }
    for (const [index, root] of roots.subarray(keys.length).entries()) {
      this.#bytes.writeUInt32LE(root, SIGN_NODES_AT + 4 * (index + 1));
    }
    this.#addSigns(signs);
    for (let byte = 0; byte < 256; byte++) {
      this.#bytes[FOLDED_AT + byte] = byte < 128 ? foldedCode(byte) : byte;
      this.#bytes[IS_WORD_AT + byte] = Number(isWordByte(byte));
    }
    return (NODES_AT + bytes.length + 2 * MARGIN) & ~63;
  }

  #addKey(key: bigint, node: number, next: number): void {
    addKeyBit(this.#bytes, BITS_AT, key);
    let slot = Number((spread(key) >> 32n) & BigInt(SLOTS - 1));
    while (this.#bytes.readBigUInt64LE(KEYS_AT + 16 * slot) !== 0n) slot = (slot + 1) % SLOTS;
    this.#bytes.writeBigUInt64LE(key, KEYS_AT + 16 * slot);
    this.#bytes.writeUInt32LE(node, KEYS_AT + 16 * slot + 8);
    this.#bytes.writeUInt32LE(next, KEYS_AT + 16 * slot + 12);
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
}

/**
 * Writes phrases, as `phraseNodes` takes them, into the memory of a kernel; where what it writes ends.
 * The memory has 1 MiB.
 */
export function writePhrases(
  bytes: Buffer,
  phrases: readonly string[],
  right: readonly boolean[],
): number {
  return new PhraseTables(bytes).write(phrases, right);
}
