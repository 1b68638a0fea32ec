import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { drive, type Outcome, type Timing } from './drive.ts';
import { collectorConfig, countersignConfig, ROWS, type Goal, type Row } from './rows.ts';

/**
 * `npm run bench`: the real daemon under load, in CPU time per record, beside a yardstick and, with
 * COUNTERSIGN_BENCH_OTELCOL=/path/to/otelcol, beside the OpenTelemetry Collector.
 */
const { values: options } = parseArgs({
  options: {
    rows: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    warm: { type: 'string', default: '4' },
    quick: { type: 'boolean', default: false },
    command: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const HELP = `npm run bench -- [options]
  --rows a,b      only these rows: ${ROWS.map(({ name }) => name).join(', ')}
  --rounds N      rounds of a row, the median counts (3)
  --seconds N     length of a round (5)
  --warm N        seconds, and seconds of CPU time, before the first round (4)
  --quick         one round of two seconds
  --command CMD   drive this instead of bin/countersign; {config}, BENCH_IN, BENCH_SINK
  --json FILE     append a line of JSON for each row
COUNTERSIGN_BENCH_OTELCOL=PATH measures the OpenTelemetry Collector beside it.
`;

const LAUNCHER = new URL('../bin/countersign', import.meta.url).pathname;
const COLLECTOR = process.env['COUNTERSIGN_BENCH_OTELCOL'];

interface Measured {
  readonly row: Row;
  readonly ours: Outcome;
  readonly theirs: Outcome | undefined;
  /** The row `pass` of this run. */
  readonly pass: Outcome | undefined;
}

function timing(): Timing {
  if (options.quick) return { warmMs: 1500, warmCpuMs: 1000, roundMs: 2000, rounds: 1 };
  return {
    warmMs: Number(options.warm) * 1000,
    warmCpuMs: Number(options.warm) * 1000,
    roundMs: Number(options.seconds) * 1000,
    rounds: Number(options.rounds),
  };
}

/** On the daemon's CPU and in a process of its own, as the daemon is. */
function yardstick(): number {
  const file = new URL('./yardstick.ts', import.meta.url).pathname;
  const text = execFileSync('taskset', ['-c', '0', process.execPath, file], { encoding: 'utf8' });
  return Number(text);
}

const collectorRuns = new Map<string, Outcome>();

/** Rows with the same load and the same Collector configuration share one run of it. */
async function collectorOutcome(row: Row): Promise<Outcome | undefined> {
  if (COLLECTOR === undefined || row.collector === undefined) return undefined;
  const key = `${row.load} ${row.collector}`;
  const known = collectorRuns.get(key);
  if (known !== undefined) return known;
  const subject = {
    name: 'otelcol',
    command: `${COLLECTOR} --config {config}`,
    config: collectorConfig(row.collector),
    env: { GOMAXPROCS: '1' },
  };
  const outcome = await drive({ ...row, out: 'sink' }, subject, timing());
  collectorRuns.set(key, outcome);
  return outcome;
}

const thousands = (value: number) => Math.round(value).toLocaleString('en-US');
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);

function columns(name: string, outcome: Outcome, yardstickNs: number): string[] {
  return [
    name,
    thousands(outcome.nsPerRecord),
    (outcome.nsPerRecord / yardstickNs).toFixed(2),
    thousands(1e9 / outcome.nsPerRecord),
    `${(outcome.cpuShare * 100).toFixed(1)} %`,
    thousands(outcome.recordsPerSecond),
    `${megabytes(outcome.residentBytesMean)} / ${megabytes(outcome.residentBytesPeak)}`,
    `${outcome.p50Ms.toFixed(2)} / ${outcome.p99Ms.toFixed(2)}`,
  ];
}

const HEADINGS = [
  'who',
  'ns CPU/record',
  'yardsticks',
  'records/CPU-s',
  'CPU',
  'records/s',
  'RSS MB mean / peak',
  'request ms p50 / p99',
];
const WIDTHS = [12, 14, 11, 14, 9, 11, 19, 21];

function line(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padStart(WIDTHS[index] ?? 10)).join(' ');
}

function goalLine(goal: Goal, { ours, theirs, pass }: Measured, yardstickNs: number): string {
  const verdict = (met: boolean) => (met ? 'met' : 'MISSED');
  const atMost = (what: string, value: number, digits: number) =>
    `${what} ${value.toFixed(digits)}, at most ${goal.limit.toFixed(digits)}: ` +
    verdict(value <= goal.limit);
  switch (goal.measure) {
    case 'yardsticks':
      return atMost('yardsticks', ours.nsPerRecord / yardstickNs, 2);
    case 'overPass': {
      if (pass === undefined) return 'row pass was not measured in this run';
      const more = (ours.nsPerRecord - pass.nsPerRecord) / yardstickNs;
      return atMost('yardsticks more than passing through', more, 2);
    }
    case 'timesCheaper': {
      if (theirs === undefined) return `at least ${goal.limit} times cheaper: no Collector given`;
      const times = theirs.nsPerRecord / ours.nsPerRecord;
      const said = `${times.toFixed(2)} times cheaper than the Collector`;
      return `${said}, at least ${goal.limit}: ${verdict(times >= goal.limit)}`;
    }
    case 'cpuPercent':
      return atMost('% of a core', ours.cpuShare * 100, 1);
    case 'residentMb':
      return atMost('RSS peak MB', ours.residentBytesPeak / 1e6, 0);
    case 'p50Ms':
      return atMost('p50 ms', ours.p50Ms, 2);
    case 'p99Ms':
      return atMost('p99 ms', ours.p99Ms, 2);
    default:
      return goal.measure satisfies never;
  }
}

function print(measured: Measured, yardstickNs: number): void {
  const { row, ours, theirs } = measured;
  const out = [`\n${row.name}: ${row.title}`, line(HEADINGS)];
  out.push(line(columns('countersign', ours, yardstickNs)));
  if (theirs !== undefined) {
    out.push(line(columns('otelcol', theirs, yardstickNs)));
    out.push(`  ratio to the Collector ${(theirs.nsPerRecord / ours.nsPerRecord).toFixed(2)}`);
  }
  for (const goal of row.goals) out.push(`  goal: ${goalLine(goal, measured, yardstickNs)}`);
  const processors = Object.values(row.processors).join(', ');
  if (processors !== '') out.push(`  with ${processors}`);
  const lost = ours.accepted - ours.delivered;
  out.push(
    `  accepted ${thousands(ours.accepted)}, delivered ${thousands(ours.delivered)}, lost ${lost}`,
  );
  for (const note of ours.notes) out.push(`  note: ${note}`);
  if (ours.metrics !== '') out.push(`  ${ours.metrics}`);
  process.stdout.write(`${out.join('\n')}\n`);
}

async function main(): Promise<void> {
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const wanted = options.rows?.split(',');
  const unknown = wanted?.filter((name) => !ROWS.some((row) => row.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`no such row: ${unknown.join(', ')}\n${HELP}`);
  const yardstickNs = yardstick();
  process.stdout.write(
    `yardstick: sha256 of 560 bytes, ${yardstickNs} ns CPU in Node ${process.version}\n`,
  );
  let pass: Outcome | undefined;
  for (const row of ROWS) {
    if (wanted !== undefined && !wanted.includes(row.name)) continue;
    const command = options.command ?? `${LAUNCHER} --config {config}`;
    const subject = { name: 'countersign', command, config: countersignConfig(row) };
    try {
      const ours = await drive(row, subject, timing());
      const theirs = await collectorOutcome(row);
      if (row.name === 'pass') pass = ours;
      print({ row, ours, theirs, pass }, yardstickNs);
      if (options.json !== undefined) {
        const entry = { row: row.name, yardstickNs, ours, theirs };
        appendFileSync(options.json, `${JSON.stringify(entry)}\n`);
      }
    } catch (error) {
      process.stdout.write(`\n${row.name}: could not be measured: ${String(error)}\n`);
      process.exitCode = 1;
    }
  }
}

await main();
