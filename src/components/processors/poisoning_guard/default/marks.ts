import type { AttributeValue } from '../../../../sdk/index.ts';
import type { RecordFinding, RecordFindings } from './findings.ts';
import { MODEL_RULE } from './findings.ts';
import type { HitSeverity } from './rule.ts';

const PREFIX = 'countersign.guard.';
/** Findings that go along in full. */
const FINDINGS_MAX = 8;
/** Longest text of them, in characters. */
const FINDINGS_CHARACTERS_MAX = 8192;
const PATH_CHARACTERS_MAX = 200;

const NAMES = ['verdict', 'severity', 'classes', 'rules', 'paths', 'score', 'findings'] as const;

/** The attributes that only this guard may set. */
export const MARKS: readonly string[] = NAMES.map((name) => `${PREFIX}${name}`);

type Marks = Readonly<Record<string, AttributeValue>>;

/** What a flagged or diverted record says about itself. */
export function marksOf(
  verdict: 'flag' | 'block',
  severity: HitSeverity,
  found: RecordFindings,
): Marks {
  const { list, scores, unreadable } = found;
  const rules = new Set(list.map(({ rule }) => rule));
  const paths = new Set(list.map(({ path }) => clipped(path)));
  if (unreadable !== undefined) {
    rules.add(unreadable.reason);
    paths.add(clipped(unreadable.path));
  }
  return {
    [`${PREFIX}verdict`]: verdict,
    [`${PREFIX}severity`]: severity,
    [`${PREFIX}classes`]: [...scores.keys()],
    [`${PREFIX}rules`]: [...rules],
    [`${PREFIX}paths`]: [...paths],
    [`${PREFIX}score`]: rounded(Math.max(0, ...scores.values())),
    [`${PREFIX}findings`]: findingsText(list),
  };
}

/** What a record says that came in with marks of its own and has nothing: nobody else's word counts. */
export const NO_MARKS: Marks = {
  [`${PREFIX}verdict`]: 'allow',
  [`${PREFIX}severity`]: 'none',
  [`${PREFIX}classes`]: [],
  [`${PREFIX}rules`]: [],
  [`${PREFIX}paths`]: [],
  [`${PREFIX}score`]: 0,
  [`${PREFIX}findings`]: '[]',
};

export const rounded = (value: number): number => Math.round(value * 100) / 100;

function clipped(path: string): string {
  if (path.length <= PATH_CHARACTERS_MAX) return path;
  return `${path.slice(0, PATH_CHARACTERS_MAX - 1)}…`.toWellFormed();
}

/** A finding as it is written in JSON: in marks and by `countersign scan`. */
export function findingJson(finding: RecordFinding): Readonly<Record<string, unknown>> {
  const { lowered, path, weight, excerpt, ...rest } = finding;
  const score = { weight: rounded(weight), ...(lowered !== undefined && { lowered }) };
  return { ...rest, path: clipped(path), excerpt: excerpt.toWellFormed(), score };
}

/** The heaviest first; what the model says is told last. */
export function byWeight(list: readonly RecordFinding[]): readonly RecordFinding[] {
  const rank = ({ rule, weight }: RecordFinding): number => (rule === MODEL_RULE ? -1 : weight);
  return list.toSorted((a, b) => rank(b) - rank(a));
}

/** The heaviest findings as JSON, as many as there is room for. */
function findingsText(list: readonly RecordFinding[]): string {
  const heaviest = byWeight(list).slice(0, FINDINGS_MAX);
  const texts: string[] = [];
  let length = 2;
  for (const finding of heaviest) {
    const text = JSON.stringify(findingJson(finding));
    length += text.length + 1;
    if (length > FINDINGS_CHARACTERS_MAX) break;
    texts.push(text);
  }
  return `[${texts.join(',')}]`;
}

/** One line for the sender: `rule in path (severity, via base64)`. */
export function detailOf(found: RecordFindings): string | undefined {
  const { unreadable } = found;
  if (unreadable !== undefined) return `${unreadable.reason} in ${clipped(unreadable.path)}`;
  const [heaviest] = byWeight(found.list);
  if (heaviest === undefined) return undefined;
  const { rule, path, severity, chain } = heaviest;
  const via = chain.length === 0 ? '' : `, via ${chain.join(' > ')}`;
  return `${rule} in ${clipped(path)} (${severity}${via})`;
}
