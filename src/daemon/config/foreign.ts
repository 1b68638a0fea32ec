/**
 * What a user of the OpenTelemetry Collector may write and countersign does not have, each with
 * what to use instead. Answered by name, so that nobody searches for a spelling mistake.
 */
type Advice = Readonly<Record<string, string>>;

const RECEIVERS: Advice = {
  file_log:
    'reading files is not built in yet; pipe them in: tail -F app.log | countersign with the stdin receiver',
  filelog:
    'reading files is not built in yet; pipe them in: tail -F app.log | countersign with the stdin receiver',
  syslog:
    'syslog is not built in; put a collector with a syslog receiver in front and send OTLP/HTTP here',
  tcp_log: 'raw TCP lines are not built in; send OTLP/HTTP, or pipe lines into the stdin receiver',
  tcplog: 'raw TCP lines are not built in; send OTLP/HTTP, or pipe lines into the stdin receiver',
  udp_log: 'UDP cannot be accounted for (what the kernel drops is not seen); send OTLP/HTTP',
  udplog: 'UDP cannot be accounted for (what the kernel drops is not seen); send OTLP/HTTP',
  journald: 'not built in; pipe `journalctl -f -o json` into the stdin receiver',
  kafka: 'not built in; put a collector with a kafka receiver in front and send OTLP/HTTP here',
  webhookevent: 'not built in; send OTLP/HTTP to the otlp receiver',
  fluentforward: 'not built in; Fluent Bit sends OTLP with its opentelemetry output',
  otlp_json_file: 'not built in; pipe the file into the stdin receiver',
  otlpjsonfile: 'not built in; pipe the file into the stdin receiver',
  nop: 'a receiver that receives nothing is not built in; use otlp',
  prometheus: 'countersign carries logs; metrics belong in a collector',
  hostmetrics: 'countersign carries logs; metrics belong in a collector',
  jaeger: 'countersign carries logs; traces belong in a collector',
  zipkin: 'countersign carries logs; traces belong in a collector',
};

const PROCESSORS: Advice = {
  batch:
    'batching belongs to the exporter: use sending_queue.batch there, which keeps the answer to the sender honest',
  memory_limiter:
    'memory is reserved at the door, before a byte is read: use service.admission.max_in_flight_bytes',
  attributes:
    'countersign does not rewrite records, so that what was signed is what was sent; do it in the SDK or in a collector in front',
  resource:
    'countersign does not rewrite records; set resource attributes in the SDK or in a collector in front',
  resourcedetection: 'set resource attributes in the SDK or in a collector in front',
  k8sattributes: 'use a collector in front for Kubernetes attributes',
  filter:
    'filtering by expression is not built in; poisoning_guard drops by rule, and a collector in front filters',
  transform: 'OTTL is not built in; transform in a collector in front',
  redaction: 'not built in; redact in the SDK or in a collector in front',
  log_dedup: 'log_dedup merges equal logs; replay protection is nonce_dedup',
  logdedup: 'logdedup merges equal logs; replay protection is nonce_dedup',
  probabilistic_sampler: 'sampling loses records; an evidence pipeline keeps them all',
  tail_sampling: 'countersign carries logs; traces belong in a collector',
  signing: 'the signing processor is called signer here',
  groupbyattrs: 'not built in; group in a collector behind',
  routing: 'name the exporters in several pipelines instead',
};

const EXPORTERS: Advice = {
  otlp: 'that is OTLP over gRPC, which is not built in yet; use otlp_http (port 4318)',
  otlp_grpc: 'OTLP over gRPC is not built in yet; use otlp_http (port 4318)',
  logging: 'it was renamed; use debug',
  file: 'not built in yet; use stdout and redirect it to a file',
  kafka: 'not built in; use otlp_http to a collector with a kafka exporter',
  loki: 'Loki takes OTLP: use otlp_http with endpoint http://loki:3100/otlp',
  elasticsearch:
    'use otlp_http to an OTLP intake, or to a collector with an elasticsearch exporter',
  splunk_hec: 'use otlp_http to a collector with a splunk_hec exporter',
  prometheus:
    'the own metrics are served at service.telemetry.metrics; other metrics belong in a collector',
  loadbalancing: 'not built in; put a load balancer in front of the backends',
};

