import { OWN_VECTORS, runFolder } from '../test/vectors/run.ts';

/**
 * `npm run -s vectors -- [DIR]`: runs every vector file of a folder against the public API.
 *
 * Prints a line for each file and, on stderr, what failed and what was skipped. Exits with 1 when
 * a case failed or none ran.
 */
const folder = process.argv[2] ?? OWN_VECTORS;
let passedInAll = 0;
let failedInAll = 0;

for await (const { file, results } of runFolder(folder)) {
  const count = (kind: string) => results.filter((result) => result.kind === kind).length;
  const [passed, failed, skipped] = [count('passed'), count('failed'), count('skipped')];
  passedInAll += passed;
  failedInAll += failed;
  process.stdout.write(`${file}: ${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  for (const result of results) {
    if (result.kind === 'passed') continue;
    process.stderr.write(`  ${result.kind}: ${result.name}: ${result.detail}\n`);
  }
}
process.exitCode = failedInAll > 0 || passedInAll + failedInAll === 0 ? 1 : 0;
