import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Delivery } from '../../src/sdk/index.ts';
import { settle } from '../../src/runtime/testing/fake-clock.ts';
import type { Answer } from '../../src/runtime/testing/rig.ts';
import {
  OK,
  QUEUE,
  REFUSED,
  RETRY,
  RETRYING,
  Rig,
  UNKNOWN,
  WordProcessor,
} from '../../src/runtime/testing/rig.ts';

/*
 * Hostile topologies: backends that refuse, hang, throw, lose answers and reject parts; stages that
 * drop, fail and divert; queues that overflow; senders that time out; a stop in the middle.
 * Whatever happens: every book balances, every arrival is answered once and released once, and
 * nobody was told "yes" for a record that a branch did not deliver.
 */

const answer: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Answer>(OK) },
  fc.constantFrom<Answer>(RETRY, UNKNOWN, REFUSED, 'hang'),
  fc.record({
    status: fc.constant('delivered' as const),
    rejected: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({
    status: fc.constant('partial' as const),
    delivered: fc.integer({ min: 0, max: 2 }),
    rest: fc.constantFrom(RETRY, UNKNOWN, REFUSED),
  }),
);

const delivery: fc.Arbitrary<Delivery> = fc.record({
  timeoutMs: fc.constantFrom(500, 5_000),
  queue: fc.option(
    fc.record({
      consumers: fc.integer({ min: 1, max: 3 }),
      size: fc.integer({ min: 1, max: 6 }),
      sizer: fc.constantFrom('requests' as const, 'items' as const, 'bytes' as const),
      blockOnOverflow: fc.boolean(),
      dropOldest: fc.boolean(),
      waitForResult: fc.boolean(),
      batch: fc.option(
        fc.record({
          flushTimeoutMs: fc.constant(200),
          minSize: fc.integer({ min: 1, max: 5 }),
          maxSize: fc.constantFrom(0, 5, 7),
          sizer: fc.constantFrom('items' as const, 'requests' as const),
        }),
        { nil: undefined },
      ),
    }),
    { nil: undefined },
  ),
  retry: fc.option(fc.constant({ ...RETRYING, maxElapsedMs: 20_000 }), { nil: undefined }),
  breaker: fc.option(fc.constant({ failuresMax: 2, cooldownMs: 3_000 }), { nil: undefined }),
});

const branchPlan = fc.record({
  answers: fc.array(answer, { minLength: 1, maxLength: 6 }),
  delivery,
});
const texts = fc.array(fc.constantFrom('a', 'a', 'a', 'bad', 'seen', 'busy', 'divert'), {
  minLength: 1,
  maxLength: 6,
});
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ send: texts }) },
  fc.record({ waitMs: fc.constantFrom(100, 1_000, 9_000) }),
  fc.record({ wake: fc.constantFrom('one', 'two', 'quarantine') }),
);

const plan = fc.record({
  stages: fc.integer({ min: 1, max: 3 }),
  one: branchPlan,
  two: fc.option(branchPlan),
  quarantine: branchPlan,
  pipelines: fc.integer({ min: 1, max: 2 }),
  answersSender: fc.boolean(),
  steps: fc.array(step, { maxLength: 25 }),
  drainMs: fc.constantFrom(0, 1_000, 30_000),
});

test('every record is answered for, whatever happens', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (wanted) => {
      const rig = await Rig.start({
        processors: Array.from({ length: wanted.stages }, () => new WordProcessor()),
        branches: {
          one: wanted.one,
          ...(wanted.two === null ? {} : { two: wanted.two }),
          quarantine: wanted.quarantine,
        },
        diverts: ['quarantine'],
        pipelines: wanted.pipelines,
        answersSender: wanted.answersSender,
        inFlightRecordsMax: 40,
      });
      let sent = 0;
      let records = 0;
      for (const action of wanted.steps) {
        if ('send' in action) {
          sent += 1;
          records += action.send.length;
          await rig.send(...action.send.map((text) => `${text}-${sent}`));
        } else if ('waitMs' in action) {
          await rig.clock.advance(action.waitMs);
        } else {
          rig.exporters.get(action.wake)?.answer(OK);
          await settle();
        }
        expect(rig.service.snapshot().audit).toEqual([]);
      }
      const stopped = rig.service.stop(wanted.drainMs);
      await rig.clock.advance(wanted.drainMs + 10_000);
      const { snapshot, exitCode } = await stopped;
      expect(snapshot.audit).toEqual([]);
      expect(exitCode).toBe(snapshot.lost > 0 ? 3 : 0);
      expect(rig.outcomes).toHaveLength(sent);
      expect(rig.released).toBe(sent);
      const [door] = snapshot.receivers;
      expect(door?.received).toBe(records);
      for (const pipeline of snapshot.pipelines) {
        expect(pipeline.submitted).toBe(door?.submitted);
        for (const part of [pipeline, ...pipeline.stages, ...pipeline.branches]) {
          const ended = [...Object.values(part.failed), ...Object.values(part.dropped)];
          expect(part.inFlight).toBe(0);
          expect(part.delivered + ended.reduce((a, b) => a + b, 0)).toBe(part.submitted);
        }
      }
    }),
    { seed: 20_261_125, numRuns: 400 },
  );
});

test('nobody is told "yes" for a record that a branch did not deliver', async () => {
  const honest = fc.array(fc.constantFrom<Answer>(OK, RETRY, UNKNOWN), {
    minLength: 1,
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(honest, honest, fc.boolean(), async (one, two, retries) => {
      const setting: Delivery = {
        timeoutMs: 0,
        queue: { ...QUEUE },
        retry: retries ? RETRYING : undefined,
        breaker: undefined,
      };
      // The last answer repeats: end on a success, or a drain would wait for its deadline.
      const rig = await Rig.start({
        branches: {
          one: { answers: [...one, OK], delivery: setting },
          two: { answers: [...two, OK], delivery: setting },
        },
      });
      for (let arrival = 0; arrival < 4; arrival += 1) {
        const outcome = rig.send(`r${arrival}`);
        await rig.clock.advance(7_000);
        if ((await outcome)?.kind !== 'accepted' && rig.outcomes[arrival]?.kind !== 'accepted')
          continue;
        for (const id of ['one', 'two']) {
          expect(rig.exporter(id).delivered).toContain(`r${arrival}`);
        }
      }
    }),
    { seed: 7, numRuns: 200 },
  );
});
