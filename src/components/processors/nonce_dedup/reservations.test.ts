import { expect, test } from 'vitest';
import { Reservations } from './reservations.ts';
import { arrivalOf } from './testing.ts';

test('an array that served another arrival holds nothing, and is long enough', () => {
  const reservations = new Reservations();
  for (const rows of [3, 2, 5, 4, 9_000, 1, 3]) {
    const { arrival } = arrivalOf([]);
    const set = arrivalOf(
      Array.from({ length: rows }, () => ({})),
      arrival,
    );
    const holding = reservations.open(set);
    expect(holding.slots.length).toBeGreaterThanOrEqual(rows);
    expect(holding.slots.every((slot) => slot === 0)).toBe(true);
    holding.slots[rows - 1] = 7;
    holding.held = 1;
    expect(reservations.open(set)).toBe(holding);
    holding.slots[rows - 1] = 0;
    holding.held = 0;
    reservations.close(set.arrival, holding);
    expect(reservations.size).toBe(0);
  }
});

test('two arrivals at once have arrays of their own, and numbers too', () => {
  const reservations = new Reservations();
  const sets = [arrivalOf([{}]), arrivalOf([{}])] as const;
  for (let round = 0; round < 3; round++) {
    const [a, b] = [reservations.open(sets[0]), reservations.open(sets[1])];
    expect(a.slots).not.toBe(b.slots);
    expect(a.owner).not.toBe(b.owner);
    reservations.close(sets[0].arrival, a);
    reservations.close(sets[1].arrival, b);
  }
});
