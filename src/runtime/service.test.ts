import { describe, expect, test } from 'vitest';
import type { Delivery } from '../sdk/index.ts';
import { divert, drop, PASS } from '../sdk/index.ts';
import { settle } from './testing/fake-clock.ts';
import type { Answer, RigPlan } from './testing/rig.ts';
import {
  byName,
  OK,
  QUEUE,
  QUEUED,
  REFUSED,
  RETRY,
  RETRYING,
  Rig,
  SYNC,
  UNKNOWN,
  WordProcessor,
} from './testing/rig.ts';

const accepted = (
  rejected = 0,
  reasons: Record<string, number> = {},
  warnings: unknown[] = [],
) => ({
  kind: 'accepted',
  rejected,
  reasons: new Map(Object.entries(reasons)),
  details: [],
  warnings,
});
const retry = (reason: string) => ({ kind: 'retry', reason, retryAfterMs: 1_000 });

describe('golden ledgers: what a sender is told and what the books say', () => {
  const oneBranch = (answers: Answer[], delivery?: Delivery): RigPlan => ({
    processors: [new WordProcessor()],
    branches: { out: delivery === undefined ? { answers } : { answers, delivery } },
  });
  test.each<[string, RigPlan, string[], unknown, Record<string, Record<string, number>>]>([
    [
      'all delivered',
      oneBranch([OK]),
      ['a', 'b', 'c'],
      accepted(),
      {
        logs: { submitted: 3, delivered: 3 },
        stage0: { submitted: 3, delivered: 3 },
        out: { submitted: 3, delivered: 3 },
      },
    ],
    [
      'dropped by policy: one rejected, one recognised',
      oneBranch([OK]),
      ['a', 'bad1', 'seen1', 'b'],
      accepted(1, { bad: 1 }),
      {
        logs: { submitted: 4, delivered: 2, 'dropped.bad': 1, 'dropped.seen': 1 },
        stage0: { submitted: 4, delivered: 2, 'dropped.bad': 1, 'dropped.seen': 1 },
        out: { submitted: 2, delivered: 2 },
      },
    ],
    [
      'all rejected is still a 200',
      oneBranch([OK]),
      ['bad1', 'bad2'],
      accepted(2, { bad: 2 }),
      {
        logs: { submitted: 2, 'dropped.bad': 2 },
        stage0: { submitted: 2, 'dropped.bad': 2 },
        out: {},
      },
    ],
    [
      'one retryable record makes the sender send all again',
      oneBranch([OK]),
      ['a', 'busy1'],
      retry('busy'),
      {
        logs: { submitted: 2, delivered: 1, 'failed.busy': 1 },
        stage0: { submitted: 2, delivered: 1, 'failed.busy': 1 },
        out: { submitted: 1, delivered: 1 },
      },
    ],
    [
      'partial success: the count is exact, the last ones take it',
      oneBranch([{ status: 'delivered', rejected: 2, message: 'too old' }]),
      ['a', 'b', 'c', 'd', 'e'],
      accepted(2, { rejected_by_backend: 2 }),
      {
        logs: { submitted: 5, delivered: 3, 'failed.rejected_by_backend': 2 },
        stage0: { submitted: 5, delivered: 5 },
        out: { submitted: 5, delivered: 3, 'failed.rejected_by_backend': 2 },
      },
    ],
    [
      'a warning with nothing rejected is a success with a warning',
      oneBranch([{ status: 'delivered', rejected: 0, message: 'clock skew' }]),
      ['a'],
      accepted(0, {}, ['out: clock skew']),
      {
        logs: { submitted: 1, delivered: 1 },
        stage0: { submitted: 1, delivered: 1 },
        out: { submitted: 1, delivered: 1 },
      },
    ],
    [
      'refused for good by the backend',
      oneBranch([REFUSED]),
      ['a', 'b'],
      accepted(2, { rejected_by_backend: 2 }),
      {
        logs: { submitted: 2, 'failed.rejected_by_backend': 2 },
        stage0: { submitted: 2, delivered: 2 },
        out: { submitted: 2, 'failed.rejected_by_backend': 2 },
      },
    ],
    [
      'not taken and retry is off',
      oneBranch([RETRY]),
      ['a'],
      retry('retries_exhausted'),
      {
        logs: { submitted: 1, 'failed.retries_exhausted': 1 },
        stage0: { submitted: 1, delivered: 1 },
        out: { submitted: 1, 'failed.retries_exhausted': 1 },
      },
    ],
    [
      'a lost answer is no success',
      oneBranch([UNKNOWN]),
      ['a'],
      retry('unknown_outcome'),
      {
        logs: { submitted: 1, 'failed.unknown_outcome': 1 },
        stage0: { submitted: 1, delivered: 1 },
        out: { submitted: 1, 'failed.unknown_outcome': 1 },
      },
    ],
    [
      'a partial write is counted per record',
      oneBranch([{ status: 'partial', delivered: 2, rest: REFUSED }]),
      ['a', 'b', 'c'],
      accepted(1, { rejected_by_backend: 1 }),
      {
        logs: { submitted: 3, delivered: 2, 'failed.rejected_by_backend': 1 },
        stage0: { submitted: 3, delivered: 3 },
        out: { submitted: 3, delivered: 2, 'failed.rejected_by_backend': 1 },
      },
    ],
    [
      'two branches: delivered by one, refused for good by the other',
      { branches: { one: { answers: [OK] }, two: { answers: [REFUSED] } } },
      ['a', 'b'],
      accepted(0, { rejected_by_backend: 2 }),
      {
        logs: { submitted: 2, delivered: 2 },
        one: { submitted: 2, delivered: 2 },
        two: { submitted: 2, 'failed.rejected_by_backend': 2 },
      },
    ],
    [
      'two branches: delivered by one, the other is down',
      { branches: { one: { answers: [OK] }, two: { answers: [RETRY] } } },
      ['a', 'b'],
      retry('retries_exhausted'),
      {
        logs: { submitted: 2, delivered: 2 },
        one: { submitted: 2, delivered: 2 },
        two: { submitted: 2, 'failed.retries_exhausted': 2 },
      },
    ],
    [
      'diverted: dropped here, delivered there, told as rejected',
      {
        processors: [new WordProcessor()],
        branches: { out: { answers: [OK] }, quarantine: { answers: [OK] } },
        diverts: ['quarantine'],
      },
      ['a', 'divert1'],
      accepted(1, { bad: 1 }),
      {
        logs: { submitted: 2, delivered: 1, 'dropped.bad': 1 },
        stage0: { submitted: 2, delivered: 1, 'dropped.bad': 1 },
        out: { submitted: 1, delivered: 1 },
        quarantine: { submitted: 1, delivered: 1 },
      },
    ],
    [
      'diverted to a branch that is down: the sender keeps it',
      {
        processors: [new WordProcessor()],
        branches: { out: { answers: [OK] }, quarantine: { answers: [RETRY] } },
        diverts: ['quarantine'],
      },
      ['a', 'divert1'],
      retry('retries_exhausted'),
      {
        logs: { submitted: 2, delivered: 1, 'dropped.bad': 1 },
        stage0: { submitted: 2, delivered: 1, 'dropped.bad': 1 },
        out: { submitted: 1, delivered: 1 },
        quarantine: { submitted: 1, 'failed.retries_exhausted': 1 },
      },
    ],
  ])('%s', async (_, plan, texts, outcome, books) => {
    const rig = await Rig.start(plan);
    expect(await rig.send(...texts)).toEqual(outcome);
    expect(rig.books()).toEqual(books);
    expect(rig.outcomes).toHaveLength(1);
    expect(rig.released).toBe(1);
    expect(rig.service.snapshot().audit).toEqual([]);
    expect(await rig.service.stop(0)).toMatchObject({ exitCode: 0 });
  });

  test('delivered by some and not by all is counted', async () => {
    const rig = await Rig.start({
      branches: { one: { answers: [OK] }, two: { answers: [REFUSED] } },
    });
    await rig.send('a', 'b');
    expect(rig.service.snapshot().pipelines[0]?.partiallyDelivered).toBe(2);
  });

  test('what was found in rejected records is told to the sender, a line each', async () => {
    const processor = new WordProcessor((text) =>
      text.startsWith('bad') ? drop('bad', `found in body of ${text}`) : PASS,
    );
    const rig = await Rig.start({ processors: [processor], branches: { out: { answers: [OK] } } });
    const texts = Array.from({ length: 20 }, (_, index) => `bad${index}`);
    const outcome = await rig.send('a', ...texts);
    expect(outcome).toMatchObject({ kind: 'accepted', rejected: 20 });
    const details = outcome?.kind === 'accepted' ? outcome.details : [];
    expect(details).toHaveLength(16);
    expect(details[0]).toBe('record 1: found in body of bad0');
  });

  test('a diverted record may be sent on in another form', async () => {
    const processor = new WordProcessor();
    processor.process = (batch) =>
      batch.judge((record) =>
        divert('bad', 'quarantine', { record: record.with({ signedText: 'marked' }) }),
      );
    const rig = await Rig.start({
      processors: [processor],
      branches: { out: { answers: [OK] }, quarantine: { answers: [OK] } },
      diverts: ['quarantine'],
    });
    await rig.send('a');
    expect(rig.exporter('quarantine').shipped).toEqual([['marked']]);
  });

  test('stages hear that nobody reads an arrival once all of it has ended, and once', async () => {
    const processor = new WordProcessor();
    const rig = await Rig.start({
      processors: [processor],
      branches: { out: { answers: [OK] }, quarantine: { answers: ['hang'] } },
      diverts: ['quarantine'],
    });
    await rig.send('divert1');
    expect(rig.outcomes).toEqual([]);
    expect(processor.releases).toEqual([]);
    rig.exporter('quarantine').answer({ status: 'delivered', rejected: 0 });
    await settle();
    expect(processor.releases).toHaveLength(1);
    await rig.send('throw');
    expect(processor.releases).toHaveLength(2);
  });

  test('a receiver in two pipelines is answered once, with the worst', async () => {
    const rig = await Rig.start({
      processors: [new WordProcessor()],
      branches: { out: { answers: [OK, RETRY] } },
      pipelines: 2,
    });
    expect(await rig.send('a')).toEqual(retry('retries_exhausted'));
    expect(rig.outcomes).toHaveLength(1);
    expect(rig.released).toBe(1);
  });
});

