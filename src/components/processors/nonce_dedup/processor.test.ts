import { describe, expect, test } from 'vitest';
import { DELIVERED, type Ending } from '../../../sdk/index.ts';
import { arrivalOf, FakeClock, passedOf, TestStage } from './testing.ts';
import type { TestRecord } from './testing.ts';

const START = 1_800_000_000_000;
const WINDOW = 300_000;
const SKEW = 60_000;
const BLOCKED: Ending = { kind: 'dropped', reason: 'poisoned', told: 'rejected' };
const REFUSED: Ending = { kind: 'failed', reason: 'rejected_by_backend', told: 'rejected' };
const UNATTRIBUTED: Ending = { kind: 'failed', reason: 'rejected_unattributed', told: 'accepted' };
const UNDELIVERED: Ending = { kind: 'failed', reason: 'retries_given_up', told: 'retryable' };

/** A stage whose restart guard is over. */
function seasoned(config: Readonly<Record<string, unknown>> = {}): TestStage {
  const stage = new TestStage(config, new FakeClock(START - WINDOW));
  stage.clock.run(WINDOW);
  return stage;
}

function now(nonce: string, record: TestRecord = {}): TestRecord {
  return { nonce, timeMs: START, sender: 'a', ...record };
}

describe('the first look', () => {
  test.each<[string, string, TestRecord]>([
    ['a chosen nonce with a time', 'pass', now('n')],
    [
      'the time of the record itself',
      'pass',
      { nonce: 'n', timeUnixNano: BigInt(START) * 1_000_000n },
    ],
    ['no sender', 'pass', { nonce: 'n', timeMs: START }],
    ['no nonce', 'nonce_missing', { timeMs: START }],
    ['an empty nonce', 'nonce_invalid', now('')],
    ['a nonce of 256 bytes', 'pass', now('x'.repeat(256))],
    ['a nonce of 257 bytes', 'nonce_invalid', now('x'.repeat(257))],
    ['a nonce of 128 characters and 256 bytes', 'pass', now('é'.repeat(128))],
    ['a nonce of 129 characters and 258 bytes', 'nonce_invalid', now('é'.repeat(129))],
    ['a nonce that is a number', 'nonce_invalid', { nonce: 7n, timeMs: START }],
    ['a sender of 256 bytes', 'pass', now('n', { sender: 's'.repeat(256) })],
    ['a sender of 257 bytes', 'nonce_invalid', now('n', { sender: 's'.repeat(257) })],
    ['no time at all', 'time_invalid', { nonce: 'n', sender: 'a' }],
    [
      'a bad time beside a good one',
      'time_invalid',
      { nonce: 'n', timeMs: 'yesterday', timeUnixNano: BigInt(START) * 1_000_000n },
    ],
    ['an empty time', 'time_invalid', now('n', { timeMs: '' })],
    ['a time as text', 'time_invalid', now('n', { timeMs: String(START) })],
    ['NaN', 'time_invalid', now('n', { timeMs: Number.NaN })],
    ['infinity', 'time_invalid', now('n', { timeMs: Number.POSITIVE_INFINITY })],
    ['half a millisecond', 'time_invalid', now('n', { timeMs: START + 0.5 })],
    ['seconds', 'time_invalid', now('n', { timeMs: START / 1000 })],
    ['microseconds', 'time_invalid', now('n', { timeMs: START * 1000 })],
    ['a negative time', 'time_invalid', now('n', { timeMs: -START })],
    ['zero', 'time_invalid', now('n', { timeMs: 0 })],
    ['the oldest time', 'pass', now('n', { timeMs: START - WINDOW })],
    ['one ms older', 'stale', now('n', { timeMs: START - WINDOW - 1 })],
    ['the furthest time ahead', 'pass', now('n', { timeMs: START + SKEW })],
    ['one ms further', 'future', now('n', { timeMs: START + SKEW + 1 })],
    [
      'an id of the semantic conventions, whatever its time',
      'pass',
      { timeMs: START - 10 * WINDOW, attributes: [['log.record.uid', 'u']] },
    ],
    [
      'a chosen nonce wins over an id',
      'stale',
      now('n', { timeMs: START - 10 * WINDOW, attributes: [['log.record.uid', 'u']] }),
    ],
  ])('%s: %s', (_, outcome, record) => {
    expect(seasoned().deliver(record)).toEqual([outcome]);
  });

  test('a double without fraction is a time', () => {
    const attributes = [['countersign.time_ms', START]] as const;
    expect(seasoned().deliver({ nonce: 'n', attributes })).toEqual(['pass']);
    expect(seasoned().deliver({ nonce: 'n', timeMs: START - 0.25 })).toEqual(['time_invalid']);
  });

  test.each<[string, string, string]>([
    ['reject', 'nonce_missing', 'nonce_missing'],
    ['pass', 'pass', 'pass'],
    ['derive', 'pass', 'duplicate'],
  ])('on_missing: %s: %s, sent again %s', (onMissing, first, again) => {
    const stage = seasoned({ on_missing: onMissing });
    const send = (): string[] => {
      const set = arrivalOf([{ body: 'x' }, { body: 'x' }], { text: 'abc0' });
      const outcomes = stage.judge(set);
      stage.stage.settled(passedOf(set, outcomes), DELIVERED);
      return outcomes;
    };
    // Equal content alone makes no duplicate: both records of the arrival go on.
    expect(send()).toEqual([first, first]);
    expect(send()).toEqual([again, again]);
    expect(stage.judge(arrivalOf([{ body: 'x' }, { body: 'x' }]))).toEqual([first, first]);
  });

  test('strict: times are tested whatever the nonce is', () => {
    const stage = seasoned({ strict: true, on_missing: 'derive' });
    const old = BigInt(START - WINDOW - 1) * 1_000_000n;
    const attributes = [['log.record.uid', 'u']] as const;
    expect(
      stage.deliver(
        { attributes, timeUnixNano: old },
        { timeUnixNano: old },
        { attributes, timeUnixNano: old + 1_000_000n },
        { timeUnixNano: old + 1_999_999n },
        {},
      ),
    ).toEqual(['stale', 'stale', 'pass', 'pass', 'time_invalid']);
  });

  test('names may be configured', () => {
    const stage = seasoned({ nonce: ['my.id'], time: ['my.time'], sender: [], strict: true });
    const record = (id: string, time: bigint): TestRecord => ({
      nonce: 'never read',
      attributes: [
        ['my.id', id],
        ['my.time', time],
      ],
    });
    const good = BigInt(START);
    expect(stage.deliver(record('a', good), record('a', good), record('b', 5n))).toEqual([
      'pass',
      'duplicate',
      'time_invalid',
    ]);
  });
});

