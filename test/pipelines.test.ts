import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Backend } from './harness/backend.ts';
import { Daemon, ROOT } from './harness/daemon.ts';
import { summary, type LedgerPage, type Summary } from './harness/ledger-page.ts';
import { poll } from './harness/poll.ts';
import type { Attributes, SentRecord, Value } from './harness/wire.ts';

/** Every file in `pipelines/` runs its own `tests:` in the real daemon, one daemon for each. */
interface PipelineTest {
  readonly name: string;
  readonly requests?: readonly {
    readonly records: readonly YamlRecord[];
    readonly answer: {
      readonly status: number;
      readonly rejected?: number;
      readonly message?: string;
    };
  }[];
  readonly stdin?: string;
  /** Expected lines, each a part of what is printed; their number is exact. */
  readonly stdout?: readonly object[];
  /** Expected records at the backend, each a part; their number is exact. */
  readonly backend?: readonly object[];
  readonly exit?: number;
  /** Books by the id of a pipeline, stage or branch; what is not named is 0. */
  readonly ledger: Readonly<Record<string, Summary>>;
}

interface YamlRecord {
  readonly body?: unknown;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly severityText?: string;
  readonly severityNumber?: number;
}

/** `now`, `now-5000`: integer milliseconds; other values as they stand. */
function valueOf(yaml: unknown, nowMs: number): Value {
  if (Array.isArray(yaml)) return yaml.map((item) => valueOf(item, nowMs));
  if (typeof yaml === 'object' && yaml !== null) {
    return new Map(Object.entries(yaml).map(([key, value]) => [key, valueOf(value, nowMs)]));
  }
  const shift = typeof yaml === 'string' ? /^now([+-]\d+)?$/.exec(yaml) : null;
  if (shift !== null) return BigInt(nowMs + Number(shift[1] ?? 0));
  return typeof yaml === 'number' && Number.isInteger(yaml) ? BigInt(yaml) : (yaml as Value);
}

function recordOf({ body, attributes, ...rest }: YamlRecord, nowMs: number): SentRecord {
  const entries = Object.entries(attributes ?? {});
  const values: Attributes = Object.fromEntries(
    entries.map(([key, value]) => [key, valueOf(value, nowMs)]),
  );
  return { ...rest, body: valueOf(body, nowMs), attributes: values };
}

function booksOf(page: LedgerPage, id: string): Summary {
  for (const pipeline of page.page.pipelines) {
    for (const books of [pipeline, ...pipeline.stages, ...pipeline.branches]) {
      if (books.id === id) return summary(books);
    }
  }
  throw new Error(`no books of ${id}`);
}

async function runRequests(daemon: Daemon, { requests = [] }: PipelineTest): Promise<void> {
  // One moment for the whole test, so that a request that stands there twice is the same bytes.
  const nowMs = Date.now();
  for (const { records, answer } of requests) {
    const groups = [{ records: records.map((record) => recordOf(record, nowMs)) }];
    const { status, rejected, message } = await daemon.post({ groups });
    expect({ status, rejected, message }).toMatchObject({
      ...answer,
      ...(answer.message !== undefined && { message: expect.stringContaining(answer.message) }),
    });
  }
}

/** The final balance on stderr, for a daemon that ended by itself. */
function expectBalance(daemon: Daemon, ledger: PipelineTest['ledger']): void {
  for (const [id, books] of Object.entries(ledger)) {
    const row = new RegExp(`^ *(?:> )?${id} +(\\d+) +(\\d+)`, 'm').exec(daemon.stderrText);
    const counts = [books['submitted'] ?? 0, books['delivered'] ?? 0];
    expect([Number(row?.[1]), Number(row?.[2])], `${id} in ${daemon.stderrText}`).toEqual(counts);
  }
}

async function runTest(config: string, expected: PipelineTest): Promise<void> {
  await using backend = await Backend.start();
  const options = {
    config,
    env: { BACKEND_ENDPOINT: backend.url, COUNTERSIGN_ENDPOINT: '127.0.0.1:${IN}' },
  };
  const piped = expected.stdin === undefined ? {} : ({ stdin: 'pipe', ready: false } as const);
  await using daemon = await Daemon.start({ ...options, ...piped });
  if (expected.stdin !== undefined) {
    daemon.stdin.end(expected.stdin);
    expect((await daemon.exited).code).toBe(expected.exit);
    expectBalance(daemon, expected.ledger);
  } else {
    await runRequests(daemon, expected);
    const page = await daemon.booksAtRest();
    for (const [id, books] of Object.entries(expected.ledger)) {
      expect([id, booksOf(page, id)]).toEqual([id, books]);
    }
    await poll('the lines', () => daemon.lines.length >= (expected.stdout ?? []).length);
    expect(await daemon.stop()).toEqual({ code: 0, signal: null });
  }
  const lines = daemon.lines.map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject(expected.stdout?.map(withoutEmptyLists) ?? []);
  expect(lines).toHaveLength((expected.stdout ?? []).length);
  expect(backend.records).toMatchObject(expected.backend ?? []);
  expect(backend.records).toHaveLength((expected.backend ?? []).length);
}

/** `[]` in an expected line means "some list": an exact empty one would say that nothing is there. */
function withoutEmptyLists(line: object): object {
  const entries = Object.entries(line).map(([key, value]) => [
    key,
    Array.isArray(value) && value.length === 0 ? expect.any(Array) : (value as unknown),
  ]);
  return Object.fromEntries(entries) as object;
}

const FOLDER = join(ROOT, 'pipelines');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

test('there are pipelines', () => expect(FILES.length).toBeGreaterThanOrEqual(3));

describe.each(FILES)('%s', (file) => {
  const config = readFileSync(join(FOLDER, file), 'utf8');
  const { tests = [] } = parse(config) as { tests?: PipelineTest[] };

  test('holds tests of its own', () => expect(tests).not.toEqual([]));

  test.each(tests.map((item) => [item.name, item] as const))('%s', async (_, item) => {
    await runTest(config, item);
  });
});
