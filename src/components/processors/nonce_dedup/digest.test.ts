import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DIGEST_KEY_BYTES, Digests } from './digest.ts';

const BLOCK = 1024;
const LEVEL = 4 * BLOCK;
const MASK = 2n ** 64n - 1n;

/** What digest.ts says, over bigints: slow, and written from the description, not from the kernel. */
class Oracle {
  readonly #key: DataView;

  constructor(key: Uint8Array) {
    this.#key = new DataView(key.buffer, key.byteOffset, key.byteLength);
  }

  #nh(block: Uint8Array, level: number): Uint8Array {
    const padded = new Uint8Array(Math.ceil(block.length / 32) * 32);
    padded.set(block);
    const words = new DataView(padded.buffer);
    const out = new DataView(new ArrayBuffer(32));
    for (let lane = 0; lane < 4; lane++) {
      let sum = 0n;
      for (let at = 0; at < padded.length; at += 32) {
        for (let i = at; i < at + 16; i += 4) {
          const key = level * LEVEL + lane * BLOCK + i;
          const x = (words.getUint32(i, true) + this.#key.getUint32(key, true)) >>> 0;
          const y = (words.getUint32(i + 16, true) + this.#key.getUint32(key + 16, true)) >>> 0;
          sum += BigInt(x) * BigInt(y);
        }
      }
      out.setBigUint64(lane * 8, sum & MASK, true);
    }
    return new Uint8Array(out.buffer);
  }

  digest(message: Uint8Array, tweak: number): Int32Array {
    let folded = message;
    let level = 0;
    for (; folded.length > BLOCK; level++) {
      const blocks: Uint8Array[] = [];
      for (let at = 0; at < folded.length; at += BLOCK) {
        blocks.push(this.#nh(folded.subarray(at, at + BLOCK), level));
      }
      folded = Buffer.concat(blocks);
    }
    const y = this.#nh(folded, level);
    const view = new DataView(y.buffer);
    const inputs = Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i, true));
    const out = new Int32Array(4);
    for (let word = 0; word < 4; word++) {
      const keys = 5 * LEVEL + word * 88;
      let sum = this.#key.getBigUint64(keys, true);
      [...inputs, message.length, tweak].forEach((input, i) => {
        sum += this.#key.getBigUint64(keys + 8 * (i + 1), true) * BigInt(input);
      });
      out[word] = Number((sum & MASK) >> 32n) | 0;
    }
    return out;
  }
}

const key = randomBytes(DIGEST_KEY_BYTES);
const digests = new Digests(key);
const oracle = new Oracle(key);

/** Key and content digest of one record with nonce and sender. */
function hashed(content: Uint8Array, sender: string | undefined, nonce: string): Int32Array {
  const senderBytes = Buffer.from(sender ?? '');
  const nonceBytes = Buffer.from(nonce);
  digests.load(0, content);
  digests.load(content.length, senderBytes);
  digests.load(content.length + senderBytes.length, nonceBytes);
  digests.chosen(
    3,
    content.length,
    sender === undefined ? -1 : senderBytes.length,
    content.length + senderBytes.length,
    nonceBytes.length,
  );
  for (let job = 0; job < 3; job++) digests.skip(job);
  digests.content(3, 0, content.length);
  digests.run(4);
  return digests.results.slice(24, 32);
}

test.each([1, 15, 16, 31, 32, 33, 570, 1023, 1024, 1025, 2048, 32_768, 32_769, 200_001])(
  'the kernel computes what is written, for %i bytes',
  (length) => {
    const content = randomBytes(length);
    const got = hashed(content, 'agent', 'nonce');
    expect(got.slice(4)).toEqual(oracle.digest(content, 0));
    expect(got.slice(0, 4)).toEqual(oracle.digest(Buffer.from('agentnonce'), 3 + 5));
  },
);

test.each([262_144, 262_145, 1_048_577])('in pieces too, for %i bytes', (length) => {
  const content = randomBytes(length);
  digests.long(0, content);
  digests.load(0, Buffer.from('n'));
  digests.chosen(0, 0, -1, 0, 1);
  digests.run(1);
  expect(digests.results.slice(4, 8)).toEqual(oracle.digest(content, 0));
  expect(digests.results.slice(0, 4)).toEqual(oracle.digest(Buffer.from('n'), 2));
});

test('derived keys are of arrival and row', () => {
  digests.name('0123456789abcdef0123456789abcdef');
  digests.derived(0, 70_000);
  digests.content(0, 0, 100);
  digests.run(1);
  const row = Buffer.alloc(4);
  row.writeUInt32LE(70_000);
  const text = Buffer.concat([row, Buffer.from('0123456789abcdef0123456789abcdef')]);
  expect(digests.results.slice(0, 4)).toEqual(oracle.digest(text, 1));
  expect(digests.results.slice(4, 8)).toEqual(new Int32Array(4));
});

test('what differs anywhere has another digest; what stands around it does not matter', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 2100 }), fc.nat(), (content, at) => {
      const first = hashed(content, 's', 'n');
      const changed = Uint8Array.from(content);
      const place = at % content.length;
      changed[place] = (content[place] ?? 0) ^ (1 << (at % 8));
      expect(hashed(changed, 's', 'n').slice(4)).not.toEqual(first.slice(4));
      expect(hashed(Buffer.concat([content, Buffer.alloc(1)]), 's', 'n')).not.toEqual(first);
      expect(hashed(content, 's', 'n')).toEqual(first);
    }),
    { seed: 20_260_102, numRuns: 150 },
  );
});

test('keys are injective in sender and nonce, and another key hashes otherwise', () => {
  const content = Buffer.from('content');
  const pairs: [string | undefined, string][] = [
    [undefined, 'abc'],
    ['', 'abc'],
    ['a', 'bc'],
    ['ab', 'c'],
  ];
  const keys = pairs.map(([sender, nonce]) => hashed(content, sender, nonce).slice(0, 4).join());
  expect(new Set(keys).size).toBe(4);
  const other = new Digests(randomBytes(DIGEST_KEY_BYTES));
  other.load(0, Buffer.from('abc'));
  other.chosen(0, 0, -1, 0, 3);
  other.run(1);
  expect(other.results.slice(0, 4).join()).not.toBe(keys[0]);
});