describe('what comes again', () => {
  test('equal records are duplicates, others under the nonce conflict', () => {
    const stage = seasoned();
    expect(stage.deliver(now('n'))).toEqual(['pass']);
    expect(stage.deliver(now('n'), now('n', { body: 'other' }), now('n', { sender: 'b' }))).toEqual(
      ['duplicate', 'nonce_conflict', 'pass'],
    );
  });

  test('sender and nonce are kept apart, and no sender is not an empty one', () => {
    const stage = seasoned();
    const outcomes = stage.deliver(
      now('bc', { sender: 'a' }),
      now('c', { sender: 'ab' }),
      now('abc', { sender: '' }),
      { nonce: 'abc', timeMs: START },
    );
    expect(outcomes).toEqual(['pass', 'pass', 'pass', 'pass']);
  });

  test('within one arrival the first goes on, before anything has ended', () => {
    const stage = seasoned();
    const set = arrivalOf([now('n'), now('n'), now('n', { body: 'other' }), now('m')]);
    expect(stage.judge(set)).toEqual(['pass', 'duplicate', 'nonce_conflict', 'pass']);
  });

  test('a nonce another arrival holds is in progress, whatever the content', () => {
    const stage = seasoned();
    stage.judge(arrivalOf([now('n')]));
    expect(stage.judge(arrivalOf([now('n'), now('n', { body: 'other' }), now('m')]))).toEqual([
      'in_progress',
      'in_progress',
      'pass',
    ]);
    // A reservation neither times out nor expires.
    stage.clock.run(10 * WINDOW);
    expect(stage.judge(arrivalOf([now('n', { timeMs: START + 10 * WINDOW })]))).toEqual([
      'in_progress',
    ]);
  });

  test('a promised record has been taken: a repeat is a duplicate before the end', () => {
    const stage = seasoned();
    const set = arrivalOf([now('n')]);
    stage.judge(set);
    stage.stage.promised(set);
    expect(stage.deliver(now('n'), now('n', { body: 'other' }))).toEqual([
      'duplicate',
      'nonce_conflict',
    ]);
    stage.stage.settled(set, UNDELIVERED);
    expect(stage.deliver(now('n'))).toEqual(['pass']);
  });

  test.each<[string, string, Ending]>([
    ['delivered', 'duplicate', DELIVERED],
    ['refused by a backend for good', 'duplicate', REFUSED],
    ['refused, nobody says whose it was', 'duplicate', UNATTRIBUTED],
    ['blocked by a later stage', 'pass', BLOCKED],
    ['not delivered', 'pass', UNDELIVERED],
  ])('%s: sent again it is %s', (_, again, ending) => {
    const stage = seasoned();
    const set = arrivalOf([now('n'), now('m')]);
    stage.judge(set);
    stage.stage.settled(set.select([0]), ending);
    expect(stage.judge(arrivalOf([now('n'), now('m')]))).toEqual([again, 'in_progress']);
    expect(stage.measure('replay_pending')).toBe(again === 'pass' ? 2 : 1);
  });

  test('the retry of a request that failed: the case of the nonce stored too early', () => {
    const stage = seasoned();
    const send = (ending: Ending): string[] => {
      const set = arrivalOf([now('a'), now('b'), now('c')]);
      const outcomes = stage.judge(set);
      stage.stage.settled(passedOf(set, outcomes), ending);
      return outcomes;
    };
    expect(send(UNDELIVERED)).toEqual(['pass', 'pass', 'pass']);
    expect(send(DELIVERED)).toEqual(['pass', 'pass', 'pass']);
    expect(send(DELIVERED)).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect(stage.deliver(now('a', { body: 'other' }))).toEqual(['nonce_conflict']);
  });

  test('records of one arrival may come and end in parts', () => {
    const stage = seasoned();
    const set = arrivalOf([now('a'), now('b'), now('c'), now('b')]);
    expect(stage.judge(set.select([0, 2]))).toEqual(['pass', 'pass']);
    expect(stage.judge(set.select([1, 3]))).toEqual(['pass', 'duplicate']);
    stage.stage.settled(set.select([2]), DELIVERED);
    stage.stage.settled(set.select([0, 1]), BLOCKED);
    expect(stage.deliver(now('a'), now('b'), now('c'))).toEqual(['pass', 'pass', 'duplicate']);
  });

  test('an arrival is forgotten with the end of its last record, and an end counts once', () => {
    const stage = seasoned();
    const arrivals = (): number | undefined => stage.measure('replay_pending_arrivals');
    const set = arrivalOf([now('a'), now('b'), now('a')]);
    stage.judge(set);
    stage.stage.settled(set.select([0]), DELIVERED);
    stage.stage.settled(set.select([0]), UNDELIVERED);
    expect(arrivals()).toBe(1);
    stage.stage.settled(set.select([1]), DELIVERED);
    expect(arrivals()).toBe(0);
    stage.stage.settled(set, UNDELIVERED);
    expect(stage.deliver(now('a'), now('b'))).toEqual(['duplicate', 'duplicate']);
    expect(arrivals()).toBe(0);
    expect(stage.measure('replay_pending')).toBe(0);
  });

  test('what is held is said: a repeat of it would be recognised', () => {
    const stage = seasoned({ on_missing: 'pass' });
    const set = arrivalOf([now('a'), {}, now('a'), now('b')]);
    const held = (): boolean[] => [0, 1, 2, 3].map((i) => stage.stage.holds(set, i));
    expect(held()).toEqual([false, false, false, false]);
    stage.judge(set);
    expect(held()).toEqual([true, false, false, true]);
    expect(stage.stage.holds(set.select([3]), 0)).toBe(true);
    stage.stage.settled(set.select([0]), DELIVERED);
    expect(held()).toEqual([false, false, false, true]);
  });

  test('of a repeated attribute the first one counts', () => {
    const stage = seasoned();
    const twice = now('a', { attributes: [['countersign.nonce', 'b']] });
    expect(stage.deliver(twice, now('b'), now('a'))).toEqual(['pass', 'pass', 'nonce_conflict']);
  });

  test('changed records are judged by what they became', () => {
    const stage = seasoned();
    const set = arrivalOf([now('n'), now('m')]);
    const changed = set.replace([
      set.at(0).with({ attributes: { 'countersign.nonce': 'other' } }),
      undefined,
    ]);
    expect(stage.judge(changed)).toEqual(['pass', 'pass']);
    expect(stage.judge(arrivalOf([now('n'), now('m'), now('other')]))).toEqual([
      'pass',
      'in_progress',
      'in_progress',
    ]);
  });

  test.each([1, 900, 1_025, 60_000, 262_000, 300_000, 3_000_000])(
    'a body of %i bytes is told from one that differs at its end',
    (length) => {
      const stage = seasoned();
      const body = 'x'.repeat(length);
      expect(stage.deliver(now('n', { body }), now('m'))).toEqual(['pass', 'pass']);
      expect(
        stage.deliver(now('m'), now('n', { body }), now('n', { body: `${body.slice(1)}y` })),
      ).toEqual(['duplicate', 'duplicate', 'nonce_conflict']);
    },
  );

  test('no nonce and no content stands in the log', () => {
    const stage = seasoned({ max_nonces: 1 });
    stage.deliver(now('canary-1'), now('canary-2'), now('canary-1', { body: 'canary-3' }));
    expect(stage.lines.join() + JSON.stringify(stage.reports)).not.toContain('canary');
  });
});