describe('the answer waits', () => {
  test('nobody is told "yes" before the delivery', async () => {
    const rig = await Rig.start({ branches: { out: { answers: ['hang'], delivery: QUEUED } } });
    expect(await rig.send('a')).toBeUndefined();
    expect(rig.books()).toEqual({
      logs: { submitted: 1, in_flight: 1 },
      out: { submitted: 1, in_flight: 1 },
    });
    expect(rig.released).toBe(0);
    rig.exporter('out').answer({ status: 'delivered', rejected: 0 });
    await settle();
    expect(rig.outcomes).toEqual([accepted()]);
    expect(rig.released).toBe(1);
  });

  test('wait_for_result: false says "yes" when queued, and a later loss is a loss', async () => {
    const processor = new WordProcessor(() => PASS);
    const delivery = { ...QUEUED, queue: { ...QUEUE, waitForResult: false } };
    const rig = await Rig.start({
      processors: [processor],
      branches: { out: { answers: ['hang'], delivery } },
    });
    expect(await rig.send('a', 'b')).toEqual(accepted());
    expect(processor.promises).toEqual(['a', 'b']);
    expect(rig.released).toBe(0);
    const final = rig.service.stop(1_000);
    await rig.clock.advance(3_000);
    expect(await final).toMatchObject({ exitCode: 3, snapshot: { lost: 2, audit: [] } });
    expect(rig.books()['out']).toEqual({ submitted: 2, 'failed.unknown_outcome': 2 });
    expect(processor.settlements).toEqual(['a:unknown_outcome', 'b:unknown_outcome']);
  });

  test('held too long: told to send again; what is not held is withdrawn before it is sent', async () => {
    const processor = new WordProcessor(byName, (text) => text.startsWith('held'));
    const delivery = { ...QUEUED, timeoutMs: 0 };
    const rig = await Rig.start({
      processors: [processor],
      branches: { out: { answers: ['hang', OK], delivery } },
    });
    await rig.send('wire');
    await rig.send('held1', 'free1', 'free2');
    await rig.clock.advance(8_000);
    expect(rig.outcomes).toEqual([retry('answer_timeout'), retry('answer_timeout')]);
    expect(rig.books()['out']).toEqual({
      submitted: 4,
      in_flight: 2,
      'failed.answer_timeout': 2,
    });
    rig.exporter('out').answer({ status: 'delivered', rejected: 0 });
    await settle();
    expect(rig.exporter('out').shipped).toEqual([['wire'], ['held1']]);
    expect(rig.books()['logs']).toEqual({
      submitted: 4,
      delivered: 2,
      'failed.answer_timeout': 2,
    });
    expect(processor.settlements).toEqual([
      'wire:delivered',
      'held1:delivered',
      'free1:answer_timeout',
      'free2:answer_timeout',
    ]);
    expect(rig.service.snapshot()).toMatchObject({ lost: 0, audit: [] });
    expect(rig.released).toBe(2);
  });
});

