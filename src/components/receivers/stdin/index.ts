import { byteSize, type ReceiverDefinition, z } from '../../../sdk/index.ts';

const schema = z.strictObject({
  format: z
    .enum(['auto', 'ndjson', 'lines'])
    .default('auto')
    .describe(
      '`ndjson`: every line is JSON; `lines`: every line is a text; `auto`: JSON where a line begins with `{`, a text elsewhere.',
    ),
  max_line_size: byteSize(1_048_576)
    .refine((bytes) => bytes > 0, { message: 'must be at least 1' })
    .describe('Longest line taken, its end not counted. A longer one is lost and counted.'),
});

export type StdinConfig = z.output<typeof schema>;

/** Reads records from standard input, a line each, and ends the daemon at the end of input. */
export const stdinReceiver: ReceiverDefinition<StdinConfig> = {
  kind: 'receiver',
  type: 'stdin',
  stability: 'beta',
  summary: 'Reads a record per line from standard input: JSON or plain text.',
  schema,
  example: 'format: auto\n',
  // Whoever writes into a pipe cannot be told "no".
  answers: false,
  create: async (config, host) => (await import('./stdin.ts')).createStdin(config, host),
};
