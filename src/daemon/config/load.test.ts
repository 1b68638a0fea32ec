import { describe, expect, test } from 'vitest';
import type { Secret } from '../../sdk/index.ts';
import { testDefinitions } from '../testing/definitions.ts';
import { loadConfig } from './load.ts';
import { formatProblem } from './problem.ts';
import { showConfig } from './show.ts';
import type { Surroundings } from './substitute.ts';

const PIPELINE = `service:
  pipelines:
    logs: {receivers: [otlp], exporters: [stdout]}
`;
const BASE = `receivers:
  otlp:
exporters:
  stdout:
${PIPELINE}`;

type Files = Readonly<Record<string, string>>;

function surroundings(files: Files, env: Files = {}): Surroundings {
  return {
    env: (name) => env[name],
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw new Error('no such file');
      return text;
    },
  };
}

function load(yaml: string, env: Files = {}, sets: readonly string[] = [], files: Files = {}) {
  const loaded = loadConfig(
    { uris: ['c.yaml'], sets },
    testDefinitions,
    surroundings({ 'c.yaml': yaml, ...files }, env),
  );
  return { ...loaded, lines: loaded.problems.map((problem) => formatProblem(problem)) };
}

/** A configuration with these lines under `exporters.otlp_http`. */
function withExporter(lines: string): string {
  const indented = lines.replaceAll(/^(?=.)/gm, '    ');
  return `receivers:\n  otlp:\nexporters:\n  otlp_http:\n    endpoint: http://b\n${indented}
service:
  pipelines:
    logs: {receivers: [otlp], exporters: [otlp_http]}
`;
}

function exporterConfig(yaml: string, env: Files = {}, sets: readonly string[] = []) {
  const { graph, lines } = load(yaml, env, sets);
  expect(lines.filter((line) => line.startsWith('error'))).toEqual([]);
  return graph?.exporters.get('otlp_http')?.config as {
    headers: Record<string, Secret>;
    tenant: string;
    sending_queue: { queue_size: number; enabled: boolean };
    timeout: number;
  };
}

test('an empty value means all defaults', () => {
  const { graph, lines } = load(BASE);
  expect(lines).toEqual([]);
  expect(graph?.receivers.get('otlp')?.config).toEqual({
    protocols: { http: { endpoint: '127.0.0.1:4318' } },
  });
  expect(graph?.settings.admission).toEqual({
    max_in_flight_bytes: 67_108_864,
    max_in_flight_records: 1_000_000,
    answer_within: 8000,
  });
});

test('an empty value deeper down switches on with defaults', () => {
  const { graph } = load(BASE.replace('otlp:\n', 'otlp:\n    protocols:\n      http:\n'));
  expect(graph?.receivers.get('otlp')?.config).toEqual({
    protocols: { http: { endpoint: '127.0.0.1:4318' } },
  });
});

describe('a text stays a text', () => {
  const env = {
    A: '007700420015',
    O: '0755',
    E: '1e3',
    F: 'no',
    D: '2025-10-09',
    B: '9007199254740993',
  };
  test.each([
    ['plain', '${env:A}', '007700420015'],
    ['quoted', '"${env:O}"', '0755'],
    ['exponent', '${env:E}', '1e3'],
    ['inside a text', 'pre-${env:O}', 'pre-0755'],
    ['no', '${F}', 'no'],
    ['date', '${env:D}', '2025-10-09'],
    ['big', '${env:B}', '9007199254740993'],
    ['written in the file', '0755', '0755'],
    ['written and big', '9007199254740993', '9007199254740993'],
    ['default', '${env:NONE:-010}', '010'],
    ['nested', '${env:NONE:-${env:O}}', '0755'],
    ['escaped', '$${env:O}', '${env:O}'],
    ['odd escape', '$$${env:O}', '$0755'],
  ])('%s', (_, written, expected) => {
    const config = exporterConfig(
      withExporter(`headers:\n  x: ${written}\ntenant: ${written}`),
      env,
    );
    expect(config.headers['x']?.reveal()).toBe(expected);
    expect(config.tenant).toBe(expected);
  });
});

test('a field that wants a number or a boolean reads the text as one', () => {
  const yaml = withExporter('sending_queue:\n  queue_size: "${env:N}"\n  enabled: ${env:B}');
  const config = exporterConfig(yaml, { N: '0200', B: 'true' });
  expect(config.sending_queue).toMatchObject({ queue_size: 200, enabled: true });
});

