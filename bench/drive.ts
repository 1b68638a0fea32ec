import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { LoadPlan, LoadReport } from './load.ts';
import { cpuMsOf, residentBytesOf } from './process-tree.ts';
import type { Row } from './rows.ts';
import type { SinkTotals } from './sink.ts';

/** The daemon under load: what is run, and with which configuration. */
export interface Subject {
  readonly name: string;
  /** A shell command; `{config}` stands for the file. */
  readonly command: string;
  readonly config: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Timing {
  /** Before the first round: at least so long, and until the daemon has used so much CPU time. */
  readonly warmMs: number;
  readonly warmCpuMs: number;
  readonly roundMs: number;
  readonly rounds: number;
}

/** What a row came to: medians of the rounds. */
export interface Outcome {
  /** CPU time of the process tree for each record delivered, in ns. */
  readonly nsPerRecord: number;
  readonly recordsPerSecond: number;
  /** Share of one core. */
  readonly cpuShare: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly residentBytesMean: number;
  readonly residentBytesPeak: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly refused: number;
  /** What was odd: refusals, rejections, faults at the sink, broken connections. */
  readonly notes: readonly string[];
  /** Lines of the daemon's metrics that a row shows beside its figures. */
  readonly metrics: string;
}

/** A daemon that uses hardly any CPU is measured anyway. */
const WARM_MS_MAX = 30_000;

const DAEMON_CPU = '0';
const LOAD_CPU = '1';

const here = (file: string) => new URL(file, import.meta.url).pathname;

/** A child of ours on the load's CPU that talks by IPC. */
function helper(file: string, argument = ''): ChildProcess {
  return fork(here(file), [argument], {
    execPath: '/usr/bin/taskset',
    execArgv: ['-c', LOAD_CPU, process.execPath, '--max-semi-space-size=64'],
  });
}

async function ask<T>(child: ChildProcess, message: string): Promise<T> {
  child.send(message);
  const [answer] = (await once(child, 'message')) as [T];
  return answer;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Drives one subject with one row's load, from its start to its end. */
export async function drive(row: Row, subject: Subject, timing: Timing): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const sink = helper('./sink.ts');
  const children: ChildProcess[] = [sink];
  try {
    const [{ port: sinkPort }] = (await once(sink, 'message')) as [{ port: number }];
    const port = await freePort();
    const metricsPort = await freePort();
    const config = join(folder, 'config.yaml');
    writeFileSync(config, subject.config);
    const lines = row.out === 'lines' ? lineCounter(folder) : undefined;
    if (lines !== undefined) children.push(lines.process);
    const log = openSync(join(folder, 'stderr'), 'w');
    const command = subject.command.replaceAll('{config}', config);
    const daemon = spawn('sh', ['-c', `exec taskset -c ${DAEMON_CPU} ${command}`], {
      env: {
        ...process.env,
        ...subject.env,
        BENCH_IN: `${port}`,
        BENCH_SINK: `http://127.0.0.1:${sinkPort}`,
        BENCH_METRICS: `${metricsPort}`,
        BENCH_HEALTH: `${await freePort()}`,
      },
      stdio: ['ignore', lines?.open() ?? 'ignore', log],
    });
    closeSync(log);
    children.push(daemon);
    try {
      await ready(daemon, port);
      return await measure(row, timing, { daemon, sink, port, lines, children, metricsPort });
    } catch (error) {
      const stderr = readFileSync(join(folder, 'stderr'), 'utf8').slice(-2000);
      throw new Error(`${subject.name}: ${String(error)}\n${stderr}`, { cause: error });
    }
  } finally {
    for (const child of children.toReversed()) await end(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

interface LineCounter {
  readonly process: ChildProcess;
  open(): number;
}

/** A reader at the other end of a pipe, as a log shipper would be. */
function lineCounter(folder: string): LineCounter {
  const pipe = join(folder, 'stdout');
  const reader = spawn('sh', ['-c', `mkfifo ${pipe} && exec taskset -c ${LOAD_CPU} cat ${pipe}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return {
    process: reader,
    open: () => {
      // Opening for writing waits for the reader; the pipe itself may not be there yet.
      for (let attempt = 0; ; attempt++) {
        try {
          return openSync(pipe, 'r+');
        } catch (error) {
          if (attempt > 1_000_000) throw error;
        }
      }
    },
  };
}

async function ready(daemon: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await listens(port))) {
    if (daemon.exitCode !== null) throw new Error(`ended with ${daemon.exitCode}`);
    if (performance.now() > deadline) throw new Error('does not listen');
    await pause(50);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  if (child.connected) child.disconnect();
  await Promise.race([ended, pause(10_000, undefined, { ref: false })]);
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}

interface Setting {
  readonly daemon: ChildProcess;
  readonly sink: ChildProcess;
  readonly port: number;
  readonly metricsPort: number;
  readonly lines: LineCounter | undefined;
  readonly children: ChildProcess[];
}

interface Round {
  readonly nsPerRecord: number;
  readonly recordsPerSecond: number;
  readonly cpuShare: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly residentBytes: number;
}

function planOf(row: Row, port: number): LoadPlan {
  if (row.load === 'max') {
    return { port, connections: 4, recordsPerRequest: 1000, payloads: 16, rate: 0 };
  }
  const small = { port, recordsPerRequest: 100, payloads: 16 };
  if (row.load === 'paced') return { ...small, connections: 4, rate: 10_000 };
  return { ...small, connections: 1, rate: 0 };
}

async function measure(row: Row, timing: Timing, setting: Setting): Promise<Outcome> {
  const load = helper('./load.ts', JSON.stringify(planOf(row, setting.port)));
  setting.children.push(load);
  await once(load, 'message');
  await ask(load, 'start');
  await warm(setting.daemon.pid ?? 0, row, timing);
  const rounds: Round[] = [];
  for (let round = 0; round < timing.rounds; round++) {
    rounds.push(await measureRound(row, timing.roundMs, setting, load));
  }
  const pid = setting.daemon.pid ?? 0;
  const residentBytesPeak = residentBytesOf(pid, true);
  const metrics = await nonceMetrics(setting.metricsPort);
  const final = await drained(load, setting.sink);
  const median = (key: keyof Round) => medianOf(rounds.map((round) => round[key]));
  return {
    nsPerRecord: median('nsPerRecord'),
    recordsPerSecond: median('recordsPerSecond'),
    cpuShare: median('cpuShare'),
    p50Ms: median('p50Ms'),
    p99Ms: median('p99Ms'),
    residentBytesMean: median('residentBytes'),
    residentBytesPeak,
    accepted: final.load.records,
    delivered: row.out === 'sink' ? final.sink.records : final.load.records,
    refused: final.load.refused,
    notes: notesOf(final.load, final.sink),
    metrics,
  };
}

/** Compilers warm up by work done, not by time passed: on a busy machine that takes longer. */
async function warm(pid: number, row: Row, { warmMs, warmCpuMs }: Timing): Promise<void> {
  const cpuMsMin = row.load === 'max' ? warmCpuMs : 0;
  for (let elapsedMs = 0; elapsedMs < WARM_MS_MAX; elapsedMs += 100) {
    if (elapsedMs >= warmMs && cpuMsOf(pid) >= cpuMsMin) return;
    await pause(100);
  }
}

async function measureRound(
  row: Row,
  roundMs: number,
  setting: Setting,
  load: ChildProcess,
): Promise<Round> {
  const pid = setting.daemon.pid ?? 0;
  const delivered = async (report: LoadReport) =>
    row.out === 'sink' ? (await ask<SinkTotals>(setting.sink, 'report')).records : report.records;
  const before = await delivered(await ask<LoadReport>(load, 'report'));
  const startCpuMs = cpuMsOf(pid);
  const startMs = performance.now();
  const resident: number[] = [];
  while (performance.now() - startMs < roundMs) {
    resident.push(residentBytesOf(pid));
    await pause(Math.min(200, roundMs));
  }
  const report = await ask<LoadReport>(load, 'report');
  const records = (await delivered(report)) - before;
  const cpuMs = cpuMsOf(pid) - startCpuMs;
  const elapsedMs = performance.now() - startMs;
  return {
    nsPerRecord: (cpuMs * 1e6) / records,
    recordsPerSecond: (records * 1000) / elapsedMs,
    cpuShare: cpuMs / elapsedMs,
    p50Ms: report.latencyMs.p50,
    p99Ms: report.latencyMs.p99,
    residentBytes: resident.reduce((sum, bytes) => sum + bytes, 0) / resident.length,
  };
}

/** Stops the load and waits until every request is answered and the sink has what was accepted. */
async function drained(load: ChildProcess, sink: ChildProcess) {
  let report = await ask<LoadReport & { idle: boolean }>(load, 'stop');
  let totals = await ask<SinkTotals>(sink, 'report');
  const deadline = performance.now() + 30_000;
  for (let quiet = 0; quiet < 5 && performance.now() < deadline;) {
    await pause(100);
    const before = totals.records;
    report = await ask(load, 'report');
    totals = await ask(sink, 'report');
    quiet = report.idle && totals.records === before ? quiet + 1 : 0;
  }
  return { load: report, sink: totals };
}

async function nonceMetrics(port: number): Promise<string> {
  try {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return text
      .split('\n')
      .filter((line) => line.startsWith('countersign_replay_'))
      .join('; ');
  } catch {
    return '';
  }
}

function notesOf(load: LoadReport, sink: SinkTotals): string[] {
  const notes: string[] = [];
  if (load.refused > 0) notes.push(`${load.refused} requests refused`);
  if (load.rejected > 0) notes.push(`${load.rejected} answers with a partial success`);
  if (load.brokenConnections > 0) notes.push(`${load.brokenConnections} connections broke`);
  if (load.firstRefusal !== '') notes.push(`first: ${load.firstRefusal}`);
  if (sink.faults > 0)
    notes.push(`${sink.faults} requests unreadable at the sink: ${sink.firstFault}`);
  return notes;
}

export function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
