import { hitsIn } from './hits.ts';
import type { GuardClass, Hit } from './hits.ts';

export type TextVerdict = 'allow' | 'flag' | 'block';

/** What was found in a text, and where in the original. */
export interface TextFinding {
  readonly rule: string;
  readonly class: GuardClass;
  readonly severity: Hit['severity'];
  /** In UTF-16 units of the original text. */
  readonly start: number;
  readonly end: number;
  /** How the place was decoded, outermost first; nothing for plain text. */
  readonly chain: readonly string[];
  /** What it adds to the score of its class. */
  readonly weight: number;
  readonly lowered?: Hit['lowered'];
}

export interface TextJudgement {
  readonly verdict: TextVerdict;
  /** By class: 1 flags, 2 blocks. */
  readonly score: Readonly<Partial<Record<GuardClass, number>>>;
  readonly findings: readonly TextFinding[];
}

const FLAG = 1;
const BLOCK = 2;

/** What the further hits of a class count. */
const FURTHER = 0.5;

/** Scores by class: the gravest hit in full, the others by half. */
export function scoresOf(
  hits: readonly { class: GuardClass; weight: number }[],
): Map<GuardClass, number> {
  const best = new Map<GuardClass, number>();
  const sum = new Map<GuardClass, number>();
  for (const hit of hits) {
    best.set(hit.class, Math.max(best.get(hit.class) ?? 0, hit.weight));
    sum.set(hit.class, (sum.get(hit.class) ?? 0) + hit.weight);
  }
  for (const [key, most] of best) best.set(key, most + FURTHER * ((sum.get(key) ?? 0) - most));
  return best;
}

/** All of a text: views, rules, model. */
export function judgeText(text: string): TextJudgement {
  const hits = hitsIn(text, { decoded: false });
  const scores = scoresOf(hits);
  const most = Math.max(0, ...scores.values());
  const verdict = most >= BLOCK ? 'block' : most >= FLAG ? 'flag' : 'allow';
  const findings = hits.map(({ rule, class: kind, severity, start, end, weight }) => ({
    rule,
    class: kind,
    severity,
    start,
    end,
    weight,
    chain: [],
  }));
  return { verdict, score: Object.fromEntries(scores), findings };
}
