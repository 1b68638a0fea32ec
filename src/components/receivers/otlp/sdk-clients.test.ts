import type { LogRecordExporter } from '@opentelemetry/sdk-logs';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { expect, test } from 'vitest';
import { Rig } from './testing/rig.ts';

/** What the exporters take for `compression`; their enum is not exported by itself. */
type Options = NonNullable<ConstructorParameters<typeof ProtoExporter>[0]>;

test.each<[string, 'none' | 'gzip', (options: Options) => LogRecordExporter]>([
  ['protobuf', 'none', (options) => new ProtoExporter(options)],
  ['protobuf', 'gzip', (options) => new ProtoExporter(options)],
  ['JSON', 'none', (options) => new JsonExporter(options)],
  ['JSON', 'gzip', (options) => new JsonExporter(options)],
])('records of an unmodified SDK arrive as %s, compression %s', async (_, compression, make) => {
  await using rig = await Rig.started();
  const exporter = make({
    url: rig.url,
    compression: compression as NonNullable<Options['compression']>,
  });
  const provider = new LoggerProvider({
    processors: [new SimpleLogRecordProcessor({ exporter })],
  });
  provider.getLogger('test').emit({
    body: 'hello',
    severityNumber: 9,
    attributes: { 'log.record.uid': 'u-1', count: 3 },
  });
  await rig.until(() => rig.arrivals.length + rig.turnedAway.length > 0);
  const [record] = rig.arrivals.map((arrival) => arrival.records.at(0));
  expect(record?.bodyText).toBe('hello');
  expect(record?.severityNumber).toBe(9);
  expect(record?.attribute('count')).toBe(3n);
  expect(record?.group.name).toBe('test');
  expect(rig.turnedAway).toEqual([]);
  await provider.shutdown();
});
