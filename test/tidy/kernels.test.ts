import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { expect, test } from 'vitest';
import {
  compiledBytes,
  compiler,
  kernelFiles,
  sourceHash,
  sourceOf,
} from '../../scripts/kernels.ts';

const files = kernelFiles().map((each) => [relative('.', each.source), each] as const);

test.each(files)('%s: the compiled kernel belongs to its source', async (_name, files) => {
  const source = sourceOf(files.source);
  const compiled = readFileSync(files.compiled, 'utf8');
  expect(compiled, 'the source was changed: scripts/kernels.ts').toContain(
    `// source ${sourceHash(source)}\n`,
  );
  // Where the compiler is installed, the bytes are checked too.
  const asc = await compiler();
  if (asc === undefined) return;
  const { KERNEL }: Record<string, unknown> = await import(files.compiled);
  expect(KERNEL).toBe(await compiledBytes(asc, source));
});

test('there are kernels', () => {
  expect(files.length).toBeGreaterThan(1);
});
