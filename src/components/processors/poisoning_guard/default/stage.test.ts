import { describe, expect, test } from 'vitest';
import { KeyValueList } from '../../../../sdk/index.ts';
import type { AttributeValue } from '../../../../sdk/index.ts';
import { poisoningGuard } from '../index.ts';
import { Policy } from './policy.ts';
import { RecordJudge } from './record_judge.ts';
import { ATTACKS, DISGUISED, HARMLESS } from './testing/record_texts.ts';
import {
  countsOf,
  guardOf,
  hostOf,
  KeptBatch,
  recordOf,
  recordWith,
  said,
  setOf,
  setOfRecords,
  verdictOf,
  verdictsOf,
} from './testing/stage.ts';

const BAD = 'rm -rf / --no-preserve-root';
const MAYBE_CONFIG = { actions: { high: 'flag', critical: 'flag' } };

/** What a flagged record says about itself. */
async function marksOf(record: object, config: object = MAYBE_CONFIG) {
  const verdict = await verdictOf(guardOf(config), record);
  const marked = recordOf(verdict);
  const mark = (name: string) => marked?.attribute(`countersign.guard.${name}`);
  const findings = mark('findings');
  return {
    verdict: mark('verdict'),
    severity: mark('severity'),
    classes: mark('classes'),
    rules: mark('rules'),
    paths: mark('paths'),
    score: mark('score'),
    findings: JSON.parse(typeof findings === 'string' ? findings : '[]') as {
      class: string;
      path: string;
      chain: string[];
      start: number;
      end: number;
      excerpt: string;
    }[],
  };
}

describe('texts of our own', () => {
  test.each(ATTACKS)('%s in %s: %j', async (reason, path, { body, attributes }) => {
    const { verdict, classes, paths } = await marksOf(recordWith(body, attributes));
    expect(verdict).toBe('flag');
    expect(paths).toContain(path);
    if (reason !== '') expect(classes).toContain(reason);
  });

  test('every class that a rule of phrases or commands has is among them', () => {
    const found = new Set(ATTACKS.map(([reason]) => reason).filter((reason) => reason !== ''));
    expect([...found].toSorted()).toEqual([
      'destructive',
      'direct_injection',
      'exfil',
      'indirect_injection',
      'tool_poisoning',
    ]);
  });

  // What is only decoded and run has the class `obfuscation`.
  test.each(DISGUISED)('through %s in %s: %j', async (step, path, { body, attributes }) => {
    const { verdict, findings } = await marksOf(recordWith(body, attributes));
    expect(verdict).toBe('flag');
    expect(findings).toContainEqual(
      expect.objectContaining({ path, chain: expect.arrayContaining([step]) }),
    );
  });

  test.each(HARMLESS)('harmless: %j', async ({ body, attributes }) => {
    expect(said(await verdictOf(guardOf(), recordWith(body, attributes)))).toBe('pass');
  });
});

describe('where', () => {
  test.each<[string, object, string]>([
    ['the body', { body: BAD }, 'body'],
    ['deep in the body', { body: new KeyValueList([['a', ['b', BAD]]]) }, 'body.a[1]'],
    ['a key in the body', { body: new KeyValueList([[BAD, 1n]]) }, `body["${BAD}"].(key)`],
    ['an attribute', { attributes: [['x', BAD]] }, 'attributes["x"]'],
    ['an attribute key', { attributes: [[BAD, 'x']] }, `attributes["${BAD}"].(key)`],
    ['severityText', { severityText: BAD }, 'severityText'],
    ['eventName', { eventName: BAD }, 'eventName'],
  ])('%s', async (_, record, path) => {
    const { paths } = await marksOf(record);
    expect(paths).toEqual([path]);
    const records = setOfRecords([{ body: 'a' }, record, { body: 'b' }]);
    const verdicts = await verdictsOf(guardOf(), records);
    expect(verdicts.map(said)).toEqual(['pass', 'drop destructive', 'pass']);
  });

  test.each([
    ['resource', { resource: { attributes: [['x', BAD]] } }, {}, 'resource.attributes["x"]'],
    ['resource schema', { schemaUrl: BAD }, {}, 'resource.schemaUrl'],
    ['scope name', {}, { scope: { name: BAD } }, 'scope.name'],
    ['scope attribute', {}, { scope: { attributes: [['x', BAD]] } }, 'scope.attributes["x"]'],
  ] as const)('%s: every record of the group, counted once', async (_, resource, scope, path) => {
    const records = [{ body: 'a' }, { body: 'b' }];
    const guard = guardOf();
    const verdicts = await verdictsOf(
      guard,
      setOf({
        resourceLogs: [
          { ...resource, scopeLogs: [{ ...scope, records }] },
          { scopeLogs: [{ records }] },
        ],
      }),
    );
    const bad = 'drop destructive';
    expect(verdicts.map(said)).toEqual([bad, bad, 'pass', 'pass']);
    expect(verdicts[0]).toMatchObject({ detail: expect.stringContaining(` in ${path} (`) });
    expect(Object.values(countsOf(guard))).toEqual([1]);
  });

  test('a changed record is judged as it is now', async () => {
    const records = setOfRecords([{ body: 'a' }, { body: 'b' }]);
    const changed = records.replace([undefined, records.at(1).with({ attributes: { x: BAD } })]);
    const verdicts = await verdictsOf(guardOf(), changed);
    expect(verdicts.map(said)).toEqual(['pass', 'drop destructive']);
  });

  test('bytes are no text', async () => {
    expect(said(await verdictOf(guardOf(), { body: Buffer.from(BAD) }))).toBe('pass');
  });

  test('a text that is not well-formed does not pass', async () => {
    const records = setOfRecords([{ body: 'abcdefgh' }]);
    records.buffer.set([0xff], records.buffer.indexOf(0x64));
    const [verdict] = await verdictsOf(guardOf(), records);
    expect(verdict).toEqual({
      kind: 'drop',
      reason: 'malformed_text',
      detail: 'malformed_text in body',
    });
  });
});

