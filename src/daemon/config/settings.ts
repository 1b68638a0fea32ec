import { byteSize, duration, endpoint, secret, z } from '../../sdk/index.ts';

/** Where health answers when nothing is written down. */
export const HEALTH_ENDPOINT_DEFAULT = '127.0.0.1:13133';

const idList = z.array(z.string()).nullish();

const pipelineSchema = z.strictObject({
  receivers: idList.describe('Ids of receivers; at least one.'),
  processors: idList.describe('Ids of processors, in the order records pass them.'),
  exporters: idList.describe('Ids of exporters; at least one. Each gets every record.'),
});

const headersSchema = z
  .union([
    z.record(z.string(), secret()),
    z.array(z.strictObject({ name: z.string(), value: secret() })),
  ])
  .nullish();

const otlpSchema = z.strictObject({
  protocol: z
    .enum(['http/json', 'http/protobuf'])
    .default('http/json')
    .describe('Sent as JSON either way; every OTLP/HTTP receiver takes both.'),
  endpoint: z.string().describe('URL; /v1/logs is added where it has no path.'),
  headers: headersSchema.describe('Headers, secret.'),
  timeout: z.int().min(1).default(10_000).describe('Milliseconds for one request.'),
});

const logExporterSchema = z.strictObject({ exporter: z.strictObject({ otlp: otlpSchema }) });

const logProcessorSchema = z.union([
  z.strictObject({
    batch: logExporterSchema.extend({
      schedule_delay: z.int().min(1).default(1000),
      export_timeout: z.int().min(1).default(30_000),
      max_queue_size: z.int().min(1).default(2048),
      max_export_batch_size: z.int().min(1).default(512),
    }),
  }),
  z.strictObject({ simple: logExporterSchema }),
]);

const logsSchema = z
  .strictObject({
    level: z
      .enum(['debug', 'info', 'warn', 'error', 'DEBUG', 'INFO', 'WARN', 'ERROR'])
      .transform((level) => level.toLowerCase() as 'debug' | 'info' | 'warn' | 'error')
      .prefault('info')
      .describe('Least level that is written.'),
    encoding: z.enum(['console', 'json']).default('console').describe('Form of a line on stderr.'),
    sampling: z
      .looseObject({ enabled: z.boolean().optional() })
      .nullish()
      .describe('Accepted and not applied: no line of the daemon is ever left out.'),
    processors: z
      .array(logProcessorSchema)
      .prefault([])
      .describe('Sends the own logs to OTLP too.'),
    initial_fields: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .default({})
      .describe('Fields of every line.'),
    development: z.boolean().optional().describe('Accepted, without effect.'),
    disable_caller: z.boolean().optional().describe('Accepted, without effect.'),
    disable_stacktrace: z.boolean().optional().describe('Accepted, without effect.'),
    output_paths: z
      .array(z.enum(['stderr']))
      .optional()
      .describe('Only stderr.'),
    error_output_paths: z
      .array(z.enum(['stderr']))
      .optional()
      .describe('Only stderr.'),
  })
  .prefault({});

const prometheusSchema = z.strictObject({
  host: z.string().default('127.0.0.1').describe('Address to listen at.'),
  port: z.int().min(0).max(65_535).default(8888).describe('Port to listen at.'),
  without_scope_info: z.boolean().optional(),
  without_type_suffix: z.boolean().optional(),
  without_units: z.boolean().optional(),
  with_resource_constant_labels: z.looseObject({}).optional(),
});

const metricsSchema = z
  .strictObject({
    level: z
      .enum(['none', 'basic', 'normal', 'detailed'])
      .default('normal')
      .describe('`none`: no metrics server. The others are the same here: all series.'),
    address: endpoint('127.0.0.1:8888').describe('Where Prometheus scrapes; `readers` win.'),
    readers: z
      .array(
        z.strictObject({
          pull: z.strictObject({ exporter: z.strictObject({ prometheus: prometheusSchema }) }),
        }),
      )
      .max(1, { message: 'more than one reader; countersign serves one Prometheus address' })
      .nullish(),
  })
  .prefault({});

/** The `service` section. */
export const serviceSchema = z.strictObject({
  extensions: idList.describe('Ids of extensions, started in this order.'),
  pipelines: z
    .record(z.string(), pipelineSchema)
    .describe('`logs` or `logs/name`: which receivers, processors and exporters belong together.'),
  telemetry: z
    .strictObject({
      logs: logsSchema.describe('The own log, on stderr.'),
      metrics: metricsSchema.describe('The Prometheus server.'),
      resource: z
        .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
        .default({})
        .describe('Attributes of the daemon itself, sent with its own logs.'),
    })
    .prefault({})
    .describe('What the daemon says about itself.'),
  health: z
    .strictObject({
      enabled: z.boolean().default(true).describe('False: no health server.'),
      endpoint: endpoint(HEALTH_ENDPOINT_DEFAULT).describe(
        'Where /livez, /readyz, /status and /ledger answer.',
      ),
    })
    .prefault({})
    .describe('The health server.'),
  admission: z
    .strictObject({
      max_in_flight_bytes: byteSize(67_108_864).describe('Most bytes between door and answer.'),
      max_in_flight_records: z
        .int()
        .min(1)
        .default(1_000_000)
        .describe('Most records between door and answer.'),
      answer_within: duration('8s').describe('Longest time a sender waits for its answer.'),
    })
    .prefault({})
    .describe('What is let in at once; beyond it senders are told to come back.'),
  shutdown_timeout: duration('30s').describe('Longest time a drain may take.'),
});

export type ServiceSettings = z.output<typeof serviceSchema>;
export type OtlpLogSettings = z.output<typeof otlpSchema>;
export type LogProcessorSettings = z.output<typeof logProcessorSchema>;
