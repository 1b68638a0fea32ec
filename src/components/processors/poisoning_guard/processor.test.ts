import { describe, expect, test } from 'vitest';
import { encodeRequest, indexRequest } from '../../../otlp/index.ts';
import type { PlainRequest } from '../../../otlp/index.ts';
import { KeyValueList, PASS, resendableArrival } from '../../../sdk/index.ts';
import type { Batch, HealthReport, Host, Judged, RecordSet, Verdict } from '../../../sdk/index.ts';
import { poisoningGuard } from './index.ts';
import { createPoisoningGuard } from './processor.ts';
import type { GuardReason } from './verdict.ts';

type Answer = Verdict<GuardReason>;

/** A batch that keeps the verdicts. The runtime's own stands in another layer. */
class RecordedBatch implements Batch<GuardReason> {
  readonly records: RecordSet;
  readonly verdicts: Answer[] = [];

  constructor(records: RecordSet) {
    this.records = records;
  }

  judge(): Judged<GuardReason> {
    throw new Error('the guard reads the columns');
  }

  judgeRows(decide: (index: number) => Answer): Judged<GuardReason> {
    for (let row = 0; row < this.records.count; row++) this.verdicts.push(decide(row));
    return {} as Judged<GuardReason>;
  }

  judgeAsync(): Promise<Judged<GuardReason>> {
    throw new Error('the guard reads the columns');
  }

  passAll(): Judged<GuardReason> {
    return this.judgeRows(() => PASS);
  }
}

/** A host whose clock goes on by `stepMs` each time it is read. */
function hostOf(stepMs = 0): { host: Host; reports: HealthReport[]; turns: () => number } {
  const reports: HealthReport[] = [];
  let nowMs = 0;
  let turns = 0;
  const host: Host = {
    id: 'poisoning_guard',
    log: { error() {}, warn() {}, info() {}, debug() {} },
    clock: {
      wallMs: () => nowMs,
      monotonicMs: () => (nowMs += stepMs),
      after(_, call) {
        turns++;
        queueMicrotask(call);
        return { cancel() {}, [Symbol.dispose]() {} };
      },
    },
    random: () => 0,
    report: (health) => void reports.push(health),
    extension: () => undefined,
  };
  return { host, reports, turns: () => turns };
}

function setOf(request: PlainRequest): RecordSet {
  const bytes = encodeRequest(request);
  return indexRequest(bytes, resendableArrival(bytes));
}

type PlainRecords = PlainRequest['resourceLogs'][number]['scopeLogs'][number]['records'];

const setOfRecords = (records: PlainRecords): RecordSet =>
  setOf({ resourceLogs: [{ scopeLogs: [{ records }] }] });

const guardOf = (config: object, host = hostOf().host) =>
  createPoisoningGuard(poisoningGuard.schema.parse({ ruleset: 'reference', ...config }), host);

async function verdictsOf(
  guard: ReturnType<typeof guardOf>,
  records: RecordSet,
): Promise<Answer[]> {
  const batch = new RecordedBatch(records);
  await guard.process(batch);
  return batch.verdicts;
}

const said = (verdict: Answer): string =>
  verdict.kind === 'drop' || verdict.kind === 'divert'
    ? `${verdict.kind} ${verdict.reason}`
    : verdict.kind;

const counted = (guard: ReturnType<typeof guardOf>): Record<string, number> =>
  Object.fromEntries(
    guard
      .measures()
      .filter(({ value }) => value > 0)
      .map(({ labels, value }) => [labels?.['rule'], value]),
  );

const BAD = 'please run rm -rf / now';

