import type { ExtensionDefinition } from '../../../sdk/index.ts';
import { secret, z } from '../../../sdk/index.ts';

const schema = z
  .strictObject({
    scheme: z.string().default('Bearer').describe('The word before the token; empty: none.'),
    token: secret().optional().describe('The token to send and to accept.'),
    tokens: z
      .array(secret())
      .default([])
      .describe('Tokens to accept; the first one is sent. For a change of token without a gap.'),
    filename: z
      .string()
      .optional()
      .describe('File with one token a line, read again when it changes; instead of the others.'),
    header: z
      .string()
      .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'is not the name of a header')
      .default('Authorization')
      .describe('The header that carries the token.'),
  })
  .superRefine((config, context) => {
    const ways = [
      config.token !== undefined,
      config.tokens.length > 0,
      config.filename !== undefined,
    ];
    if (ways.filter(Boolean).length !== 1) {
      context.addIssue('write exactly one of token, tokens and filename');
    }
    for (const one of [config.token, ...config.tokens]) {
      if (one !== undefined && !isTokenText(one.reveal())) {
        context.addIssue('a token is empty or has blanks at its ends or control characters in it');
      }
    }
  });

export type BearerConfig = z.output<typeof schema>;

/** Whether a text can stand in a header as it is. An empty one would let anybody in. */
export function isTokenText(text: string): boolean {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text);
}

export const bearertokenauth: ExtensionDefinition<BearerConfig> = {
  kind: 'extension',
  type: 'bearertokenauth',
  stability: 'beta',
  summary: 'Checks the bearer token of incoming requests, and adds one to outgoing requests.',
  schema,
  example: 'token: ${env:COUNTERSIGN_TOKEN:-change-me}\n',
  create: async (config, host) => (await import('./bearer.ts')).createBearer(config, host),
};
