import type {
  Arrival,
  ArrivalKey,
  ArrivalOutcome,
  Batch,
  Deadline,
  Delivery,
  Door,
  Ending,
  Exporter,
  Judged,
  Logger,
  Processor,
  ReasonTable,
  RecordSet,
  Shipment,
  Verdict,
} from '../../sdk/index.ts';
import { ArrivalStream, CountersignError, drop, PASS, z } from '../../sdk/index.ts';
import type { Service } from '../service.ts';
import { createService } from '../service.ts';
import type { PipelineSnapshot } from '../snapshot.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { Rows, textsOf } from './rows.ts';

export const BACKEND_DOWN = new CountersignError('CS_BACKEND_UNAVAILABLE', 'the backend is down');

/** What a scripted backend says to one attempt, or when it does not say anything until told. */
export type Answer = Shipment | 'hang' | 'throw';

export const OK: Shipment = { status: 'delivered', rejected: 0 };
export const RETRY: Shipment & { status: 'retry' } = { status: 'retry', error: BACKEND_DOWN };
export const UNKNOWN: Shipment & { status: 'unknown' } = { status: 'unknown', error: BACKEND_DOWN };
export const REFUSED: Shipment & { status: 'failed' } = {
  status: 'failed',
  reason: 'rejected_by_backend',
  error: BACKEND_DOWN,
};

/** A backend that answers in order; the last answer repeats. */
export class ScriptedExporter implements Exporter {
  readonly shipped: string[][] = [];
  /** What it said "delivered" to, as a whole. */
  readonly delivered: string[] = [];
  readonly #answers: Answer[];
  readonly #hanging: ((shipment: Shipment) => void)[] = [];

  constructor(answers: Answer[]) {
    this.#answers = answers;
  }

  async ship(sets: readonly RecordSet[], deadline: Deadline): Promise<Shipment> {
    this.shipped.push(textsOf(sets));
    const next = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
    if (next === 'throw') throw new Error('exporter bug');
    if (next !== 'hang' && next !== undefined) {
      if (next.status === 'delivered') this.delivered.push(...textsOf(sets));
      return next;
    }
    return await new Promise((resolve) => {
      this.#hanging.push(resolve);
      deadline.onExpired(() => resolve({ status: 'unknown', error: BACKEND_DOWN }));
    });
  }

  /** Answers the attempt that has waited longest. */
  answer(shipment: Shipment): void {
    this.#hanging.shift()?.(shipment);
  }
}

export const STAGE_REASONS = {
  bad: { ending: 'dropped', told: 'rejected', meaning: 'test' },
  seen: { ending: 'dropped', told: 'accepted', meaning: 'test' },
  busy: { ending: 'failed', told: 'retryable', meaning: 'test' },
} as const satisfies ReasonTable;

type StageReason = keyof typeof STAGE_REASONS;

/** Drops what is named after a reason (`bad1`), remembers what it was told. */
export class WordProcessor implements Processor<StageReason> {
  readonly settlements: string[] = [];
  readonly promises: string[] = [];
  readonly releases: string[] = [];
  readonly #decide: (text: string) => Verdict<StageReason>;
  readonly #hold: (text: string) => boolean;

  constructor(
    decide: (text: string) => Verdict<StageReason> = byName,
    hold: (text: string) => boolean = () => false,
  ) {
    this.#decide = decide;
    this.#hold = hold;
  }

  process(batch: Batch<StageReason>): Judged<StageReason> {
    return batch.judge((record) => this.#decide(record.bodyText ?? ''));
  }

  settled(records: RecordSet, ending: Ending): void {
    const how = ending.kind === 'delivered' ? 'delivered' : ending.reason;
    for (const text of textsOf([records])) this.settlements.push(`${text}:${how}`);
  }

  promised(records: RecordSet): void {
    this.promises.push(...textsOf([records]));
  }

  released(arrival: ArrivalKey): void {
    this.releases.push(arrival.text);
  }

  holds(records: RecordSet, index: number): boolean {
    return this.#hold(records.at(index).bodyText ?? '');
  }
}

const DROPS = { bad: drop('bad'), seen: drop('seen') } as const;

export function byName(text: string): Verdict<StageReason> {
  if (text.startsWith('bad')) return DROPS.bad;
  if (text.startsWith('seen')) return DROPS.seen;
  if (text.startsWith('busy')) return { kind: 'fail', reason: 'busy' };
  if (text.startsWith('divert')) return { kind: 'divert', reason: 'bad', to: 'quarantine' };
  if (text.startsWith('throw')) throw new Error('processor bug');
  return PASS;
}

export const SYNC: Delivery = {
  timeoutMs: 0,
  queue: undefined,
  retry: undefined,
  breaker: undefined,
};

export const QUEUE = {
  consumers: 1,
  size: 100,
  sizer: 'items',
  blockOnOverflow: false,
  dropOldest: false,
  waitForResult: true,
  batch: undefined,
} as const;

export const RETRYING = {
  initialIntervalMs: 1_000,
  maxIntervalMs: 8_000,
  maxElapsedMs: 60_000,
  multiplier: 2,
  randomizationFactor: 0,
} as const;

export const QUEUED: Delivery = {
  timeoutMs: 5_000,
  queue: QUEUE,
  retry: RETRYING,
  breaker: undefined,
};

export interface BranchPlan {
  readonly answers: Answer[];
  readonly delivery?: Delivery;
}

export interface RigPlan {
  readonly processors?: readonly Processor[];
  readonly branches: Readonly<Record<string, BranchPlan>>;
  /** Exporters reached only by divert. */
  readonly diverts?: readonly string[];
  readonly answersSender?: boolean;
  readonly pipelines?: number;
  readonly inFlightRecordsMax?: number;
}

const SILENT: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

/** A service on a fake clock with scripted backends, fed by hand. */
export class Rig {
  readonly clock = new FakeClock();
  readonly exporters = new Map<string, ScriptedExporter>();
  readonly outcomes: ArrivalOutcome[] = [];
  readonly stream = new ArrivalStream();
  released = 0;
  door: Door | undefined;
  #service: Service | undefined;