describe('siblings', () => {
  test.each<[string, AttributeValue]>([
    ['one word each', 'rm -rf / --no-preserve-root'.split(' ')],
    ['cut anywhere', ['rm -', 'rf /', ' --no-pres', 'erve-root']],
    ['between others', ['nothing', 'rm', '-rf', '/']],
    [
      'in a map',
      new KeyValueList([
        ['a', 'rm -r'],
        ['b', 'f /'],
      ]),
    ],
    ['behind a long one', ['x '.repeat(40_000), 'rm -r', 'f /']],
    ['far behind', [...Array.from({ length: 9000 }, (_, i) => `value ${i}`), 'rm', '-rf', '/']],
  ])('%s', async (_, body) => {
    // Words before a command make it less certain that it is one.
    expect(said(await verdictOf(guardOf(), { body }))).toMatch(/^(?:flag|drop destructive)$/);
  });

  test('what one of them holds alone is told once, where it stands', async () => {
    const { paths, findings } = await marksOf({ body: ['hello', BAD] });
    expect(paths).toEqual(['body[1]']);
    expect(findings).toHaveLength(1);
  });

  test('other maps are no siblings', async () => {
    const one = new KeyValueList([['x', 'rm -r']]);
    const other = new KeyValueList([['y', 'f /']]);
    expect(said(await verdictOf(guardOf(), { body: [one, other] }))).toBe('pass');
  });
});

