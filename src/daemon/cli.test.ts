import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { command } from './cli.ts';

const CONFIG = `
receivers: {otlp: }
exporters: {otlp_http: {endpoint: "http://b", headers: {authorization: "\${env:TOKEN}"}}}
service: {pipelines: {logs: {receivers: [otlp], exporters: [otlp_http]}}}
`;

const written = { out: '', err: '' };

beforeEach(() => {
  Object.assign(written, { out: '', err: '' });
  for (const [stream, key] of [
    [process.stdout, 'out'],
    [process.stderr, 'err'],
  ] as const) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      written[key] += String(chunk);
      return true;
    });
  }
  vi.stubEnv('CONFIG', CONFIG);
  vi.stubEnv('TOKEN', '00secret');
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const SOURCE = ['--config', 'env:CONFIG'];

test.each([
  [['--version'], 0, /^\d+\.\d+\.\d+\n$/, /^$/],
  [['--help'], 0, /validate/, /^$/],
  [['components'], 0, /- name: poisoning_guard\n/, /^$/],
  [['schema'], 0, /"\$schema": "https:\/\/json-schema\.org\/draft\/2020-12\/schema"/, /^$/],
  [['validate', ...SOURCE], 0, /^$/, /^$/],
  [
    ['validate', ...SOURCE, '--set', 'exporters.otlp_http.timeot=1s'],
    1,
    /^$/,
    /did you mean "timeout"/,
  ],
  [['print-config', ...SOURCE], 0, /authorization: "\[REDACTED\]"/, /^$/],
  [['print-config', ...SOURCE, '--mode', 'unredacted'], 0, /authorization: 00secret\n/, /^$/],
  [['print-config', ...SOURCE, '--format', 'json'], 0, /"queue_size": 1000/, /^$/],
  [['print-config', ...SOURCE, '--mode', 'none'], 1, /^$/, /redacted, unredacted/],
  [['print-config', ...SOURCE, '--set', 'service.x=1'], 1, /^$/, /error: service\.x/],
  [['print-config', '--no-validate', ...SOURCE, '--set', 'service.x=1'], 0, /x: 1/, /error/],
  [['validate'], 1, /^$/, /no configuration.*\n1 error \(CS_USAGE_INVALID\)/],
  [
    ['validate', '--config', 'gone.yaml'],
    1,
    /^$/,
    /cannot read gone\.yaml.*\n1 error \(CS_CONFIG_UNREADABLE\)/,
  ],
  [['frobnicate'], 1, /^$/, /countersign --help/],
  [['validate', '--confg', 'x'], 1, /^$/, /Did you mean --config/],
])('%j', async (argv, code, out, err) => {
  expect(await command(argv)).toBe(code);
  expect(written.out).toMatch(out);
  expect(written.err).toMatch(err);
});

test('a redacted print holds no secret anywhere', async () => {
  await command(['print-config', ...SOURCE, '--format', 'json']);
  expect(written.out).not.toContain('00secret');
});