test('a variable that fits nothing is refused with its text', () => {
  const { lines } = load(withExporter('sending_queue:\n  queue_size: ${env:N}'), { N: 'many' });
  expect(lines).toEqual([
    'error: exporters.otlp_http.sending_queue.queue_size: "many" is not a number (c.yaml:7:19)',
  ]);
});

test('a substitution in a flow map is explained', () => {
  const { lines } = load(withExporter('sending_queue: {queue_size: ${env:N}}'));
  expect(lines).toEqual([expect.stringMatching(/write "\$\{…\}" in quotes \(c\.yaml:6:34\)$/)]);
});

test('a variable cannot add keys', () => {
  const config = exporterConfig(withExporter('tenant: ${env:T}'), { T: 'x\nheaders: {a: b}' });
  expect(config.tenant).toBe('x\nheaders: {a: b}');
});

test('an unset variable is a warning and empty, and named where it does not fit', () => {
  const { lines, graph } = load(withExporter('tenant: ${env:T}'));
  expect(lines[0]).toMatch(/^warning: exporters\.otlp_http\.tenant: the variable T is not set/);
  expect(graph).toBeDefined();
  const required = load(withExporter('').replace('http://b', '${env:BACKEND}'));
  expect(required.lines.find((line) => line.startsWith('error'))).toContain(
    'exporters.otlp_http.endpoint: "" (empty) is too small; at least 1 (the variable BACKEND is not set) (c.yaml:5:15)',
  );
});

test('a variable with a message is required', () => {
  const { lines } = load(withExporter('tenant: ${env:T:?name the tenant}'));
  expect(lines).toEqual([
    'error: exporters.otlp_http.tenant: the variable T is not set: name the tenant (c.yaml:6:13)',
  ]);
});

test('a file is embedded as YAML and keeps its places; as text it loses one newline', () => {
  const { graph, lines } = load(
    withExporter('sending_queue: ${file:q.yaml}\ntenant: ${file:t.txt}'),
    { Q: '7' },
    [],
    { 'q.yaml': 'queue_size: ${env:Q}\nnum_consumer: 3\n', 't.txt': '0042\n' },
  );
  expect(graph).toBeUndefined();
  expect(lines).toEqual([
    expect.stringMatching(
      /^error: exporters\.otlp_http\.sending_queue\.num_consumer: not a known key; did you mean "num_consumers"\? .* \(q\.yaml:2:1\)$/,
    ),
  ]);
});

test('what includes itself is refused', () => {
  const { lines } = load(withExporter('sending_queue: ${file:loop.yaml}'), {}, [], {
    'loop.yaml': 'batch: ${file:loop.yaml}\n',
  });
  expect(lines.some((line) => line.includes('does a file include itself?'))).toBe(true);
});

test('a key that stands twice is an error with both places, and nothing else is said', () => {
  const { graph, lines } = load(`${BASE}exporters:\n  otlp_http:\n`);
  expect(graph).toBeUndefined();
  expect(lines).toEqual([
    'error: the key "exporters" stands twice in the same map, first at c.yaml:3:1; one of the two would be lost: merge them (c.yaml:8:1)',
  ]);
});

test.each([
  ['headers', withExporter('headers: {a: "1"}\nheaders: {b: "2"}'), 'c.yaml:6:5'],
  ['pipelines', `${BASE}    logs: {}\n`, 'c.yaml:7:5'],
])('a key that stands twice deeper down: %s', (_, yaml, first) => {
  expect(load(yaml).lines[0]).toContain(`first at ${first}`);
});

test.each([
  [
    'bomb',
    `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
      .split('')
      .map(
        (key, index) =>
          `${key}: &${key} [${Array.from({ length: 10 }, () => `*${'abcdefgh'[index]}`).join(',')}]`,
      )
      .join('\n')}\n`,
  ],
  ['cycle', 'a: &a [*a]\n'],
  ['depth', `a: ${'['.repeat(5000)}${']'.repeat(5000)}\n`],
])('hostile YAML is a problem, not a hang: %s', (_, yaml) => {
  const { graph, lines } = load(yaml);
  expect(graph).toBeUndefined();
  expect(lines.length).toBeGreaterThan(0);
});