describe('what follows', () => {
  test('the sender is told what was found, and not what the record says', async () => {
    const verdict = await verdictOf(guardOf(), recordWith({ command: 'sudo rm -rf /etc' }));
    expect(verdict).toMatchObject({ kind: 'drop', reason: 'destructive' });
    expect(verdict.kind === 'drop' ? verdict.detail : '').toMatch(
      /^[a-z_.]+ in body\.command \(critical\)$/,
    );
    const encoded = await verdictOf(guardOf(), { body: Buffer.from(BAD).toString('base64') });
    expect(encoded).toMatchObject({ detail: expect.stringMatching(/\(critical, via base64\)$/) });
  });

  test('quarantine: the record that is diverted carries the findings', async () => {
    const config = { actions: { critical: 'quarantine' }, quarantine: { exporter: 'stdout/q' } };
    const verdict = await verdictOf(guardOf(config), { body: BAD });
    expect(verdict).toMatchObject({ kind: 'divert', reason: 'destructive', to: 'stdout/q' });
    expect(verdict).toMatchObject({ detail: expect.stringContaining('in body (critical)') });
    expect(recordOf(verdict)?.attribute('countersign.guard.verdict')).toBe('block');
    expect(recordOf(verdict)?.bodyText).toBe(BAD);
    expect(poisoningGuard.diverts?.(poisoningGuard.schema.parse(config))).toEqual(['stdout/q']);
  });

  test('marks say rule, class, path, place, score and excerpt', async () => {
    const marks = await marksOf(recordWith({ command: `cd /; ${BAD}` }));
    expect(marks).toMatchObject({
      severity: 'critical',
      classes: ['destructive'],
      paths: ['body.command'],
    });
    expect(marks.score).toBeGreaterThanOrEqual(2);
    expect(marks.findings[0]).toMatchObject({
      class: 'destructive',
      path: 'body.command',
      chain: [],
      start: 6,
      end: 6 + BAD.length,
      excerpt: BAD,
      score: { weight: expect.any(Number) },
    });
  });

  test.each([
    ['by class', { classes: { destructive: { action: 'count' } } }, 'pass'],
    ['by class, flag', { classes: { destructive: { action: 'flag' } } }, 'flag'],
    ['another class', { classes: { exfil: { action: 'count' } } }, 'drop destructive'],
    ['by severity', { actions: { critical: 'count' } }, 'pass'],
    ['higher thresholds', { thresholds: { flag: 50, block: 100 } }, 'pass'],
    ['a higher threshold to block', { thresholds: { block: 100 } }, 'flag'],
    ['of the class', { classes: { destructive: { flag: 50, block: 100 } } }, 'pass'],
    ['of another class', { classes: { exfil: { flag: 50, block: 100 } } }, 'drop destructive'],
    ['allowed by path', { allow: [{ path: 'body.*' }] }, 'pass'],
    ['another path', { allow: [{ path: 'attributes*' }] }, 'drop destructive'],
    ['allowed by sender', { allow: [{ sender: 'ops-*' }] }, 'pass'],
    ['another sender', { allow: [{ sender: 'shop' }] }, 'drop destructive'],
    ['allowed by text', { allow: [{ text: BAD }] }, 'pass'],
    ['another text', { allow: [{ text: 'rm -rf /tmp' }] }, 'drop destructive'],
    ['allowed by rule', { allow: [{ rules: ['destructive.*'] }] }, 'pass'],
    ['another rule', { allow: [{ rules: ['exfil.*'] }] }, 'drop destructive'],
    ['not all conditions', { allow: [{ path: 'body.*', sender: 'x' }] }, 'drop destructive'],
    [
      'one of several rules',
      { allow: [{ path: 'x' }, { path: 'body.command', rules: ['*'] }] },
      'pass',
    ],
  ])('%s', async (_, config, wanted) => {
    const records = setOf({
      resourceLogs: [
        {
          resource: { attributes: [['service.name', 'ops-1']] },
          scopeLogs: [{ records: [recordWith({ command: BAD })] }],
        },
      ],
    });
    const guard = guardOf(config);
    const [verdict] = await verdictsOf(guard, records);
    expect(verdict === undefined ? '' : said(verdict)).toBe(wanted);
  });

  test('an exception holds for its text alone', async () => {
    const record = recordWith({ command: BAD }, { other: BAD });
    const guard = guardOf({ allow: [{ path: 'body.command' }] });
    expect(await verdictOf(guard, record)).toMatchObject({
      detail: expect.stringContaining('attributes["other"]'),
    });
  });

  test('of many findings the gravest are kept', async () => {
    const body = [...Array.from({ length: 100 }, () => 'chmod -R 777 /srv'), BAD];
    expect(said(await verdictOf(guardOf(), { body }))).toBe('drop destructive');
  });
});

describe('own rules', () => {
  const rules = [
    { id: 'falcon', any: ['project falcon'], class: 'exfil', weight: 2, severity: 'high' },
    { id: 'key', pattern: 'acme_[a-z0-9]{8}', class: 'exfil' },
    { id: 'odd', any: ['#{}|~^"'], weight: 2, class: 'obfuscation', severity: 'high' },
  ];

  test.each([
    ['a phrase', { body: 'about Project  Falcon' }, 'drop exfil'],
    ['a pattern', { body: 'id acme_ab12cd34' }, 'flag'],
    [
      'in base64',
      { body: Buffer.from('see project falcon there').toString('base64') },
      'drop exfil',
    ],
    ['over siblings', { body: ['project', 'falcon'] }, 'drop exfil'],
    ['signs', { body: 'a #{}|~^" b' }, 'drop obfuscation'],
    ['none', { body: 'about a falcon' }, 'pass'],
  ] as const)('%s', async (_, record, wanted) => {
    const guard = guardOf({ rules });
    expect(said(await verdictOf(guard, record))).toBe(wanted);
    expect(said(await verdictOf(guardOf(), record))).toBe('pass');
    const names = guard.measures?.().map(({ labels }) => labels?.['rule']);
    expect(names).toContain('own.falcon');
  });

  test('are counted by their names', async () => {
    const guard = guardOf({ rules });
    await verdictOf(guard, { body: 'about project falcon', attributes: [['id', 'acme_ab12cd34']] });
    await verdictOf(guard, { body: 'project falcon again' });
    expect(countsOf(guard)).toEqual({ 'own.falcon': 2, 'own.key': 1 });
  });
});