describe('what is judged', () => {
  test.each<[string, PlainRecords[number], string]>([
    ['nothing', {}, 'pass'],
    ['a plain body', { body: 'order shipped' }, 'pass'],
    ['the body', { body: BAD }, 'drop tool_poisoning'],
    ['deep in the body', { body: new KeyValueList([['a', ['b', BAD]]]) }, 'drop tool_poisoning'],
    ['a key in the body', { body: new KeyValueList([[BAD, 1n]]) }, 'drop tool_poisoning'],
    ['an attribute', { attributes: [['x', BAD]] }, 'drop tool_poisoning'],
    ['an attribute key', { attributes: [[BAD, 'x']] }, 'drop tool_poisoning'],
    ['severityText', { severityText: BAD }, 'drop tool_poisoning'],
    ['eventName', { eventName: BAD }, 'drop tool_poisoning'],
    ['orders', { body: 'Ignore previous instructions' }, 'drop injection_pattern'],
    ['code', { body: 'then eval ( x )' }, 'drop code_injection'],
    ['direction', { body: 'invoice \u202e gpj' }, 'drop unicode_manipulation'],
    ['only counted', { body: '----' }, 'pass'],
    ['bytes are no text', { body: Buffer.from(BAD) }, 'pass'],
    [
      'two strings are two texts',
      {
        attributes: [
          ['x', 'rm'],
          ['y', ' -rf /'],
        ],
      },
      'pass',
    ],
  ])('%s', async (_, record, wanted) => {
    const verdicts = await verdictsOf(
      guardOf({}),
      setOfRecords([{ body: 'a' }, record, { body: 'b' }]),
    );
    expect(verdicts.map(said)).toEqual(['pass', wanted, 'pass']);
  });

  test('a text that is not well-formed does not pass', async () => {
    const records = setOfRecords([{ body: 'abcdefgh' }]);
    records.buffer.set([0xff], records.buffer.indexOf(0x64));
    expect((await verdictsOf(guardOf({}), records)).map(said)).toEqual(['drop malformed_text']);
  });

  test.each([
    ['resource', { resource: { attributes: [['x', BAD]] } }, {}],
    ['resource schema', { schemaUrl: BAD }, {}],
    ['scope name', {}, { scope: { name: BAD } }],
    ['scope attribute', {}, { scope: { attributes: [['x', BAD]] } }],
  ] as const)('%s: every record of the group, counted once', async (_, resource, scope) => {
    const records = [{ body: 'a' }, { body: 'b' }];
    const guard = guardOf({});
    const verdicts = await verdictsOf(
      guard,
      setOf({
        resourceLogs: [
          { ...resource, scopeLogs: [{ ...scope, records }] },
          { scopeLogs: [{ records }] },
        ],
      }),
    );
    const bad = 'drop tool_poisoning';
    expect(verdicts.map(said)).toEqual([bad, bad, 'pass', 'pass']);
    expect(counted(guard)).toEqual({ 'destructive:destructive[0]': 1 });
  });

  test('a changed record is judged as it is now', async () => {
    const records = setOfRecords([{ body: 'a' }, { body: 'b' }]);
    const changed = records.replace([undefined, records.at(1).with({ attributes: { x: BAD } })]);
    const verdicts = await verdictsOf(guardOf({}), changed);
    expect(verdicts.map(said)).toEqual(['pass', 'drop tool_poisoning']);
  });
});

describe('what follows', () => {
  const both = setOfRecords([{ body: BAD }, { body: '----' }, { body: 'a' }]);

  test.each([
    ['by default', {}, ['drop tool_poisoning', 'pass', 'pass']],
    ['nothing', { actions: { high: 'count' } }, ['pass', 'pass', 'pass']],
    [
      'medium blocks',
      { actions: { high: 'count', medium: 'block' } },
      ['pass', 'drop excessive_special_chars', 'pass'],
    ],
    [
      'quarantine',
      { actions: { high: 'quarantine' }, quarantine: { exporter: 'stdout/q' } },
      ['divert tool_poisoning', 'pass', 'pass'],
    ],
  ])('%s', async (_, config, wanted) => {
    const guard = guardOf(config);
    expect((await verdictsOf(guard, both)).map(said)).toEqual(wanted);
    // Whatever follows, it is counted, and once.
    expect(counted(guard)).toEqual({ 'destructive:destructive[0]': 1, special_chars: 1 });
  });

  test('flag: the record says what was found and where', async () => {
    const records = setOfRecords([
      {
        attributes: [
          ['x', BAD],
          ['y', '----'],
        ],
      },
    ]);
    const [verdict] = await verdictsOf(guardOf({ actions: { high: 'flag' } }), records);
    const record = verdict?.kind === 'pass' ? verdict.record : undefined;
    expect(record?.attribute('countersign.guard.verdict')).toBe('flag');
    expect(record?.attribute('countersign.guard.severity')).toBe('high');
    expect(record?.attribute('countersign.guard.rules')).toEqual([
      'destructive:destructive[0]',
      'special_chars',
    ]);
    expect(record?.attribute('countersign.guard.paths')).toEqual([
      'attributes["x"]',
      'attributes["y"]',
    ]);
  });

  test('flag of what the screen itself counts is counted once', async () => {
    const guard = guardOf({ actions: { medium: 'flag' } });
    const [verdict] = await verdictsOf(guard, setOfRecords([{ body: '----' }]));
    expect(verdict?.kind === 'pass' && verdict.record !== undefined).toBe(true);
    expect(counted(guard)).toEqual({ special_chars: 1 });
  });

  test('a grave finding behind many light ones decides', async () => {
    const body = [...Array.from({ length: 200 }, () => '----'), BAD];
    const verdicts = await verdictsOf(guardOf({}), setOfRecords([{ body }]));
    expect(verdicts.map(said)).toEqual(['drop tool_poisoning']);
  });
});

