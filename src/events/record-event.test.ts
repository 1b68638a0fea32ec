import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyValueList } from '../sdk/index.ts';
import type { AttributeValue, KeyValue, LogRecord } from '../sdk/index.ts';
import {
  auditRecordOf,
  canonicalText,
  cloudEventOf,
  EventSigner,
  Fault,
  governanceCloudEvent,
  governanceEvent,
  RecordEvents,
  TextColumn,
  unsignedLine,
} from './index.ts';
import { field, logRecord, scopeGroup, UNKNOWN_FIELD } from './testing/record.ts';
import type { RecordParts } from './testing/record.ts';

const signer = new EventSigner(Buffer.alloc(32, 'countersign test '));
const events = new RecordEvents();

function member(record: LogRecord, ...path: string[]): AttributeValue | undefined {
  let at: AttributeValue | undefined = cloudEventOf(record);
  for (const name of path) at = at instanceof KeyValueList ? at.get(name) : undefined;
  return at;
}

/** The signed text as it stands in a column, and whether the record had the attribute before. */
function written(record: LogRecord): { text: string; carried: boolean } {
  const column = new TextColumn('agt.audit.meta.cloudevent');
  column.begin(1);
  const carried = events.signInto(column, 0, record, signer);
  return { text: column.takeBack(0), carried };
}

function faultOf(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.reason;
    throw thrown;
  }
  return 'none';
}

test('a whole record', () => {
  const record = logRecord({
    timeUnixNano: 1_760_000_000_123_456_789n,
    severityNumber: 9,
    severityText: 'INFO',
    body: 'said "hi"\n',
    attributes: [
      ['z', 1n],
      ['a', 5],
      ['\u{1f600}', true],
      ['\ue000', -0.0],
    ],
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    flags: 1,
    identity: 'n-1',
    group: scopeGroup(
      [
        ['service.name', 'shop'],
        ['service.namespace', 'eu/1'],
      ],
      { name: 'lib' },
    ),
  });
  expect(unsignedLine(record)).toBe(
    '{"data":{"attributes":{"a":5.0,"z":1,"\ue000":-0.0,"\u{1f600}":true},"body":"said \\"hi\\"\\n",' +
      '"flags":1,"resource":{"service.name":"shop","service.namespace":"eu/1"},' +
      '"scope":{"name":"lib"},"severityNumber":9,"severityText":"INFO"},' +
      '"datacontenttype":"application/json","id":"n-1","source":"/eu%2F1/shop",' +
      '"spanid":"b7ad6b7169203331","specversion":"1.0",' +
      '"time":"2025-10-09T08:53:20.123456789Z","traceid":"0af7651916cd43dd8448eb211c80319c",' +
      '"type":"dev.countersign.log.v1"}',
  );
});

test.each<[string, RecordParts, string | undefined]>([
  ['whole minute', { timeUnixNano: 1_760_000_040_000_000_000n }, '2025-10-09T08:54:00Z'],
  [
    'never rounded up',
    { timeUnixNano: 1_760_000_000_999_999_999n },
    '2025-10-09T08:53:20.999999999Z',
  ],
  [
    'observed only',
    { observedTimeUnixNano: 1_760_000_000_123_456_789n },
    '2025-10-09T08:53:20.123456789Z',
  ],
  [
    'zero is unknown',
    { timeUnixNano: 0n, observedTimeUnixNano: 1_760_000_000_000_000_001n },
    '2025-10-09T08:53:20.000000001Z',
  ],
  ['no time at all', {}, undefined],
  ['before the one before', { timeUnixNano: 1_750_000_000_000_000_000n }, '2025-06-15T15:06:40Z'],
  ['largest', { timeUnixNano: 2n ** 64n - 1n }, '2554-07-21T23:34:33.709551615Z'],
])('time: %s', (_, parts, expected) => {
  expect(member(logRecord(parts), 'time')).toBe(expected);
  expect(member(logRecord({ ...parts, more: UNKNOWN_FIELD }), 'time')).toBe(expected);
});

test.each<[string, readonly KeyValue[], string]>([
  [
    'both',
    [
      ['service.namespace', 'a b'],
      ['service.name', "it's"],
    ],
    '/a%20b/it%27s',
  ],
  ['no namespace', [['service.name', 'shop']], '/shop'],
  ['neither', [], '/unknown_service'],
  ['name of another type', [['service.name', 7n]], '/unknown_service'],
  ['namespace only', [['service.namespace', 'eu']], '/eu/unknown_service'],
])('source: %s', (_, resource, expected) => {
  expect(member(logRecord({ group: scopeGroup(resource) }), 'source')).toBe(expected);
});

test('values are written as OTLP/JSON and Python write them', () => {
  const attributes: KeyValue[] = [
    ['big', 9_223_372_036_854_775_807n],
    ['small', -9_223_372_036_854_775_808n],
    ['bytes', Uint8Array.of(0xde, 0xad)],
    ['nan', NaN],
    ['minus', -Infinity],
    ['list', [1n, 1, 'x', null, [true]]],
    [
      'map',
      new KeyValueList([
        ['b', 1e16],
        ['a', 1e-5],
      ]),
    ],
    ['unset', null],
  ];
  expect(unsignedLine(logRecord({ attributes }))).toContain(
    '{"big":9223372036854775807,"bytes":"3q0=","list":[1,1.0,"x",null,[true]],' +
      '"map":{"a":1e-05,"b":1e+16},"minus":"-Infinity","nan":"NaN",' +
      '"small":-9223372036854775808,"unset":null}',
  );
});

