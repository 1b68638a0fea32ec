import { divert, drop, PASS, pass } from '../../../sdk/index.ts';
import type { LogRecord, Verdict } from '../../../sdk/index.ts';
import type { AlertSeverity, Rule } from './reference/rules.ts';

/** Why a record does not pass: the class of what was found, or that it could not be read whole. */
export type GuardReason =
  | 'destructive'
  | 'exfil'
  | 'tool_poisoning'
  | 'indirect_injection'
  | 'direct_injection'
  | 'obfuscation'
  | 'injection_pattern'
  | 'code_injection'
  | 'unicode_manipulation'
  | 'excessive_special_chars'
  | 'malformed_text'
  | 'guard_budget';

export type Action = 'block' | 'quarantine' | 'flag' | 'count';
export type Actions = Readonly<Record<AlertSeverity, Action>>;

/** A rule that matched, and where. */
export interface Finding {
  readonly rule: string;
  readonly reason: GuardReason;
  readonly severity: AlertSeverity;
  /** For example `body.command`, `attributes["x"]`, `resource.attributes["x"]`. */
  readonly path: string;
}

/** Findings of one record that are kept with their paths; the others are counted. */
export const FINDINGS_MAX = 32;

const STRENGTH: Readonly<Record<Action, number>> = { count: 0, flag: 1, quarantine: 2, block: 3 };
const RANK: Readonly<Record<AlertSeverity, number>> = { low: 0, medium: 1, high: 2, critical: 3 };

/** The reason that stands for a rule. `integrity_violation` is not found in records. */
export function reasonOf(rule: Rule): GuardReason {
  return rule.type === 'integrity_violation' ? 'malformed_text' : rule.type;
}

/** What was found in a record, before it is known what follows from it. */
export class Findings {
  readonly list: Finding[] = [];
  /** Also the findings that are no longer listed. */
  count = 0;

  add(finding: Finding): void {
    this.count++;
    if (this.list.length < FINDINGS_MAX) this.list.push(finding);
    else this.#keepGravest(finding);
  }

  addAll(others: Findings): void {
    for (const finding of others.list) this.add(finding);
    this.count += others.count - others.list.length;
  }

  /** A grave finding must not be hidden behind many light ones. */
  #keepGravest(finding: Finding): void {
    const lightest = this.list.findIndex(({ severity }) => RANK[severity] < RANK[finding.severity]);
    if (lightest >= 0) this.list[lightest] = finding;
  }
}

/** Turns findings into verdicts: the strongest action that any of them asks for. */
export class Judge {
  readonly #actions: Actions;
  readonly #quarantine: string | undefined;
  readonly #drops = new Map<GuardReason, Verdict<GuardReason>>();

  constructor(actions: Actions, quarantine: string | undefined) {
    this.#actions = actions;
    this.#quarantine = quarantine;
  }

  /**
   * What was not read whole passes under no action: it was not judged, so nothing is known of it.
   */
  actionOf({ reason, severity }: Finding): Action {
    const action = this.#actions[severity];
    if (reason !== 'malformed_text' && reason !== 'guard_budget') return action;
    return action === 'quarantine' ? action : 'block';
  }

  /** The verdict on a record with these findings; `record` is asked for when it is to be flagged. */
  verdict(findings: Findings, record: () => LogRecord): Verdict<GuardReason> {
    const decisive = this.#decisive(findings.list);
    if (decisive === undefined) return PASS;
    switch (this.actionOf(decisive)) {
      case 'block':
        return this.#drop(decisive.reason);
      case 'quarantine':
        return divert(decisive.reason, this.#quarantine ?? '');
      case 'flag':
        return pass(flagged(record(), findings.list, decisive));
      case 'count':
        return PASS;
    }
  }

  /** The finding with the strongest action; among these the gravest, then the first. */
  #decisive(list: readonly Finding[]): Finding | undefined {
    const weight = (finding: Finding): number =>
      4 * STRENGTH[this.actionOf(finding)] + RANK[finding.severity];
    let decisive: Finding | undefined;
    for (const finding of list) {
      if (decisive === undefined || weight(finding) > weight(decisive)) decisive = finding;
    }
    return decisive;
  }

  #drop(reason: GuardReason): Verdict<GuardReason> {
    let verdict = this.#drops.get(reason);
    if (verdict === undefined) {
      verdict = drop(reason);
      this.#drops.set(reason, verdict);
    }
    return verdict;
  }
}

function flagged(record: LogRecord, list: readonly Finding[], gravest: Finding): LogRecord {
  return record.with({
    attributes: {
      'countersign.guard.verdict': 'flag',
      'countersign.guard.severity': gravest.severity,
      'countersign.guard.rules': list.map(({ rule }) => rule),
      'countersign.guard.paths': list.map(({ path }) => path),
    },
  });
}
