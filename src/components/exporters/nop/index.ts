import { type ExporterDefinition, z } from '../../../sdk/index.ts';

const schema = z.strictObject({});

/** Takes everything and keeps nothing: the end of a pipeline whose stages are what is looked at. */
export const nopExporter: ExporterDefinition<z.output<typeof schema>> = {
  kind: 'exporter',
  type: 'nop',
  stability: 'stable',
  summary: 'Counts every record as delivered and keeps none.',
  schema,
  example: '',
  reasons: {},
  delivery: () => ({ timeoutMs: 0, queue: undefined, retry: undefined, breaker: undefined }),
  create: async () => (await import('./nop.ts')).createNop(),
};
