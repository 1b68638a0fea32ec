/**
 * Breaks the counting code on purpose, one fault at a time, in a copy of the checkout, and says
 * which test caught it. Exits 1 when a mutant lives.
 *
 *     npm run test:mutants
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

interface Mutant {
  readonly fault: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const MUTANTS: readonly Mutant[] = [
  {
    fault: 'skip a count: a drop at a stage is not booked at the head',
    file: 'src/runtime/passage.ts',
    find: 'this.#entry.end(records.count, ending);\n    this.#settle(stage',
    replace: 'this.#settle(stage',
  },
  {
    fault: 'count twice: a delivery is booked two times in the branch',
    file: 'src/runtime/holdings.ts',
    find: 'item.entry.end(item.records.count, final);',
    replace:
      'item.entry.end(item.records.count, final);\n    this.ledger.enter(item.records.count).end(item.records.count, final);',
  },
  {
    fault: 'count under the wrong head: failed and dropped are swapped',
    file: 'src/sdk/ending.ts',
    find: 'return { kind: declaration.ending,',
    replace: "return { kind: declaration.ending === 'failed' ? 'dropped' : 'failed',",
  },
  {
    fault: 'count under the wrong reason: overflow is booked as shutdown',
    file: 'src/runtime/branch.ts',
    find: "this.#holdings.end(oldest, 'overflow');",
    replace: "this.#holdings.end(oldest, 'shutdown');",
  },
  {
    fault: 'lose a batch on an exception: a processor that throws ends nothing at the head',
    file: 'src/runtime/stage.ts',
    find: 'passage.endAtStage(this.#index, open, FAULT);',
    replace: '',
  },
  {
    fault: 'lose a batch on an exception: an exporter that throws counts as delivered',
    file: 'src/runtime/courier.ts',
    find: "return { status: 'unknown', error: new Fault('CS_EXPORTER_FAULTY', message) };",
    replace: "void message; void Fault; return { status: 'delivered', rejected: 0 };",
  },
  {
    fault: 'count a partial success as delivered',
    file: 'src/runtime/courier.ts',
    find: 'if (rejected <= 0) {',
    replace: 'if (rejected <= 0 || items.length > 0) {',
  },
  {
    fault: 'answer before delivery: a queue that should answer does not hold the answer',
    file: 'src/runtime/branch.ts',
    find: 'return this.#options.delivery.queue?.waitForResult ?? true;',
    replace: 'return this.#options.delivery.queue === undefined;',
  },
  {
    fault: 'answer before delivery: the answer is given when the first branch has ended',
    file: 'src/runtime/passage.ts',
    find: 'this.#legs.every((leg) => !leg.answers || leg.tally.open === 0)',
    replace: 'this.#legs.some((leg) => !leg.answers || leg.tally.open === 0)',
  },
  {
    fault: 'an unreadable answer counts as a success',
    file: 'src/runtime/courier.ts',
    find: 'return { items, unknown: true };',
    replace: 'this.#bookDelivered(items, 0, undefined);\n        return undefined;',
  },
  {
    fault: 'a refused arrival is counted as submitted too',
    file: 'src/runtime/door.ts',
    find: 'this.#refused[reason] += arrival.records.count;',
    replace:
      'this.#refused[reason] += arrival.records.count;\n    this.#submitted += arrival.records.count;',
  },
  {
    fault: 'who waits at the door is let in twice',
    file: 'src/runtime/door.ts',
    find: 'if (this.#isRetrying) return;',
    replace: '',
  },
  {
    fault: 'the memory of an arrival is given back before its records have ended',
    file: 'src/runtime/arrival-case.ts',
    find: 'this.#arrival.settle(outcome);',
    replace: 'this.#arrival.settle(outcome);\n    this.#arrival.release();',
  },
  {
    fault: 'rejected records are answered as accepted',
    file: 'src/runtime/passage.ts',
    find: 'this.#reject(ending.reason, records.count);',
    replace: '',
  },
  {
    fault: 'a loss after a promise is not counted as lost',
    file: 'src/runtime/passage.ts',
    find: 'this.#loseIfPromised(count, fate.settlement);',
    replace: '',
  },
  {
    fault: 'the nonces of a failed batch are committed',
    file: 'src/runtime/tally.ts',
    find: 'settlement: retryable ? worst : delivered > 0',
    replace: 'settlement: retryable ? DELIVERED : delivered > 0',
  },
  {
    fault: 'records left at shutdown are not counted',
    file: 'src/runtime/branch.ts',
    find: "this.#holdings.endAll(this.queue?.clear() ?? [], 'shutdown');",
    replace: 'this.queue?.clear();',
  },
  {
    fault: 'what a stage did not answer for disappears',
    file: 'src/runtime/ledger.ts',
    find: 'this.#ledger.abandon(count);',
    replace: 'void count;',
  },
];

function run(): number {
  const root = resolve(import.meta.dirname, '..');
  const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
  for (const part of [
    'src',
    'test/property',
    'package.json',
    'vitest.config.ts',
    'tsconfig.json',
  ]) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const report = join(copy, 'report.json');
  let alive = 0;
  for (const { fault, file, find, replace } of MUTANTS) {
    const path = join(copy, file);
    const source = readFileSync(path, 'utf8');
    if (source.split(find).length !== 2)
      throw new Error(`${fault}: ${file} has changed; look again`);
    writeFileSync(
      path,
      source.replace(find, () => replace),
    );
    const { stderr } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        'src/runtime',
        'test/property',
        '--reporter=json',
        `--outputFile=${report}`,
        '--testTimeout=5000',
      ],
      { cwd: copy, encoding: 'utf8', timeout: 120_000 },
    );
    writeFileSync(path, source);
    if (!existsSync(report)) throw new Error(`vitest did not run: ${stderr}`);
    const caught = failedTests(readFileSync(report, 'utf8'));
    rmSync(report);
    if (caught.length === 0) alive += 1;
    const verdict = caught.length === 0 ? 'LIVES' : `caught by ${caught.length}: ${caught[0]}`;
    process.stdout.write(`${fault}\n    ${verdict}\n`);
  }
  rmSync(copy, { recursive: true, force: true });
  process.stdout.write(`${MUTANTS.length - alive} of ${MUTANTS.length} mutants caught\n`);
  return alive === 0 ? 0 : 1;
}

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function failedTests(report: string): string[] {
  const { testResults } = JSON.parse(report) as Report;
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  );
}

process.exitCode = run();
