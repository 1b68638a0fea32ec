import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generatedFiles } from '../../src/daemon/generated.ts';
import { filesBelow, ROOT } from './sources.ts';

const read = (path: string): string | undefined => {
  const place = join(ROOT, path);
  return existsSync(place) ? readFileSync(place, 'utf8') : undefined;
};
const generated = [...generatedFiles(read)];

test('there is a page for every component, and the example', () => {
  expect(generated.length).toBeGreaterThan(10);
});

test.each(generated)('%s says what the code says; else run `npm run docs`', (path, text) => {
  expect(read(path)).toBe(text);
});

test('no page is left of something that is gone', () => {
  const pages = new Set(generated.map(([path]) => path));
  const left = filesBelow('docs/reference').filter(({ path }) => !pages.has(path));
  expect(left.map(({ path }) => path)).toEqual([]);
});
