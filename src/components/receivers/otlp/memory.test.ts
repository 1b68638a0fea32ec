import { randomBytes } from 'node:crypto';
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { inflate } from './inflate.ts';
import { SlabPool } from './slabs.ts';

describe('slabs', () => {
  test.each([
    [0, 4_096],
    [4_096, 4_096],
    [4_097, 8_192],
    [577_000, 1_048_576],
    [8_388_608, 8_388_608],
    [8_388_609, 8_388_609],
  ])('%i bytes get a slab of %i', (bytes, size) => {
    expect(new SlabPool().take(bytes).length).toBe(size);
  });

  test('come back, one owner at a time', () => {
    const pool = new SlabPool();
    const first = pool.take(5_000);
    const second = pool.take(5_000);
    expect(second).not.toBe(first);
    pool.give(first);
    expect(pool.take(8_000)).toBe(first);
    expect(pool.idleBytes).toBe(0);
    expect(pool.take(8_000)).not.toBe(first);
  });

  test('lie idle up to the bound only', () => {
    const pool = new SlabPool(10_000);
    const slabs = Array.from({ length: 5 }, () => pool.take(4_096));
    for (const slab of slabs) pool.give(slab);
    expect(pool.idleBytes).toBe(8_192);
    pool.give(pool.take(9_000_000));
    expect(pool.idleBytes).toBe(8_192);
  });
});

/** A reservation that knows its highest mark. */
function room(bytesMax = Infinity) {
  return {
    bytes: 0,
    peak: 0,
    resize(bytes: number) {
      if (bytes > bytesMax) return false;
      this.bytes = bytes;
      this.peak = Math.max(this.peak, bytes);
      return true;
    },
    release() {},
  };
}

describe('inflate', () => {
  const half = randomBytes(3_000_000);
  const small = Buffer.concat([half.subarray(0, 1_000), Buffer.alloc(5_000)]);
  const large = Buffer.concat([half, half]);

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['zstd', zstdCompressSync],
  ] as const)('%s gives back small, large and empty content', async (compression, pack) => {
    for (const content of [small, large, Buffer.alloc(0)]) {
      const inflation = await inflate(pack(content), compression, 20_000_000, room());
      if (inflation.kind !== 'inflated') throw new Error(inflation.kind);
      expect(inflation.bytes.equals(content)).toBe(true);
    }
  });

  test('gzip of several members, whose last size says little', async () => {
    const body = Buffer.concat([gzipSync(large), gzipSync(small)]);
    const inflation = await inflate(body, 'gzip', 20_000_000, room());
    expect(inflation.kind === 'inflated' && inflation.bytes.length).toBe(
      large.length + small.length,
    );
  });

  test.each([6_000, 5_999])('the limit of %i bytes is exact', async (bytesMax) => {
    const kind = bytesMax === 6_000 ? 'inflated' : 'too_large';
    for (const body of [gzipSync(small), deflateRawSync(small), zstdCompressSync(small)]) {
      const compression = body[0] === 0x1f ? 'gzip' : body[0] === 0x28 ? 'zstd' : 'deflate';
      expect((await inflate(body, compression, bytesMax, room())).kind).toBe(kind);
    }
  });

  test('room is taken before memory is', async () => {
    const body = gzipSync(large);
    expect((await inflate(body, 'gzip', 20_000_000, room(body.length + 1_000_000))).kind).toBe(
      'memory_full',
    );
    const enough = room();
    await inflate(body, 'gzip', 20_000_000, enough);
    expect(enough.peak).toBe(body.length + 2 * large.length);
  });
});
