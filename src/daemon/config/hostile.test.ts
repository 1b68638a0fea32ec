import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testDefinitions } from '../testing/definitions.ts';
import { loadConfig } from './load.ts';
import { formatProblem } from './problem.ts';
import { showConfig } from './show.ts';

const SEED = 20_261_125;

const CONFIG = `receivers:
  otlp: {protocols: {http: {endpoint: "127.0.0.1:1"}}}
processors:
  nonce_dedup: &n
    window: 5m
    max_nonces: 10
  nonce_dedup/b: *n
exporters:
  otlp_http:
    endpoint: \${env:BACKEND:-http://b}
    headers: {x: "\${env:VALUE}"}
    tenant: \${env:VALUE}
    sending_queue:
      queue_size: 5
      batch: {}
service:
  pipelines:
    logs: {receivers: [otlp], processors: [nonce_dedup], exporters: [otlp_http]}
`;

function load(text: string, value = '') {
  return loadConfig({ uris: ['c'], sets: [] }, testDefinitions, {
    env: (name) => (name === 'VALUE' ? value : undefined),
    readFile: () => text,
  });
}

test('a text field gets the text of the environment, whatever it is, and no key more', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('0755', '1e3', 'null', '~', 'true', '.inf', '0x1f', '{a: b}', '[1]', '- x'),
    fc.constantFrom('a: b', '&a', '*a', '!!int 3', '${env:HOME}', '$$', '"q', "it's", ' x ', '\n'),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const { graph, tree } = load(CONFIG, text);
      const config = graph?.exporters.get('otlp_http')?.config;
      expect(config).toMatchObject({ tenant: text });
      const { headers } = config as { headers: Record<string, { reveal(): string }> };
      expect(headers['x']?.reveal()).toBe(text);
      const shown: unknown =
        tree === undefined
          ? {}
          : JSON.parse(showConfig(tree, testDefinitions, 'unredacted', 'json'));
      expect(shown).toMatchObject({ exporters: { otlp_http: { headers: { x: text } } } });
    }),
    { seed: SEED, numRuns: 300 },
  );
});

test('a damaged configuration is explained or loads; it never throws', () => {
  const damage = fc.record({
    at: fc.nat(CONFIG.length),
    remove: fc.nat(12),
    insert: fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      fc.constantFrom(
        '\n',
        ': ',
        '{',
        '}',
        '[',
        '- ',
        '&a ',
        '*n',
        '${',
        '<<: *n',
        '? ',
        '\t',
        '!!map ',
      ),
    ),
  });
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
      let text = CONFIG;
      for (const { at, remove, insert } of damages) {
        text = text.slice(0, at) + insert + text.slice(at + remove);
      }
      const { graph, problems } = load(text);
      const errors = problems.filter(({ severity }) => severity === 'error');
      expect(graph === undefined).toBe(errors.length > 0);
      for (const problem of errors)
        expect(formatProblem(problem)).toMatch(/\(c:\d+:\d+\)$|--config/);
    }),
    { seed: SEED, numRuns: 1000 },
  );
});
