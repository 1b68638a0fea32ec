/**
 * The OTLP codec, each way of using it by itself: CPU ns per record, and as a share of the
 * yardstick (SHA-256 of 560 random bytes), so that figures of two machines compare.
 *
 * Run with `node bench/otlp.ts`. Payloads rotate, or the branch predictor learns one by heart.
 */
import { Buffer } from 'node:buffer';
import { hash, randomBytes } from 'node:crypto';
import process from 'node:process';
import {
  encodeRequest,
  indexRequest,
  jsonRequest,
  type PlainRecord,
  transcodeJsonRequest,
  writeRequest,
} from '../src/otlp/index.ts';
import { type KeyValue, numberedArrival, type RecordSet } from '../src/sdk/index.ts';

const RECORDS = 1000;
const PAYLOADS = 8;
const ROUNDS = 9;
const ROUND_MS = 150;

/** A small generator of its own, so that every run measures the same bytes. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const WORDS = 'agent tool call returned the weather in Berlin and a plan was made for user'.split(
  ' ',
);

function words(roll: (below: number) => number, count: number): string {
  return Array.from({ length: count }, () => WORDS[roll(WORDS.length)]).join(' ');
}

/** About 575 bytes: a body of 200, ten attributes (6 text, 2 int, a double, a bool), both ids. */
function record(roll: (below: number) => number, row: number): PlainRecord {
  const attributes: KeyValue[] = [
    ['countersign.nonce', `${row}-${roll(2 ** 31).toString(36)}-${roll(2 ** 31).toString(36)}`],
    ['gen_ai.operation.name', 'execute_tool'],
    ['gen_ai.tool.name', WORDS[roll(WORDS.length)] ?? ''],
    [
      'session.id',
      roll(2 ** 31)
        .toString(16)
        .padStart(24, '0'),
    ],
    ['user.name', words(roll, 2)],
    ['url.path', `/v1/${words(roll, 2).replaceAll(' ', '/')}`],
    ['gen_ai.usage.input_tokens', BigInt(roll(5000))],
    ['gen_ai.usage.output_tokens', BigInt(roll(50_000))],
    ['duration', roll(10_000) / 7],
    ['cached', roll(2) === 0],
  ];
  return {
    timeUnixNano: 1_760_000_000_000_000_000n + BigInt(roll(2 ** 31)),
    observedTimeUnixNano: 1_760_000_000_100_000_000n + BigInt(roll(2 ** 31)),
    severityNumber: 9,
    severityText: 'INFO',
    body: words(roll, 36),
    attributes,
    traceId: Buffer.from(Array.from({ length: 16 }, () => roll(256))).toString('hex'),
    spanId: Buffer.from(Array.from({ length: 8 }, () => roll(256))).toString('hex'),
  };
}

const payloads = Array.from({ length: PAYLOADS }, (_, seed) => {
  const roll = dice(seed + 1);
  return encodeRequest({
    resourceLogs: [
      {
        resource: { attributes: [['service.name', 'bench']] },
        scopeLogs: [
          {
            scope: { name: 'bench', version: '1' },
            records: Array.from({ length: RECORDS }, (__, row) => record(roll, row)),
          },
        ],
      },
    ],
  });
});
const arrival = numberedArrival('bench', 1);
const sets: RecordSet[] = payloads.map((bytes) => indexRequest(bytes, arrival));
const jsons = sets.map((set) => Buffer.from(jsonRequest([set])));

/** Median CPU ns per unit over rounds; `once` does `units` of them. */
function measure(units: number, once: (turn: number) => void): number {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const begin = process.cpuUsage();
    let turns = 0;
    let cpuUs = 0;
    while (cpuUs < ROUND_MS * 1000) {
      // Asking for the CPU time takes some microseconds itself.
      for (let repeat = 0; repeat < 8; repeat += 1) {
        once(turns);
        turns += 1;
      }
      const used = process.cpuUsage(begin);
      cpuUs = used.user + used.system;
    }
    rounds.push((cpuUs * 1000) / (turns * units));
  }
  return rounds.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0;
}

