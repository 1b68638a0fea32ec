import { expect, test } from 'vitest';
import { balanceFields, balanceTable } from './balance.ts';
import { testBranch, testPipeline, testSnapshot } from './testing/snapshot.ts';

const SNAPSHOT = testSnapshot({
  pipelines: [
    testPipeline({
      submitted: 50,
      delivered: 47,
      failed: { queue_full: 1 },
      dropped: { replay: 2 },
      branches: [testBranch({ submitted: 48, delivered: 47, failed: { queue_full: 1 } })],
    }),
  ],
});

test('the table shows every stage and every reason that happened', () => {
  expect(balanceTable(SNAPSHOT).split('\n')).toEqual([
    'final balance (records)',
    '               submitted  delivered  failed  dropped  in flight',
    'logs                  50         47       1        2          0  queue_full 1, replay 2',
    '  nonce_dedup          0          0       0        0          0',
    '  > otlp_http         48         47       1        0          0  queue_full 1',
    '  otlp: received 0',
    '  the books balance, nothing was lost',
  ]);
});

test.each([
  [{ lost: 3 }, '3 records were LOST'],
  [{ audit: ['logs: wrong'] }, 'THE BOOKS DO NOT BALANCE: logs: wrong'],
])('%j is said', (changes, sentence) => {
  expect(balanceTable({ ...SNAPSHOT, ...changes })).toContain(sentence);
});

test('the fields hold the five numbers of each pipeline', () => {
  expect(balanceFields(SNAPSHOT)).toEqual({
    'logs.submitted': 50,
    'logs.delivered': 47,
    'logs.failed': 1,
    'logs.dropped': 2,
    'logs.in_flight': 0,
    lost: 0,
    conservation_errors: 0,
  });
});
