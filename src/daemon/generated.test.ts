import { expect, test } from 'vitest';
import { components } from '../components/index.ts';
import { loadConfig } from './config/load.ts';
import { formatProblem } from './config/problem.ts';
import { generatedFiles } from './generated.ts';

const files = generatedFiles(() => undefined);

test('the example configuration loads without a word', () => {
  const { graph, problems } = loadConfig({ uris: ['config.example.yaml'], sets: [] }, components, {
    env: () => undefined,
    readFile: () => files.get('config.example.yaml') ?? '',
  });
  expect(problems.map(formatProblem)).toEqual([]);
  expect(graph?.pipelines).toEqual([
    {
      id: 'logs',
      receivers: ['otlp'],
      processors: ['nonce_dedup', 'poisoning_guard', 'signer'],
      exporters: ['stdout'],
    },
  ]);
});

test.each(components.map((definition) => [definition.type, definition] as const))(
  'the example of %s is valid as it stands',
  (_, { kind, type, example, schema }) => {
    const yaml = `${kind}s:\n  ${type}:\n${example.replaceAll(/^(?=.)/gm, '    ')}\nservice:\n`;
    const { problems } = loadConfig({ uris: ['x'], sets: [] }, components, {
      env: () => undefined,
      readFile: () => yaml,
    });
    const own = problems.filter(({ path }) => path.startsWith(`${kind}s.`) && !path.endsWith(type));
    expect(own.map(formatProblem)).toEqual([]);
    expect(schema).toBeDefined();
  },
);

test('the Collector configurations of the bench load', () => {
  const yaml = `receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:\${env:IN:-4318}
exporters:
  otlp_http:
    endpoint: http://127.0.0.1:\${env:OUT:-4319}
    compression: none
    sending_queue: {block_on_overflow: true, batch: {}}
    retry_on_failure: {enabled: false}
service:
  telemetry:
    logs: {level: warn}
    metrics: {level: none}
  pipelines:
    logs: {receivers: [otlp], exporters: [otlp_http]}
`;
  const { graph, problems } = loadConfig({ uris: ['x'], sets: [] }, components, {
    env: () => undefined,
    readFile: () => yaml,
  });
  expect(problems.map(formatProblem)).toEqual([]);
  const exporter = graph?.exporters.get('otlp_http');
  expect(exporter?.definition.delivery(exporter.config).queue).toMatchObject({
    blockOnOverflow: true,
    batch: { flushTimeoutMs: 200, minSize: 8192 },
  });
});
