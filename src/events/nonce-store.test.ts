import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryNonceStore } from './nonce-store.ts';

function storeAt(start: number, maxEntries: number) {
  const clock = { now: start };
  return { clock, store: new MemoryNonceStore({ now: () => clock.now, maxEntries }) };
}

test('one step: the second of two is a duplicate, to the exact expiry', () => {
  const { clock, store } = storeAt(0, 10);
  expect(store.checkAndInsert('a', 100)).toBe('fresh');
  clock.now = 100;
  expect(store.checkAndInsert('a', 200)).toBe('duplicate');
  clock.now = 101;
  expect(store.checkAndInsert('a', 200)).toBe('fresh');
});

test('a live nonce is never evicted, an expired one makes room', () => {
  const { clock, store } = storeAt(0, 2);
  store.checkAndInsert('a', 100);
  store.checkAndInsert('b', 50);
  expect(store.checkAndInsert('c', 100)).toBe('full');
  expect(store.has('c')).toBe(false);
  clock.now = 51;
  expect(store.checkAndInsert('c', 100)).toBe('fresh');
  expect(store.count()).toBe(2);
});

test('an expiry is never shortened', () => {
  const { clock, store } = storeAt(0, 2);
  store.add('a', 100);
  store.add('a', 10);
  clock.now = 50;
  expect(store.has('a')).toBe(true);
});

test('a clock that steps back makes no purged nonce new again', () => {
  const { clock, store } = storeAt(0, 2);
  store.checkAndInsert('a', 100);
  clock.now = 101;
  expect(store.cleanup()).toBe(1);
  clock.now = 0;
  expect(store.checkAndInsert('a', 100)).toBe('stale');
  expect(store.checkAndInsert('b', 101)).toBe('fresh');
});

test('memory is bounded by the capacity, however often nonces come and go', () => {
  const { store } = storeAt(0, 4);
  for (let i = 1; i < 10_000; i++) store.add('a', i);
  expect(store.count()).toBe(1);
});

test('agrees with a plain model', () => {
  const operation = fc.record({
    nonce: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
    wait: fc.nat(3),
    keep: fc.nat(12),
    cleanup: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const { clock, store } = storeAt(0, 4);
      const model = new Map<string, number>();
      for (const { nonce, wait, keep, cleanup } of operations) {
        clock.now += wait;
        for (const [known, expiry] of model) if (clock.now > expiry) model.delete(known);
        if (cleanup) store.cleanup();
        const expected = model.has(nonce) ? 'duplicate' : model.size >= 4 ? 'full' : 'fresh';
        if (expected === 'fresh') model.set(nonce, clock.now + keep);
        expect(store.checkAndInsert(nonce, clock.now + keep)).toBe(expected);
      }
      store.cleanup();
      expect(store.count()).toBe(model.size);
    }),
    { seed: 11, numRuns: 300 },
  );
});