describe('sources', () => {
  test('later files are laid over earlier ones, and errors name the file that set the value', () => {
    const { lines } = loadAll({
      'a.yaml': withExporter('tenant: one\ncompression: gzip'),
      'b.yaml': 'exporters:\n  otlp_http:\n    compression: brotli\n    tenant: two\n',
    });
    expect(lines).toEqual([
      'error: exporters.otlp_http.compression: "brotli" is not one of none, gzip, zstd (b.yaml:3:18)',
    ]);
  });

  test('a later empty value wipes', () => {
    const { tree } = loadAll({ 'a.yaml': BASE, 'b.yaml': 'exporters:\n' });
    expect(tree?.kind === 'map' && tree.entries.get('exporters')?.node.kind).toBe('scalar');
  });

  test('lists are replaced', () => {
    const { graph } = loadAll({
      'a.yaml': BASE,
      'b.yaml': 'exporters: {stdout/b: }\nservice: {pipelines: {logs: {exporters: [stdout/b]}}}\n',
    });
    expect(graph?.pipelines[0]?.exporters).toEqual(['stdout/b']);
  });

  test('--set comes last', () => {
    const config = exporterConfig(withExporter('tenant: one'), {}, [
      'exporters.otlp_http.tenant=0042',
      'exporters.otlp_http.sending_queue.queue_size=7',
      'exporters.otlp_http.timeout=2s',
    ]);
    expect(config).toMatchObject({ tenant: '0042', timeout: 2000 });
    expect(config.sending_queue.queue_size).toBe(7);
  });

  test('env: and yaml: are sources too', () => {
    const loaded = loadConfig(
      { uris: ['env:CONFIG', 'yaml:exporters::stdout: {}'], sets: [] },
      testDefinitions,
      surroundings({}, { CONFIG: BASE }),
    );
    expect(loaded.problems).toEqual([]);
  });

  test.each([
    [[], 'at least one --config'],
    [['http://x/c.yaml'], 'nothing is fetched over the network'],
    [['gone.yaml'], 'cannot read gone.yaml: no such file'],
  ])('%j', (uris, message) => {
    const loaded = loadConfig({ uris, sets: [] }, testDefinitions, surroundings({}));
    expect(loaded.problems[0]?.message).toContain(message);
  });
});

function loadAll(files: Files) {
  const loaded = loadConfig(
    { uris: Object.keys(files), sets: [] },
    testDefinitions,
    surroundings(files),
  );
  return { ...loaded, lines: loaded.problems.map((problem) => formatProblem(problem)) };
}

test('all problems at once, each with place, path, what is allowed and the nearest name', () => {
  const { lines } = load(`receivers:
  otlp:
    protcols: {}
  filelog: {}
processors:
  nonce_dedup:
    window: 5 minutes
    max_nonces: 0
    quarantine: jail
  nonce_dedupe:
  batch:
exporters:
  stdout:
  otlphttp:
    auth: {authenticator: bearertokenauth}
extensions:
  bearertokenauth:
exporter: {}
service:
  pipelines:
    logs:
      receivers: [otlp, oltp]
      processors: [nonce_dedup]
      exporters: []
    traces: {receivers: [otlp], exporters: [stdout]}
  telemetry: {logs: {level: loud}}
`);
  expect(lines).toEqual([
    'error: exporter: not a known key; did you mean "exporters"? (known here: receivers, processors, exporters, extensions, service, tests) (c.yaml:18:1)',
    'error: receivers.otlp.protcols: not a known key; did you mean "protocols"? (known here: protocols) (c.yaml:3:5)',
    expect.stringMatching(
      /^error: receivers\.filelog: filelog is known from the Collector: .*stdin.* \(c\.yaml:4:3\)$/,
    ),
    'error: processors.nonce_dedup.window: "5 minutes" is not a duration; write 200ms, 5m or 1h30m (c.yaml:7:13)',
    'error: processors.nonce_dedup.max_nonces: "0" is too small; at least 1 (c.yaml:8:17)',
    'error: processors.nonce_dedupe: "nonce_dedupe" is not a known processor; did you mean "nonce_dedup"? (known: nonce_dedup) (c.yaml:10:3)',
    expect.stringMatching(
      /^error: processors\.batch: batch is known from the Collector: .*sending_queue\.batch.* \(c\.yaml:11:3\)$/,
    ),
    'error: exporters.otlphttp.endpoint: is required and is not there (c.yaml:15:5)',
    'error: service.telemetry.logs.level: "loud" is not one of debug, info, warn, error, DEBUG, INFO, WARN, ERROR (c.yaml:26:29)',
    'error: service.pipelines.logs.receivers[1]: "oltp" is not defined under receivers; did you mean "otlp"? (c.yaml:22:25)',
    'error: service.pipelines.logs.exporters: a pipeline needs at least one exporter (c.yaml:21:5)',
    'error: service.pipelines.traces: countersign carries logs; send traces to a collector (c.yaml:25:5)',
    expect.stringMatching(
      /^error: exporters\.otlphttp\.auth\.authenticator: "bearertokenauth" is not started; add it to service\.extensions/,
    ),
    expect.stringMatching(/^warning: receivers\.filelog: is defined and not named/),
    expect.stringMatching(/^warning: processors\.nonce_dedupe/),
    expect.stringMatching(/^warning: processors\.batch/),
    expect.stringMatching(/^warning: exporters\.otlphttp/),
    expect.stringMatching(/^warning: extensions\.bearertokenauth/),
  ]);
});

