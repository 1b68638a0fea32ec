import {
  ArrivalStream,
  deliveryKeys,
  deliveryOf,
  duration,
  secretHeaders,
  z,
} from '../../sdk/index.ts';
import type {
  ComponentDefinition,
  ExporterDefinition,
  ExtensionDefinition,
  ProcessorDefinition,
  ReceiverDefinition,
} from '../../sdk/index.ts';

const httpSchema = z.strictObject({
  endpoint: z.string().default('127.0.0.1:4318').describe('Where to listen.'),
  auth: z.strictObject({ authenticator: z.string() }).optional(),
});

const receiverSchema = z.strictObject({
  protocols: z.strictObject({ http: httpSchema.optional() }).prefault({ http: {} }),
});

/** Components with the keys that the tests of config loading need, and no effects. */
export const testReceiver: ReceiverDefinition<z.output<typeof receiverSchema>> = {
  kind: 'receiver',
  type: 'otlp',
  stability: 'beta',
  summary: 'Brings in what tests bring in.',
  schema: receiverSchema,
  example: 'protocols:\n  http:\n',
  answers: true,
  create: () => ({ arrivals: new ArrivalStream().arrivals }),
};

const processorSchema = z.strictObject({
  window: duration('5m').describe('How long a nonce is remembered.'),
  max_nonces: z.int().min(1).max(1000).default(100).describe('Most nonces remembered.'),
  strict: z.boolean().default(false).describe('Every nonce is a chosen one.'),
  on_missing: z.enum(['reject', 'derive', 'pass']).default('reject').describe('Without a nonce.'),
  quarantine: z.string().optional().describe('Exporter that gets what is blocked.'),
});

export const testProcessor: ProcessorDefinition<z.output<typeof processorSchema>, 'replay'> = {
  kind: 'processor',
  type: 'nonce_dedup',
  stability: 'beta',
  summary: 'Stops what came before.',
  schema: processorSchema,
  example: 'window: 5m\n',
  reasons: { replay: { ending: 'dropped', told: 'rejected', meaning: 'Came before.' } },
  diverts: (config) => (config.quarantine === undefined ? [] : [config.quarantine]),
  create: () => ({ process: (batch) => batch.passAll() }),
};

const exporterSchema = z.strictObject({
  endpoint: z.string().min(1).describe('URL of the backend.'),
  compression: z.enum(['none', 'gzip', 'zstd']).default('gzip').describe('Of requests.'),
  headers: secretHeaders().describe('Sent with each request.'),
  tenant: z.string().default('').describe('Name of the tenant.'),
  auth: z.strictObject({ authenticator: z.string() }).optional(),
  ...deliveryKeys({ timeout: '30s' }),
});

export const testExporter: ExporterDefinition<z.output<typeof exporterSchema>> = {
  kind: 'exporter',
  type: 'otlp_http',
  aliases: ['otlphttp'],
  stability: 'beta',
  summary: 'Sends to nobody.',
  schema: exporterSchema,
  example: 'endpoint: http://127.0.0.1:4319\n',
  reasons: { refused: { ending: 'failed', told: 'rejected', meaning: 'The backend said no.' } },
  delivery: (config) => deliveryOf(config),
  create: () => ({ ship: () => Promise.resolve({ status: 'delivered', rejected: 0 }) }),
};

const emptySchema = z.strictObject({});

export const testSink: ExporterDefinition<z.output<typeof emptySchema>> = {
  kind: 'exporter',
  type: 'stdout',
  stability: 'beta',
  summary: 'Prints nothing.',
  schema: emptySchema,
  example: '',
  reasons: {},
  delivery: () => ({ timeoutMs: 0, queue: undefined, retry: undefined, breaker: undefined }),
  create: () => ({ ship: () => Promise.resolve({ status: 'delivered', rejected: 0 }) }),
};

const tokenSchema = z.strictObject({ token: z.string().optional() });

export const testAuthenticator: ExtensionDefinition<z.output<typeof tokenSchema>> = {
  kind: 'extension',
  type: 'bearertokenauth',
  stability: 'beta',
  summary: 'Lets everybody in.',
  schema: tokenSchema,
  example: 'token: x\n',
  create: () => ({}),
};

export const testDefinitions: readonly ComponentDefinition[] = [
  testReceiver,
  testProcessor,
  testExporter,
  testSink,
  testAuthenticator,
];
