import { expect, test } from 'vitest';
import type { SignedTexts } from '../sdk/index.ts';
import { TextColumn } from './index.ts';
import { TextSlabs } from './text-slabs.ts';

const columnOf = (column: TextColumn, texts: readonly string[]) => {
  column.begin(texts.length);
  for (const [index, text] of texts.entries()) {
    const source = Buffer.from(`<<${text}>>`);
    if (text !== '') column.add(index, source, 2, source.length - 2);
  }
  return column.take();
};

const textsOf = (texts: SignedTexts | undefined) =>
  Array.from(texts?.starts ?? [], (start, index) =>
    Buffer.from(texts?.buffer ?? []).toString('utf8', start, texts?.ends[index]),
  );

test.each([
  ['one', ['a']],
  ['some without', ['', 'aé漢😀', '', 'b', '']],
  ['more than was expected', Array.from({ length: 200 }, (_, index) => `${index}é`.repeat(150))],
  ['one longer than everything', ['a', '漢'.repeat(4_000_000), 'b']],
])('texts: %s', (_, texts) => {
  const column = columnOf(new TextColumn('name'), texts);
  expect(column?.attribute).toBe('name');
  expect(textsOf(column)).toEqual(texts);
  const lines = texts.filter((text) => text !== '').map((text) => `${text}\n`);
  expect(column?.buffer.toString('utf8', 0, Math.max(...(column?.ends ?? [])) + 1)).toBe(
    lines.join(''),
  );
});

test('none is no column', () => {
  expect(columnOf(new TextColumn('name'), [])).toBeUndefined();
  expect(columnOf(new TextColumn('name'), ['', ''])).toBeUndefined();
});

test('the last one can be taken back, and leaves no gap', () => {
  const column = new TextColumn('name');
  column.begin(3);
  column.add(0, Buffer.from('first'), 0, 5);
  column.add(1, Buffer.from('second'), 0, 6);
  expect(column.takeBack(1)).toBe('second');
  column.add(2, Buffer.from('third'), 0, 5);
  const texts = column.take();
  expect(textsOf(texts)).toEqual(['first', '', 'third']);
  expect(texts?.starts[2]).toBe((texts?.ends[0] ?? 0) + 1);
});

test('batches do not share memory until it is given back', () => {
  const column = new TextColumn('name');
  const first = columnOf(column, ['a']);
  const second = columnOf(column, ['b']);
  expect(textsOf(first)).toEqual(['a']);
  if (first === undefined) throw new Error('no texts');
  column.give(first.buffer);
  const third = columnOf(column, ['c']);
  expect(third?.buffer).toBe(first.buffer);
  expect(textsOf(second)).toEqual(['b']);
});

test('slabs: the class that fits, and no more idle than allowed', () => {
  const slabs = new TextSlabs(50_000);
  const [small, large, huge] = [slabs.take(1), slabs.take(16_385), slabs.take(9_000_000)];
  expect([small.length, large.length, huge.length]).toEqual([16_384, 32_768, 9_000_000]);
  for (const slab of [small, large, huge, slabs.take(1)]) slabs.give(slab);
  expect(slabs.idleBytes).toBe(49_152);
  expect(slabs.take(20_000)).toBe(large);
  expect(slabs.take(20_000)).not.toBe(large);
  expect(slabs.idleBytes).toBe(16_384);
});