test('a value that fits in no reading is told about in the one whose type was right', () => {
  expect(load(withExporter('timeout: 10')).lines).toEqual([
    'error: exporters.otlp_http.timeout: "10" is not a duration; write 200ms, 5m or 1h30m (c.yaml:6:14)',
  ]);
});

test('the health_check extension is taken over by the built-in health', () => {
  const { graph, lines } = load(
    `extensions:\n  health_check: {endpoint: "0.0.0.0:13133"}\n${BASE.replace('service:', 'service:\n  extensions: [health_check]')}`,
  );
  expect(lines).toEqual([
    expect.stringMatching(/^warning: extensions\.health_check: health is built in/),
  ]);
  expect(graph?.settings.health.endpoint).toBe('0.0.0.0:13133');
  expect(graph?.extensionOrder).toEqual([]);
});

describe('print-config', () => {
  const yaml = withExporter('headers: {authorization: "${env:TOKEN}", x: 0755}');
  const shown = (mode: 'redacted' | 'unredacted') => {
    const { tree } = load(yaml, { TOKEN: '00secret' });
    return tree === undefined ? '' : showConfig(tree, testDefinitions, mode, 'yaml');
  };

  test('hides secrets and shows defaults', () => {
    expect(shown('redacted')).not.toContain('00secret');
    expect(shown('redacted')).toContain('authorization: "[REDACTED]"');
    expect(shown('redacted')).toContain('queue_size: 1000');
  });

  test('shows texts as they are when asked to', () => {
    expect(shown('unredacted')).toContain('authorization: 00secret');
    expect(shown('unredacted')).toContain('x: "0755"');
  });
});

describe('diverting', () => {
  const yaml = (target: string) => `receivers: {otlp: }
processors: {nonce_dedup: {quarantine: ${target}}}
exporters: {stdout: , stdout/jail: }
service: {pipelines: {logs: {receivers: [otlp], processors: [nonce_dedup], exporters: [stdout]}}}
`;

  test('makes its exporter a used one', () => {
    const { graph, lines } = load(yaml('stdout/jail'));
    expect(lines).toEqual([]);
    expect([...(graph?.exporters.keys() ?? [])]).toEqual(['stdout', 'stdout/jail']);
  });

  test('to nowhere is an error', () => {
    expect(load(yaml('stdout/gaol')).lines[0]).toBe(
      'error: processors.nonce_dedup: diverts to "stdout/gaol", which is not defined under exporters; did you mean "stdout/jail"? (c.yaml:2:27)',
    );
  });
});

test('an empty value that the schema has something to say about is not left out', () => {
  const { lines } = load(
    BASE.replace('otlp:\n', 'otlp:\n    protocols:\n      http:\n        auth:\n'),
  );
  expect(lines).toEqual([
    'error: receivers.otlp.protocols.http.auth.authenticator: is required and is not there (c.yaml:5:14)',
  ]);
});

test('an error message never shows a secret', () => {
  const { lines } = load(withExporter('headers: {authorization: [s3cret]}\nheadres: {a: s3cret}'));
  expect(lines.length).toBe(2);
  expect(lines.join('\n')).not.toContain('s3cret');
});
