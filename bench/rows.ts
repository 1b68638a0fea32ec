/** What a row drives: how requests come in, and what the daemon does with them. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly load: 'max' | 'paced' | 'latency';
  /** Countersign's configuration below `receivers`. */
  readonly processors: Readonly<Record<string, string>>;
  readonly exporter: string;
  /** Where records go: the counting sink, or a pipe whose lines are counted. */
  readonly out: 'sink' | 'lines';
  /** The Collector's exporter for the equivalent; without it the row has no counterpart. */
  readonly collector?: string;
  readonly goals: readonly Goal[];
}

/**
 * A limit of the issue; `yardsticks` are hashes of 560 bytes, measured in the same run, `overPass` those more
 * than what passing through costs.
 */
export interface Goal {
  readonly measure:
    | 'yardsticks'
    | 'overPass'
    | 'timesCheaper'
    | 'cpuPercent'
    | 'residentMb'
    | 'p50Ms'
    | 'p99Ms';
  readonly limit: number;
}

const SYNCHRONOUS = 'sending_queue: {enabled: false}, retry_on_failure: {enabled: false}';
const PLAIN = `otlp_http: {endpoint: "\${env:BENCH_SINK}", compression: none, ${SYNCHRONOUS}}`;
const QUEUED = 'otlp_http: {endpoint: "${env:BENCH_SINK}", compression: none}';
const SHIPPED = 'otlp_http: {endpoint: "${env:BENCH_SINK}"}';
const ZSTD = 'otlp_http: {endpoint: "${env:BENCH_SINK}", compression: zstd}';
/** A Collector that refuses when full would be measured refusing; both may hold the sender. */
const COLLECTOR_QUEUED =
  'otlp_http: {endpoint: "${env:BENCH_SINK}", compression: none, sending_queue: {block_on_overflow: true}}';

/** Entries of the nonce table in these rows; printed with the rate that it sustains. */
const NONCE = 'nonce_dedup: {max_nonces: 4000000, window: 2s, skew: 0s, on_missing: reject}';
const GUARD = 'poisoning_guard: {ruleset: reference}';
const SIGNER = 'signer: {key: generate}';

const FULL_LOAD: Goal = { measure: 'residentMb', limit: 200 };

function processorsOf(...lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line]));
}

/** Every row of the table, in its order. */
export const ROWS: readonly Row[] = [
  {
    name: 'pass',
    title: 'pass-through, synchronous, no compression',
    load: 'max',
    processors: {},
    exporter: PLAIN,
    out: 'sink',
    collector: PLAIN,
    goals: [
      { measure: 'yardsticks', limit: 0.57 },
      { measure: 'timesCheaper', limit: 6 },
      FULL_LOAD,
    ],
  },
  {
    name: 'queue',
    title: 'memory queue, no compression',
    load: 'max',
    processors: {},
    exporter: QUEUED,
    out: 'sink',
    collector: COLLECTOR_QUEUED,
    goals: [{ measure: 'timesCheaper', limit: 5 }, FULL_LOAD],
  },
  {
    name: 'shipped',
    title: 'as shipped: memory queue, default compression',
    load: 'max',
    processors: {},
    exporter: SHIPPED,
    out: 'sink',
    collector: SHIPPED,
    goals: [{ measure: 'timesCheaper', limit: 2.5 }, FULL_LOAD],
  },
  {
    name: 'zstd',
    title: 'memory queue, zstd (against the default of the other)',
    load: 'max',
    processors: {},
    exporter: ZSTD,
    out: 'sink',
    collector: SHIPPED,
    goals: [{ measure: 'timesCheaper', limit: 5 }, FULL_LOAD],
  },
  {
    name: 'nonce',
    title: 'nonce_dedup alone',
    load: 'max',
    processors: processorsOf(NONCE),
    exporter: PLAIN,
    out: 'sink',
    collector: PLAIN,
    goals: [],
  },
  {
    name: 'guard',
    title: 'poisoning_guard alone',
    load: 'max',
    processors: processorsOf(GUARD),
    exporter: PLAIN,
    out: 'sink',
    collector: PLAIN,
    // 53,298 ns for 20 regular expressions in the Collector, 1,118 ns a yardstick, 30 times cheaper.
    goals: [{ measure: 'yardsticks', limit: 53_298 / 1_118 / 30 }, FULL_LOAD],
  },
  {
    name: 'default',
    title: 'poisoning_guard alone, the default ruleset',
    load: 'max',
    processors: processorsOf('poisoning_guard: {ruleset: default}'),
    exporter: PLAIN,
    out: 'sink',
    collector: PLAIN,
    goals: [{ measure: 'overPass', limit: 1.2 }, FULL_LOAD],
  },
  {
    name: 'signer',
    title: 'signer to stdout',
    load: 'max',
    processors: processorsOf(SIGNER),
    exporter: 'stdout: {}',
    out: 'lines',
    goals: [FULL_LOAD],
  },
  {
    name: 'screened',
    title: 'nonce_dedup and poisoning_guard',
    load: 'max',
    processors: processorsOf(NONCE, GUARD),
    exporter: PLAIN,
    out: 'sink',
    collector: PLAIN,
    goals: [
      { measure: 'yardsticks', limit: 1.45 },
      { measure: 'timesCheaper', limit: 2.4 },
    ],
  },
  {
    name: 'all',
    title: 'nonce_dedup, poisoning_guard, signer to stdout',
    load: 'max',
    processors: processorsOf(NONCE, GUARD, SIGNER),
    exporter: 'stdout: {}',
    out: 'lines',
    goals: [{ measure: 'yardsticks', limit: 8 }],
  },
  {
    name: 'paced',
    title: 'paced: 10,000 records/s in requests of 100',
    load: 'paced',
    processors: {},
    exporter: PLAIN,
    out: 'sink',
    collector: PLAIN,
    goals: [
      { measure: 'cpuPercent', limit: 8 },
      { measure: 'residentMb', limit: 95 },
    ],
  },
  {
    name: 'latency',
    title: 'latency: one connection, requests of 100',
    load: 'latency',
    processors: {},
    exporter: PLAIN,
    out: 'sink',
    collector: PLAIN,
    goals: [
      { measure: 'p50Ms', limit: 0.4 },
      { measure: 'p99Ms', limit: 1.5 },
    ],
  },
];

const RECEIVERS = `receivers:
  otlp: {protocols: {http: {endpoint: "127.0.0.1:\${env:BENCH_IN}"}}}
`;

function pipeline(processors: readonly string[], exporter: string): string {
  const list = processors.length === 0 ? '' : ` processors: [${processors.join(', ')}],`;
  const name = exporter.slice(0, exporter.indexOf(':'));
  return `exporters:
  ${exporter}
service:
  pipelines:
    logs: {receivers: [otlp],${list} exporters: [${name}]}
`;
}

/** The configuration that countersign runs a row with. */
export function countersignConfig(row: Row): string {
  const names = Object.keys(row.processors);
  const lines = Object.values(row.processors).map((line) => `  ${line}\n`);
  const processors = lines.length === 0 ? '' : `processors:\n${lines.join('')}`;
  return `${RECEIVERS}${processors}${pipeline(names, row.exporter)}  health: {endpoint: "127.0.0.1:\${env:BENCH_HEALTH}"}
  telemetry:
    logs: {level: warn}
    metrics: {address: "127.0.0.1:\${env:BENCH_METRICS}"}
`;
}

/** The same for the Collector, with its own telemetry off. */
export function collectorConfig(exporter: string): string {
  return `${RECEIVERS}${pipeline([], exporter)}  telemetry:
    logs: {level: warn}
    metrics: {level: none}
`;
}
