import { excerptOf } from './excerpt.ts';
import type { GuardClass, HitSeverity } from './rule.ts';
import type { TextFinding } from './score.ts';

/** The rule that stands for the model's share of a score. */
export const MODEL_RULE = 'model.words';

/** Why a record, or a part of it, could not be judged. */
export type Unreadable = 'malformed_text' | 'guard_budget';

/** What was found in a record, and where. */
export interface RecordFinding {
  readonly rule: string;
  readonly class: GuardClass;
  readonly severity: HitSeverity;
  /** For example `body.command`, `attributes["x"]`, `resource.attributes["x"]`. */
  readonly path: string;
  /** How the place was decoded, outermost first; `joined` stands for siblings read as one text. */
  readonly chain: readonly string[];
  /** In UTF-16 units of the text at `path`; of the joined one when the chain begins so. */
  readonly start: number;
  readonly end: number;
  /** The place as it stands in the original; see excerpt.ts for what is masked. */
  readonly excerpt: string;
  /** What it adds to the score of its class, and why that is less than its rule's weight. */
  readonly weight: number;
  readonly lowered?: { readonly reason: string; readonly factor: number };
}

/** How sure the guard is: `flag` is suspicious, `block` is plainly an attack. */
export type Level = 0 | 1 | 2;

/** Findings of one record that are listed; the others are counted. */
const LISTED_MAX = 32;

const RANK: Readonly<Record<HitSeverity, number>> = { low: 0, medium: 1, high: 2, critical: 3 };

/** True when the first finding is graver than the second. */
function isGraver(one: RecordFinding, two: RecordFinding): boolean {
  const ranks = RANK[one.severity] - RANK[two.severity];
  return ranks === 0 ? one.weight > two.weight : ranks > 0;
}

/** Everything that was found in one record. */
export class RecordFindings {
  readonly list: RecordFinding[] = [];
  /** Score by class: the highest that one text came to. */
  readonly scores = new Map<GuardClass, number>();
  readonly levels = new Map<GuardClass, Level>();
  /** Also the findings that are no longer listed. */
  count = 0;
  /** What could not be judged, and where. */
  unreadable: { readonly reason: Unreadable; readonly path: string } | undefined;

  get isEmpty(): boolean {
    return this.count === 0 && this.unreadable === undefined;
  }

  add(finding: RecordFinding): void {
    this.count++;
    if (this.list.length < LISTED_MAX) {
      this.list.push(finding);
      return;
    }
    // A grave finding must not be hidden behind many light ones.
    let lightest = 0;
    for (const [at, each] of this.list.entries()) {
      if (isGraver(this.list[lightest] as RecordFinding, each)) lightest = at;
    }
    if (isGraver(finding, this.list[lightest] as RecordFinding)) this.list[lightest] = finding;
  }

  /** Raises score and level of a class. */
  raise(of: GuardClass, score: number, level: Level): void {
    this.scores.set(of, Math.max(score, this.scores.get(of) ?? 0));
    if (level > (this.levels.get(of) ?? 0)) this.levels.set(of, level);
  }

  /** Takes over what was found in a resource or scope. */
  addAll(others: RecordFindings): void {
    for (const finding of others.list) this.add(finding);
    this.count += others.count - others.list.length;
    for (const [of, score] of others.scores) this.raise(of, score, others.levels.get(of) ?? 0);
    this.unreadable ??= others.unreadable;
  }
}

/** A finding of a text as one of its record. */
export function placed(
  finding: TextFinding,
  text: string,
  path: string,
  joined = false,
): RecordFinding {
  const { rule, severity, start, end, weight, lowered } = finding;
  const chain = joined ? ['joined', ...finding.chain] : finding.chain;
  const excerpt = excerptOf(text, start, end);
  const base = { rule, class: finding.class, severity, path, chain, start, end, excerpt, weight };
  return lowered === undefined ? base : { ...base, lowered };
}
