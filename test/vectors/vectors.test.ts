import { expect, test } from 'vitest';
import { OWN_VECTORS, runFolder } from './run.ts';

/** A folder of other vectors of the same schemas; the project's own copies without it. */
const FOLDER = process.env['COUNTERSIGN_VECTORS'] ?? OWN_VECTORS;

test('every vector that counts passes', async () => {
  const failures: string[] = [];
  let passed = 0;
  for await (const { file, results } of runFolder(FOLDER)) {
    for (const result of results) {
      if (result.kind === 'passed') passed += 1;
      if (result.kind === 'failed') failures.push(`${file}: ${result.name}: ${result.detail}`);
    }
  }
  expect(failures).toEqual([]);
  expect(passed).toBeGreaterThan(0);
});