describe('processors are told how their records ended', () => {
  test('a later block releases, a delivery commits', async () => {
    const first = new WordProcessor(() => PASS);
    const second = new WordProcessor();
    const rig = await Rig.start({
      processors: [first, second],
      branches: { out: { answers: [OK] } },
    });
    await rig.send('a', 'bad1', 'seen1');
    expect(first.settlements).toEqual(['bad1:bad', 'seen1:seen', 'a:delivered']);
    expect(second.settlements).toEqual(['a:delivered']);
  });

  test.each<[string, Answer, string]>([
    ['rejected by the backend for good', REFUSED, 'a:rejected_by_backend'],
    ['the backend was down', RETRY, 'a:retries_exhausted'],
  ])('%s', async (_, answer, settlement) => {
    const processor = new WordProcessor();
    const rig = await Rig.start({
      processors: [processor],
      branches: { out: { answers: [answer] } },
    });
    await rig.send('a');
    expect(processor.settlements).toEqual([settlement]);
  });

  test('retryable in one branch wins over delivered in another', async () => {
    const processor = new WordProcessor();
    const rig = await Rig.start({
      processors: [processor],
      branches: { one: { answers: [OK] }, two: { answers: [RETRY] } },
    });
    await rig.send('a');
    expect(processor.settlements).toEqual(['a:retries_exhausted']);
  });
});