  static async start(plan: RigPlan): Promise<Rig> {
    const rig = new Rig();
    const diverts = plan.diverts ?? [];
    for (const [id, { answers }] of Object.entries(plan.branches)) {
      rig.exporters.set(id, new ScriptedExporter([...answers]));
    }
    const processors = (plan.processors ?? []).map((processor, index) => ({
      id: `stage${index}`,
      processor,
    }));
    const common = { stability: 'stable', summary: '', schema: z.unknown(), example: '' } as const;
    rig.#service = await createService(
      {
        receivers: new Map([
          [
            'source',
            {
              config: undefined,
              definition: {
                ...common,
                kind: 'receiver',
                type: 'source',
                answers: plan.answersSender ?? true,
                create: (_, host) => {
                  rig.door = host.door;
                  return { arrivals: rig.stream.arrivals, stop: () => rig.stream.end() };
                },
              },
            },
          ],
        ]),
        processors: new Map(
          processors.map(({ id, processor }) => [
            id,
            {
              config: undefined,
              definition: {
                ...common,
                kind: 'processor',
                type: id,
                reasons: STAGE_REASONS,
                diverts: () => diverts,
                create: () => processor,
              },
            },
          ]),
        ),
        exporters: new Map(
          Object.entries(plan.branches).map(([id, { delivery = SYNC }]) => [
            id,
            {
              config: undefined,
              definition: {
                ...common,
                kind: 'exporter',
                type: id,
                reasons: {},
                delivery: () => delivery,
                create: () => rig.exporter(id),
              },
            },
          ]),
        ),
        extensions: new Map(),
        extensionOrder: [],
        pipelines: Array.from({ length: plan.pipelines ?? 1 }, (_, index) => ({
          id: index === 0 ? 'logs' : `logs/${index}`,
          receivers: ['source'],
          processors: processors.map(({ id }) => id),
          exporters: Object.keys(plan.branches).filter((id) => !diverts.includes(id)),
        })),
        admission: {
          inFlightBytesMax: 1_000_000,
          inFlightRecordsMax: plan.inFlightRecordsMax ?? 1_000,
          answerWithinMs: 8_000,
        },
      },
      { clock: rig.clock, random: () => 0.5, logger: () => SILENT },
    );
    await rig.#service.start();
    return rig;
  }

  get service(): Service {
    if (this.#service === undefined) throw new Error('not started');
    return this.#service;
  }

  exporter(id: string): ScriptedExporter {
    const exporter = this.exporters.get(id);
    if (exporter === undefined) throw new Error(`no exporter ${id}`);
    return exporter;
  }

  /** One arrival of these texts, and everything that follows from it at once. */
  async send(...texts: string[]): Promise<ArrivalOutcome | undefined> {
    const before = this.outcomes.length;
    const arrival: Arrival = {
      records: Rows.of(...texts),
      bytes: 0,
      settle: (outcome) => this.outcomes.push(outcome),
      release: () => {
        this.released += 1;
      },
    };
    this.stream.bring(arrival);
    await settle();
    return this.outcomes[before];
  }

  /** The books of the first pipeline with only what is not 0. */
  books(): Record<string, Record<string, number>> {
    const pipeline = this.service.snapshot().pipelines[0];
    if (pipeline === undefined) throw new Error('no pipeline');
    return condensed(pipeline);
  }
}

/** Each ledger as `{submitted, delivered, 'failed.x', …}`, zeros left out. */
export function condensed(pipeline: PipelineSnapshot): Record<string, Record<string, number>> {
  const books: Record<string, Record<string, number>> = {};
  for (const part of [pipeline, ...pipeline.stages, ...pipeline.branches]) {
    const row: Record<string, number> = {
      submitted: part.submitted,
      delivered: part.delivered,
      in_flight: part.inFlight,
    };
    for (const [reason, count] of Object.entries(part.failed)) row[`failed.${reason}`] = count;
    for (const [reason, count] of Object.entries(part.dropped)) row[`dropped.${reason}`] = count;
    books[part.id] = Object.fromEntries(Object.entries(row).filter(([, count]) => count !== 0));
  }
  return books;
}
