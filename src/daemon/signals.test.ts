import { describe, expect, test } from 'vitest';
import type { Clock } from '../sdk/index.ts';
import { StopRequests } from './signals.ts';

function requestsAt() {
  const time = { nowMs: 0 };
  const ended: number[] = [];
  const clock: Clock = {
    wallMs: () => 0,
    monotonicMs: () => time.nowMs,
    after: () => ({ cancel: () => undefined, [Symbol.dispose]: () => undefined }),
  };
  return { time, ended, requests: new StopRequests(clock, (code) => ended.push(code)) };
}

test('the first cause counts', async () => {
  const { requests } = requestsAt();
  requests.signal('SIGTERM');
  requests.request({ kind: 'sources_ended' });
  expect(await requests.stopping).toEqual({ kind: 'signal', signal: 'SIGTERM' });
});

describe('a second signal', () => {
  test.each<[string, number, 'SIGINT' | 'SIGTERM', number[]]>([
    ['at once is the same Ctrl-C', 1, 'SIGINT', []],
    ['just before a second is not impatience yet', 999, 'SIGINT', []],
    ['after a second ends at once', 1000, 'SIGINT', [130]],
    ['of the other kind ends with its own code', 5000, 'SIGTERM', [143]],
  ])('%s', (_, laterMs, signal, expected) => {
    const { time, ended, requests } = requestsAt();
    requests.signal('SIGINT');
    time.nowMs = laterMs;
    requests.signal(signal);
    expect(ended).toEqual(expected);
  });

  test('after the end of input is the first signal', () => {
    const { time, ended, requests } = requestsAt();
    requests.request({ kind: 'sources_ended' });
    time.nowMs = 5000;
    requests.signal('SIGINT');
    expect(ended).toEqual([]);
  });
});
