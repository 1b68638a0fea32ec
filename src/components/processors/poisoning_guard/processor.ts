import type {
  Measure,
  Batch,
  Host,
  Judged,
  Processor,
  RecordSet,
  ResourceGroup,
  ScopeGroup,
  Verdict,
} from '../../../sdk/index.ts';
import { PASS } from '../../../sdk/index.ts';
import type { PoisoningGuardConfig } from './index.ts';
import type { Rule } from './reference/rules.ts';
import { ReferenceRuleset } from './reference/ruleset.ts';
import type { Ruleset } from './ruleset.ts';
import { CLEAN, countedOf, isUnsure, Screen, suspectsOf } from './screen.ts';
import { Findings, Judge, reasonOf } from './verdict.ts';
import type { Finding, GuardReason } from './verdict.ts';
import { pathOf, TextWalk } from './walk.ts';
import type { Place, TextVisitor, WalkEnd } from './walk.ts';

/** Longest time without giving others a turn. One record more may be on its way. */
const TURN_MS_MAX = 10;

/** A batch on its way through the guard, which may take several turns. */
interface Job {
  readonly records: RecordSet;
  /** Verdicts by row; `undefined` while every record so far passes unchanged. */
  verdicts: Verdict<GuardReason>[] | undefined;
  /** The next row. */
  row: number;
  /** Findings in resources and scopes from which more follows than a count. */
  readonly groups: Map<ScopeGroup, Findings>;
}

/** Judges every text of every record by one ruleset. */
class PoisoningGuardProcessor implements Processor<GuardReason> {
  readonly #host: Host;
  readonly #ruleset: Ruleset;
  readonly #judge: Judge;
  readonly #screen: Screen;
  readonly #walk: TextWalk;
  readonly #recordBytesMax: number;
  readonly #counts = new Map<string, number>();
  /** Nothing but a count follows from a finding that the screen itself decides. */
  readonly #countsOnly: boolean;

  constructor(config: PoisoningGuardConfig, host: Host, ruleset: Ruleset) {
    this.#host = host;
    this.#ruleset = ruleset;
    this.#judge = new Judge(config.actions, config.quarantine?.exporter);
    this.#screen = new Screen(ruleset.screen, config.max_depth, config.max_record_bytes);
    this.#walk = new TextWalk(config.max_depth);
    this.#recordBytesMax = config.max_record_bytes;
    this.#countsOnly = config.actions[ruleset.counted.severity] === 'count';
    for (const rule of ruleset.rules) this.#counts.set(rule.id, 0);
    for (const rule of UNREADABLE_RULES) this.#counts.set(rule, 0);
  }

