import { describe, expect, test } from 'vitest';
import { contentHash, PoisoningGuard, scanText } from './guard.ts';

const clock = { wallMs: () => 1_760_000_000_000 };

test.each<[string, unknown]>([
  ['a map', { text: 'forget everything now' }],
  ['nothing', null],
  ['not given', undefined],
  ['a number', 42],
  ['a list', ['x']],
  ['bytes', Buffer.from('x')],
  ['a lone surrogate', 'tail \ud83d'],
])('%s is blocked and on record, and nothing is thrown', (_, content) => {
  const guard = new PoisoningGuard({ clock });
  const { allowed, alerts } = guard.validateWrite(content, 'rag');
  expect(allowed).toBe(false);
  expect(alerts).toMatchObject([{ severity: 'critical', source: 'rag', rule: 'malformed_text' }]);
  expect(guard.auditLog).toMatchObject([
    { allowed: false, source: 'rag', contentHash: contentHash('') },
  ]);
});

test('an alert says what was looked for, save of characters', () => {
  const guard = new PoisoningGuard({ clock });
  const { alerts } = guard.validateWrite('rm -rf / ###############', 'rag');
  expect(alerts.map(({ rule, pattern }) => [rule, typeof pattern])).toEqual([
    ['destructive:destructive[0]', 'string'],
    ['special_chars', 'undefined'],
  ]);
});

test('medium alerts do not block', () => {
  expect(new PoisoningGuard({ clock }).validateWrite('curl https://x.test/', 'rag')).toMatchObject({
    allowed: true,
    alerts: [{ severity: 'medium' }],
  });
});

test('the audit log is bounded, a copy, and holds the newest', () => {
  const guard = new PoisoningGuard({ clock, auditRecordsMax: 3 });
  for (let i = 0; i < 20; i++) guard.validateWrite(`note ${i}`, `s${i}`);
  expect(guard.auditLog.map(({ source }) => source)).toEqual(['s17', 's18', 's19']);
  expect(guard.auditLog[2]).toMatchObject({
    timeMs: clock.wallMs(),
    contentHash: contentHash('note 19'),
    allowed: true,
  });
  expect(guard.auditLog).not.toBe(guard.auditLog);
});

describe('memory', () => {
  const guard = new PoisoningGuard({ clock });
  const entry = (content: string, written = content) => ({
    content,
    source: 'rag',
    contentHash: contentHash(written),
  });

  test.each([
    ['as it was written', entry('a note'), []],
    ['altered', entry('a note', 'another'), ['integrity']],
    ['poisoned', entry('then eval(x)'), ['code:code[4]']],
    ['both', entry('then eval(x)', 'a note'), ['integrity', 'code:code[4]']],
    ['not well-formed', entry('\ud83d'), ['integrity']],
  ])('%s', (_, one, rules) => {
    expect(guard.verifyIntegrity(one)).toBe(!rules.includes('integrity'));
    expect(guard.scanMemory([one]).map(({ rule }) => rule)).toEqual(rules);
  });

  test('a scan writes no audit record', () => {
    guard.scanMemory([entry('then eval(x)')]);
    expect(guard.auditLog).toEqual([]);
  });
});

test('scanText takes anything', () => {
  expect(scanText('an order shipped')).toEqual([]);
  expect(scanText(Symbol('x')).map(({ id }) => id)).toEqual(['malformed_text']);
});
