import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeOf, modulesBelow, ROOT } from './sources.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const union = /export type ErrorCode =([^;]+);/.exec(read('src/sdk/errors.ts'))?.[1] ?? '';
const codes = Array.from(union.matchAll(/'(CS_[A-Z0-9_]+)'/g), ([, code = '']) => code);
const rows = read('docs/errors.md')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, code = '', meaning = '', remedy = '']) => ({
    code: code.replaceAll('`', ''),
    meaning,
    remedy,
  }));

test('every error code has a row, in the order of the type, and no row is left over', () => {
  expect(codes.length).toBeGreaterThan(20);
  expect(rows.map(({ code }) => code)).toEqual(codes);
});

test.each(rows)('$code says what it means and what to do', ({ meaning, remedy }) => {
  expect(meaning.length).toBeGreaterThan(20);
  expect(remedy.length).toBeGreaterThan(20);
});

test('every code that appears in the sources is one of the type', () => {
  const known = new Set(codes);
  const strange = modulesBelow('src').flatMap((module) => {
    // Codes are strings: look at the text, comments included.
    const found = module.text.match(/\bCS_[A-Z]+(?:_[A-Z]+)+\b/g) ?? [];
    return found.filter((code) => !known.has(code)).map((code) => `${module.path}: ${code}`);
  });
  expect(strange).toEqual([]);
  expect(codeOf({ path: '', text: union })).not.toContain('CS_');
});

test('every code is raised somewhere', () => {
  const text = modulesBelow('src')
    .filter(({ path }) => path !== 'src/sdk/errors.ts' && !path.endsWith('.test.ts'))
    .map((module) => module.text)
    .join('\n');
  expect(codes.filter((code) => !text.includes(code))).toEqual([]);
});
