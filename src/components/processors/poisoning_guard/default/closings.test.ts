import { expect, test } from 'vitest';

import { Closings } from './closings.ts';

const closings = new Closings();

test.each([
  ['closed', 'a) b', false, 1],
  ['closed after a pair', 'a (b) c) d', false, 7],
  ['never closed', 'a (b) c', false, 7],
  ['no parenthesis', 'a b', false, 3],
  ['backtick', 'a) ` b', true, 3],
  ['no backtick', 'a) b', true, 4],
])('%s', (_, text, ticks, end) => {
  closings.reset();
  expect(closings.of(text, 0, text.length, ticks)).toBe(end);
  expect(closings.of(text, 0, text.length, ticks)).toBe(end);
});

test('what closes nothing in a part may do so behind it', () => {
  const text = 'a $(b ` c) `';
  closings.reset();
  expect(closings.of(text, 0, 5, false)).toBe(5);
  expect(closings.of(text, 4, text.length, false)).toBe(9);
  expect(closings.of(text, 0, 5, true)).toBe(5);
  expect(closings.of(text, 4, text.length, true)).toBe(6);
});

test('a new text is looked at anew', () => {
  closings.reset();
  expect(closings.of('a b c', 0, 5, false)).toBe(5);
  closings.reset();
  expect(closings.of('a b ) ', 0, 5, false)).toBe(4);
});
