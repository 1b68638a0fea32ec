import type { ExporterDefinition } from '../../../sdk/index.ts';
import { deliveryKeys, deliveryOf, duration, secretHeaders, z } from '../../../sdk/index.ts';

/** Headers that say how the body is encoded: the exporter's own. */
const OWN_HEADERS = [
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'transfer-encoding',
];

/** RFC 9110 §5.1 and §5.5, as node:http checks them; that module is not loaded for a definition. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

const url = () =>
  z.string().superRefine((text, context) => {
    const parsed = URL.parse(text);
    if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
      context.addIssue('is not a URL; write http://host:4318 or https://host');
    } else if (parsed.username !== '' || parsed.password !== '') {
      context.addIssue('holds a user or password, which is printed; write them into headers');
    }
  });

const tlsVersion = z.enum(['1.2', '1.3']);

const tlsSchema = z
  .strictObject({
    insecure: z
      .boolean()
      .default(false)
      .describe('Known from the Collector; the scheme of the endpoint decides about TLS.'),
    insecure_skip_verify: z
      .boolean()
      .default(false)
      .describe('Take any certificate of the backend. For tests.'),
    ca_file: z.string().optional().describe('PEM file with the authorities to trust instead.'),
    cert_file: z.string().optional().describe('PEM file with the certificate of this client.'),
    key_file: z.string().optional().describe('PEM file with its private key.'),
    server_name_override: z
      .string()
      .optional()
      .describe('The name that the backend’s certificate must have.'),
    min_version: tlsVersion.default('1.2').describe('Oldest TLS version accepted.'),
    max_version: tlsVersion.optional().describe('Newest TLS version accepted.'),
  })
  .refine((tls) => (tls.cert_file === undefined) === (tls.key_file === undefined), {
    message: 'cert_file and key_file belong together; write both or none',
  })
  .describe('TLS towards the backend.');

const schema = z
  .strictObject({
    endpoint: url().optional().describe('Base URL of the backend; /v1/logs is added.'),
    logs_endpoint: url().optional().describe('Full URL for log requests, instead of endpoint.'),
    traces_endpoint: url().optional().describe('Taken from Collector configs; not used.'),
    metrics_endpoint: url().optional().describe('Taken from Collector configs; not used.'),
    profiles_endpoint: url().optional().describe('Taken from Collector configs; not used.'),
    encoding: z.enum(['proto', 'json']).default('proto').describe('Encoding of requests.'),
    compression: z
      .enum(['gzip', 'zstd', 'deflate', 'zlib', 'none', ''])
      .default('gzip')
      .describe('Compression of requests; zstd costs a third of gzip, where a backend takes it.'),
    compression_params: z
      .strictObject({
        level: z
          .int()
          .min(1)
          .max(19)
          .default(1)
          .describe('1 is fast; to 9 for gzip and deflate, to 19 for zstd.'),
      })
      .prefault({})
      .describe('How hard to compress.'),
    headers: secretHeaders().describe('Headers of every request; values are secret.'),
    tls: tlsSchema.prefault({}),
    auth: z
      .strictObject({
        authenticator: z.string().describe('Id of an extension that adds credentials.'),
      })
      .nullish()
      .describe('Who this is towards the backend.'),
    max_conns_per_host: z.int().min(0).default(0).describe('Most connections; 0: no limit.'),
    max_idle_conns: z.int().min(0).default(100).describe('Most idle connections kept.'),
    max_idle_conns_per_host: z.int().min(0).optional().describe('The same: there is one host.'),
    idle_conn_timeout: duration('90s').describe(
      'An idle connection is closed after it; 0s: never.',
    ),
    disable_keep_alives: z.boolean().default(false).describe('One request a connection.'),
    ...deliveryKeys({ timeout: '30s' }),
  })
  .superRefine((config, context) => {
    if (config.endpoint === undefined && config.logs_endpoint === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['endpoint'],
        message: 'is missing; write the base URL of the backend, such as http://127.0.0.1:4318',
      });
    }
    if (config.compression !== 'zstd' && config.compression_params.level > 9) {
      context.addIssue({
        code: 'custom',
        path: ['compression_params', 'level'],
        message: `is above 9, the highest of ${config.compression}`,
      });
    }
    for (const [name, value] of Object.entries(config.headers)) {
      const problem = headerProblem(name, value.reveal());
      if (problem === undefined) continue;
      context.addIssue({ code: 'custom', path: ['headers', name], message: problem });
    }
  });

export type OtlpHttpConfig = z.output<typeof schema>;

/** What is wrong with a header of the configuration; never its value. */
function headerProblem(name: string, value: string): string | undefined {
  if (OWN_HEADERS.includes(name.toLowerCase())) return 'is set by the exporter; leave it out';
  if (!HEADER_NAME.test(name)) return 'is not the name of a header';
  if (!HEADER_VALUE.test(value)) {
    return 'has a line break or another character that no header may hold';
  }
  return undefined;
}

export const otlpHttp: ExporterDefinition<OtlpHttpConfig> = {
  kind: 'exporter',
  type: 'otlp_http',
  aliases: ['otlphttp'],
  stability: 'beta',
  summary: 'Sends log records to any OTLP/HTTP backend, as protobuf or JSON.',
  schema,
  reasons: {
    rejected_by_backend: {
      ending: 'failed',
      told: 'rejected',
      meaning: 'The backend refused the request for good, or part of it in a partial success.',
    },
    too_large: {
      ending: 'failed',
      told: 'rejected',
      meaning: 'The backend takes no requests of this size (413); make batches smaller.',
    },
    unauthorized: {
      ending: 'failed',
      told: 'retryable',
      meaning: 'The backend does not know this client (401, 403); the records are not at fault.',
    },
    misdirected: {
      ending: 'failed',
      told: 'retryable',
      meaning: 'Nothing takes log records at this URL (3xx, 404, 405); correct the endpoint.',
    },
  },
  example: 'endpoint: ${env:COUNTERSIGN_BACKEND:-http://127.0.0.1:4328}\n',
  delivery: deliveryOf,
  create: async (config, host) => (await import('./exporter.ts')).createOtlpHttp(config, host),
};
