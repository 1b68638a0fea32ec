import { deliveryKeys, deliveryOf, type ExporterDefinition, z } from '../../../sdk/index.ts';

const delivery = deliveryKeys({ timeout: '0s' });

const schema = z.strictObject({
  verbosity: z
    .enum(['basic', 'normal', 'detailed'])
    .default('basic')
    .describe(
      '`basic`: a count per batch; `normal`: a line per record without its content; `detailed`: every field.',
    ),
  sampling_initial: z
    .int()
    .min(0)
    .default(2)
    .describe('Batches of each second that are shown before `sampling_thereafter` counts.'),
  sampling_thereafter: z
    .int()
    .min(0)
    .default(1)
    .describe('After those, every n-th batch of the second is shown; 0: none. Counts in any case.'),
  use_internal_logger: z
    .literal(true)
    .default(true)
    .describe('Always the log of the daemon; to print records use `stdout`.'),
  sending_queue: delivery.sending_queue.prefault({ enabled: false }),
});

export type DebugConfig = z.output<typeof schema>;

// Writing to the log does not fail: there is nothing to retry.
const RETRY_OFF = delivery.retry_on_failure.parse({ enabled: false });
const BREAKER_OFF = delivery.circuit_breaker.parse({ enabled: false });

/** Shows on the daemon's log what passes through. */
export const debugExporter: ExporterDefinition<DebugConfig> = {
  kind: 'exporter',
  type: 'debug',
  stability: 'beta',
  summary: "Shows what passes through on the daemon's own log.",
  schema,
  example: 'verbosity: basic\n',
  reasons: {},
  delivery: (config) =>
    deliveryOf({
      timeout: 0,
      sending_queue: config.sending_queue,
      retry_on_failure: RETRY_OFF,
      circuit_breaker: BREAKER_OFF,
    }),
  create: async (config, host) => (await import('./debug.ts')).createDebug(config, host),
};
