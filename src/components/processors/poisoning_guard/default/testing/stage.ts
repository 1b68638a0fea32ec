import { encodeRequest, indexRequest } from '../../../../../otlp/index.ts';
import type { PlainRecord, PlainRequest } from '../../../../../otlp/index.ts';
import { KeyValueList, PASS, resendableArrival } from '../../../../../sdk/index.ts';
import type {
  AttributeValue,
  Batch,
  HealthReport,
  Host,
  Judged,
  LogRecord,
  Processor,
  RecordSet,
  Verdict,
} from '../../../../../sdk/index.ts';
import { poisoningGuard } from '../../index.ts';
import type { GuardReason } from '../../verdict.ts';
import { createDefaultGuard } from '../stage.ts';

export type Answer = Verdict<GuardReason>;
export type Guard = Processor<GuardReason>;

/** A batch that keeps the verdicts. The runtime's own stands in another layer. */
export class KeptBatch implements Batch<GuardReason> {
  readonly records: RecordSet;
  readonly verdicts: Answer[] = [];

  constructor(records: RecordSet) {
    this.records = records;
  }

  judge(): Judged<GuardReason> {
    throw new Error('the guard reads the columns');
  }

  judgeRows(decide: (index: number) => Answer): Judged<GuardReason> {
    for (let row = 0; row < this.records.count; row++) this.verdicts.push(decide(row));
    return {} as Judged<GuardReason>;
  }

  judgeAsync(): Promise<Judged<GuardReason>> {
    throw new Error('the guard reads the columns');
  }

  passAll(): Judged<GuardReason> {
    return this.judgeRows(() => PASS);
  }
}

/** A host whose clock goes on by `stepMs` each time it is read. */
export function hostOf(stepMs = 0): {
  host: Host;
  reports: HealthReport[];
  said: string[];
  turns: () => number;
} {
  const reports: HealthReport[] = [];
  const told: string[] = [];
  let nowMs = 0;
  let turns = 0;
  const host: Host = {
    id: 'poisoning_guard',
    log: { error() {}, warn() {}, info: (message) => void told.push(message), debug() {} },
    clock: {
      wallMs: () => nowMs,
      monotonicMs: () => (nowMs += stepMs),
      after(_, call) {
        turns++;
        queueMicrotask(call);
        return { cancel() {}, [Symbol.dispose]() {} };
      },
    },
    random: () => 0,
    report: (health) => void reports.push(health),
    extension: () => undefined,
  };
  return { host, reports, said: told, turns: () => turns };
}

export function setOf(request: PlainRequest): RecordSet {
  const bytes = encodeRequest(request);
  return indexRequest(bytes, resendableArrival(bytes));
}

export const setOfRecords = (records: readonly PlainRecord[]): RecordSet =>
  setOf({ resourceLogs: [{ scopeLogs: [{ records }] }] });

export const guardOf = (config: object = {}, host = hostOf().host): Guard =>
  createDefaultGuard(poisoningGuard.schema.parse(config), host);

export async function verdictsOf(guard: Guard, records: RecordSet): Promise<Answer[]> {
  const batch = new KeptBatch(records);
  await guard.process(batch);
  return batch.verdicts;
}

export async function verdictOf(guard: Guard, record: PlainRecord): Promise<Answer> {
  const [verdict] = await verdictsOf(guard, setOfRecords([record]));
  if (verdict === undefined) throw new Error('no verdict');
  return verdict;
}

/** `pass`, `flag`, `drop destructive`, `divert exfil`. */
export function said(verdict: Answer): string {
  if (verdict.kind === 'drop' || verdict.kind === 'divert') {
    return `${verdict.kind} ${verdict.reason}`;
  }
  const mark = recordOf(verdict)?.attribute('countersign.guard.verdict');
  return typeof mark === 'string' && mark !== 'allow' ? mark : verdict.kind;
}

export function recordOf(verdict: Answer): LogRecord | undefined {
  return verdict.kind === 'pass' || verdict.kind === 'divert' ? verdict.record : undefined;
}

/** Plain values as OTLP has them. */
export function valueOf(json: unknown): AttributeValue {
  if (Array.isArray(json)) return json.map(valueOf);
  if (typeof json === 'object' && json !== null) {
    return new KeyValueList(Object.entries(json).map(([key, value]) => [key, valueOf(value)]));
  }
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : json;
  return typeof json === 'string' || typeof json === 'boolean' ? json : null;
}

/** A record with this body and these attributes, as plain values. */
export function recordWith(body: unknown, attributes: Readonly<Record<string, unknown>> = {}) {
  return {
    body: body === undefined ? undefined : valueOf(body),
    attributes: Object.entries(attributes).map(([key, value]) => [key, valueOf(value)] as const),
  };
}

/** Counters above 0, by rule. */
export function countsOf(guard: Guard): Record<string, number> {
  const measures = guard.measures?.() ?? [];
  return Object.fromEntries(
    measures
      .filter(({ name, value }) => name === 'guard_findings' && value > 0)
      .map(({ labels, value }) => [labels?.['rule'] ?? '', value]),
  );
}