describe('time', () => {
  test('a chosen nonce is remembered as long as its time is taken, inclusive', () => {
    const stage = seasoned();
    stage.deliver(now('n'), now('m', { timeMs: START + SKEW }));
    stage.clock.run(WINDOW);
    expect(stage.deliver(now('n'))).toEqual(['duplicate']);
    stage.clock.run(1);
    expect(stage.deliver(now('n'))).toEqual(['stale']);
    stage.clock.run(SKEW - 1);
    expect(stage.deliver(now('m', { timeMs: START + SKEW }))).toEqual(['duplicate']);
    stage.clock.run(1);
    expect(stage.deliver(now('m', { timeMs: START + SKEW }))).toEqual(['stale']);
    // Purged by the next tick, which is one of 4 ms.
    stage.clock.run(4);
    stage.deliver();
    expect(stage.measure('replay_entries')).toBe(0);
  });

  test('an id is remembered for the window from its commit, inclusive', () => {
    const stage = seasoned();
    const record = { attributes: [['log.record.uid', 'u']] as const };
    const set = arrivalOf([record]);
    stage.judge(set);
    stage.clock.run(2 * WINDOW);
    stage.stage.settled(set, DELIVERED);
    stage.clock.run(WINDOW);
    expect(stage.deliver(record)).toEqual(['duplicate']);
    stage.clock.run(1);
    expect(stage.deliver(record)).toEqual(['pass']);
  });

  test('restart: a time before the start is refused for good, ids are not', () => {
    const stage = new TestStage({}, new FakeClock(START));
    stage.clock.run(1000);
    expect(
      stage.deliver(now('a', { timeMs: START - 1 }), now('b'), {
        timeMs: START - 1,
        attributes: [['log.record.uid', 'u']],
      }),
    ).toEqual(['restart_guard', 'pass', 'pass']);
    stage.clock.run(WINDOW - 1000);
    expect(stage.deliver(now('a', { timeMs: START - 1 }))).toEqual(['stale']);
  });

  test('a step: dated records wait, others pass; after 5 s times follow the wall', () => {
    const stage = seasoned();
    stage.clock.wall += 3_600_000;
    const later = START + 3_600_000;
    const mixed = (): string[] =>
      stage.deliver(now('n', { timeMs: later }), { attributes: [['log.record.uid', 'u']] });
    expect(mixed()).toEqual(['clock_unsettled', 'pass']);
    expect(stage.health).toMatchObject({ status: 'degraded' });
    stage.clock.run(4_999);
    expect(mixed()).toEqual(['clock_unsettled', 'duplicate']);
    stage.clock.run(2_000);
    expect(mixed()).toEqual(['pass', 'pass']);
    expect(stage.health).toMatchObject({ status: 'healthy' });
    expect(stage.measure('replay_clock_steps')).toBe(1);
  });

  test('a clock that is set again and again is not believed before it is steady', () => {
    const stage = seasoned();
    for (let n = 1; n <= 10; n++) {
      stage.clock.wall += 3_600_000;
      stage.clock.run(3_000);
      expect(stage.deliver(now(`${n}`))).toEqual(['clock_unsettled']);
    }
    stage.clock.run(5_000);
    expect(stage.deliver(now('n', { timeMs: stage.clock.wall }))).toEqual(['pass']);
    // A step that is taken back within the 5 s was none.
    stage.clock.wall += 3_600_000;
    stage.clock.run(1_000);
    stage.clock.wall -= 3_600_000;
    expect(stage.deliver(now('m', { timeMs: stage.clock.wall }))).toEqual(['pass']);
    expect(stage.measure('replay_clock_steps')).toBe(1);
  });

  test('a step within the skew moves nothing', () => {
    const stage = seasoned();
    stage.clock.wall += SKEW;
    expect(stage.deliver(now('n', { timeMs: START + SKEW }))).toEqual(['pass']);
    expect(stage.deliver(now('m', { timeMs: START + SKEW + 1 }))).toEqual(['future']);
    expect(stage.health).toMatchObject({ status: 'healthy' });
  });

  test('set back: what is remembered stays, what was forgotten is not taken again', () => {
    const stage = seasoned();
    stage.deliver(now('old'));
    stage.clock.run(WINDOW + 1);
    const recent = START + WINDOW + 1;
    stage.deliver(now('recent', { timeMs: recent }));
    // 'old' expired at START + WINDOW and was purged. The clock goes back to START.
    stage.clock.wall = START;
    stage.clock.run(1);
    expect(stage.deliver(now('old'))).toEqual(['clock_unsettled']);
    stage.clock.run(7_000);
    expect(
      stage.deliver(
        now('old'),
        now('old', { timeMs: START + 1 }),
        now('recent', { timeMs: recent }),
      ),
    ).toEqual(['restart_guard', 'pass', 'future']);
    stage.clock.run(WINDOW);
    expect(stage.deliver(now('recent', { timeMs: recent }))).toEqual(['duplicate']);
  });

  test('a clock set by years forgets nothing it could be asked for', () => {
    const stage = seasoned();
    const record = { attributes: [['log.record.uid', 'u']] as const };
    stage.deliver(now('n'), record);
    stage.clock.wall += 40 * 365 * 86_400_000;
    stage.clock.run(1);
    stage.clock.run(7_000);
    expect(stage.deliver(now('n'), record)).toEqual(['stale', 'duplicate']);
    stage.clock.run(WINDOW);
    expect(stage.deliver(record)).toEqual(['pass']);
    stage.clock.wall = START;
    stage.clock.run(1);
    stage.clock.run(7_000);
    expect(stage.deliver(now('n'))).toEqual(['restart_guard']);
  });
});

