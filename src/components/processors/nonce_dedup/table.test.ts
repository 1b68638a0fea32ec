import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CONFLICT, DUPLICATE, FULL, IN_PROGRESS, NonceTable, RESERVED } from './table.ts';

const SPAN = 1_000;

/** Key and digest words; `key` decides about shard, bucket and tag as little as about the rest. */
function wordsOf(key: number, digest = 0): Int32Array {
  return Int32Array.of(
    Math.imul(key, 0x9e3779b1),
    Math.imul(key, 0x85ebca6b),
    Math.imul(key, 0xc2b2ae35),
    key,
    digest,
    1,
    2,
    3,
  );
}

/** Keys that fall into few buckets and share their tags: what an even hash never makes. */
function crowdedWords(key: number, digest: number): Int32Array {
  return Int32Array.of(key & 1, (key & 6) << 28, 0, key, digest, 0, 0, 0);
}

interface ModelEntry {
  digest: number;
  owner: number;
  state: 'pending' | 'promised' | 'committed';
  expiryMs: number;
  slot: number;
}

/** The table in the plainest words: a map that is looked through whenever something is asked. */
class Model {
  readonly entries = new Map<number, ModelEntry>();
  readonly max: number;
  nowMs: number;

  constructor(max: number, nowMs: number) {
    this.max = max;
    this.nowMs = nowMs;
  }

  #dropExpired(): void {
    for (const [key, entry] of this.entries) {
      if (entry.state === 'committed' && this.nowMs > entry.expiryMs) this.entries.delete(key);
    }
  }

  offer(key: number, digest: number, owner: number, expiryMs: number): number {
    this.#dropExpired();
    const known = this.entries.get(key);
    if (known !== undefined) {
      if (known.state === 'pending' && known.owner !== owner) return IN_PROGRESS;
      return known.digest === digest ? DUPLICATE : CONFLICT;
    }
    if (this.entries.size >= this.max) return FULL;
    this.entries.set(key, { digest, owner, state: 'pending', expiryMs, slot: -1 });
    return RESERVED;
  }
}

type Step =
  | { op: 'offer'; key: number; digest: number; owner: number; dated: number }
  | { op: 'commit' | 'release' | 'promise'; pick: number }
  | { op: 'advance'; ms: number; budget: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('offer' as const),
      key: fc.nat(60),
      digest: fc.nat(1),
      owner: fc.nat(2),
      dated: fc.integer({ min: -1, max: SPAN }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constantFrom(
        'commit' as const,
        'commit' as const,
        'release' as const,
        'promise' as const,
      ),
      pick: fc.nat(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('advance' as const),
      ms: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 3_000 })),
      budget: fc.nat(8),
    }),
  },
);

function follow(
  max: number,
  spanMs: number,
  startMs: number,
  crowd: boolean,
  steps: readonly Step[],
): void {
  const table = new NonceTable({ entriesMax: max, spanMs, nowMs: startMs });
  const model = new Model(max, startMs);
  const words = crowd ? crowdedWords : wordsOf;
  const scale = spanMs / SPAN;
  for (const one of steps) {
    if (one.op === 'advance') {
      model.nowMs += one.ms * scale;
      table.advance(model.nowMs, one.budget);
    } else if (one.op === 'offer') {
      const expiryMs = one.dated < 0 ? Number.NaN : model.nowMs + one.dated * scale;
      const expected = model.offer(one.key, one.digest, one.owner, expiryMs);
      const got = table.offer(words(one.key, one.digest), 0, one.owner, expiryMs);
      expect(got).toBe(expected);
      const entry = model.entries.get(one.key);
      if (got === RESERVED && entry !== undefined) entry.slot = table.slot;
    } else {
      const held = [...model.entries].filter(([, { state }]) => state !== 'committed');
      const [key, entry] = held[one.pick % Math.max(1, held.length)] ?? [];
      if (key === undefined || entry === undefined) continue;
      if (one.op === 'promise') {
        table.promise(entry.slot);
        entry.state = 'promised';
      } else if (one.op === 'release') {
        table.release(entry.slot);
        model.entries.delete(key);
      } else {
        table.commit(entry.slot, spanMs);
        entry.state = 'committed';
        if (Number.isNaN(entry.expiryMs)) entry.expiryMs = model.nowMs + spanMs;
      }
    }
    expect(table.pending).toBe(
      [...model.entries.values()].filter((e) => e.state !== 'committed').length,
    );
    expect(table.size).toBeLessThanOrEqual(max);
    expect(table.size).toBeGreaterThanOrEqual(liveIn(model));
  }
}

function liveIn(model: Model): number {
  return [...model.entries.values()].filter(
    ({ state, expiryMs }) => state !== 'committed' || model.nowMs <= expiryMs,
  ).length;
}

describe('the table answers as a map would', () => {
  test.each<[string, number, number, number, boolean]>([
    ['ticks of 1 ms', 20, SPAN, 0, false],
    ['ticks of 4 ms', 20, SPAN * 360, 1_800_000_000_000, false],
    ['ticks of 32 ms', 20, SPAN * 4_000, 1_800_000_000_000, false],
    ['crowded buckets', 50, SPAN, 0, true],
    ['one place', 1, SPAN * 360, 0, false],
  ])('%s', (_, max, spanMs, startMs, crowd) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 300 }), (steps) => {
        follow(max, spanMs, startMs, crowd, steps);
      }),
      { seed: 20_260_101, numRuns: 60 },
    );
  });
});

