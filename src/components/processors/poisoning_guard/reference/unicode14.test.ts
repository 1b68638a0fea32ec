import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { UNICODE14_RUNS } from './unicode14.ts';

const SCRIPT = new URL('unicode14.py', import.meta.url).pathname;
const TABLE = new URL('unicode14.ts', import.meta.url);

/** What `python3` prints, or `undefined` when it is not there or fails. */
function python(...args: string[]): string | undefined {
  try {
    return execFileSync('python3', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}

const VERSION = python('-c', 'import unicodedata; print(unicodedata.unidata_version)')?.trim();

test.skipIf(VERSION !== '14.0.0')('the script makes the same table', () => {
  expect(python(SCRIPT)).toBe(readFileSync(TABLE, 'utf8'));
});

test('the runs cover all code points', () => {
  const lengths = [...UNICODE14_RUNS.matchAll(/([0-9a-z]+)[A-F]/g)].map(([, length]) =>
    Number.parseInt(length ?? '', 36),
  );
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(0x11_0000);
});