const texts = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => text.isWellFormed());
const plainValues = fc.oneof(
  texts,
  fc.boolean(),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.bigInt(-300n, 300n),
  fc.double(),
);
const names = fc.constantFrom('a', 'b', 'http.route', 'é', '\u{1f600}', '\ue000', '"', '');
const plainRecords = fc.record(
  {
    timeUnixNano: fc.bigInt(0n, 2n ** 64n - 1n),
    observedTimeUnixNano: fc.bigInt(0n, 2n ** 64n - 1n),
    severityNumber: fc.integer({ min: 0, max: 24 }),
    severityText: texts,
    body: texts,
    attributes: fc.uniqueArray(fc.tuple(names, plainValues), { selector: ([name]) => name }),
    traceId: fc.constantFrom(
      '0af7651916cd43dd8448eb211c80319c',
      '00000000000000000000000000000000',
    ),
    spanId: fc.constantFrom('b7ad6b7169203331', '0000000000000001', '0000000000000000'),
    flags: fc.nat(2 ** 31 - 1),
    droppedAttributesCount: fc.nat(127),
    eventName: fc.constantFrom('', 'tool.blocked', 'é'),
  },
  { requiredKeys: [] },
);

describe('both ways through a record write one text', () => {
  test('of random records, which verifies', () => {
    fc.assert(
      fc.property(plainRecords, fc.boolean(), (parts, known) => {
        const group = scopeGroup(
          known
            ? [
                ['service.name', 'é'],
                ['k', [1n]],
              ]
            : [],
        );
        const short = events.signed(logRecord({ ...parts, group }), signer);
        const long = events.signed(logRecord({ ...parts, group, more: UNKNOWN_FIELD }), signer);
        expect(short).toBe(long);
        const inColumn = written(logRecord({ ...parts, group }));
        expect(inColumn).toEqual({ text: short, carried: false });
        expect(written(logRecord({ ...parts, group, more: UNKNOWN_FIELD }))).toEqual(inColumn);
        expect(signer.check(short)).toEqual({ verdict: 'valid' });
        expect(canonicalText(cloudEventOf(logRecord({ ...parts, group })))).toBe(
          unsignedLine(logRecord({ ...parts, group, more: UNKNOWN_FIELD })),
        );
      }),
      { seed: 7, numRuns: 400 },
    );
  });

  test('and say alike whether the record carries the attribute of signed text', () => {
    const attributes: KeyValue[] = [
      ['a', 1n],
      ['agt.audit.meta.cloudevent', 'forged'],
    ];
    for (const more of [Buffer.alloc(0), UNKNOWN_FIELD]) {
      const { text, carried } = written(logRecord({ attributes, more }));
      expect([text, carried]).toEqual([events.signed(logRecord({ attributes }), signer), true]);
      expect(written(logRecord({ attributes: attributes.slice(0, 1), more })).carried).toBe(false);
    }
    const governed: KeyValue[] = [...attributes, ['event.domain', 'agent_os.governance']];
    expect(written(logRecord({ attributes: governed })).carried).toBe(true);
    expect(written(logRecord({ attributes: governed.slice(2) })).carried).toBe(false);
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('with every byte escaped at offset %i', (length) => {
    for (let code = 0; code < 0x100; code++) {
      const body = `${'x'.repeat(length)}${String.fromCharCode(code)}é${'y'.repeat(5)}`;
      expect(unsignedLine(logRecord({ body }))).toBe(
        unsignedLine(logRecord({ body, more: UNKNOWN_FIELD })),
      );
    }
  });
});

test('of a singular field that stands twice the last counts', () => {
  const twice = logRecord({ timeUnixNano: 1n }).bytes;
  const record = logRecord({ timeUnixNano: 2n, more: UNKNOWN_FIELD });
  expect(unsignedLine({ ...record, bytes: Buffer.concat([twice, twice]) })).toBe(
    unsignedLine(record),
  );
});

describe('what cannot be signed', () => {
  test.each<[string, RecordParts, string]>([
    [
      'a name twice',
      {
        attributes: [
          ['a', 1n],
          ['a', 2n],
        ],
      },
      'duplicate_key',
    ],
    [
      'a name twice, deeper',
      {
        body: new KeyValueList([
          ['a', 1n],
          ['a', 1n],
        ]),
      },
      'duplicate_key',
    ],
    ['control character in the id', { identity: 'a\nb' }, 'control_character'],
    ['control character in the type', { eventName: 'a\u0085b' }, 'control_character'],
    [
      'a resource that names twice',
      {
        group: scopeGroup([
          ['a', 1n],
          ['a', 1n],
        ]),
      },
      'duplicate_key',
    ],
  ])('%s', (_, parts, reason) => {
    expect(faultOf(() => events.signed(logRecord(parts), signer))).toBe(reason);
    const long = logRecord({ ...parts, more: UNKNOWN_FIELD });
    expect(faultOf(() => events.signed(long, signer))).toBe(reason);
    const line = unsignedLine(logRecord(parts));
    expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  test('values nested deeper than the codec decodes', () => {
    let body: AttributeValue = 'x';
    for (let i = 0; i < 64; i++) body = [body];
    expect(faultOf(() => events.signed(logRecord({ body }), signer))).toBe('none');
    expect(faultOf(() => events.signed(logRecord({ body: [body] }), signer))).toBe('too_deep');
    expect(unsignedLine(logRecord({ body: [body] }))).toContain('null');
  });

  const broken = Buffer.from([0xc3, 0x28]);
  const attribute = (key: Uint8Array, value: Uint8Array) =>
    field(6, Buffer.concat([field(1, key), field(2, field(1, value))]));
  test.each<[string, Uint8Array, RecordParts]>([
    ['body', field(5, field(1, broken)), { body: '\ufffd(' }],
    [
      'long body',
      field(5, field(1, Buffer.concat([broken, Buffer.alloc(9, 'x')]))),
      { body: '\ufffd(xxx' },
    ],
    ['value', attribute(Buffer.from('k'), broken), { attributes: [['k', '\ufffd(']] }],
    ['name', attribute(broken, Buffer.from('v')), { attributes: [['\ufffd(', 'v']] }],
    ['event name', field(12, broken), { eventName: '\ufffd(' }],
  ])('text that is not UTF-8: %s', (_, bytes, parts) => {
    const decoded = logRecord(parts);
    expect(faultOf(() => events.signed({ ...decoded, bytes }, signer))).toBe('invalid_utf8');
    const long = { ...decoded, bytes: Buffer.concat([bytes, UNKNOWN_FIELD]) };
    expect(faultOf(() => events.signed(long, signer))).toBe('invalid_utf8');
    expect(unsignedLine({ ...decoded, bytes })).toContain('\ufffd(');
  });

  test('U+FFFD itself is a character like any other', () => {
    const record = logRecord({ body: 'lost \ufffd', eventName: '\ufffd' });
    expect(signer.verify(events.signed(record, signer))).toBe(true);
  });
});

describe('governance records', () => {
  const event = governanceEvent({
    eventId: 'evt-1',
    occurredAt: '2026-04-01T08:30:00+00:00',
    kind: 'tool_call_blocked',
    severity: 'high',
    agentId: 'a b',
    action: 'rm',
    decision: 'deny',
    reason: 'rule "7"',
    resource: '/etc',
    policyName: 'p',
    sessionId: 's',
    latencyMs: 0,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
  });
  const { traceId, spanId } = event;
  const written = auditRecordOf(event, signer);

  test('become the CloudEvent that the reference makes of the event', () => {
    const record = logRecord({ ...written, traceId, spanId });
    expect(unsignedLine(record)).toBe(canonicalText(governanceCloudEvent(event)));
    const sink = new RecordEvents({ source: '/agent-os' });
    expect(sink.unsigned(record)).toBe(canonicalText(governanceCloudEvent(event, '/agent-os')));
  });

  test('the CloudEvent that came in is neither read nor signed', () => {
    const forged: KeyValue[] = written.attributes.map(([key, value]) =>
      key === 'agt.audit.meta.cloudevent' ? [key, '{"id":"other"}'] : [key, value],
    );
    const record = logRecord({ ...written, attributes: forged, traceId, spanId });
    expect(events.unsigned(record)).toBe(canonicalText(governanceCloudEvent(event)));
  });

  test('other metadata is data, and never shadows what the event says of itself', () => {
    const attributes: KeyValue[] = [
      ['event.domain', 'agent_os.governance'],
      ['agt.audit.event_type', 'policy_check'],
      ['agt.audit.meta.tool', 'search'],
      ['agt.audit.meta.agent_id', 'root'],
      ['agt.audit.meta.agent_did', 'did:root'],
      ['agt.audit.meta.decision', 'allow'],
    ];
    const record = logRecord({ attributes, identity: 'row-1', observedTimeUnixNano: 1n });
    expect(member(record, 'data', 'tool')).toBe('search');
    expect(member(record, 'data', 'agent_id')).toBeUndefined();
    expect(member(record, 'data', 'agent_did')).toBeUndefined();
    expect(member(record, 'data', 'decision')).toBe('');
    expect(member(record, 'id')).toBe('row-1');
    expect(member(record, 'source')).toBe('/agent-os');
    expect(member(record, 'time')).toBe('1970-01-01T00:00:00.000000001Z');
  });

  test('a kind of the sender’s own keeps its name', () => {
    const attributes: KeyValue[] = [
      ['event.domain', 'agent_os.governance'],
      ['agt.audit.event_type', 'budget_spent'],
    ];
    expect(member(logRecord({ attributes }), 'type')).toBe('ai.agentos.governance.budget_spent');
    const without = logRecord({ attributes: attributes.slice(0, 1) });
    expect(member(without, 'type')).toBe('dev.countersign.log.v1');
  });
});