describe('faults are counted and red', () => {
  test('a processor that throws fails its batch, and no other', async () => {
    const rig = await Rig.start({
      processors: [new WordProcessor()],
      branches: { out: { answers: [OK] } },
    });
    expect(await rig.send('a', 'throw1', 'b')).toEqual(retry('internal_error'));
    expect(rig.service.health().find(({ id }) => id === 'stage0')).toMatchObject({
      status: 'unhealthy',
      message: 'threw at its last batch (1 so far); see the log',
    });
    expect(await rig.send('c')).toEqual(accepted());
    expect(rig.books()).toEqual({
      logs: { submitted: 4, delivered: 1, 'failed.internal_error': 3 },
      stage0: { submitted: 4, delivered: 1, 'failed.internal_error': 3 },
      out: { submitted: 1, delivered: 1 },
    });
    expect(rig.service.health().find(({ id }) => id === 'stage0')?.status).toBe('healthy');
    expect(await rig.service.stop(0)).toMatchObject({ exitCode: 0, snapshot: { audit: [] } });
  });

  test('a processor that answers another batch is a fault', async () => {
    const processor = new WordProcessor();
    let stale: ReturnType<WordProcessor['process']> | undefined;
    const process = processor.process.bind(processor);
    processor.process = (batch) => (stale ??= process(batch));
    const rig = await Rig.start({ processors: [processor], branches: { out: { answers: [OK] } } });
    await rig.send('a');
    expect(await rig.send('b')).toEqual(retry('internal_error'));
  });

  test('an exporter with a reason that it never declared: an internal error', async () => {
    const answers: Answer[] = [{ ...REFUSED, reason: 'made_up' }];
    const rig = await Rig.start({ branches: { out: { answers } } });
    expect(await rig.send('a', 'b')).toEqual(retry('internal_error'));
    expect(rig.books()['out']).toEqual({ submitted: 2, 'failed.internal_error': 2 });
  });

  test('an exporter that throws: nobody can say, and it is red', async () => {
    const rig = await Rig.start({ branches: { out: { answers: ['throw'] } } });
    expect(await rig.send('a')).toEqual(retry('unknown_outcome'));
    expect(rig.service.health().find(({ id }) => id === 'out')).toMatchObject({
      status: 'degraded',
      message: 'the last 1 attempts failed: out threw while it shipped',
    });
  });
});