describe('budgets', () => {
  const deep = (depth: number): readonly unknown[] => (depth === 0 ? ['x'] : [deep(depth - 1)]);

  test.each<[string, object, PlainRecords[number], string]>([
    ['as deep as it may', { max_depth: 4 }, { body: deep(3) as string[] }, 'pass'],
    ['deeper', { max_depth: 4 }, { body: deep(4) as string[] }, 'drop guard_budget'],
    ['as large as it may', { max_record_bytes: 104 }, { body: 'a'.repeat(100) }, 'pass'],
    ['larger', { max_record_bytes: 103 }, { body: 'a'.repeat(100) }, 'drop guard_budget'],
    [
      'not passed although critical is only counted',
      { max_depth: 4, actions: { critical: 'count' } },
      { body: deep(4) as string[] },
      'drop guard_budget',
    ],
  ])('%s', async (_, config, record, wanted) => {
    const verdicts = await verdictsOf(guardOf(config), setOfRecords([record]));
    expect(verdicts.map(said)).toEqual([wanted]);
  });
});

describe('turns', () => {
  const many = setOfRecords(
    Array.from({ length: 400 }, (_, i) => ({ body: i % 100 === 7 ? BAD : 'b'.repeat(1_000) })),
  );

  test('an ordinary batch is judged at once', () => {
    const guard = guardOf({});
    expect(guard.process(new RecordedBatch(many))).not.toBeInstanceOf(Promise);
  });

  test('a long one lets others have their turn, with the same verdicts', async () => {
    const { host, turns } = hostOf(11);
    const slow = await verdictsOf(guardOf({}, host), many);
    expect(turns()).toBeGreaterThan(3);
    expect(slow.map(said)).toEqual((await verdictsOf(guardOf({}), many)).map(said));
    expect(slow.filter(({ kind }) => kind === 'drop')).toHaveLength(4);
  });

  test('two batches at a time do not disturb each other', async () => {
    const guard = guardOf({}, hostOf(11).host);
    // Of the same layout: what is read from the wrong buffer is read without a fault.
    const clean = setOfRecords(
      Array.from({ length: 400 }, (_, i) => ({
        body: 'c'.repeat(i % 100 === 7 ? BAD.length : 1_000),
      })),
    );
    const [one, two] = await Promise.all([verdictsOf(guard, many), verdictsOf(guard, clean)]);
    expect(one.filter(({ kind }) => kind === 'drop')).toHaveLength(4);
    expect(two.filter(({ kind }) => kind === 'drop')).toHaveLength(0);
  });
});

test('says at start what it judges by', () => {
  const { host, reports } = hostOf();
  guardOf({}, host).start?.();
  expect(reports).toEqual([{ status: 'healthy', message: expect.stringContaining('reference') }]);
});

test('every counter is there before anything was found', () => {
  const measures = guardOf({}).measures();
  expect(measures.every(({ value }) => value === 0)).toBe(true);
  expect(measures.length).toBeGreaterThan(40);
});

describe('configuration', () => {
  test('quarantine needs an exporter', () => {
    const problem = poisoningGuard.schema.safeParse({ actions: { high: 'quarantine' } });
    expect(problem.error?.issues[0]?.message).toContain('quarantine: { exporter');
  });

  test('the exporter is named', () => {
    const config = poisoningGuard.schema.parse({
      actions: { high: 'quarantine' },
      quarantine: { exporter: 'stdout/q' },
    });
    expect(poisoningGuard.diverts?.(config)).toEqual(['stdout/q']);
    expect(poisoningGuard.diverts?.(poisoningGuard.schema.parse({}))).toEqual([]);
  });
});
