/**
 * What `nonce_dedup` costs: the stage, its table, its memory and its pauses.
 *
 * CPU time, medians of rounds, as ratios to the yardstick of the same run. The clock is simulated,
 * so that entries expire as they would: `npx node bench/nonce.ts [live entries]`.
 */
import { randomFillSync } from 'node:crypto';
import { createNonceDedup } from '../src/components/processors/nonce_dedup/processor.ts';
import { nonceDedup } from '../src/components/processors/nonce_dedup/index.ts';
import { NonceTable } from '../src/components/processors/nonce_dedup/table.ts';
import { indexRequest } from '../src/otlp/index.ts';
import { DELIVERED } from '../src/sdk/index.ts';
import type { Batch, Host, Judged, RecordSet, Verdict } from '../src/sdk/index.ts';
import { FreshIds, requestBody } from './payload.ts';
import { yardstickNs } from './yardstick.ts';

const live = Number(process.argv[2] ?? 1_000_000);
const BATCH = 1000;
const BODIES = 16;
/** CPU time comes in steps of 4 ms on some systems: what is measured at once takes 50 times that. */
const ROUNDS = 40;
const START_MS = 1_800_000_000_000;

let nowMs = START_MS;
const host: Host = {
  id: 'nonce_dedup',
  log: { error: note, warn: note, info: note, debug: () => {} },
  clock: {
    wallMs: () => nowMs,
    monotonicMs: () => nowMs,
    after: () => ({ cancel: () => {}, [Symbol.dispose]: () => {} }),
  },
  random: Math.random,
  report: () => {},
  extension: () => undefined,
};

function note(message: string): void {
  process.stdout.write(`# ${message}\n`);
}

/** A batch as the runtime makes one: asks for each record, counts what passes. */
class CountingBatch implements Batch<string> {
  readonly records: RecordSet;
  passed = 0;

  constructor(records: RecordSet) {
    this.records = records;
  }

  judgeRows(decide: (index: number) => Verdict<string>): Judged<string> {
    for (let i = 0; i < this.records.count; i++) if (decide(i).kind === 'pass') this.passed += 1;
    return undefined as unknown as Judged<string>;
  }

  judge(): never {
    throw new Error('not used');
  }
  judgeAsync(): never {
    throw new Error('not used');
  }
  passAll(): never {
    throw new Error('not used');
  }
}