  start(): void {
    const { name, rules } = this.#ruleset;
    this.#host.report({
      status: 'healthy',
      message: `judges by ruleset ${name}, ${rules.length} rules`,
    });
  }

  /** Findings so far by rule, whatever followed from them; every rule is there from the start. */
  measures(): readonly Measure[] {
    return [...this.#counts].map(([rule, value]) => ({
      name: 'guard_findings',
      kind: 'counter',
      meaning: 'Findings of the guard by rule, whatever followed from them.',
      labels: { rule },
      value,
    }));
  }

  process(batch: Batch<GuardReason>): Judged<GuardReason> | Promise<Judged<GuardReason>> {
    const job: Job = { records: batch.records, verdicts: undefined, row: 0, groups: new Map() };
    this.#judgeGroups(job);
    return this.#turn(job) ? settle(batch, job) : this.#turns(batch, job);
  }

  async #turns(batch: Batch<GuardReason>, job: Job): Promise<Judged<GuardReason>> {
    do {
      await new Promise<void>((resolve) => void this.#host.clock.after(0, resolve));
    } while (!this.#turn(job));
    return settle(batch, job);
  }

  /** Judges records until all are done (true) or the turn has lasted long enough. */
  #turn(job: Job): boolean {
    const { count } = job.records;
    const clock = this.#host.clock;
    const untilMs = clock.monotonicMs() + TURN_MS_MAX;
    while (job.row < count) {
      if (job.groups.size > 0) this.#judgeRow(job, job.row++);
      else this.#run(job);
      if (clock.monotonicMs() >= untilMs) break;
    }
    return job.row >= count;
  }

  /** As many records as the screen takes at once. */
  #run(job: Job): void {
    const { records, row: first } = job;
    const bytes = (records.ends[first] as number) - (records.starts[first] as number);
    if (bytes > this.#recordBytesMax) {
      this.#judgeRow(job, job.row++);
      return;
    }
    const screen = this.#screen;
    job.row = screen.loadRecords(records, first);
    screen.run(job.row - first);
    const { patches } = records;
    let suspect = 0;
    let counted = 0;
    for (let row = first; row < job.row; row++) {
      const result = screen.results[row - first] as number;
      if (result === 0 && patches === undefined) continue;
      const found =
        patches?.[row] === undefined ? this.#countsOf(records.buffer, result, suspect) : UNSURE;
      suspect += suspectsOf(result);
      // The long way counts for itself.
      if (found === UNSURE || (found > 0 && !this.#countsOnly)) this.#judgeRow(job, row);
      else counted += found;
    }
    this.#count(this.#ruleset.counted.id, counted);
  }

  /**
   * Texts of a record that match the `counted` rule, when its texts match no other; else `UNSURE`.
   * `first`: its first suspect of the run.
   */
  #countsOf(buffer: Uint8Array, result: number, first: number): number {
    if (isUnsure(result)) return UNSURE;
    let counted = countedOf(result);
    for (let left = suspectsOf(result); left > 0; left--) {
      const [start, end] = this.#screen.suspect(first + left - 1);
      const rules = this.#ruleset.judge(buffer, start, end);
      if (rules === undefined || rules.some((rule) => rule !== this.#ruleset.counted))
        return UNSURE;
      counted += rules.length;
    }
    return counted;
  }

  /** The long way: every text with its place, and the verdict. */
  #judgeRow(job: Job, row: number): void {
    const { records } = job;
    const findings = new Findings();
    const patch = records.patches?.[row];
    const bytes = patch?.bytes ?? records.buffer;
    const start = patch === undefined ? (records.starts[row] as number) : 0;
    const end = patch === undefined ? (records.ends[row] as number) : bytes.length;
    this.#examine(findings, 'record', bytes, [start, end], (visit) =>
      this.#walk.record(bytes, start, end, visit),
    );
    const shared = job.groups.get(records.groups[records.groupOf[row] as number] as ScopeGroup);
    if (shared !== undefined) findings.addAll(shared);
    const verdict = this.#judge.verdict(findings, () => records.at(row));
    if (verdict === PASS) return;
    job.verdicts ??= Array.from({ length: records.count }, () => PASS);
    job.verdicts[row] = verdict;
  }

  /** Resources and scopes, once for all records of their group. */
  #judgeGroups(job: Job): void {
    const resources = new Map<ResourceGroup, Findings>();
    for (const group of job.records.groups) {
      const { resource } = group;
      let inResource = resources.get(resource);
      if (inResource === undefined) {
        inResource = new Findings();
        resources.set(resource, inResource);
        const { fields } = resource;
        this.#examine(inResource, 'resource', fields, [0, fields.length], (visit) =>
          this.#walk.resource(fields, visit),
        );
      }
      const findings = new Findings();
      findings.addAll(inResource);
      const { fields } = group;
      this.#examine(findings, 'scope', fields, [0, fields.length], (visit) =>
        this.#walk.scope(fields, visit),
      );
      const acted = findings.list.some((finding) => this.#judge.actionOf(finding) !== 'count');
      if (acted) job.groups.set(group, findings);
    }
  }

  /** Adds what is found in the texts of a walk over these of `bytes`, and counts it. */
  #examine(
    findings: Findings,
    what: string,
    bytes: Uint8Array,
    [start, end]: readonly [number, number],
    walk: (visit: TextVisitor) => WalkEnd,
  ): void {
    if (end - start > this.#recordBytesMax) {
      this.#add(findings, { ...BUDGET, path: what });
      return;
    }
    this.#screen.load(bytes, start, end);
    const ending = walk((from, to, place) => {
      if (this.#screen.look(from, to) === CLEAN) return;
      const rules = this.#ruleset.judge(bytes, from, to);
      if (rules === undefined) this.#add(findings, { ...MALFORMED, path: pathOf(place) });
      for (const rule of rules ?? []) this.#add(findings, findingOf(rule, place));
    });
    if (ending === 'malformed') this.#add(findings, { ...MALFORMED, path: what });
    if (ending === 'too_deep') this.#add(findings, { ...BUDGET, path: what });
  }

  #add(findings: Findings, finding: Finding): void {
    findings.add(finding);
    this.#count(finding.rule, 1);
  }

  #count(rule: string, times: number): void {
    this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + times);
  }
}

/** Only the full walk can tell, or something was found. */
const UNSURE = -1;

const UNREADABLE_RULES = ['malformed_text', 'guard_budget'] as const;
const MALFORMED = {
  rule: 'malformed_text',
  reason: 'malformed_text',
  severity: 'critical',
} as const;
const BUDGET = { rule: 'guard_budget', reason: 'guard_budget', severity: 'critical' } as const;

function findingOf(rule: Rule, place: Place): Finding {
  return { rule: rule.id, reason: reasonOf(rule), severity: rule.severity, path: pathOf(place) };
}

function settle(batch: Batch<GuardReason>, job: Job): Judged<GuardReason> {
  const { verdicts } = job;
  if (verdicts === undefined) return batch.passAll();
  return batch.judgeRows((row) => verdicts[row] as Verdict<GuardReason>);
}

/** The guard as a processor; `index.ts` has its configuration. */
export function createPoisoningGuard(
  config: PoisoningGuardConfig,
  host: Host,
): PoisoningGuardProcessor {
  return new PoisoningGuardProcessor(config, host, new ReferenceRuleset());
}
