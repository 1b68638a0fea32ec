import type {
  Batch,
  Host,
  Judged,
  LogRecord,
  Measure,
  Processor,
  RecordSet,
  ResourceGroup,
  ScopeGroup,
  Verdict,
} from '../../../../sdk/index.ts';
import { PASS } from '../../../../sdk/index.ts';
import type { PoisoningGuardConfig } from '../index.ts';
import type { GuardReason } from '../verdict.ts';
import type { RecordFindings } from './findings.ts';
import { MARKS } from './marks.ts';
import type { Policy } from './policy.ts';
import { RecordJudge } from './record_judge.ts';
import type { Look } from './look.ts';
import { settingsOf } from './settings.ts';
import type { GuardSettings } from './settings.ts';
import { Suspects } from './suspects.ts';

/** Longest time without giving others a turn. One record more may be on its way. */
const TURN_MS_MAX = 10;

/** A batch on its way through the guard, which may take several turns. */
interface Job {
  readonly records: RecordSet;
  /** Verdicts by row; `undefined` while every record so far passes unchanged. */
  verdicts: Verdict<GuardReason>[] | undefined;
  /** The next row. */
  row: number;
  /** What was found in resource and scope, for those in which there is something. */
  readonly groups: Map<ScopeGroup, RecordFindings>;
}

/** Judges every text of every record by the default ruleset. */
class DefaultGuardProcessor implements Processor<GuardReason> {
  readonly #host: Host;
  readonly #settings: GuardSettings;
  readonly #policy: Policy;
  readonly #look: Look;
  readonly #suspects: Suspects;
  readonly #judge: RecordJudge;
  readonly #recordBytesMax: number;
  readonly #rules: readonly string[];
  readonly #counts = new Map<string, number>();
  /** `service.name` matters only to exceptions. */
  readonly #needsSender: boolean;

  constructor(config: PoisoningGuardConfig, host: Host) {
    this.#host = host;
    const settings = settingsOf(config);
    this.#policy = settings.policy;
    this.#look = settings.look;
    this.#suspects = new Suspects(settings);
    this.#judge = new RecordJudge(settings);
    this.#recordBytesMax = settings.budget.bytesMax;
    this.#needsSender = settings.allow.some(({ sender }) => sender !== undefined);
    this.#rules = settings.rules;
    this.#settings = settings;
    for (const rule of [...this.#rules, 'malformed_text', 'guard_budget'])
      this.#counts.set(rule, 0);
  }

  start(): void {
    const message = `judges by ruleset default, ${this.#rules.length} rules`;
    this.#host.report({ status: 'healthy', message });
    // The tables of all rules are made now, and not while the first suspect waits.
    this.#settings.holds('');
    for (const { rule, words, readMax } of this.#settings.costs) {
      const reads = readMax === 0 ? 'reads nothing again' : `reads up to ${readMax} characters`;
      this.#host.log.info(
        `${rule} looks for ${words} ${words === 1 ? 'word' : 'words'} and ${reads} at each`,
      );
    }
  }

  /** Findings so far by rule, whatever followed from them, and how many texts were looked at closely. */
  measures(): readonly Measure[] {
    const findings = [...this.#counts].map(([rule, value]): Measure => ({
      name: 'guard_findings',
      kind: 'counter',
      meaning: 'Findings of the guard by rule, whatever followed from them.',
      labels: { rule },
      value,
    }));
    return [
      ...findings,
      {
        name: 'guard_texts_examined',
        kind: 'counter',
        meaning: 'Texts that the first look could not rule out and all rules were applied to.',
        value: this.#judge.examined + this.#suspects.examined,
      },
    ];
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

  /** As many records as the first look takes at once. */
  #run(job: Job): void {
    const { records, row: first } = job;
    const bytes = (records.ends[first] as number) - (records.starts[first] as number);
    if (bytes > this.#recordBytesMax) {
      this.#judgeRow(job, job.row++);
      return;
    }
    job.row += this.#look.run(records, first);
    const { patches } = records;
    this.#suspects.open(records);
    for (let row = first; row < job.row; row++) {
      const result = this.#look.resultOf(row - first);
      if (result === 0 && patches === undefined) continue;
      const isHarmless = result === 0 || this.#suspects.isHarmless(row, result);
      if (!isHarmless || patches?.[row] !== undefined) this.#judgeRow(job, row);
    }
  }

  /** The long way: every text with its place, siblings joined, and the verdict. */
  #judgeRow(job: Job, row: number): void {
    const { records } = job;
    const patch = records.patches?.[row];
    const bytes = patch?.bytes ?? records.buffer;
    const start = patch === undefined ? (records.starts[row] as number) : 0;
    const end = patch === undefined ? (records.ends[row] as number) : bytes.length;
    const group = records.groups[records.groupOf[row] as number] as ScopeGroup;
    const found = this.#judge.record(bytes, start, end, this.#senderOf(group.resource));
    this.#count(found);
    const shared = job.groups.get(group);
    if (shared !== undefined) found.addAll(shared);
    const record = (): LogRecord => records.at(row);
    const forged = MARKS.some((name) => records.at(row).attribute(name) !== undefined);
    const verdict = this.#policy.verdict(found.isEmpty ? undefined : found, record, forged);
    if (verdict === PASS) return;
    job.verdicts ??= Array.from({ length: records.count }, () => PASS);
    job.verdicts[row] = verdict;
  }

  /** Resources and scopes, once for all records of their group. */
  #judgeGroups(job: Job): void {
    const resources = new Map<ResourceGroup, RecordFindings>();
    for (const group of job.records.groups) {
      const { resource } = group;
      const sender = this.#senderOf(resource);
      let inResource = resources.get(resource);
      if (inResource === undefined) {
        inResource = this.#judge.resource(resource.fields, sender);
        resources.set(resource, inResource);
        this.#count(inResource);
      }
      const found = this.#judge.scope(group.fields, sender);
      this.#count(found);
      found.addAll(inResource);
      if (!found.isEmpty) job.groups.set(group, found);
    }
  }

  #senderOf(resource: ResourceGroup): string {
    if (!this.#needsSender) return '';
    const name = resource.attribute('service.name');
    return typeof name === 'string' ? name : '';
  }

  #count({ list, unreadable }: RecordFindings): void {
    for (const { rule } of list) this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + 1);
    if (unreadable === undefined) return;
    this.#counts.set(unreadable.reason, (this.#counts.get(unreadable.reason) ?? 0) + 1);
  }
}

function settle(batch: Batch<GuardReason>, job: Job): Judged<GuardReason> {
  const { verdicts } = job;
  if (verdicts === undefined) return batch.passAll();
  return batch.judgeRows((row) => verdicts[row] as Verdict<GuardReason>);
}

/** The default ruleset as a processor; `index.ts` has its configuration. */
export function createDefaultGuard(
  config: PoisoningGuardConfig,
  host: Host,
): Processor<GuardReason> {
  return new DefaultGuardProcessor(config, host);
}