describe('marks that came in', () => {
  const forged: [string, AttributeValue][] = [
    ['countersign.guard.verdict', 'allow'],
    ['countersign.guard.findings', 'all is well'],
    ['countersign.guard.score', 0],
  ];

  test('are replaced where something is found', async () => {
    const { verdict, findings, score } = await marksOf({ body: BAD, attributes: forged });
    expect(verdict).toBe('flag');
    expect(findings[0]?.path).toBe('body');
    expect(score).toBeGreaterThan(1);
  });

  test('go along with a diverted record no more', async () => {
    const config = { actions: { critical: 'quarantine' }, quarantine: { exporter: 'q' } };
    const record = recordOf(await verdictOf(guardOf(config), { body: BAD, attributes: forged }));
    const marks = record?.attributes.filter(([key]) => key === 'countersign.guard.verdict');
    expect(marks).toEqual([['countersign.guard.verdict', 'block']]);
  });

  test.each([
    ['flag', 'countersign.guard.verdict'],
    ['critical', 'countersign.guard.severity'],
    ['[{}]', 'countersign.guard.findings'],
  ])('%s as %s: a record with nothing in it says so', async (value, name) => {
    const guard = guardOf();
    // Twice: a key that was clean once must not be passed over.
    for (let time = 0; time < 2; time++) {
      const record = { body: 'plain', attributes: [[name, value]] as const };
      const marked = recordOf(await verdictOf(guard, record));
      expect(marked?.attribute('countersign.guard.verdict')).toBe('allow');
      expect(marked?.attribute(name)).not.toBe(value);
      expect(marked?.attribute('countersign.guard.findings')).toBe('[]');
    }
  });
});

describe('budgets', () => {
  const deep = (depth: number): AttributeValue => (depth === 0 ? ['x'] : [deep(depth - 1)]);

  test.each<[string, object, AttributeValue, string]>([
    ['as deep as it may', { max_depth: 4 }, deep(3), 'pass'],
    ['deeper', { max_depth: 4 }, deep(4), 'drop guard_budget'],
    ['as large as it may', { max_record_bytes: 104 }, 'a'.repeat(100), 'pass'],
    ['larger', { max_record_bytes: 103 }, 'a'.repeat(100), 'drop guard_budget'],
    ['as many texts as it may', {}, Array.from({ length: 16_384 }, () => 'yours'), 'pass'],
    ['more', {}, Array.from({ length: 16_385 }, () => 'yours'), 'drop guard_budget'],
    [
      'not passed although critical is only counted',
      { max_depth: 4, actions: { critical: 'count', high: 'count' } },
      deep(4),
      'drop guard_budget',
    ],
  ])('%s', async (_, config, body, wanted) => {
    expect(said(await verdictOf(guardOf(config), { body }))).toBe(wanted);
  });

  test('a text with more readings than the budget: not all was seen', () => {
    // Of the judge that the stage has; no text of ours comes near the budget.
    const budget = { depthMax: 8, bytesMax: 1e6, textsMax: 100 };
    const policy = new Policy({
      actions: { low: 'count', medium: 'flag', high: 'block', critical: 'block' },
      classes: {},
      thresholds: { flag: 1, block: 2 },
      quarantine: undefined,
    });
    const nothing = { verdict: 'allow', score: {}, total: 0, model: 0, findings: [] } as const;
    const judge = new RecordJudge({
      budget,
      policy,
      allow: [],
      judge: () => ({ ...nothing, truncated: true }),
      look: { load: () => {}, isClean: () => false },
    });
    const found = judge.text('x', 'text');
    expect(policy.verdict(found, () => setOfRecords([{}]).at(0), false)).toEqual({
      kind: 'drop',
      reason: 'guard_budget',
      detail: 'guard_budget in text',
    });
  });

  test('a resource that is too large: none of its records passes', async () => {
    const resource = { attributes: [['x', 'a'.repeat(200)]] as const };
    const records = setOf({ resourceLogs: [{ resource, scopeLogs: [{ records: [{}, {}] }] }] });
    const verdicts = await verdictsOf(guardOf({ max_record_bytes: 150 }), records);
    expect(verdicts.map(said)).toEqual(['drop guard_budget', 'drop guard_budget']);
    expect(verdicts[0]).toMatchObject({ detail: 'guard_budget in resource' });
  });
});

