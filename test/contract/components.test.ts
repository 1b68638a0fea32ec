import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { components } from '../../src/components/index.ts';
import { encodeRequest, indexRequest } from '../../src/otlp/index.ts';
import { createService } from '../../src/runtime/index.ts';
import type {
  ArrivalOutcome,
  ComponentDefinition,
  Host,
  Lifecycle,
  Logger,
  ProcessorDefinition,
} from '../../src/sdk/index.ts';
import {
  ArrivalStream,
  Deadline,
  KeyValueList,
  resendableArrival,
  z,
} from '../../src/sdk/index.ts';
import { FakeClock, settle } from '../../src/runtime/testing/fake-clock.ts';

const LOG: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

function hostOf(id: string, clock = new FakeClock()) {
  const door = {
    reserve: () => undefined,
    turnAway: () => undefined,
    retryAfterMs: () => 1_000,
    draining: false,
  };
  const host: Host = {
    id,
    log: LOG,
    clock,
    random: () => 0.5,
    report: () => undefined,
    extension: () => undefined,
  };
  return { ...host, door };
}

async function create(definition: ComponentDefinition, config: unknown): Promise<Lifecycle> {
  return await definition.create(config, hostOf(definition.type));
}

/** The example with each variable at its default, as a configuration that sets none has it. */
function exampleOf({ example }: ComponentDefinition): unknown {
  return parse(example.replace(/\$\{env:\w+:-([^}]*)\}/g, '$1')) ?? {};
}

const configOf = (definition: ComponentDefinition) =>
  definition.schema.parse(exampleOf(definition));

describe.each(
  components.map((definition) => [`${definition.kind} ${definition.type}`, definition]),
)('%s', (_, definition) => {
  const folder = join(
    import.meta.dirname,
    `../../src/components/${definition.kind}s`,
    definition.type,
  );

  test('its example is a valid configuration', () => {
    expect(() => configOf(definition)).not.toThrow();
  });

  test('it refuses a key that it does not know', () => {
    const example: unknown = parse(definition.example) ?? {};
    const wrong = { ...(example as object), no_such_key: 1 };
    expect(definition.schema.safeParse(wrong).success).toBe(false);
  });

  test('it can be stopped without a start, and twice', async () => {
    const component = await create(definition, configOf(definition));
    using deadline = new Deadline(new FakeClock(), 1_000);
    await component.stop?.(deadline);
    await component.stop?.(deadline);
  });

  test('it has a name as in YAML and a summary of one sentence', () => {
    expect(definition.type).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(definition.summary).toMatch(/^[A-Z].*\.$/);
  });

  test('every reason is declared as the sender is told, and a test reaches it', () => {
    if (definition.kind !== 'processor' && definition.kind !== 'exporter') return;
    const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    for (const [reason, { ending, told, meaning }] of Object.entries(definition.reasons)) {
      expect(reason).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(meaning).toMatch(/^[A-Z`].*\.$/);
      if (definition.kind === 'processor' && ending === 'failed') expect(told).toBe('retryable');
      expect(tests, `no test of ${definition.type} names ${reason}`).toContain(reason);
    }
  });
});

const HOSTILE = encodeRequest({
  resourceLogs: [
    {
      resource: { attributes: [['service.name', 'x'.repeat(10_000)]] },
      scopeLogs: [
        {
          scope: { name: '\u0000', version: '', attributes: [] },
          records: [
            {},
            { body: '' },
            { body: null },
            { body: new Uint8Array([0xff, 0xfe]) },
            { body: nested(60) },
            { body: Number.NaN, attributes: [['', '']] },
            { body: -0, timeUnixNano: 2n ** 64n - 1n, severityNumber: 2_147_483_647 },
            {
              attributes: [
                ['a', 1n],
                ['a', 2n],
              ],
            },
            {
              attributes: [
                ['__proto__', 'x'],
                ['constructor', new KeyValueList([['', '']])],
              ],
            },
            { attributes: [['countersign.nonce', '\u0001'.repeat(300)]] },
            {
              attributes: [
                ['countersign.nonce', 7n],
                ['countersign.time_ms', 'soon'],
              ],
            },
            { attributes: [['event.domain', 'agent_os.governance']], body: '{"timestamp":' },
            { body: `rm -${'r'.repeat(5_000)}`, eventName: '\u202e', severityText: '<system>' },
            { body: '\ud7ff\ue000 \u{10ffff}', traceId: 'ff'.repeat(16), spanId: '00'.repeat(8) },
          ],
        },
      ],
    },
  ],
});

function nested(depth: number): KeyValueList | string {
  return depth === 0 ? 'deep' : new KeyValueList([['k', nested(depth - 1)]]);
}

describe.each(
  components
    .filter((definition): definition is ProcessorDefinition => definition.kind === 'processor')
    .map((definition) => [definition.type, definition] as const),
)('hostile records through %s', (type, definition) => {
  test('every one is answered for, and nothing throws', async () => {
    const nop = components.find(({ kind, type: name }) => kind === 'exporter' && name === 'nop');
    if (nop?.kind !== 'exporter') throw new Error('no nop exporter');
    const stream = new ArrivalStream();
    const service = await createService(
      {
        receivers: new Map([
          [
            'source',
            {
              config: undefined,
              definition: {
                kind: 'receiver',
                type: 'source',
                stability: 'stable',
                summary: '',
                schema: z.unknown(),
                example: '',
                answers: true,
                create: () => ({ arrivals: stream.arrivals, stop: () => stream.end() }),
              },
            },
          ],
        ]),
        processors: new Map([[type, { definition, config: configOf(definition) }]]),
        exporters: new Map([['nop', { definition: nop, config: nop.schema.parse({}) }]]),
        extensions: new Map(),
        extensionOrder: [],
        pipelines: [{ id: 'logs', receivers: ['source'], processors: [type], exporters: ['nop'] }],
        admission: { inFlightBytesMax: 1e9, inFlightRecordsMax: 1e6, answerWithinMs: 8_000 },
      },
      { clock: new FakeClock(), random: () => 0.5, logger: () => LOG },
    );
    await service.start();
    const outcomes: ArrivalOutcome[] = [];
    for (let time = 0; time < 2; time += 1) {
      const records = indexRequest(HOSTILE, resendableArrival(HOSTILE));
      const settled = (outcome: ArrivalOutcome) => void outcomes.push(outcome);
      stream.bring({ records, bytes: 0, settle: settled, release: () => undefined });
      await settle();
    }
    const { snapshot, exitCode } = await service.stop(0);
    expect(outcomes).toHaveLength(2);
    expect(snapshot.audit).toEqual([]);
    expect(exitCode).toBe(0);
    const [pipeline] = snapshot.pipelines;
    expect(pipeline?.submitted).toBe(28);
    expect(pipeline?.failed).toMatchObject({ internal_error: 0, unsettled: 0 });
  });
});
