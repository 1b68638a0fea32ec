import { byteSize, z } from '../../../sdk/index.ts';
import type { ProcessorDefinition } from '../../../sdk/index.ts';
import type { GuardReason } from './verdict.ts';

const ACTIONS = ['block', 'quarantine', 'flag', 'count'] as const;

const action = (byDefault: (typeof ACTIONS)[number], severity: string) =>
  z.enum(ACTIONS).default(byDefault).describe(`What follows from a finding that is ${severity}.`);

const actions = z
  .strictObject({
    low: action('count', 'low'),
    medium: action('count', 'medium'),
    high: action('block', 'high'),
    critical: action('block', 'critical'),
  })
  .prefault({})
  .describe(
    'block: the record is dropped and the sender told. quarantine: it goes to another exporter ' +
      'instead. flag: it passes with attributes. count: it passes and is counted.',
  );

const schema = z
  .strictObject({
    ruleset: z.enum(['reference']).default('reference').describe('Which rules are looked for.'),
    actions,
    quarantine: z
      .strictObject({ exporter: z.string().min(1).describe('Id of the exporter.') })
      .optional()
      .describe('Where quarantined records go; needed when an action is quarantine.'),
    max_depth: z
      .int()
      .min(1)
      .max(64)
      .default(32)
      .describe('Arrays and maps within each other; a record that is deeper is dropped.'),
    max_record_bytes: byteSize(1_048_576).describe(
      'Most bytes of one record, or of one resource or scope; a larger record is dropped.',
    ),
  })
  .superRefine((config, context) => {
    const asked = Object.values(config.actions).includes('quarantine');
    if (asked && config.quarantine === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['quarantine'],
        message: 'an action is quarantine; write quarantine: { exporter: <id of an exporter> }',
      });
    }
  });

export type PoisoningGuardConfig = z.output<typeof schema>;

const found = (meaning: string) => ({ ending: 'dropped', told: 'rejected', meaning }) as const;

/** Screens every text of a record for orders to the model, commands and tricks with characters. */
export const poisoningGuard: ProcessorDefinition<PoisoningGuardConfig, GuardReason> = {
  kind: 'processor',
  type: 'poisoning_guard',
  stability: 'beta',
  summary: 'Screens every text of a record and blocks, quarantines, flags or counts what it finds.',
  schema,
  reasons: {
    injection_pattern: found('A text gives orders to the model.'),
    code_injection: found('A text carries code that runs other code.'),
    tool_poisoning: found('A text carries a dangerous command or a tag that instructs the model.'),
    unicode_manipulation: found('A text changes the direction of writing or mixes scripts.'),
    excessive_special_chars: found('A text is made of special characters for the most part.'),
    malformed_text: found('A text is not well-formed UTF-8, or the record cannot be read whole.'),
    guard_budget: found('The record is too deep or too large to be judged.'),
  },
  example: `ruleset: reference
actions:
  medium: count
  high: block
  critical: block
`,
  diverts: (config) => (config.quarantine === undefined ? [] : [config.quarantine.exporter]),
  create: async (config, host) =>
    (await import('./processor.ts')).createPoisoningGuard(config, host),
};
