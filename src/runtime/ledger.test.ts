import { describe, expect, test } from 'vitest';
import { DELIVERED, endingOf } from '../sdk/index.ts';
import { Ledger } from './ledger.ts';

const REASONS = {
  full: { ending: 'failed', told: 'retryable', meaning: 'test' },
  seen: { ending: 'dropped', told: 'accepted', meaning: 'test' },
} as const;

describe('a ledger', () => {
  test('knows every declared reason at 0 before it happens', () => {
    expect(new Ledger('stage', REASONS).balance()).toEqual({
      submitted: 0,
      carriedIn: 0,
      delivered: 0,
      failed: { full: 0, unsettled: 0, internal_error: 0 },
      dropped: { seen: 0 },
      inFlight: 0,
    });
  });

  test('balances at every instant', () => {
    const ledger = new Ledger('stage', REASONS);
    const entry = ledger.enter(5);
    const carried = ledger.carryIn(2);
    expect(ledger.balance()).toMatchObject({ submitted: 5, carriedIn: 2, inFlight: 7 });
    entry.end(2, DELIVERED);
    entry.end(1, endingOf('full', REASONS.full));
    entry.end(2, endingOf('seen', REASONS.seen));
    carried.end(2, DELIVERED);
    expect(ledger.balance()).toMatchObject({
      delivered: 4,
      failed: { full: 1 },
      dropped: { seen: 2 },
      inFlight: 0,
    });
    expect(ledger.audit()).toEqual([]);
  });

  test('what nobody answered for is failed, counted and red', () => {
    const ledger = new Ledger('stage', REASONS);
    {
      using entry = ledger.enter(3);
      entry.end(1, DELIVERED);
    }
    expect(ledger.balance()).toMatchObject({ delivered: 1, failed: { unsettled: 2 }, inFlight: 0 });
    expect(ledger.audit()).toEqual(['stage: 2 records were left without an answer']);
  });

  test('more endings than records are a bug', () => {
    const entry = new Ledger('stage', REASONS).enter(1);
    expect(() => entry.end(2, DELIVERED)).toThrow('more records ended than entered');
  });

  test('a reason that was not declared is a bug', () => {
    const entry = new Ledger('stage', REASONS).enter(1);
    const ending = { kind: 'dropped', reason: 'made_up', told: 'accepted' } as const;
    expect(() => entry.end(1, ending)).toThrow('made_up is not declared');
  });
});