describe('retry and breaker', () => {
  test('attempts are repeated with growing waits until the backend takes the records', async () => {
    const rig = await Rig.start({
      branches: { out: { answers: [RETRY, UNKNOWN, OK], delivery: QUEUED } },
    });
    await rig.send('a');
    await rig.clock.advance(999);
    expect(rig.exporter('out').shipped).toHaveLength(1);
    await rig.clock.advance(1);
    expect(rig.exporter('out').shipped).toHaveLength(2);
    await rig.clock.advance(2_000);
    expect(rig.outcomes).toEqual([accepted()]);
    expect(rig.service.snapshot().pipelines[0]?.branches[0]).toMatchObject({
      submitted: 1,
      delivered: 1,
      attempts: 3,
      retries: 2,
    });
  });

  test('Retry-After counts instead of the own wait', async () => {
    const answers: Answer[] = [{ ...RETRY, afterMs: 3_000 }, OK];
    const rig = await Rig.start({ branches: { out: { answers, delivery: QUEUED } } });
    await rig.send('a');
    await rig.clock.advance(2_999);
    expect(rig.exporter('out').shipped).toHaveLength(1);
    await rig.clock.advance(1);
    expect(rig.exporter('out').shipped).toHaveLength(2);
  });

  test('given up after max_elapsed_time', async () => {
    const retrying = { ...RETRYING, maxElapsedMs: 3_500 };
    const delivery = { ...QUEUED, retry: retrying };
    const rig = await Rig.start({ branches: { out: { answers: [RETRY], delivery } } });
    await rig.send('a');
    await rig.clock.advance(5_000);
    expect(rig.exporter('out').shipped).toHaveLength(3);
    expect(rig.outcomes).toEqual([retry('retries_exhausted')]);
    expect(rig.books()['out']).toEqual({ submitted: 1, 'failed.retries_exhausted': 1 });
  });

  test('an open breaker refuses at the door, one probe goes through, its success closes it', async () => {
    const delivery = { ...SYNC, breaker: { failuresMax: 2, cooldownMs: 10_000 } };
    const rig = await Rig.start({ branches: { out: { answers: [RETRY, RETRY, OK], delivery } } });
    await rig.send('a');
    await rig.send('b');
    expect(await rig.send('c')).toEqual({
      kind: 'refused',
      reason: 'branch_unavailable',
      full: false,
      retryAfterMs: 10_000,
    });
    expect(rig.service.health().at(-1)).toMatchObject({ id: 'source', status: 'healthy' });
    expect(rig.service.health().find(({ id }) => id === 'out')).toMatchObject({
      status: 'unhealthy',
    });
    await rig.clock.advance(10_000);
    expect(await rig.send('d')).toEqual(accepted());
    expect(await rig.send('e')).toEqual(accepted());
    expect(rig.service.snapshot().receivers[0]).toMatchObject({
      received: 5,
      submitted: 4,
      refused: { branch_unavailable: 1 },
    });
  });

  test('a probe whose records a stage dropped is given back', async () => {
    const delivery = { ...SYNC, breaker: { failuresMax: 1, cooldownMs: 1_000 } };
    const rig = await Rig.start({
      processors: [new WordProcessor()],
      branches: { out: { answers: [RETRY, OK], delivery } },
    });
    await rig.send('a');
    await rig.clock.advance(1_000);
    expect(await rig.send('bad1')).toEqual(accepted(1, { bad: 1 }));
    expect(await rig.send('b')).toEqual(accepted());
  });
});

