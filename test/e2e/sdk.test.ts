import type { Logger } from '@opentelemetry/api';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { expect, test } from 'vitest';
import { Backend } from '../harness/backend.ts';
import { KEY, KEY_TEXT, WHOLE_WAY } from '../harness/configs.ts';
import { withDaemon } from '../harness/daemon.ts';
import { summary } from '../harness/ledger-page.ts';
import { isSigned } from '../harness/signature.ts';

type Settings = NonNullable<ConstructorParameters<typeof JsonExporter>[0]>;

const CLIENTS = [
  ['JSON', JsonExporter, 'none'],
  ['JSON, gzip', JsonExporter, 'gzip'],
  ['protobuf', ProtoExporter, 'none'],
  ['protobuf, gzip', ProtoExporter, 'gzip'],
] as const;

/** Sends with an unmodified SDK, and returns when the SDK says that all is exported. */
async function sendWith(
  Exporter: typeof JsonExporter | typeof ProtoExporter,
  compression: string,
  url: string,
  emit: (logger: Logger) => void,
): Promise<void> {
  // An enum of a package that is not a dependency of ours; its values are these words.
  const exporter = new Exporter({ url, compression } as Settings);
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': 'planner', 'service.namespace': 'agents' }),
    processors: [new BatchLogRecordProcessor({ exporter })],
  });
  emit(provider.getLogger('e2e', '1.0.0'));
  await provider.forceFlush();
  await provider.shutdown();
}

test('unmodified SDKs: signed events on stdout, the same records at the backend, exact books', async () => {
  await using backend = await Backend.start();
  const env = { BACKEND: backend.url, SIGNING_KEY: KEY_TEXT };
  await withDaemon({ config: WHOLE_WAY, env }, async (daemon) => {
    for (const [name, Exporter, compression] of CLIENTS) {
      await sendWith(Exporter, compression, `${daemon.url}/v1/logs`, (logger) => {
        for (let n = 0; n < 5; n++) {
          logger.emit({
            severityNumber: 9,
            severityText: 'INFO',
            body: `step ${n} of the plan`,
            attributes: { client: name, n, ratio: 0.5, done: false },
          });
        }
      });
    }
    const events = await daemon.events(20);
    for (const line of daemon.lines) expect(isSigned(line, KEY), line).toBe(true);
    expect(new Set(events.map((event) => event['id'])).size).toBe(20);
    expect(events[0]).toMatchObject({
      specversion: '1.0',
      source: '/agents/planner',
      type: 'dev.countersign.log.v1',
      data: { body: 'step 0 of the plan', severityText: 'INFO' },
    });
    const bodies = CLIENTS.flatMap(([name]) =>
      Array.from({ length: 5 }, (_, n) => [name, `step ${n} of the plan`]),
    );
    const received = backend.records;
    expect(received.map(({ attributes, body }) => [attributes['client'], body])).toEqual(bodies);
    expect(received[7]).toMatchObject({
      resource: { 'service.name': 'planner' },
      scope: 'e2e',
      attributes: { n: 2n, ratio: 0.5, done: false },
    });
    // The record carries the text that stdout printed.
    const carried = received.map(({ attributes }) => attributes['agt.audit.meta.cloudevent']);
    expect(new Set(carried)).toEqual(new Set(daemon.lines));
    const page = await daemon.booksAtRest();
    for (const books of [page.pipeline(), page.stage('signer'), page.branch('otlp_http')]) {
      expect(summary(books)).toEqual({ submitted: 20, delivered: 20 });
    }
    expect(await daemon.stop()).toEqual({ code: 0, signal: null });
  });
});
