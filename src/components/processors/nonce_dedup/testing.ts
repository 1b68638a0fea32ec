import { encodeRequest, indexRequest } from '../../../otlp/index.ts';
import type {
  ArrivalKey,
  Batch,
  Clock,
  HealthReport,
  Host,
  Judged,
  KeyValue,
  RecordSet,
  Timer,
  Verdict,
} from '../../../sdk/index.ts';
import { type NonceDedupReason, nonceDedup } from './index.ts';
import { createNonceDedup, type NonceDedup } from './processor.ts';

/** A test's clock: time stands until it is moved. */
export class FakeClock implements Clock {
  wall: number;
  monotonic = 1_000.5;
  #timers: { at: number; call: () => void }[] = [];

  constructor(wall: number) {
    this.wall = wall;
  }

  wallMs(): number {
    return this.wall;
  }
  monotonicMs(): number {
    return this.monotonic;
  }
  after(delayMs: number, call: () => void): Timer {
    const timer = { at: this.monotonic + delayMs, call };
    this.#timers.push(timer);
    const cancel = (): void => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
    return { cancel, [Symbol.dispose]: cancel };
  }

  /** Both clocks run for `ms`, and timers fire on the way. */
  run(ms: number): void {
    const end = this.monotonic + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== due);
      this.#move(due.at - this.monotonic);
      due.call();
    }
    this.#move(end - this.monotonic);
  }

  #move(ms: number): void {
    this.monotonic += ms;
    this.wall += ms;
  }
}

/** A record of a test: by default of sender `a` under a chosen nonce. */
export interface TestRecord {
  readonly nonce?: string | bigint | undefined;
  readonly timeMs?: number | bigint | string | undefined;
  readonly timeUnixNano?: bigint | undefined;
  readonly sender?: string | undefined;
  readonly body?: string | undefined;
  readonly attributes?: readonly KeyValue[] | undefined;
}

function attributesOf(record: TestRecord): KeyValue[] {
  const list: KeyValue[] = [['http.request.method', 'GET']];
  if (record.nonce !== undefined) list.push(['countersign.nonce', record.nonce]);
  if (record.timeMs !== undefined) {
    const { timeMs } = record;
    const whole = typeof timeMs === 'number' && Number.isInteger(timeMs);
    list.push(['countersign.time_ms', whole ? BigInt(timeMs) : timeMs]);
  }
  if (record.sender !== undefined) list.push(['countersign.sender', record.sender]);
  return [...list, ...(record.attributes ?? [])];
}

/** The set of an arrival with these records. */
export function arrivalOf(records: readonly TestRecord[], key?: ArrivalKey): RecordSet {
  arrivals += 1;
  const bytes = encodeRequest({
    resourceLogs: [
      {
        scopeLogs: [
          {
            records: records.map((record) => ({
              timeUnixNano: record.timeUnixNano,
              body: record.body ?? 'text',
              attributes: attributesOf(record),
            })),
          },
        ],
      },
    ],
  });
  return indexRequest(bytes, key ?? { text: `arrival-${arrivals}` });
}

let arrivals = 0;

/** A batch as the runtime makes one; `outcomes` are 'pass' or the reason, by record. */
export class FakeBatch implements Batch<NonceDedupReason> {
  readonly records: RecordSet;
  readonly outcomes: string[] = [];

  constructor(records: RecordSet) {
    this.records = records;
  }

  judgeRows(decide: (index: number) => Verdict<NonceDedupReason>): Judged<NonceDedupReason> {
    for (let i = 0; i < this.records.count; i++) {
      const verdict = decide(i);
      this.outcomes.push(verdict.kind === 'pass' ? 'pass' : verdict.reason);
    }
    return {} as Judged<NonceDedupReason>;
  }
  judge(): never {
    throw new Error('not used');
  }
  judgeAsync(): never {
    throw new Error('not used');
  }
  passAll(): never {
    throw new Error('not used');
  }
}

/** A started stage with its clock, its health and its log. */
export class TestStage {
  readonly clock: FakeClock;
  readonly stage: NonceDedup;
  readonly reports: HealthReport[] = [];
  readonly lines: string[] = [];

  /** What the stage tells of itself under this name. */
  measure(name: string): number | undefined {
    return this.stage.measures().find((measure) => measure.name === name)?.value;
  }

  constructor(config: Readonly<Record<string, unknown>>, clock: FakeClock) {
    this.clock = clock;
    const write = (message: string): void => {
      this.lines.push(message);
    };
    const host: Host = {
      id: 'nonce_dedup',
      log: { error: write, warn: write, info: write, debug: write },
      clock,
      random: () => 0.5,
      report: (report) => this.reports.push(report),
      extension: () => undefined,
    };
    this.stage = createNonceDedup(nonceDedup.schema.parse(config), host);
    this.stage.start();
  }

  get health(): HealthReport | undefined {
    return this.reports.at(-1);
  }

  /** What becomes of the records at the stage. */
  judge(records: RecordSet): string[] {
    const batch = new FakeBatch(records);
    this.stage.process(batch);
    return batch.outcomes;
  }

  /** Judges an arrival of its own; what passes is delivered at once. */
  deliver(...records: readonly TestRecord[]): string[] {
    const set = arrivalOf(records);
    const outcomes = this.judge(set);
    this.stage.settled(passedOf(set, outcomes), { kind: 'delivered' });
    return outcomes;
  }
}

/** The records that passed. */
export function passedOf(set: RecordSet, outcomes: readonly string[]): RecordSet {
  return set.select(outcomes.flatMap((outcome, i) => (outcome === 'pass' ? [i] : [])));
}