describe('queue and door', () => {
  test('a full queue that must answer refuses whole, and takes again when there is room', async () => {
    const delivery = { ...QUEUED, queue: { ...QUEUE, size: 2 } };
    const rig = await Rig.start({ branches: { out: { answers: ['hang'], delivery } } });
    await rig.send('wire');
    await rig.send('a', 'b');
    expect(await rig.send('c')).toMatchObject({
      kind: 'refused',
      reason: 'queue_full',
      full: false,
    });
    rig.exporter('out').answer({ status: 'delivered', rejected: 0 });
    await settle();
    expect(await rig.send('d')).toBeUndefined();
    expect(rig.books()['out']).toEqual({ submitted: 4, delivered: 1, in_flight: 3 });
  });

  test('room that stages leave unused is given back', async () => {
    const delivery = { ...QUEUED, queue: { ...QUEUE, size: 2 } };
    const rig = await Rig.start({
      processors: [new WordProcessor()],
      branches: { out: { answers: ['hang'], delivery } },
    });
    await rig.send('wire');
    await rig.send('bad1', 'bad2');
    expect(await rig.send('a', 'bad3')).toBeUndefined();
    expect(await rig.send('b')).toBeUndefined();
    expect(await rig.send('c')).toMatchObject({ kind: 'refused' });
  });

  test('block_on_overflow holds the sender until there is room', async () => {
    const delivery = { ...QUEUED, queue: { ...QUEUE, size: 1, blockOnOverflow: true } };
    const rig = await Rig.start({ branches: { out: { answers: ['hang'], delivery } } });
    await rig.send('wire');
    await rig.send('a');
    expect(await rig.send('b')).toBeUndefined();
    expect(rig.books()['logs']).toEqual({ submitted: 2, in_flight: 2 });
    expect(rig.service.snapshot().audit).toEqual([]);
    rig.exporter('out').answer({ status: 'delivered', rejected: 0 });
    await settle();
    expect(rig.books()['logs']).toEqual({ submitted: 3, delivered: 1, in_flight: 2 });
  });

  test('who is held while a breaker is open goes on once the backend is back, once each', async () => {
    const delivery = {
      ...QUEUED,
      retry: undefined,
      queue: { ...QUEUE, consumers: 2, blockOnOverflow: true },
      breaker: { failuresMax: 1, cooldownMs: 3_000 },
    };
    const rig = await Rig.start({
      branches: { out: { answers: [RETRY, OK], delivery } },
      answersSender: false,
    });
    await rig.send('lost');
    await rig.send('a');
    await rig.send('b');
    await rig.send('c');
    expect(rig.outcomes).toHaveLength(1);
    await rig.clock.advance(5_000);
    expect(rig.exporter('out').shipped).toEqual([['lost'], ['a'], ['b'], ['c']]);
    expect(rig.outcomes).toHaveLength(4);
    expect(rig.released).toBe(4);
    expect(rig.service.snapshot().receivers[0]).toMatchObject({ received: 4, submitted: 4 });
    expect(rig.books()['out']).toEqual({
      submitted: 4,
      delivered: 3,
      'failed.retries_exhausted': 1,
    });
  });

  test('a full queue that does not hold the door: failed there, and the sender keeps it', async () => {
    const delivery = { ...QUEUED, queue: { ...QUEUE, size: 1, waitForResult: false } };
    const rig = await Rig.start({ branches: { out: { answers: ['hang'], delivery } } });
    await rig.send('wire');
    await rig.send('a');
    expect(await rig.send('b')).toEqual(retry('queue_full'));
    expect(rig.books()['out']).toEqual({ submitted: 3, in_flight: 2, 'failed.queue_full': 1 });
    expect(rig.service.snapshot().lost).toBe(0);
  });

  test('drop_oldest makes room and says so', async () => {
    const delivery = {
      ...QUEUED,
      queue: { ...QUEUE, size: 2, dropOldest: true, waitForResult: false },
    };
    const rig = await Rig.start({ branches: { out: { answers: ['hang'], delivery } } });
    await rig.send('wire');
    await rig.send('a');
    await rig.send('b');
    await rig.send('c');
    expect(rig.books()['out']).toEqual({ submitted: 4, in_flight: 3, 'dropped.overflow': 1 });
    expect(rig.service.snapshot().lost).toBe(1);
  });

  test('too many records in flight: the door itself is full', async () => {
    const rig = await Rig.start({
      branches: { out: { answers: ['hang'] } },
      inFlightRecordsMax: 3,
    });
    await rig.send('a', 'b');
    expect(await rig.send('c', 'd')).toEqual({
      kind: 'refused',
      reason: 'too_many_in_flight',
      full: true,
      retryAfterMs: 1_000,
    });
    expect(rig.released).toBe(1);
  });

  test('what waits together travels together, within max_size', async () => {
    const batch = { flushTimeoutMs: 200, minSize: 3, maxSize: 4, sizer: 'items' } as const;
    const delivery = { ...QUEUED, queue: { ...QUEUE, batch } };
    const rig = await Rig.start({ branches: { out: { answers: ['hang'], delivery } } });
    await rig.send('a');
    expect(rig.exporter('out').shipped).toEqual([['a']]);
    await rig.send('b');
    await rig.send('c', 'd', 'e', 'f');
    rig.exporter('out').answer({ status: 'delivered', rejected: 0 });
    await settle();
    expect(rig.exporter('out').shipped[1]).toEqual(['b', 'c', 'd', 'e']);
    rig.exporter('out').answer({ status: 'delivered', rejected: 1, message: 'no' });
    await settle();
    expect(rig.outcomes[1]).toEqual(
      accepted(0, {}, ['out rejected 1 of 4 records of a request merged from several']),
    );
    expect(rig.books()['out']).toMatchObject({ 'failed.rejected_unattributed': 1 });
  });
});

