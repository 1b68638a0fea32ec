import { divert, drop, PASS, pass } from '../../../../sdk/index.ts';
import type { LogRecord, Verdict } from '../../../../sdk/index.ts';
import type { Action, Actions, GuardReason } from '../verdict.ts';
import type { Level, RecordFindings } from './findings.ts';
import { detailOf, marksOf, NO_MARKS } from './marks.ts';
import type { GuardClass, HitSeverity } from './rule.ts';
import { totalOf } from './score.ts';
import type { TextJudgement } from './score.ts';

/** What an operator changed about a class. */
export interface ClassSettings {
  readonly action?: Action | undefined;
  readonly flag?: number | undefined;
  readonly block?: number | undefined;
}

export interface PolicySettings {
  readonly actions: Actions;
  readonly classes: Readonly<Partial<Record<GuardClass, ClassSettings | undefined>>>;
  readonly thresholds: { readonly flag: number; readonly block: number };
  readonly quarantine: string | undefined;
}

const STRENGTH: Readonly<Record<Action, number>> = { count: 0, flag: 1, quarantine: 2, block: 3 };
const LEVELS = { allow: 0, flag: 1, block: 2 } as const;

/** What the model alone finds: it does not say which class. */
export const WITHOUT_RULE: GuardClass = 'indirect_injection';

/** What follows from one class of findings. */
interface Consequence {
  readonly reason: GuardReason;
  readonly action: Action;
  readonly severity: HitSeverity;
  readonly score: number;
}

/**
 * Says what follows from what was found. A class whose score reaches its `flag` threshold is of medium
 * severity, one that reaches `block` is high, and critical when a critical rule had a part in it; what
 * stays below is low.
 */
export class Policy {
  readonly #settings: PolicySettings;
  /** No threshold was changed: the ruleset's own verdict holds. */
  readonly #isPlain: boolean;

  constructor(settings: PolicySettings) {
    this.#settings = settings;
    const { thresholds, classes } = settings;
    const changed = Object.values(classes).some((each) => each?.flag ?? each?.block);
    this.#isPlain = thresholds.flag === 1 && thresholds.block === 2 && !changed;
  }

  /** Adds what one text came to. */
  weigh(found: RecordFindings, judgement: TextJudgement): void {
    const scaled = new Map<GuardClass, number>();
    for (const of of classesOf(judgement.score)) {
      scaled.set(of, this.#scaled(of, judgement.score[of] ?? 0));
    }
    const total: Level = this.#isPlain
      ? LEVELS[judgement.verdict]
      : levelOf(totalOf(scaled) + judgement.model);
    if (scaled.size === 0) {
      found.raise(WITHOUT_RULE, judgement.model, total);
      return;
    }
    // The heaviest class stands for what all of them and the model come to.
    const most = Math.max(...scaled.values());
    for (const [of, score] of scaled) {
      const level = score === most ? total : lower(levelOf(score), total);
      found.raise(of, judgement.score[of] ?? 0, level);
    }
  }

  /** A score in units in which 1 flags and 2 blocks. */
  #scaled(of: GuardClass, score: number): number {
    const { thresholds, classes } = this.#settings;
    const flag = classes[of]?.flag ?? thresholds.flag;
    const block = Math.max(classes[of]?.block ?? thresholds.block, flag);
    if (score < flag) return score / flag;
    if (score >= block) return 2 + (score - block);
    return 1 + (score - flag) / (block - flag);
  }

  /** What follows from what was found; `count` when nothing was. */
  actionOf(found: RecordFindings): Action {
    return this.#decisive(found).action;
  }

  /** The verdict on a record; `forged` when it came in with marks of the guard. */
  verdict(
    found: RecordFindings | undefined,
    record: () => LogRecord,
    forged: boolean,
  ): Verdict<GuardReason> {
    const decisive = found === undefined ? undefined : this.#decisive(found);
    if (found === undefined || decisive === undefined || decisive.action === 'count') {
      return forged ? pass(record().with({ attributes: NO_MARKS })) : PASS;
    }
    const { action, reason, severity } = decisive;
    switch (action) {
      case 'flag':
        return pass(record().with({ attributes: marksOf('flag', severity, found) }));
      case 'quarantine': {
        const detail = detailOf(found);
        const marked = record().with({ attributes: marksOf('block', severity, found) });
        const more = detail === undefined ? { record: marked } : { record: marked, detail };
        return divert(reason, this.#settings.quarantine ?? '', more);
      }
      case 'block':
        return drop(reason, detailOf(found));
    }
  }

  /** The class from which most follows; of these the one with the highest score. */
  #decisive(found: RecordFindings): Consequence {
    if (found.unreadable !== undefined) return this.#unreadable(found.unreadable.reason);
    let decisive: Consequence = {
      reason: 'obfuscation',
      action: 'count',
      severity: 'low',
      score: 0,
    };
    for (const [of, score] of found.scores) {
      const severity = severityOf(found, of);
      const action = this.#actionOf(of, severity);
      const difference = STRENGTH[action] - STRENGTH[decisive.action];
      if (difference > 0 || (difference === 0 && score > decisive.score)) {
        decisive = { reason: of, action, severity, score };
      }
    }
    return decisive;
  }

  #actionOf(of: GuardClass, severity: HitSeverity): Action {
    const { actions, classes } = this.#settings;
    const general = actions[severity];
    const own = classes[of]?.action;
    if (own === undefined) return general;
    if (severity === 'high' || severity === 'critical') return own;
    return STRENGTH[own] < STRENGTH[general] ? own : general;
  }

  /** What was not judged passes under no action. */
  #unreadable(reason: GuardReason): Consequence {
    const action = this.#settings.actions.critical === 'quarantine' ? 'quarantine' : 'block';
    return { reason, action, severity: 'critical', score: 0 };
  }
}

const lower = (one: Level, two: Level): Level => (one < two ? one : two);

const levelOf = (scaled: number): Level => (scaled >= 2 ? 2 : scaled >= 1 ? 1 : 0);

const CLASSES: readonly GuardClass[] = [
  'destructive',
  'exfil',
  'tool_poisoning',
  'indirect_injection',
  'direct_injection',
  'obfuscation',
];

function classesOf(score: TextJudgement['score']): GuardClass[] {
  return CLASSES.filter((of) => score[of] !== undefined);
}

/** How grave a class is by its score and its findings. */
function severityOf(found: RecordFindings, of: GuardClass): HitSeverity {
  const level = found.levels.get(of) ?? 0;
  if (level === 0) return 'low';
  if (level === 1) return 'medium';
  const isCritical = found.list.some((each) => each.class === of && each.severity === 'critical');
  return isCritical ? 'critical' : 'high';
}
