import { expect, test } from 'vitest';
import { LineBuffer } from './lines.ts';

const made = (lines: readonly string[]): LineBuffer => {
  const buffer = new LineBuffer();
  for (const line of lines) buffer.add(line);
  return buffer;
};
const textOf = (buffer: LineBuffer): string => Buffer.from(buffer.bytes()).toString('utf8');

test.each([
  ['none', []],
  ['one', ['a']],
  ['an empty one', ['']],
  ['characters of one to four bytes', ['aé漢😀', 'b']],
  ['more than fits at first', Array.from({ length: 300 }, (_, index) => `${index}é`.repeat(150))],
  ['one that is longer than everything before', ['a', '漢'.repeat(200_000), 'b']],
])('%s', (_, lines) => {
  expect(textOf(made(lines))).toBe(lines.map((line) => `${line}\n`).join(''));
});

test('lines that stand in bytes are taken as they are', () => {
  const source = Buffer.from(`xxa\n${'é'.repeat(100_000)}\nyy`);
  const buffer = made(['first']);
  buffer.addLines(source, 2, 4);
  buffer.addLines(source, 4, source.length - 2);
  buffer.add('last');
  expect(textOf(buffer)).toBe(`first\na\n${'é'.repeat(100_000)}\nlast\n`);
  expect(buffer.countWithin(buffer.bytes().length)).toBe(4);
});

test('is used again after clear, however large it was', () => {
  const buffer = made(['x'.repeat(5_000_000)]);
  buffer.clear();
  expect(buffer.bytes()).toHaveLength(0);
  buffer.add('y');
  expect(textOf(buffer)).toBe('y\n');
});

test.each([
  [0, 0],
  [1, 0],
  [2, 1],
  [5, 1],
  [6, 2],
  [7, 3],
])('the first %i bytes hold %i whole lines', (bytes, lines) => {
  expect(made(['a', 'éb', '']).countWithin(bytes)).toBe(lines);
});
