import type { PoisoningGuardConfig } from '../index.ts';
import { Look } from './look.ts';
import { Policy } from './policy.ts';
import { MODEL_RULE } from './findings.ts';
import type { RecordJudgeSettings } from './record_judge.ts';
import { DEFAULT_RULES } from './rules/index.ts';
import { ModelOpinion } from './model_opinion.ts';
import { OwnRules } from './own_rules.ts';
import type { OwnRuleCost } from './own_rules.ts';
import { BLOCK, FLAG, TextJudge } from './score.ts';

/** Strings of one record, keys included. No record of a program came near while this was chosen. */
const TEXTS_MAX = 16_384;

/** What the stage and `countersign scan` judge by. */
export interface GuardSettings extends RecordJudgeSettings {
  /** Rules out at once what most records are. */
  readonly look: Look;
  /** True when a rule holds in a text as it stands. */
  holds(text: string): boolean;
  /** Every rule that a finding may name. */
  readonly rules: readonly string[];
  /** What the operator's own rules cost. */
  readonly costs: readonly OwnRuleCost[];
}

/** Makes a configuration's judge. */
export function settingsOf(config: PoisoningGuardConfig): GuardSettings {
  const { actions, classes, thresholds, quarantine, allow } = config;
  const policy = new Policy({
    actions,
    classes,
    thresholds,
    quarantine: quarantine?.exporter,
  });
  const own = config.rules.length === 0 ? undefined : new OwnRules(config.rules);
  const limits = { depthMax: config.max_depth, recordBytesMax: config.max_record_bytes };
  const look = new Look(limits, own?.words);
  const thorough = needsAll(config);
  const judge = new TextJudge(new ModelOpinion(), { own, thorough });
  return {
    policy,
    allow,
    budget: {
      depthMax: config.max_depth,
      bytesMax: config.max_record_bytes,
      textsMax: TEXTS_MAX,
    },
    judge: (text) => judge.judge(text),
    holds: (text) => judge.holds(text),
    look,
    costs: own?.costs ?? [],
    rules: [
      ...new Set(DEFAULT_RULES.map(({ id }) => id)),
      MODEL_RULE,
      ...config.rules.map(({ id }) => `own.${id}`),
    ],
  };
}

/** False when a text that is blocked by the ruleset's own measure is blocked by this configuration. */
function needsAll({ actions, classes, thresholds, allow }: PoisoningGuardConfig): boolean {
  const isPlain = thresholds.flag === FLAG && thresholds.block === BLOCK;
  const isTuned = allow.length > 0 || Object.keys(classes).length > 0 || !isPlain;
  return (
    isTuned || [actions.high, actions.critical].some((each) => each === 'flag' || each === 'count')
  );
}