let sink = 0;
const at = <Item>(items: readonly Item[], turn: number): Item => items[turn % PAYLOADS] as Item;

const pooled = Buffer.alloc(2 ** 20);
const text = 'x'.repeat(80);
const signed = sets.map((set) =>
  set.replace([...set].map((one) => one.with({ attributes: { 'countersign.sig': text } }))),
);
const halves = sets.map((set) =>
  set.select(Array.from({ length: RECORDS / 2 }, (_, index) => 2 * index)),
);

const block = randomBytes(560);
const yardstick = measure(RECORDS, () => {
  for (let i = 0; i < RECORDS; i += 1) sink += hash('sha256', block, 'buffer').length;
});

const CASES: Readonly<Record<string, (turn: number) => void>> = {
  'index, checked all through': (turn) => {
    sink += indexRequest(at(payloads, turn), arrival).count;
  },
  'attribute, first of ten': (turn) => {
    for (const one of at(sets, turn)) sink += one.attribute('countersign.nonce') === '' ? 1 : 0;
  },
  'attribute, last of ten': (turn) => {
    for (const one of at(sets, turn)) sink += one.attribute('cached') === true ? 1 : 0;
  },
  'attribute, absent': (turn) => {
    for (const one of at(sets, turn)) sink += one.attribute('audit.record.id') === '' ? 1 : 0;
  },
  'time and severity': (turn) => {
    for (const one of at(sets, turn)) sink += Number(one.timeUnixNano & 1n) + one.severityNumber;
  },
  'body text': (turn) => {
    for (const one of at(sets, turn)) sink += one.bodyText?.length ?? 0;
  },
  'write, untouched': (turn) => {
    sink += writeRequest([at(sets, turn)]).length;
  },
  'write, two requests merged': (turn) => {
    sink += writeRequest([at(sets, turn), at(sets, turn + 1)]).length / 2;
  },
  'write, every second record (per record written)': (turn) => {
    sink += writeRequest([at(halves, turn), at(halves, turn + 1)]).length;
  },
  'write, 100 B appended before, pooled memory': (turn) => {
    sink += writeRequest([at(signed, turn)], pooled).length;
  },
  'with() 100 B and write, pooled memory': (turn) => {
    const set = at(sets, turn);
    const changed = [...set].map((one) => one.with({ attributes: { 'countersign.sig': text } }));
    sink += writeRequest([set.replace(changed)], pooled).length;
  },
  'write, 100 B appended before': (turn) => {
    sink += writeRequest([at(signed, turn)]).length;
  },
  'with() 100 B and write': (turn) => {
    const set = at(sets, turn);
    const changed = [...set].map((one) => one.with({ attributes: { 'countersign.sig': text } }));
    sink += writeRequest([set.replace(changed)]).length;
  },
  'with() replacing an attribute, and write': (turn) => {
    const set = at(sets, turn);
    const changed = [...set].map((one) => one.with({ attributes: { 'user.name': text } }));
    sink += writeRequest([set.replace(changed)]).length;
  },
  'own()': (turn) => {
    sink += at(sets, turn).own().count;
  },
  'JSON in': (turn) => {
    sink += transcodeJsonRequest(at(jsons, turn)).length;
  },
  'JSON out': (turn) => {
    sink += jsonRequest([at(sets, turn)]).length;
  },
};

const bytesEach = Math.round((payloads[0]?.length ?? 0) / RECORDS);
const jsonEach = Math.round((jsons[0]?.length ?? 0) / RECORDS);
console.log(
  `${bytesEach} B protobuf, ${jsonEach} B JSON per record; yardstick ${yardstick.toFixed(0)} ns`,
);
for (const [name, once] of Object.entries(CASES)) {
  const ns = name.includes('two requests') ? measure(2 * RECORDS, once) : measure(RECORDS, once);
  console.log(`${name.padEnd(50)} ${ns.toFixed(1).padStart(8)} ns ${(ns / yardstick).toFixed(4)}`);
}
if (sink === 0) console.log('nothing was measured');