describe('the end', () => {
  test('drains what can be drained, and says what it had to leave', async () => {
    const rig = await Rig.start({ branches: { out: { answers: ['hang'], delivery: QUEUED } } });
    await rig.send('wire');
    await rig.send('waiting');
    const final = rig.service.stop(2_000);
    expect(await rig.send('late')).toBeUndefined();
    await rig.clock.advance(2_000);
    expect(await final).toMatchObject({ exitCode: 0 });
    expect(rig.books()['out']).toEqual({
      submitted: 2,
      'failed.unknown_outcome': 1,
      'dropped.shutdown': 1,
    });
    expect(rig.outcomes).toEqual([retry('shutdown'), retry('unknown_outcome')]);
  });

  test('what comes after the word to stop is refused, and counted', async () => {
    const rig = await Rig.start({ branches: { out: { answers: ['hang'] } } });
    await rig.send('a');
    const { stream } = rig;
    const end = stream.end.bind(stream);
    // A receiver that was in the middle of a request when it was told to stop.
    stream.end = () => undefined;
    const final = rig.service.stop(1_000);
    expect(await rig.send('late', 'later')).toEqual({
      kind: 'refused',
      reason: 'draining',
      full: false,
      retryAfterMs: 1_000,
    });
    end();
    await rig.clock.advance(3_000);
    expect((await final).snapshot.receivers[0]).toMatchObject({
      received: 3,
      submitted: 1,
      refused: { draining: 2 },
    });
  });

  test('a source that cannot be told "no" makes every failure a loss', async () => {
    const rig = await Rig.start({
      processors: [new WordProcessor()],
      branches: { out: { answers: [REFUSED, OK] } },
      answersSender: false,
    });
    await rig.send('a', 'bad1');
    await rig.send('b', 'busy1');
    rig.door?.turnAway('undecodable', 7);
    expect(await rig.service.stop(0)).toMatchObject({ exitCode: 3, snapshot: { lost: 3 } });
  });

  test('sources that end by themselves are noticed', async () => {
    const rig = await Rig.start({ branches: { out: { answers: [OK] } } });
    rig.stream.end();
    await rig.service.sourcesEnded;
  });
});
