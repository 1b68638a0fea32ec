import { expect, test } from 'vitest';
import { isLike } from './allow.ts';

test.each([
  ['body.command', 'body.command', true],
  ['body.command', 'body', false],
  ['body.command', 'body.*', true],
  ['body.command', '*.command', true],
  ['body.command', '*', true],
  ['', '*', true],
  ['attributes["x"]', 'attributes["*"]', true],
  ['abcabc', 'a*b*c', true],
  ['aXbYc', 'a*b*c', true],
  ['ac', 'a*b*c', false],
  ['aba', 'ab*ba', false],
  ['abba', 'ab*ba', true],
  ['a.b', 'a?b', false],
] as const)('%s like %s: %s', (text, pattern, wanted) => {
  expect(isLike(text, pattern)).toBe(wanted);
});

test('a pattern of many stars is not tried again and again', () => {
  expect(isLike('a'.repeat(100_000), `${'*a'.repeat(1000)}*b`)).toBe(false);
});
