import {
  byWeight,
  findingJson,
} from '../../components/processors/poisoning_guard/default/marks.ts';
import { RecordJudge } from '../../components/processors/poisoning_guard/default/record_judge.ts';
import { settingsOf } from '../../components/processors/poisoning_guard/default/settings.ts';
import type { RecordFindings } from '../../components/processors/poisoning_guard/default/findings.ts';
import { scanUtf8 } from '../../components/processors/poisoning_guard/guard.ts';
import type { Policy } from '../../components/processors/poisoning_guard/default/policy.ts';
import type { PoisoningGuardConfig } from '../../components/processors/poisoning_guard/index.ts';
import type { Action } from '../../components/processors/poisoning_guard/verdict.ts';
import { pathOf, TextWalk } from '../../components/processors/poisoning_guard/walk.ts';
import type { TextVisitor, WalkEnd } from '../../components/processors/poisoning_guard/walk.ts';
import type { ScopeGroup } from '../../sdk/index.ts';

export type ScanVerdict = 'allow' | 'flag' | 'block';

/** As it is written out. */
export interface ScanFinding {
  readonly rule: string;
  readonly class?: string;
  readonly severity: string;
  readonly path: string;
  readonly [more: string]: unknown;
}

export interface ScanJudgement {
  readonly verdict: ScanVerdict;
  readonly findings: readonly ScanFinding[];
}

/** A ruleset as the scan asks it. */
export interface ScanJudge {
  text(text: string): ScanJudgement;
  /** An encoded LogRecord, with its resource and scope when it has them. */
  record(bytes: Uint8Array, group?: ScopeGroup): ScanJudgement;
}

const RANK: Readonly<Record<ScanVerdict, number>> = { allow: 0, flag: 1, block: 2 };

export const graver = (one: ScanVerdict, two: ScanVerdict): ScanVerdict =>
  RANK[two] > RANK[one] ? two : one;

/** Several judgements as one. */
export function together(judgements: readonly ScanJudgement[]): ScanJudgement {
  const verdict = judgements.map((each) => each.verdict).reduce(graver, 'allow');
  return { verdict, findings: judgements.flatMap(({ findings }) => findings) };
}

/** What is said of what could not be judged. */
export function unreadable(reason: string, path: string): ScanJudgement {
  return { verdict: 'block', findings: [{ rule: reason, severity: 'critical', path }] };
}

const PATH = 'text';

/** What becomes of a record in the daemon, as far as a file is concerned: it does not go on. */
const VERDICTS: Readonly<Record<Action, ScanVerdict>> = {
  count: 'allow',
  flag: 'flag',
  quarantine: 'block',
  block: 'block',
};

class DefaultScan implements ScanJudge {
  readonly #judge: RecordJudge;
  readonly #policy: Policy;

  constructor(config: PoisoningGuardConfig) {
    const settings = settingsOf(config);
    this.#judge = new RecordJudge(settings);
    this.#policy = settings.policy;
  }

  text(text: string): ScanJudgement {
    return this.#judgementOf(this.#judge.text(text, PATH));
  }

  record(bytes: Uint8Array, group?: ScopeGroup): ScanJudgement {
    const name = group?.resource.attribute('service.name');
    const sender = typeof name === 'string' ? name : '';
    const found = this.#judge.record(bytes, 0, bytes.length, sender);
    if (group !== undefined) {
      found.addAll(this.#judge.resource(group.resource.fields, sender));
      found.addAll(this.#judge.scope(group.fields, sender));
    }
    return this.#judgementOf(found);
  }

  #judgementOf(found: RecordFindings): ScanJudgement {
    const findings = byWeight(found.list).map((each) => findingJson(each) as ScanFinding);
    if (found.unreadable !== undefined) {
      const { reason, path } = found.unreadable;
      findings.push({ rule: reason, severity: 'critical', path });
    }
    return { verdict: VERDICTS[this.#policy.actionOf(found)], findings };
  }
}

class ReferenceScan implements ScanJudge {
  readonly #walk: TextWalk;
  readonly #bytesMax: number;
  readonly #actions: PoisoningGuardConfig['actions'];

  constructor({ max_depth, max_record_bytes, actions }: PoisoningGuardConfig) {
    this.#walk = new TextWalk(max_depth);
    this.#bytesMax = max_record_bytes;
    this.#actions = actions;
  }

  text(text: string): ScanJudgement {
    return this.#text(Buffer.from(text), PATH);
  }

  record(bytes: Uint8Array, group?: ScopeGroup): ScanJudgement {
    const judgements = [
      this.#walked('record', bytes, (visit) => this.#walk.record(bytes, 0, bytes.length, visit)),
    ];
    if (group !== undefined) {
      const { fields, resource } = group;
      judgements.push(
        this.#walked('resource', resource.fields, (visit) =>
          this.#walk.resource(resource.fields, visit),
        ),
        this.#walked('scope', fields, (visit) => this.#walk.scope(fields, visit)),
      );
    }
    return together(judgements);
  }

  #walked(what: string, bytes: Uint8Array, walk: (visit: TextVisitor) => WalkEnd): ScanJudgement {
    if (bytes.length > this.#bytesMax) return unreadable('guard_budget', what);
    const judgements: ScanJudgement[] = [];
    const end = walk((from, to, place) => {
      const judgement = this.#text(bytes.subarray(from, to), '');
      if (judgement.findings.length === 0) return;
      const path = pathOf(place);
      const findings = judgement.findings.map((finding) => ({ ...finding, path }));
      judgements.push({ ...judgement, findings });
    });
    if (end === 'malformed') judgements.push(unreadable('malformed_text', what));
    if (end === 'too_deep') judgements.push(unreadable('guard_budget', what));
    return together(judgements);
  }

  #text(bytes: Uint8Array, path: string): ScanJudgement {
    const findings = scanUtf8(bytes).map(({ id, type, severity }) => ({
      rule: id,
      class: type,
      severity,
      path,
    }));
    const verdicts = findings.map(({ rule, severity }) =>
      // What was not read passes under no action.
      rule === 'malformed_text' ? 'block' : VERDICTS[this.#actions[severity]],
    );
    return { verdict: verdicts.reduce(graver, 'allow'), findings };
  }
}

/** The judge that a `poisoning_guard` of this configuration is. */
export function judgeOf(config: PoisoningGuardConfig): ScanJudge {
  return config.ruleset === 'default' ? new DefaultScan(config) : new ReferenceScan(config);
}
