import { expect, test } from 'vitest';

import { Marks, MarkSet } from './marks.ts';

const SET = new MarkSet('%<\\');

function found(text: string): readonly number[] {
  const marks = new Marks(SET, text);
  const places: number[] = [];
  for (let at = marks.from(0); at < text.length; at = marks.from(at + 1)) places.push(at);
  return places;
}

test.each([
  ['none', 'plain'],
  ['none in a long text', 'plain '.repeat(100)],
  ['at both ends', `%${'a'.repeat(60)}\\`],
  ['dense', '%<%<\\\\%'],
  ['near and far', `a%${'b'.repeat(30)}<<${'c'.repeat(300)}%${'d'.repeat(23)}\\${'e'.repeat(24)}%`],
  ['among others than ASCII', `é%${'ж'.repeat(40)}<ë\u2325\u013c${'ж'.repeat(40)}`],
])('%s', (_, text) => {
  const all = [...text.matchAll(/[%<\\]/g)].map(({ index }) => index);
  expect(found(text)).toEqual(all);
});

test('what lies between may be passed over', () => {
  const text = `%${'a'.repeat(100)}<${'a'.repeat(100)}%`;
  const marks = new Marks(SET, text);
  expect(marks.from(1)).toBe(101);
  expect(marks.from(150)).toBe(202);
  expect(marks.from(203)).toBe(text.length);
  expect(marks.from(text.length + 1)).toBe(text.length);
});
