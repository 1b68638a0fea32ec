import { EventProcessor, type Clock, type EventSink, type SinkResult } from '../../../src/index.ts';
import { each, list, number, object, same, text, type CaseResult, type Json } from '../suite.ts';

/** Queues, sinks and breakers by script; then the real clock; then sizes that make no sense. */
export async function* accounting(file: Json): AsyncGenerator<CaseResult> {
  yield* each('scenarios', list(file, 'scenarios'), runScenario);
  yield* each('realtime_scenarios', list(file, 'realtime_scenarios'), runRealTime);
  // What the reference does with sizes from its own environment variables.
  for (const item of list(file, 'config_cases')) {
    yield { name: text(item, 'class'), kind: 'skipped', detail: 'carries no expectation' };
  }
}

/** A clock that moves by hand and whose timers never fire. */
class HandClock implements Clock {
  nowMs = 1_000_000;

  wallMs(): number {
    return this.nowMs;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  after() {
    const cancel = () => undefined;
    return { cancel, [Symbol.dispose]: cancel };
  }
}

interface Call {
  readonly batch: readonly string[];
  readonly result: string;
}

const RESULTS: Readonly<Record<string, SinkResult>> = {
  SUCCESS: 'success',
  FAILURE: 'failure',
  DROPPED: 'dropped',
};

/** A sink that answers by its script; the last word repeats. */
function sinkOf(script: Json, calls: Call[]): EventSink<string> {
  const results = script['results'] as readonly string[];
  return {
    emit: (batch) => {
      const result = results[Math.min(calls.length, results.length - 1)] ?? '';
      calls.push({ batch: [...batch], result });
      if (result === 'RAISE') throw new Error('the sink failed');
      const answer = RESULTS[result];
      if (answer === undefined) throw new Error(`no sink answers ${result}`);
      return answer;
    },
  };
}

async function runScenario(scenario: Json): Promise<void> {
  const clock = new HandClock();
  const config = object(scenario, 'config');
  const scripts = list(scenario, 'sinks');
  const calls: Call[][] = scripts.map(() => []);
  const processor = new EventProcessor<string>(
    scripts.map((script, index) => sinkOf(script, calls[index] ?? [])),
    {
      clock,
      queueSize: number(config, 'max_queue_size'),
      batchSize: number(config, 'max_batch_size'),
      breakerThreshold: number(config, 'circuit_breaker_threshold'),
      breakerCooldownMs: number(config, 'circuit_breaker_cooldown_s') * 1000,
      dispatch: 'manual',
    },
  );
  let events = 0;
  for (const [index, step] of list(scenario, 'steps').entries()) {
    const op = text(step, 'op');
    const what = `step ${index} ${op}`;
    if (op === 'advance_clock') clock.nowMs += number(step, 'seconds') * 1000;
    else if (op === 'submit') {
      for (let n = number(step, 'n'); n > 0; n--) processor.submit(`e${events++}`);
    } else if (op === 'flush') same(what, await processor.flush(), step['returns']);
    else if (op === 'shutdown') same(what, await processor.shutdown(), step['returns']);
    else throw new Error(`unknown operation ${op}`);
    if ('expect' in step) same(what, countsOf(processor), step['expect']);
  }
  same('final', countsOf(processor), scenario['final']);
  for (const [index, script] of scripts.entries()) {
    const expected = (object(scenario, 'sink_calls')[text(script, 'name')] ?? []) as Call[];
    const batches = expected.map(({ batch, result }) => ({ batch, result }));
    same(`calls of ${text(script, 'name')}`, calls[index], batches);
  }
}

function countsOf(processor: EventProcessor<string>): Json {
  const { submitted, delivered, failed, dropped, queued, inFlight } = processor.counts;
  same('balance', submitted, delivered + failed + dropped + queued + inFlight);
  return { submitted, delivered, failed, dropped, queued };
}

const REAL_CLOCK: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, call) => {
    const timer = setTimeout(call, delayMs);
    const cancel = () => clearTimeout(timer);
    return { cancel, [Symbol.dispose]: cancel };
  },
};

async function runRealTime(scenario: Json): Promise<void> {
  const config = object(scenario, 'config');
  const blocksMs = number(object(scenario, 'sink'), 'emit_blocks_s') * 1000;
  const processor = new EventProcessor<string>(
    [{ emit: () => new Promise((done) => setTimeout(done, blocksMs, 'success')) }],
    {
      clock: REAL_CLOCK,
      batchSize: number(config, 'max_batch_size'),
      exportTimeoutMs: number(config, 'export_timeout_ms'),
    },
  );
  const submit = number(scenario, 'submit');
  for (let event = 0; event < submit; event++) processor.submit(`e${event}`);
  const startMs = performance.now();
  const returned = await processor.shutdown(number(scenario, 'shutdown_timeout_ms'));
  const elapsedS = (performance.now() - startMs) / 1000;
  const expect = object(scenario, 'expect');
  same('returned', returned, expect['shutdown_returns']);
  const counts = countsOf(processor);
  same('submitted', counts['submitted'], expect['submitted']);
  if (elapsedS > number(expect, 'max_elapsed_s')) throw new Error(`took ${elapsedS} s`);
}