function cpuNs(): number {
  // Of this thread: the collector's and the compiler's threads are not the stage's pauses.
  const { user, system } = process.threadCpuUsage();
  return (user + system) * 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function row(name: string, value: string, ratio?: number): void {
  const tail = ratio === undefined ? '' : `${ratio.toFixed(3)} yardsticks`;
  process.stdout.write(`${name.padEnd(52)}${value.padStart(14)}  ${tail}\n`);
}

const yardstick = yardstickNs();
row('yardstick: sha256 of 560 bytes', `${yardstick.toFixed(0)} ns`, 1);

// ------------------------------------------------------------------- the stage

const bodies = Array.from({ length: BODIES }, (_, seed) => {
  const bytes = requestBody(BATCH, seed + 1);
  return { bytes, ids: new FreshIds(bytes) };
});
const recordBytes = bodies.reduce((sum, { bytes }) => sum + bytes.length, 0) / BODIES / BATCH;

function stageRound(name: string, entriesLive: number, isRepeat: boolean): void {
  const config = nonceDedup.schema.parse({});
  const stage = createNonceDedup(config, host);
  stage.start();
  // What a batch lets pass is delivered at once; the clock moves on so that `entriesLive` live.
  const stepMs = (config.window * BATCH) / entriesLive;
  let counter = 0;
  let sets: RecordSet[] = [];
  const freshen = (): void => {
    sets = bodies.map(({ bytes, ids }) => {
      counter = ids.write(counter);
      return indexRequest(bytes, { text: `${counter}` });
    });
  };
  let passed = 0;
  let isStill = false;
  const round = (): void => {
    for (const set of sets) {
      const batch = new CountingBatch(set);
      stage.process(batch as unknown as Batch<never>);
      passed += batch.passed;
      if (batch.passed > 0) stage.settled(set, DELIVERED);
      if (!isStill) nowMs += stepMs;
    }
  };
  for (let n = 0; n < (entriesLive * 1.3) / BATCH / BODIES; n++) {
    freshen();
    round();
  }
  const rounds: number[] = [];
  // Repeats come at once: nothing expires between them.
  isStill = isRepeat;
  passed = 0;
  for (let n = 0; n < 9; n++) {
    let spentNs = 0;
    for (let again = 0; again < ROUNDS; again++) {
      if (!isRepeat) freshen();
      const before = cpuNs();
      round();
      spentNs += cpuNs() - before;
    }
    rounds.push(spentNs / BODIES / BATCH / ROUNDS);
  }
  const ns = median(rounds);
  row(name, `${ns.toFixed(0)} ns`, ns / yardstick);
  const measured = (name: string) =>
    stage.measures().find((measure) => measure.name === name)?.value ?? 0;
  const entries = measured('replay_entries');
  const bytes = measured('replay_table_bytes');
  row('  passed / live entries / capacity', `${passed} / ${entries} / ${config.max_nonces}`);
  row('  bytes per entry', (bytes / entries).toFixed(1));
}

row('record', `${recordBytes.toFixed(0)} B`);
stageRound('stage: process and settle, 10 k live', 10_000, false);
stageRound(`stage: process and settle, ${live} live`, live, false);
stageRound(`stage: all duplicates, ${live} live`, live, true);

// ------------------------------------------------------------------- the table

const WORDS = 8;
const OPS = 1000;
const BATCHES = 400;

function tableRounds(): void {
  const windowMs = 300_000;
  const table = new NonceTable({ entriesMax: 4_000_000, spanMs: windowMs, nowMs: 0 });
  const words = new Int32Array(OPS * WORDS);
  const slots = new Uint32Array(OPS);
  let time = 0;
  const insert = (): void => {
    // As the stage does it: the cache misses of a batch overlap.
    table.touch(words, OPS);
    for (let i = 0; i < OPS; i++) {
      table.offer(words, i * WORDS, 1, Number.NaN);
      slots[i] = table.slot;
    }
    for (let i = 0; i < OPS; i++) table.commit(slots[i] as number, windowMs);
  };
  const step = (): void => {
    time += (windowMs * OPS) / live;
    table.advance(Math.floor(time), 4 * OPS);
  };
  for (let n = 0; n < (live * 1.3) / OPS; n++) {
    randomFillSync(words);
    step();
    insert();
  }
  const inserts: number[] = [];
  const repeats: number[] = [];
  for (let n = 0; n < 9; n++) {
    let insertNs = 0;
    const kept: Int32Array[] = [];
    for (let m = 0; m < BATCHES; m++) {
      randomFillSync(words);
      kept.push(words.slice());
      const before = cpuNs();
      step();
      insert();
      insertNs += cpuNs() - before;
    }
    inserts.push(insertNs / BATCHES / OPS);
    const before = cpuNs();
    for (const old of kept)
      for (let i = 0; i < OPS; i++) table.offer(old, i * WORDS, 2, Number.NaN);
    repeats.push((cpuNs() - before) / BATCHES / OPS);
  }
  row(
    `table: insert, commit and purge, ${live} live`,
    `${median(inserts).toFixed(0)} ns`,
    median(inserts) / yardstick,
  );
  row(
    `table: duplicate, ${live} live`,
    `${median(repeats).toFixed(0)} ns`,
    median(repeats) / yardstick,
  );
}

function growth(): void {
  const table = new NonceTable({ entriesMax: 4_000_000, spanMs: 300_000, nowMs: 0 });
  const words = new Int32Array(OPS * WORDS);
  const pauses: number[] = [];
  let bytesMax = 0;
  for (let entries = 0; entries < 4_000_000; entries += OPS) {
    randomFillSync(words);
    const before = cpuNs();
    for (let i = 0; i < OPS; i++) {
      table.offer(words, i * WORDS, 1, Number.NaN);
      table.commit(table.slot, 300_000);
    }
    pauses.push((cpuNs() - before) / 1e6);
    if (entries >= 1_000_000) bytesMax = Math.max(bytesMax, table.byteLength / table.size);
  }
  const mean = (pauses.reduce((sum, ms) => sum + ms, 0) / pauses.length) * 1000;
  row('growing to 4 M: insert and commit', `${mean.toFixed(0)} ns`, mean / yardstick);
  pauses.sort((a, b) => a - b);
  row('growing to 4 M: 1,000 inserts, p99.9', `${(pauses[3996] ?? 0).toFixed(2)} ms`);
  row('growing to 4 M: 1,000 inserts, longest', `${(pauses.at(-1) ?? 0).toFixed(2)} ms`);
  row('bytes per entry, at most, from 1 M to 4 M', bytesMax.toFixed(1));
  row('bytes per entry, 4 M', (table.byteLength / table.size).toFixed(1));
  const before = cpuNs();
  let purged = 0;
  while (table.size > 0) purged += table.advance(400_000, 4 * OPS);
  const ns = (cpuNs() - before) / purged;
  row('purge of 4 M expired at once, per entry', `${ns.toFixed(0)} ns`, ns / yardstick);
}

tableRounds();
growth();
