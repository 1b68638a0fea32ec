import { expect, test } from 'vitest';
import { encodeRequest, indexRequest } from '../../../otlp/index.ts';
import { Deadline, type Host, type LogFields, numberedArrival } from '../../../sdk/index.ts';
import { createDebug } from './debug.ts';
import { debugExporter } from './index.ts';

const records = indexRequest(
  encodeRequest({
    resourceLogs: [
      {
        resource: { attributes: [] },
        scopeLogs: [
          {
            scope: { name: 'cart' },
            records: [
              { timeUnixNano: 5n, severityNumber: 9, body: 'secret\nwords' },
              { observedTimeUnixNano: 6n, body: 'more', attributes: [['a', 'secret']] },
            ],
          },
        ],
      },
    ],
  }),
  numberedArrival('run', 0),
);

function bench(config: Record<string, unknown>) {
  const entries: LogFields[] = [];
  const clock = {
    nowMs: 0,
    wallMs: () => 0,
    monotonicMs: (): number => clock.nowMs,
    after: () => ({ cancel() {}, [Symbol.dispose]() {} }),
  };
  const host: Host = {
    id: 'debug',
    log: { error() {}, warn() {}, info: (_, fields = {}) => entries.push(fields), debug() {} },
    clock,
    random: () => 0,
    report() {},
    extension: () => undefined,
  };
  const exporter = createDebug(debugExporter.schema.parse(config), host);
  const ship = () => exporter.ship([records], new Deadline(clock, Number.POSITIVE_INFINITY));
  return { entries, clock, ship };
}

test.each([
  ['basic', { records: 2, scopes: 1, bytes: records.byteLength }, false],
  ['normal', { outlines: expect.stringMatching(/timeUnixNano=5 .*; timeUnixNano=6 /) }, false],
  ['detailed', { request: expect.stringContaining('"stringValue":"secret\\nwords"') }, true],
])('%s', async (verbosity, fields, showsContent) => {
  const { entries, ship } = bench({ verbosity });
  expect(await ship()).toEqual({ status: 'delivered', rejected: 0 });
  expect(entries).toEqual([expect.objectContaining(fields)]);
  expect(JSON.stringify(entries).includes('secret')).toBe(showsContent);
});

test.each([
  ['nothing is left out by default', {}, 10],
  ['every third after the first two', { sampling_thereafter: 3 }, 4],
  ['none after the first', { sampling_initial: 1, sampling_thereafter: 0 }, 1],
])('%s, and everything is delivered', async (_, config, shown) => {
  const { entries, clock, ship } = bench(config);
  for (let batch = 0; batch < 10; batch++) expect((await ship()).status).toBe('delivered');
  expect(entries).toHaveLength(shown);
  clock.nowMs = 1_000;
  await ship();
  expect(entries).toHaveLength(shown + 1);
});

test('has the Collector’s keys and no queue unless asked for', () => {
  const config = debugExporter.schema.parse({ sending_queue: { num_consumers: 2 } });
  expect(debugExporter.delivery(config).queue?.consumers).toBe(2);
  expect(debugExporter.delivery(debugExporter.schema.parse({})).queue).toBe(undefined);
  expect(debugExporter.schema.safeParse({ use_internal_logger: false }).success).toBe(false);
});
