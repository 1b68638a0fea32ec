import type {
  Exporter,
  Extension,
  HealthReport,
  Host,
  Lifecycle,
  Receiver,
  ReasonTable,
} from '../sdk/index.ts';
import { CountersignError, messageOf } from '../sdk/index.ts';
import type { Admission } from './admission.ts';
import { Branch } from './branch.ts';
import type { Built } from './built.ts';
import { reportKey } from './built.ts';
import { ReceiverDoor } from './door.ts';
import type { Environment, ServiceGraph } from './graph.ts';
import { Pipeline } from './pipeline.ts';
import { BRANCH_REASONS } from './reasons.ts';
import type { DivertTo } from './stage.ts';
import { Stage } from './stage.ts';

type PipelinePlan = ServiceGraph['pipelines'][number];

/** A receiver with its door and the pipelines it feeds. */
export interface Source {
  readonly door: ReceiverDoor;
  readonly receiver: Receiver;
  readonly pipelines: readonly Pipeline[];
}

/** Makes components and pipelines out of a graph. Nothing is started, no effect has happened. */
export class Assembly {
  /** Every component instance, in the order it was made. */
  readonly built: Built[] = [];
  readonly pipelines: Pipeline[] = [];
  readonly sources: Source[] = [];
  /** What each component last said of its health, by `reportKey`. */
  readonly reports = new Map<string, HealthReport>();
  readonly #graph: ServiceGraph;
  readonly #environment: Environment;
  readonly #admission: Admission;
  readonly #extensions = new Map<string, Extension>();
  readonly #exporters = new Map<string, Exporter>();

  constructor(graph: ServiceGraph, environment: Environment, admission: Admission) {
    this.#graph = graph;
    this.#environment = environment;
    this.#admission = admission;
  }

  /** @throws what a component's `create` throws, with its id in the message */
  async build(): Promise<void> {
    for (const id of this.#graph.extensionOrder) await this.#buildExtension(id);
    for (const plan of this.#graph.pipelines) {
      for (const id of new Set([...plan.exporters, ...this.#divertsOf(plan)])) {
        await this.#buildExporter(id);
      }
    }
    for (const plan of this.#graph.pipelines) {
      this.pipelines.push(await this.#buildPipeline(plan));
    }
    for (const id of new Set(this.#graph.pipelines.flatMap((plan) => plan.receivers))) {
      await this.#buildReceiver(id);
    }
  }

  async #buildExtension(id: string): Promise<void> {
    const { definition, config } = required(this.#graph.extensions, id);
    const host = this.#host('extension', id);
    const extension = await create('extension', id, () => definition.create(config, host));
    this.#extensions.set(id, extension);
    this.#keep('extension', id, extension);
  }

  /** One instance of an exporter, however many pipelines it is in. */
  async #buildExporter(id: string): Promise<void> {
    if (this.#exporters.has(id)) return;
    const { definition, config } = required(this.#graph.exporters, id);
    const host = this.#host('exporter', id);
    const exporter = await create('exporter', id, () => definition.create(config, host));
    this.#exporters.set(id, exporter);
    this.#keep('exporter', id, exporter);
  }

  async #buildReceiver(id: string): Promise<void> {
    const { definition, config } = required(this.#graph.receivers, id);
    const pipelines = this.pipelines.filter((_, index) =>
      this.#graph.pipelines[index]?.receivers.includes(id),
    );
    const door = new ReceiverDoor(id, this.#admission, definition.answers, pipelines);
    const host = { ...this.#host('receiver', id), door };
    const receiver = await create('receiver', id, () => definition.create(config, host));
    this.sources.push({ door, receiver, pipelines });
    this.#keep('receiver', id, receiver);
  }

  async #buildPipeline(plan: PipelinePlan): Promise<Pipeline> {
    const reasons: ReasonTable = Object.assign(
      { ...BRANCH_REASONS },
      ...plan.processors.map((id) => required(this.#graph.processors, id).definition.reasons),
      ...plan.exporters.map((id) => required(this.#graph.exporters, id).definition.reasons),
    );
    const stages: Stage[] = [];
    for (const [index, id] of plan.processors.entries()) {
      stages.push(
        await this.#buildStage(plan.id, index, id, (to, passage, records) =>
          pipeline.divert(to, passage, records),
        ),
      );
    }
    const openRecords = () => pipeline.head.inFlight;
    const pipeline: Pipeline = new Pipeline(plan.id, {
      stages,
      branches: plan.exporters.map((id) => this.#buildBranch(id, 'regular', openRecords)),
      diverts: new Map(
        this.#divertsOf(plan).map((id): [string, Branch] => [
          id,
          this.#buildBranch(id, 'divert', openRecords),
        ]),
      ),
      reasons,
      log: this.#environment.logger(plan.id),
    });
    return pipeline;
  }

  async #buildStage(pipeline: string, index: number, id: string, divert: DivertTo): Promise<Stage> {
    const { definition, config } = required(this.#graph.processors, id);
    const host = this.#host('processor', id, pipeline);
    const processor = await create('processor', id, () => definition.create(config, host));
    this.#keep('processor', id, processor, pipeline);
    const { reasons } = definition;
    return new Stage({ id, index, processor, reasons, divert, log: host.log });
  }

  #buildBranch(id: string, kind: Branch['kind'], openRecords: () => number): Branch {
    const { definition, config } = required(this.#graph.exporters, id);
    return new Branch({
      id,
      kind,
      exporter: required(this.#exporters, id),
      reasons: definition.reasons,
      delivery: definition.delivery(config),
      clock: this.#environment.clock,
      random: () => this.#environment.random(),
      log: this.#environment.logger(id),
      openRecords,
      onRoom: () => {
        for (const { door } of this.sources) door.retryWaiting();
      },
    });
  }

  #divertsOf(plan: PipelinePlan): string[] {
    return plan.processors.flatMap((id) => {
      const { definition, config } = required(this.#graph.processors, id);
      return [...(definition.diverts?.(config) ?? [])];
    });
  }

  #keep(kind: Built['kind'], id: string, component: Lifecycle, pipeline?: string): void {
    this.built.push({ kind, id, pipeline, component });
  }

  #host(kind: Built['kind'], id: string, pipeline?: string): Host {
    return {
      id,
      log: this.#environment.logger(id),
      clock: this.#environment.clock,
      random: () => this.#environment.random(),
      report: (health) => this.reports.set(reportKey(kind, id, pipeline), health),
      extension: (wanted) => this.#extensions.get(wanted),
    };
  }
}

async function create<T>(kind: string, id: string, make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (thrown) {
    const message = `${kind} ${id}: ${messageOf(thrown)}`;
    const code = thrown instanceof CountersignError ? thrown.code : 'CS_START_FAILED';
    throw new CountersignError(code, message, { cause: thrown });
  }
}

function required<T>(map: ReadonlyMap<string, T>, id: string): T {
  const value = map.get(id);
  if (value === undefined) throw new TypeError(`${id} is not defined`);
  return value;
}
