import { byteSize, z } from '../../../sdk/index.ts';
import type { ProcessorDefinition } from '../../../sdk/index.ts';
import { ownRuleProblems, ownRuleSchema } from './default/own_rule_schema.ts';
import type { GuardReason } from './verdict.ts';

const ACTIONS = ['block', 'quarantine', 'flag', 'count'] as const;

const action = (byDefault: (typeof ACTIONS)[number], severity: string) =>
  z.enum(ACTIONS).default(byDefault).describe(`What follows when it is ${severity}.`);

const actions = z
  .strictObject({
    low: action('count', 'low'),
    medium: z
      .enum(ACTIONS)
      .optional()
      .describe(
        'What follows when it is medium. Not given: `flag`, and `count` with `ruleset: reference`.',
      ),
    high: action('block', 'high'),
    critical: action('block', 'critical'),
  })
  .prefault({})
  .describe(
    'By severity. block: the record is dropped and the sender told. quarantine: it goes to another ' +
      'exporter instead. flag: it passes with attributes. count: it passes and is counted.',
  );

const threshold = z.number().positive().max(1000);

const classSettings = (what: string) =>
  z
    .strictObject({
      action: z
        .enum(ACTIONS)
        .optional()
        .describe('What follows when it reaches `block`, in place of the action by severity.'),
      flag: threshold.optional().describe('Score from which it is suspicious.'),
      block: threshold.optional().describe('Score from which it is plainly an attack.'),
    })
    .optional()
    .describe(what);

const classes = z
  .strictObject({
    destructive: classSettings('Commands that delete, overwrite or shut down.'),
    exfil: classSettings('Secrets on their way out.'),
    tool_poisoning: classSettings('Descriptions of tools that give orders in secret.'),
    indirect_injection: classSettings('Content that gives orders to the model that reads it.'),
    direct_injection: classSettings('Orders to a model to set its instructions aside.'),
    obfuscation: classSettings('Texts hidden in other texts.'),
  })
  .prefault({})
  .describe('By class, with `ruleset: default`.');

const thresholds = z
  .strictObject({
    flag: threshold.default(1).describe('Score of a text from which it is suspicious (medium).'),
    block: threshold
      .default(2)
      .describe('Score of a text from which it is plainly an attack (high, or critical).'),
  })
  .prefault({})
  .describe('Of scores, with `ruleset: default`.');

const like = z.string().min(1).max(4096);

const allow = z
  .array(
    z.strictObject({
      path: like.optional().describe('Where it stands: `body.command`, `attributes["x"]`.'),
      sender: like.optional().describe('`service.name` of the resource; any sender can claim it.'),
      text: like.optional().describe('The whole text.'),
      rules: z.array(like).min(1).max(64).optional().describe('Only these rules.'),
    }),
  )
  .max(256)
  .default([])
  .describe(
    'Exceptions, with `ruleset: default`: findings are left out where every condition given holds. ' +
      '`*` stands for anything.',
  );

const schema = z
  .strictObject({
    ruleset: z
      .enum(['default', 'reference'])
      .default('default')
      .describe(
        '`default`: all readings of a text, rules and a score. `reference`: alert for alert as the ' +
          'Python reference; cheaper, and finds far less.',
      ),
    actions,
    classes,
    thresholds,
    allow,
    rules: z
      .array(ownRuleSchema)
      .max(1000)
      .default([])
      .describe('Rules of your own, with `ruleset: default`; each is linear in the text.'),
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
    const add = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const own = Object.values(config.classes);
    const asked = [...Object.values(config.actions), ...own.map((each) => each?.action)];
    if (asked.includes('quarantine') && config.quarantine === undefined) {
      const message =
        'an action is quarantine; write quarantine: { exporter: <id of an exporter> }';
      add(['quarantine'], message);
    }
    for (const [name, each] of Object.entries(config.classes)) {
      const flag = each?.flag ?? config.thresholds.flag;
      if (flag <= (each?.block ?? config.thresholds.block)) continue;
      add(['classes', name, 'flag'], `${flag} is above what blocks; write a score up to \`block\``);
    }
    if (config.thresholds.flag > config.thresholds.block) {
      add(['thresholds', 'flag'], 'is above what blocks; write a score up to `block`');
    }
    for (const [at, rule] of config.allow.entries()) {
      if (Object.values(rule).some((condition) => condition !== undefined)) continue;
      add(['allow', at], 'allows everything; give path, sender, text or rules');
    }
    for (const { at, key, message } of ownRuleProblems(config.rules)) {
      add(key === undefined ? ['rules', at] : ['rules', at, key], message);
    }
    if (config.ruleset === 'reference') refuseForReference(config, add);
  })
  .transform((config) => ({ ...config, actions: withMedium(config.actions, config.ruleset) }));

/** Medium findings of the reference are mostly harmless: `--` is a text of special characters. */
function withMedium(given: z.output<typeof actions>, ruleset: 'default' | 'reference') {
  const medium = given.medium ?? (ruleset === 'default' ? 'flag' : 'count');
  return { ...given, medium };
}

/** Keys that the reference's rules know nothing of must not seem to work. */
function refuseForReference(
  config: {
    readonly classes: object;
    readonly allow: readonly unknown[];
    readonly rules: readonly unknown[];
  },
  add: (path: (string | number)[], message: string) => void,
): void {
  const message = 'is for ruleset: default; remove it, or write ruleset: default';
  if (Object.keys(config.classes).length > 0) add(['classes'], message);
  if (config.allow.length > 0) add(['allow'], message);
  if (config.rules.length > 0) add(['rules'], message);
}

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
    destructive: found('A text carries a command that deletes, overwrites or shuts down.'),
    exfil: found('A text sends secrets away, or has them sent.'),
    tool_poisoning: found(
      'A text carries a dangerous command or secret orders for a tool or model.',
    ),
    indirect_injection: found('A text that is read gives orders to the model that reads it.'),
    direct_injection: found('A text has the model set its instructions aside.'),
    obfuscation: found('A text hides another one.'),
    injection_pattern: found('`reference`: a text gives orders to the model.'),
    code_injection: found('`reference`: a text carries code that runs other code.'),
    unicode_manipulation: found(
      '`reference`: a text changes the direction of writing or mixes scripts.',
    ),
    excessive_special_chars: found(
      '`reference`: a text is made of special characters for the most part.',
    ),
    malformed_text: found('A text is not well-formed UTF-8, or the record cannot be read whole.'),
    guard_budget: found('The record is too deep or too large to be judged.'),
  },
  example: `actions:
  medium: flag # suspicious: passes, with attributes that say what was found
  high: block # plainly an attack: dropped, and the sender is told what was found
  critical: block
`,
  diverts: (config) => (config.quarantine === undefined ? [] : [config.quarantine.exporter]),
  create: async (config, host) =>
    config.ruleset === 'reference'
      ? (await import('./processor.ts')).createPoisoningGuard(config, host)
      : (await import('./default/stage.ts')).createDefaultGuard(config, host),
};