test('set back, the table forgets nothing that had not expired, and shows nothing that has', () => {
  const moves = fc.array(
    fc.record({ key: fc.nat(40), lifeMs: fc.nat(SPAN), ms: fc.integer({ min: -900, max: 900 }) }),
    { minLength: 10, maxLength: 120 },
  );
  fc.assert(
    fc.property(moves, fc.nat(4), (list, budget) => {
      const table = new NonceTable({ entriesMax: 1000, spanMs: SPAN, nowMs: 0 });
      const expiries = new Map<number, number>();
      let nowMs = 0;
      let latestMs = 0;
      for (const { key, lifeMs, ms } of list) {
        nowMs += ms;
        latestMs = Math.max(latestMs, nowMs);
        table.advance(nowMs, budget);
        const expiryMs = expiries.get(key) ?? Number.NEGATIVE_INFINITY;
        const offer = table.offer(wordsOf(key), 0, 0, nowMs + lifeMs);
        if (expiryMs >= latestMs) expect(offer).toBe(DUPLICATE);
        if (expiryMs < nowMs) expect(offer).toBe(RESERVED);
        // In between it may have been purged, and then the table says so.
        if (expiryMs >= nowMs && offer === RESERVED) {
          expect(table.purgedMs).toBeGreaterThanOrEqual(expiryMs);
        }
        if (offer !== RESERVED) continue;
        table.commit(table.slot, 0);
        expiries.set(key, nowMs + lifeMs);
      }
    }),
    { seed: 20_260_103, numRuns: 150 },
  );
});

describe('growth and expiry', () => {
  test('a million entries: all found, none invented, all gone after their time', () => {
    const table = new NonceTable({ entriesMax: 1_000_000, spanMs: 1_000_000, nowMs: 0 });
    const words = new Int32Array(8);
    const set = (key: number): Int32Array => {
      words[0] = Math.imul(key, 0x9e3779b1);
      words[1] = Math.imul(key ^ 0x55555, 0x85ebca6b);
      words[2] = Math.imul(key, 0xc2b2ae35);
      words[3] = key;
      return words;
    };
    let wrong = 0;
    for (let key = 0; key < 1_000_000; key++) {
      if (table.offer(set(key), 0, 0, key) !== RESERVED) wrong += 1;
      table.commit(table.slot, 0);
    }
    expect(table.offer(set(1_000_000), 0, 0, 5)).toBe(FULL);
    for (let key = 0; key < 1_000_000; key += 7) {
      if (table.offer(set(key), 0, 1, 0) !== DUPLICATE) wrong += 1;
      if (table.has(set(key + 1_000_001), 0)) wrong += 1;
    }
    expect(wrong).toBe(0);
    expect(table.byteLength / table.size).toBeLessThan(48);
    // Entry k expires after k ms: at 500,000 ms the first 500,000 are gone and no other.
    let purged = 0;
    for (let budget = 100; ; budget *= 2) {
      const count = table.advance(500_000, budget);
      purged += count;
      if (count === 0) break;
    }
    // The tick of now is not over: what it holds is unseen but not purged.
    expect(purged).toBeGreaterThan(500_000 - 16);
    expect(table.has(set(499_999), 0)).toBe(false);
    expect(table.has(set(500_000), 0)).toBe(true);
    expect(table.purgedMs).toBeLessThan(500_000);
    table.advance(2_000_000, Number.POSITIVE_INFINITY);
    expect(table.size).toBe(0);
    expect(table.purgedMs).toBe(999_999);
  });

  test('a purge looks at what its budget allows, and what waits is not seen', () => {
    const table = new NonceTable({ entriesMax: 1000, spanMs: 1000, nowMs: 0 });
    for (let key = 0; key < 1000; key++) {
      table.offer(wordsOf(key), 0, 0, 10);
      table.commit(table.slot, 0);
    }
    expect(table.advance(11, 3)).toBe(3);
    expect(table.size).toBe(997);
    expect(table.has(wordsOf(1), 0)).toBe(false);
    // Full of expired entries is not full: each insert makes its own room.
    for (let key = 1000; key < 2000; key++) {
      expect(table.offer(wordsOf(key), 0, 0, 500)).toBe(RESERVED);
    }
    expect(table.offer(wordsOf(2000), 0, 0, 500)).toBe(FULL);
  });

  test('time may run for years', () => {
    const table = new NonceTable({ entriesMax: 10, spanMs: 1000, nowMs: 0 });
    for (let nowMs = 0; nowMs < 2 ** 34; nowMs += 2 ** 29 + 7) {
      table.advance(nowMs, 10);
      expect(table.offer(wordsOf(1), 0, 0, nowMs + 1000)).toBe(RESERVED);
      table.commit(table.slot, 0);
      table.advance(nowMs + 1000, 10);
      expect(table.offer(wordsOf(1), 0, 0, nowMs + 1000)).toBe(DUPLICATE);
      table.advance(nowMs + 1001, 10);
      expect(table.size).toBe(0);
    }
  });
});
