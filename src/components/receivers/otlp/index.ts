import type { ReceiverDefinition } from '../../../sdk/index.ts';
import { byteSize, duration, endpoint, secretHeaders, z } from '../../../sdk/index.ts';

/** Where the receiver listens unless told otherwise (OTLP/HTTP default port, loopback only). */
export const ENDPOINT_DEFAULT = '127.0.0.1:4318';

const tlsVersion = z.enum(['1.2', '1.3']);

const tlsSchema = z
  .strictObject({
    cert_file: z.string().describe('PEM file with the certificate chain of this server.'),
    key_file: z.string().describe('PEM file with its private key.'),
    client_ca_file: z
      .string()
      .optional()
      .describe('PEM file with the authorities of client certificates; a client then needs one.'),
    min_version: tlsVersion.default('1.2').describe('Oldest TLS version accepted.'),
    max_version: tlsVersion.optional().describe('Newest TLS version accepted.'),
    reload_interval: duration('0s').describe('Read the files again this often; 0s: never.'),
  })
  .describe('TLS of the server; without it the receiver speaks plain HTTP.');

const corsSchema = z
  .strictObject({
    allowed_origins: z
      .array(z.string().regex(/^[^*]*\*?[^*]*$/, 'has more than one *'))
      .default([])
      .describe('Origins that browsers may send from; one `*` each is a wildcard. Empty: no CORS.'),
    allowed_headers: z
      .array(z.string())
      .default([])
      .describe('Headers that browsers may send besides the usual ones; `*`: any.'),
    exposed_headers: z
      .array(z.string())
      .default([])
      .describe('Headers of the answer that a page may read.'),
    max_age: z.int().min(0).default(0).describe('Seconds a browser may keep a preflight answer.'),
  })
  .describe('Cross-origin requests of browsers.');

const httpSchema = z.strictObject({
  endpoint: endpoint(ENDPOINT_DEFAULT).describe('Address to listen on.'),
  logs_url_path: z
    .string()
    .regex(/^\/[^?#\s]*$/, 'is not a path; write /v1/logs')
    .default('/v1/logs')
    .describe('Path of log requests.'),
  max_request_body_size: byteSize(20_971_520).describe(
    'Largest body, before and after decompression; a larger one is answered 413.',
  ),
  tls: tlsSchema.nullish(),
  cors: corsSchema.nullish(),
  auth: z
    .strictObject({
      authenticator: z.string().describe('Id of an extension that checks requests.'),
    })
    .nullish()
    .describe('Who may send; a request that fails is answered 401.'),
  include_metadata: z
    .boolean()
    .default(false)
    .describe('Known from the Collector; no component here reads request headers yet.'),
  response_headers: secretHeaders().describe('Headers added to every answer.'),
  read_header_timeout: duration('1m').describe('Time for the headers of a request; 0s: no limit.'),
  read_timeout: duration('1m').describe('Time for a whole request; 0s: no limit.'),
  idle_timeout: duration('2m').describe('An idle connection is closed after it; 0s: never.'),
  keep_alives_enabled: z.boolean().default(true).describe('False: one request a connection.'),
});

const schema = z.strictObject({
  protocols: z
    .strictObject({
      http: httpSchema
        .nullable()
        .transform((http) => http ?? httpSchema.parse({}))
        .optional()
        .describe('OTLP over HTTP: protobuf and JSON at POST /v1/logs.'),
      grpc: z
        .unknown()
        .optional()
        .refine((grpc) => grpc === undefined, {
          message:
            'OTLP/gRPC is not supported yet; use protocols.http and let senders use ' +
            'OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf at port 4318',
        })
        .describe('Not supported yet.'),
    })
    .refine((protocols) => protocols.http !== undefined || protocols.grpc !== undefined, {
      message: 'names no protocol; write http: below it',
    })
    .prefault({ http: {} })
    .describe('The protocols to listen for.'),
});

export type HttpSettings = z.output<typeof httpSchema>;
export type OtlpReceiverConfig = z.output<typeof schema>;

export const otlp: ReceiverDefinition<OtlpReceiverConfig> = {
  kind: 'receiver',
  type: 'otlp',
  stability: 'beta',
  summary: 'Takes log records over OTLP/HTTP, as protobuf and as JSON.',
  answers: true,
  schema,
  example: `protocols:\n  http:\n    endpoint: ${ENDPOINT_DEFAULT}\n`,
  create: async (config, host) => (await import('./receiver.ts')).createOtlpReceiver(config, host),
};
