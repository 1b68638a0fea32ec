/**
 * What `poisoning_guard` costs with `ruleset: reference`: the stage on the bench load, a text by its
 * length, and the worst that an attacker can write.
 *
 * CPU time, medians of rounds, with ratios to the yardstick of the same run: `npx node bench/guard.ts`.
 */
import { createPoisoningGuard } from '../src/components/processors/poisoning_guard/processor.ts';
import { poisoningGuard } from '../src/components/processors/poisoning_guard/index.ts';
import { ReferenceRuleset } from '../src/components/processors/poisoning_guard/reference/ruleset.ts';
import { Screen, SUSPECT } from '../src/components/processors/poisoning_guard/screen.ts';
import type { GuardReason } from '../src/components/processors/poisoning_guard/verdict.ts';
import { indexRequest } from '../src/otlp/index.ts';
import { PASS, resendableArrival } from '../src/sdk/index.ts';
import type { Batch, Host, Judged, RecordSet, Verdict } from '../src/sdk/index.ts';
import { requestBody } from './payload.ts';
import { yardstickNs } from './yardstick.ts';

const BATCH = 1000;
const BODIES = 16;
const ROUNDS = 15;
const WARM_ROUNDS = 4;

const host: Host = {
  id: 'poisoning_guard',
  log: { error: print, warn: print, info: print, debug: () => {} },
  clock: {
    wallMs: () => 0,
    // Stands still: the stage then never gives up its turn, and only its work is measured.
    monotonicMs: () => 0,
    after: () => ({ cancel: () => {}, [Symbol.dispose]: () => {} }),
  },
  random: Math.random,
  report: () => {},
  extension: () => undefined,
};

function print(message: string): void {
  process.stdout.write(`${message}\n`);
}

/** A batch as the runtime makes one; counts what does not pass. */
class CountingBatch implements Batch<GuardReason> {
  readonly records: RecordSet;
  ended = 0;

  constructor(records: RecordSet) {
    this.records = records;
  }

  judgeRows(decide: (index: number) => Verdict<GuardReason>): Judged<GuardReason> {
    for (let i = 0; i < this.records.count; i++) if (decide(i) !== PASS) this.ended++;
    return this.passAll();
  }

  passAll(): Judged<GuardReason> {
    return undefined as unknown as Judged<GuardReason>;
  }

  judge(): never {
    throw new Error('not used');
  }

  judgeAsync(): never {
    throw new Error('not used');
  }
}

function cpuNs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}

/** ns of CPU time for one of `units` in `work`, median of rounds. */
function medianNs(units: number, work: () => void): number {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const ns = cpuNs(work) / units;
    if (round >= WARM_ROUNDS) rounds.push(ns);
  }
  return rounds.toSorted((a, b) => a - b)[rounds.length >> 1] ?? 0;
}

function stage(): { ns: number; ended: number; found: string } {
  const sets = Array.from({ length: BODIES }, (_, i) => {
    const bytes = requestBody(BATCH, 5000 + i * 7919);
    return indexRequest(bytes, resendableArrival(bytes));
  });
  const guard = createPoisoningGuard(poisoningGuard.schema.parse({ ruleset: 'reference' }), host);
  let ended = 0;
  const ns = medianNs(10 * BODIES * BATCH, () => {
    for (let round = 0; round < 10; round++) {
      for (const records of sets) {
        const batch = new CountingBatch(records);
        void guard.process(batch);
        ended += batch.ended;
      }
    }
  });
  const counts = guard.measures().filter(({ value }) => value > 0);
  const perRecord = ROUNDS * 10 * BODIES * BATCH;
  const found = counts
    .map(({ labels, value }) => `${labels?.['rule']} ${(value / perRecord).toFixed(3)}`)
    .join(', ');
  return { ns, ended, found };
}

const ruleset = new ReferenceRuleset();
const screen = new Screen(ruleset.screen, 32, 1 << 20);

/** The way of one text: screened, and judged when it is a suspect. */
function judgeOnce(bytes: Uint8Array): void {
  screen.load(bytes, 0, bytes.length);
  if (screen.look(0, bytes.length) === SUSPECT) ruleset.judge(bytes, 0, bytes.length);
}

const PROSE =
  'The audit window closes at noon on each business day, and the next report is due on Monday. ';
const ACCENTED = 'La réunion est reportée à mardi prochain ; le rapport arrivera à temps. ';

const filled = (text: string, bytes: number): Buffer =>
  Buffer.alloc(bytes, text).subarray(0, bytes - (bytes % Buffer.byteLength(text)) || bytes);

const HOSTILE: readonly (readonly [string, string, string])[] = [
  ['rm - and r', 'rm -', 'r'],
  ['curl', '', 'curl '],
  ['curl, hosts and pipes', '', 'curl a.b1 x|'],
  ['trigger mix', '', 'ignore all previous curl x -d| <system rm -r1 you are no '],
  ['near misses', '', 'ignore all previous instruction, you are no, exec [ eval { mkfs. '],
  ['colons', '', ':(){:|:&};'],
  ['blanks after a token', 'rm -r1 ignore', ' '],
  ['tags that do not close', '', '<system '],
  ['folding letters', '', '\u0131gnore \u212a prev\u0131ous \u017f '],
];

const yardNs = yardstickNs();
const yards = (ns: number): string => `${(ns / yardNs).toFixed(3)} yardsticks`;
print(`yardstick ${yardNs.toFixed(0)} ns, node ${process.version}`);

const load = stage();
print(`stage, bench load: ${load.ns.toFixed(0)} ns a record, ${yards(load.ns)}`);
print(`  ended ${load.ended}; found a record: ${load.found || 'nothing'}`);

for (const [name, text] of [
  ['clean English', PROSE],
  ['clean French', ACCENTED],
] as const) {
  for (const bytes of [200, 2_048, 65_536]) {
    const content = filled(text, bytes);
    const times = Math.max(1, Math.floor(1_000_000 / bytes));
    const ns = medianNs(times, () => {
      for (let i = 0; i < times; i++) judgeOnce(content);
    });
    print(`${name}, ${bytes} B: ${(ns / 1000).toFixed(2)} µs, ${yards(ns)}`);
  }
}

print('worst case, ns a byte at 10 KB / 100 KB / 1 MB, and time of 1 MB in times of 100 KB');
for (const [name, prefix, text] of HOSTILE) {
  const perByte = [10_000, 100_000, 1_000_000].map((bytes) => {
    const content = Buffer.concat([Buffer.from(prefix), filled(text, bytes)]);
    const times = Math.max(1, Math.floor(1_000_000 / bytes));
    return medianNs(times * content.length, () => {
      for (let i = 0; i < times; i++) judgeOnce(content);
    });
  });
  const growth = (10 * (perByte[2] ?? 0)) / (perByte[1] ?? 1);
  print(`  ${name}: ${perByte.map((ns) => ns.toFixed(1)).join(' / ')}, ${growth.toFixed(1)} x`);
}
