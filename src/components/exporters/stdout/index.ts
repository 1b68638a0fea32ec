import {
  deliveryKeys,
  deliveryOf,
  type ExporterDefinition,
  type ReasonTable,
  z,
} from '../../../sdk/index.ts';

// A pipe has no backend that could be down for a while: what is slow holds the sender back, and a
// queue would only promise what the next reader may never see. All of it can be switched on.
const delivery = deliveryKeys({ timeout: '0s' });

const schema = z.strictObject({
  format: z
    .enum(['cloudevents', 'otlp_json'])
    .default('cloudevents')
    .describe(
      '`cloudevents`: the signed CloudEvent of each record, an unsigned one where no signer ran; `otlp_json`: each record as one OTLP/JSON request.',
    ),
  timeout: delivery.timeout,
  sending_queue: delivery.sending_queue.prefault({ enabled: false }),
  retry_on_failure: delivery.retry_on_failure.prefault({ enabled: false }),
  circuit_breaker: delivery.circuit_breaker.prefault({ enabled: false }),
});

export type StdoutConfig = z.output<typeof schema>;

const reasons = {
  broken_pipe: {
    ending: 'failed',
    told: 'retryable',
    meaning: 'Whoever read standard output is gone, or it was closed.',
  },
} as const satisfies ReasonTable;

/** Prints one line per record on standard output. */
export const stdoutExporter: ExporterDefinition<StdoutConfig> = {
  kind: 'exporter',
  type: 'stdout',
  stability: 'beta',
  summary: 'Prints one line per record on standard output: a CloudEvent, or OTLP/JSON.',
  schema,
  example: 'format: cloudevents\n',
  reasons,
  delivery: deliveryOf,
  create: async (config, host) => (await import('./stdout.ts')).createStdout(config, host),
};
