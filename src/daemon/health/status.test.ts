import { describe, expect, test } from 'vitest';
import type { ComponentHealth } from '../../runtime/index.ts';
import { testSnapshot } from '../testing/snapshot.ts';
import { healthPages } from './pages.ts';
import { StallWatch } from './stall.ts';
import { statusOf } from './status.ts';
import type { Observed } from './status.ts';

function component(
  id: string,
  status: ComponentHealth['status'],
  changes: Partial<ComponentHealth> = {},
): ComponentHealth {
  return {
    kind: 'exporter',
    id,
    pipeline: 'logs',
    status,
    message: `${id} says`,
    idle: false,
    ...changes,
  };
}

const RUNNING: Observed = {
  phase: 'running',
  components: [component('a', 'healthy')],
  audit: [],
  stalledMs: 0,
};

test.each<[string, Partial<Observed>, object]>([
  ['healthy', {}, { status: 'healthy', ready: true, live: true }],
  [
    'degraded is ready',
    { components: [component('a', 'healthy'), component('b', 'degraded')] },
    { status: 'degraded', ready: true, live: true, message: 'degraded: b: b says' },
  ],
  [
    'unhealthy is not ready but alive',
    { components: [component('a', 'unhealthy'), component('b', 'degraded')] },
    { status: 'unhealthy', ready: false, live: true },
  ],
  ['nothing checked', { components: [] }, { status: 'unhealthy', ready: false, live: true }],
  [
    'only idle ones',
    { components: [component('a', 'healthy', { idle: true })] },
    { status: 'unhealthy', ready: false },
  ],
  [
    'idle ones are left out',
    { components: [component('a', 'healthy'), component('b', 'unhealthy', { idle: true })] },
    { status: 'healthy', ready: true },
  ],
  ['starting', { phase: 'starting' }, { status: 'healthy', ready: false, live: true }],
  ['draining', { phase: 'draining' }, { status: 'healthy', ready: false, live: true }],
  [
    'unbalanced books',
    { audit: ['x: does not add up'] },
    {
      status: 'unhealthy',
      ready: false,
      live: false,
      message: 'the books do not balance: x: does not add up',
    },
  ],
  ['a stalled loop', { stalledMs: 6000 }, { status: 'unhealthy', ready: false, live: false }],
])('%s', (_, changes, expected) => {
  expect(statusOf({ ...RUNNING, ...changes })).toMatchObject(expected);
});

describe('pages', () => {
  const query = new URLSearchParams();
  const statuses = (observed: Observed) => {
    const pages = healthPages(
      () => observed,
      () => testSnapshot(),
    );
    return Object.fromEntries(
      Object.entries(pages).map(([path, page]) => [path, page(query).status]),
    );
  };

  test.each<[string, Partial<Observed>, Record<string, number>]>([
    ['running', {}, { '/': 200, '/readyz': 200, '/livez': 200, '/status': 200, '/ledger': 200 }],
    [
      'draining',
      { phase: 'draining' },
      { '/': 503, '/readyz': 503, '/livez': 200, '/status': 503, '/ledger': 200 },
    ],
    [
      'unbalanced',
      { audit: ['no'] },
      { '/': 503, '/readyz': 503, '/livez': 503, '/status': 503, '/ledger': 200 },
    ],
  ])('%s', (_, changes, expected) => {
    expect(statuses({ ...RUNNING, ...changes })).toEqual(expected);
  });

  test('/status names an idle component and leaves it out of the whole', () => {
    const pages = healthPages(
      () => ({
        ...RUNNING,
        components: [...RUNNING.components, component('q', 'healthy', { idle: true })],
      }),
      () => testSnapshot(),
    );
    const body = JSON.parse(pages['/status']?.(query).body ?? '') as { components: object[] };
    expect(body.components).toContainEqual(
      expect.objectContaining({ component: 'q', status: 'idle' }),
    );
  });
});

test('a stall is noticed when it ends and forgotten later', () => {
  let nowMs = 0;
  let fire: () => void = () => undefined;
  const watch = new StallWatch({
    wallMs: () => 0,
    monotonicMs: () => nowMs,
    after: (_, call) => {
      fire = call;
      return { cancel: () => undefined, [Symbol.dispose]: () => undefined };
    },
  });
  watch.start();
  nowMs = 1000;
  fire();
  expect(watch.stalledMs).toBe(0);
  nowMs = 8000;
  expect(watch.stalledMs).toBe(6000);
  fire();
  nowMs = 9000;
  fire();
  expect(watch.stalledMs).toBe(6000);
  for (; nowMs < 40_000; nowMs += 1000) fire();
  expect(watch.stalledMs).toBeLessThan(1001);
});
