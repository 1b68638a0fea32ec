import { describe, expect, test } from 'vitest';
import type { Clock } from '../sdk/index.ts';
import { EventProcessor, type EventSink, type SinkResult } from './event-processor.ts';

class HandClock implements Clock {
  #nowMs = 0;
  #timers: { atMs: number; call: () => void }[] = [];

  wallMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, call: () => void) {
    const timer = { atMs: this.#nowMs + delayMs, call };
    this.#timers.push(timer);
    const cancel = () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
    return { cancel, [Symbol.dispose]: cancel };
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#timers = this.#timers.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { call } of due) call();
  }
}

/** A sink that answers with these one after the other; the last repeats. */
function scripted(...results: (SinkResult | 'raise' | 'nonsense')[]) {
  const batches: (readonly number[])[] = [];
  const sink: EventSink<number> = {
    emit: (batch) => {
      const result = results[Math.min(batches.length, results.length - 1)] ?? 'success';
      batches.push(batch);
      if (result === 'raise') throw new Error('sink');
      return result as SinkResult;
    },
  };
  return { sink, batches };
}

function processorOf(sinks: readonly EventSink<number>[], options = {}) {
  const clock = new HandClock();
  const processor = new EventProcessor<number>(sinks, { clock, dispatch: 'manual', ...options });
  const submit = (count: number) => {
    for (let event = 0; event < count; event++) processor.submit(event);
  };
  return { clock, processor, submit };
}

const settled = () => new Promise((done) => setImmediate(done));

describe('a batch has one ending', () => {
  test.each([
    ['one sink took it', [['success'], ['failure']], { delivered: 3 }, {}],
    ['one failed, one dropped', [['dropped'], ['failure']], { failed: 3 }, { sink_failed: 3 }],
    ['one threw', [['raise']], { failed: 3 }, { sink_failed: 3 }],
    ['an answer that is none', [['nonsense']], { failed: 3 }, { sink_failed: 3 }],
    ['all dropped', [['dropped'], ['dropped']], { dropped: 3 }, { sink_dropped: 3 }],
    ['nobody there', [], { dropped: 3 }, { no_sink: 3 }],
  ] as const)('%s', async (_, results, counts, reasons) => {
    const { processor, submit } = processorOf(results.map((list) => scripted(...list).sink));
    submit(3);
    expect(await processor.flush()).toBe(true);
    expect(processor.counts).toEqual({
      submitted: 3,
      delivered: 0,
      failed: 0,
      dropped: 0,
      queued: 0,
      inFlight: 0,
      ...counts,
    });
    expect(processor.reasons).toMatchObject(reasons);
  });
});

test('a full queue pushes the oldest out, and what comes after shutdown is dropped', async () => {
  const { sink, batches } = scripted('success');
  const { processor, submit } = processorOf([sink], { queueSize: 2, batchSize: 10 });
  submit(5);
  expect(processor.counts).toMatchObject({ submitted: 5, dropped: 3, queued: 2 });
  expect(await processor.shutdown()).toBe(true);
  submit(1);
  expect(batches).toEqual([[3, 4]]);
  expect(processor.counts).toMatchObject({ submitted: 6, delivered: 2, dropped: 4, queued: 0 });
  expect(processor.reasons).toMatchObject({ overflow: 3, shutdown: 1 });
});

test('the breaker opens at the threshold, lets one probe through, and opens again', async () => {
  const { sink, batches } = scripted('failure');
  const { processor, submit, clock } = processorOf([sink], {
    batchSize: 1,
    breakerThreshold: 2,
    breakerCooldownMs: 100,
  });
  submit(4);
  await processor.flush();
  expect([batches.length, processor.reasons['breaker_open']]).toEqual([2, 2]);
  clock.advance(99);
  submit(1);
  await processor.flush();
  expect(batches).toHaveLength(2);
  clock.advance(1);
  submit(3);
  await processor.flush();
  expect([batches.length, processor.reasons['breaker_open']]).toEqual([3, 5]);
});

test('a sink cannot take events from the others', async () => {
  const thief: EventSink<number> = {
    emit: (batch) => {
      (batch as number[]).length = 0;
      return 'success';
    },
  };
  const { sink, batches } = scripted('success');
  const { processor, submit } = processorOf([thief, sink]);
  submit(4);
  await processor.flush();
  expect(batches).toEqual([[0, 1, 2, 3]]);
  expect(processor.counts).toMatchObject({ delivered: 4 });
});

describe('a sink that does not answer', () => {
  test('has failed at its deadline, is not called again, and its late answer counts nothing', async () => {
    const { promise, resolve } = Promise.withResolvers<SinkResult>();
    let calls = 0;
    const sink: EventSink<number> = { emit: () => (calls++, promise) };
    const { processor, submit, clock } = processorOf([sink], { batchSize: 2, exportTimeoutMs: 50 });
    submit(4);
    const flushed = processor.flush();
    expect(processor.counts).toMatchObject({ queued: 2, inFlight: 2 });
    clock.advance(50);
    await flushed;
    expect([calls, processor.counts.failed]).toEqual([1, 4]);
    expect(processor.reasons['sink_timeout']).toBe(4);
    resolve('success');
    await settled();
    expect(processor.counts).toMatchObject({ submitted: 4, failed: 4, delivered: 0 });
  });

  test('holds shutdown no longer than its deadline; every event is counted then, and once', async () => {
    const { promise, resolve } = Promise.withResolvers<SinkResult>();
    const { processor, submit, clock } = processorOf([{ emit: () => promise }], { batchSize: 2 });
    submit(5);
    const stopped = processor.shutdown(200);
    await settled();
    clock.advance(200);
    expect(await stopped).toBe(false);
    const end = { submitted: 5, failed: 5, delivered: 0, queued: 0, inFlight: 0 };
    expect(processor.counts).toMatchObject(end);
    expect(processor.reasons['shutdown_timeout']).toBe(5);
    resolve('success');
    await settled();
    expect(processor.counts).toMatchObject(end);
  });
});

test('in the background a full batch leaves at once and a part of one after the delay', async () => {
  const { sink, batches } = scripted('success');
  const { submit, clock } = processorOf([sink], {
    batchSize: 3,
    delayMs: 100,
    dispatch: 'background',
  });
  submit(3);
  await settled();
  submit(1);
  clock.advance(99);
  await settled();
  expect(batches).toEqual([[0, 1, 2]]);
  clock.advance(1);
  await settled();
  expect(batches).toEqual([[0, 1, 2], [0]]);
});

test.each(['queueSize', 'batchSize', 'breakerThreshold', 'delayMs', 'exportTimeoutMs'])(
  '%s of 0, -1 or NaN is refused',
  (name) => {
    for (const value of [0, -1, Number.NaN]) {
      expect(() => processorOf([], { [name]: value })).toThrow(name);
    }
  },
);