describe('turns', () => {
  const many = setOfRecords(
    Array.from({ length: 400 }, (_, i) => ({ body: i % 100 === 7 ? BAD : 'b '.repeat(500) })),
  );

  test('an ordinary batch is judged at once', () => {
    expect(guardOf().process(new KeptBatch(many))).not.toBeInstanceOf(Promise);
  });

  test('a long one lets others have their turn, with the same verdicts', async () => {
    const { host, turns } = hostOf(11);
    const slow = await verdictsOf(guardOf({}, host), many);
    expect(turns()).toBeGreaterThan(3);
    expect(slow.map(said)).toEqual((await verdictsOf(guardOf(), many)).map(said));
    expect(slow.filter(({ kind }) => kind === 'drop')).toHaveLength(4);
  });

  test('two batches at a time do not disturb each other', async () => {
    const guard = guardOf({}, hostOf(11).host);
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

test('what own rules cost is said at the start', () => {
  const rules = [
    { id: 'project', any: ['project falcon', 'project hawk'], class: 'exfil' },
    { id: 'wire', first: ['wire'], next: ['iban'], within: 60, class: 'exfil' },
    { id: 'api_key', pattern: 'acme_[a-z0-9]{32}', class: 'exfil' },
  ];
  const { host, said: lines } = hostOf();
  void guardOf({ rules }, host).start?.();
  expect(lines).toEqual([
    'own.project looks for 2 words and reads nothing again at each',
    'own.wire looks for 2 words and reads nothing again at each',
    'own.api_key looks for 1 word and reads up to 37 characters at each',
  ]);
});

test('says at start what it judges by', () => {
  const { host, reports } = hostOf();
  void guardOf({}, host).start?.();
  expect(reports).toEqual([{ status: 'healthy', message: expect.stringContaining('default') }]);
});

test('every counter is there before anything was found', async () => {
  const guard = guardOf();
  const measures = guard.measures?.() ?? [];
  expect(measures.every(({ value }) => value === 0)).toBe(true);
  expect(measures.length).toBeGreaterThan(60);
  await verdictOf(guard, { body: BAD });
  expect(Object.keys(countsOf(guard))).toHaveLength(1);
  expect(guard.measures?.()).toHaveLength(measures.length);
});

describe('configuration', () => {
  const problemsOf = (config: object) =>
    (poisoningGuard.schema.safeParse(config).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );

  test.each<[string, object, string]>([
    ['quarantine of a class', { classes: { exfil: { action: 'quarantine' } } }, 'quarantine: an'],
    ['flag above block', { thresholds: { flag: 3 } }, 'thresholds.flag: is above'],
    ['of a class', { classes: { exfil: { flag: 3 } } }, 'classes.exfil.flag: 3 is above'],
    ['an unknown class', { classes: { nonsense: {} } }, 'classes: Unrecognized key'],
    ['everything allowed', { allow: [{}] }, 'allow.0: allows everything'],
    [
      'a pattern that is not linear',
      { rules: [{ id: 'x', pattern: 'abc.*' }] },
      'rules.0.pattern: pattern: ',
    ],
    [
      'a name twice',
      {
        rules: [
          { id: 'x', any: ['ab'] },
          { id: 'x', any: ['cd'] },
        ],
      },
      'rules.1.id: there are two',
    ],
    [
      'rules for reference',
      { ruleset: 'reference', rules: [{ id: 'x', any: ['ab'] }] },
      'rules: is for',
    ],
    ['allow for reference', { ruleset: 'reference', allow: [{ path: 'x' }] }, 'allow: is for'],
    ['classes for reference', { ruleset: 'reference', classes: { exfil: {} } }, 'classes: is for'],
  ])('%s', (_, config, wanted) => {
    expect(problemsOf(config)).toContainEqual(expect.stringContaining(wanted));
  });

  test('the default ruleset marks what is medium, the reference counts it', () => {
    expect(poisoningGuard.schema.parse({})).toMatchObject({
      ruleset: 'default',
      actions: { low: 'count', medium: 'flag', high: 'block', critical: 'block' },
    });
    expect(poisoningGuard.schema.parse({ ruleset: 'reference' }).actions.medium).toBe('count');
  });
});
