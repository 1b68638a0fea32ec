import { CLOUDEVENT_ATTRIBUTE } from '../../../events/attribute-names.ts';
import { secret, z } from '../../../sdk/index.ts';
import type { ProcessorDefinition, ReasonTable } from '../../../sdk/index.ts';

const schema = z.strictObject({
  key: secret()
    .nullish()
    .describe(
      'The signing key: `hmac:<base64>` or `raw:<text>`, 32 bytes or more, from `${env:NAME}` or ' +
        '`${file:PATH}`; `generate` makes one for this run.',
    ),
  key_file: z
    .string()
    .min(1)
    .optional()
    .describe('A file that holds the key, written as for `key`; read at start.'),
  attribute: z
    .string()
    .min(1)
    .max(255)
    .default(CLOUDEVENT_ATTRIBUTE)
    .describe('The record attribute that carries the signed text; one that came in is replaced.'),
  source: z
    .string()
    .max(2048)
    .default('')
    .describe('`source` of governance events; empty: that of the agent, `/agent-os/agent/<id>`.'),
});

export type SignerConfig = z.output<typeof schema>;

export type SignerReason = 'unsignable';

export const REASONS: ReasonTable<SignerReason> = {
  unsignable: {
    ending: 'dropped',
    told: 'rejected',
    meaning:
      'It has no text that all readers read alike: text that is not UTF-8, a name twice, values ' +
      'nested deeper than 64 levels, or control characters in its id or type.',
  },
};

/** Signs every record as a CloudEvent that the reference verifies. */
export const signerProcessor: ProcessorDefinition<SignerConfig, SignerReason> = {
  kind: 'processor',
  type: 'signer',
  stability: 'beta',
  summary:
    'Signs each record as a CloudEvent (HMAC-SHA256) and puts the signed text into an attribute.',
  schema,
  reasons: REASONS,
  example: 'key: generate # for this run only; else ${env:COUNTERSIGN_SIGNING_KEY}\n',
  create: async (config, host) => (await import('./signer.ts')).createSigner(config, host),
};