const EXTENSIONS: Advice = {
  zpages:
    'not built in; GET /status and /ledger of service.health show every component and its books',
  pprof: 'not built in; start Node with --cpu-prof, or NODE_OPTIONS=--inspect',
  file_storage:
    'queues on disk are not built in yet; sending_queue in memory keeps the sender waiting for the delivery (wait_for_result)',
  memory_limiter: 'use service.admission.max_in_flight_bytes',
  basicauth: 'not built in; use bearertokenauth',
  oidc: 'not built in; use bearertokenauth, or a proxy in front',
  oauth2client: 'not built in; use bearertokenauth with a token file',
  headers_setter: 'not built in; use headers of the exporter',
  sigv4auth: 'not built in; send through a collector that signs',
};

const BY_SECTION: Readonly<Record<string, Advice>> = {
  receivers: RECEIVERS,
  processors: PROCESSORS,
  exporters: EXPORTERS,
  extensions: EXTENSIONS,
};

/** What to use instead of a component type that the Collector has and countersign has not. */
export function foreignComponent(section: string, type: string): string | undefined {
  const table = BY_SECTION[section];
  return table !== undefined && Object.hasOwn(table, type) ? table[type] : undefined;
}

const SIGNALS: readonly string[] = ['traces', 'metrics', 'profiles'];

/** Why a pipeline of this signal is refused, or `undefined` for `logs` and for what nobody knows. */
export function foreignSignal(signal: string): string | undefined {
  if (!SIGNALS.includes(signal)) return undefined;
  return `countersign carries logs; send ${signal} to a collector`;
}

/** Keys by their path, the name after a component's type left out. First match wins. */
const KEYS: readonly (readonly [RegExp, string])[] = [
  [
    /^connectors$/,
    'connectors are not built in; name the same exporter or receiver in several pipelines',
  ],
  [
    /^receivers\.otlp[^.]*\.protocols\.grpc$/,
    'OTLP over gRPC is not built in yet; senders use http/protobuf on port 4318',
  ],
  [
    /\.sending_queue\.storage$/,
    'queues on disk are not built in yet; leave wait_for_result on, and the sender keeps what is not delivered',
  ],
  [
    /\.sending_queue\.batch\.partition$/,
    'not built in; one batch may hold records of several senders',
  ],
  [/^receivers\..*\.include_metadata$/, 'request headers are not carried along; remove the key'],
  [
    /^receivers\..*\.middlewares$|^exporters\..*\.middlewares$/,
    'middlewares are not built in; remove the key',
  ],
  [
    /^exporters\.[^.]+\.traces_endpoint$|^exporters\.[^.]+\.metrics_endpoint$|^exporters\.[^.]+\.profiles_endpoint$/,
    'countersign carries logs; remove the key',
  ],
  [
    /^receivers\..*\.write_timeout$/,
    'an answer is held for service.admission.answer_within at most; remove the key',
  ],
  [
    /^receivers\..*\.compression_algorithms$/,
    'gzip, deflate and zstd are always taken, nothing else; remove the key',
  ],
  [/\.proxy_url$/, 'a proxy is not built in; point endpoint at it'],
  [/\.tls\.tpm/, 'keys in a TPM are not built in; use key_file'],
  [/^service\.telemetry\.traces$/, 'the daemon makes no traces of itself; remove the section'],
  [/^service\.telemetry\.metrics\.views$/, 'views are not built in; drop series in Prometheus'],
  [
    /^service\.telemetry\.metrics\.readers\[\d+\]\.periodic$/,
    'pushing the own metrics is not built in; use pull with prometheus',
  ],
  [
    /^service\.telemetry\.logs\.processors\[\d+\]\..*\.(?:console|otlp_grpc)$/,
    'use otlp; the own logs stand on stderr already',
  ],
];

/** What to say about a key that the Collector has and countersign has not. */
export function foreignKey(path: string): string | undefined {
  return KEYS.find(([pattern]) => pattern.test(path))?.[1];
}