describe('room', () => {
  test('a full store refuses and stores nothing, and never gives up a live nonce', () => {
    const stage = seasoned({ max_nonces: 2 });
    const set = arrivalOf([now('a'), now('b'), now('c'), now('a')]);
    expect(stage.judge(set)).toEqual(['pass', 'pass', 'nonce_store_full', 'duplicate']);
    expect(stage.health).toMatchObject({ status: 'unhealthy' });
    stage.stage.settled(set.select([0]), DELIVERED);
    stage.stage.settled(set.select([1]), BLOCKED);
    expect(stage.deliver(now('c'), now('d'), now('a'))).toEqual([
      'pass',
      'nonce_store_full',
      'duplicate',
    ]);
    stage.clock.run(WINDOW);
    const later = { timeMs: START + WINDOW + 1 };
    expect(stage.deliver(now('e', later))).toEqual(['nonce_store_full']);
    stage.clock.run(1);
    expect(stage.deliver(now('e', later), now('f', later), now('g', later))).toEqual([
      'pass',
      'pass',
      'nonce_store_full',
    ]);
    stage.clock.run(12_000);
    expect(stage.health).toMatchObject({ status: 'degraded' });
    stage.clock.run(WINDOW + 2_000);
    expect(stage.health).toMatchObject({ status: 'healthy' });
  });

  test('the start says what rate the capacity sustains', () => {
    expect(seasoned().lines[0]).toContain('sustain 11111 records/s');
  });

  test('stop without start, and twice', () => {
    const stage = seasoned();
    stage.stage.stop();
    stage.stage.stop();
    stage.clock.run(10_000);
    expect(stage.reports).toHaveLength(1);
  });
});
