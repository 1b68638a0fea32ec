import { expect, test } from 'vitest';
import { NameTable } from './name_table.ts';

const names = ['rm', 'find', 'mkfs.ext4', '['];
const table = new NameTable([...names, 'rm']);

test('each name is found where it stands, in any case', () => {
  for (const name of names) {
    const text = `x${name.toUpperCase()}x`;
    expect(table.name(table.find(text, 1, 1 + name.length))).toBe(name);
    expect(table.numberOf(name)).toBe(table.find(name, 0, name.length));
  }
});

test.each(['', 'r', 'rmx', 'xrm', 'mkfs.ext44', '{', '\u0132m'])('%o is no name', (word) => {
  expect(table.find(word, 0, word.length)).toBe(-1);
});

test('words with the hash of a name are none', () => {
  // `31 * a + b` is the same for both, and so is what follows.
  expect(new NameTable(['bc']).find('aB'.replace('B', '\u0082'), 0, 2)).toBe(-1);
  expect(new NameTable(['b1']).find('aP', 0, 2)).toBe(-1);
});
