import { config } from 'rxjs';
import type {
  Clock,
  Exporter,
  ExporterDefinition,
  Extension,
  ExtensionDefinition,
  Host,
  HealthReport,
  Lifecycle,
  Logger,
  ProcessorDefinition,
  Receiver,
  ReceiverDefinition,
} from '../sdk/index.ts';
import { CountersignError, Deadline, messageOf } from '../sdk/index.ts';
import type { AdmissionSettings } from './admission.ts';
import { Admission } from './admission.ts';
import { ReceiverDoor } from './door.ts';
import { auditOf } from './audit.ts';
import { Branch } from './branch.ts';
import type { Built } from './built.ts';
import { reportKey } from './built.ts';
import { healthOf } from './condition.ts';
import { Pipeline } from './pipeline.ts';
import { BRANCH_REASONS } from './reasons.ts';
import type { ComponentHealth, FinalBalance, LedgerSnapshot } from './snapshot.ts';
import { snapshotOf } from './snapshots.ts';
import { Stage } from './stage.ts';

/** A component as the configuration names it. */
export interface Configured<Definition> {
  readonly definition: Definition;
  /** As the definition's schema parsed it. */
  readonly config: unknown;
}

/** What to build: components by id, and which of them stand in which pipeline. */
export interface ServiceGraph {
  readonly receivers: ReadonlyMap<string, Configured<ReceiverDefinition>>;
  readonly processors: ReadonlyMap<string, Configured<ProcessorDefinition>>;
  readonly exporters: ReadonlyMap<string, Configured<ExporterDefinition>>;
  readonly extensions: ReadonlyMap<string, Configured<ExtensionDefinition>>;
  /** Extensions to start, in this order. */
  readonly extensionOrder: readonly string[];
  readonly pipelines: readonly {
    readonly id: string;
    readonly receivers: readonly string[];
    readonly processors: readonly string[];
    readonly exporters: readonly string[];
  }[];
  readonly admission: AdmissionSettings;
}

/** The effects that components reach through their hosts. */
export interface Environment {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  logger(id: string): Logger;
}

/** Milliseconds an exporter that ignores its deadline is waited for. */
const FORSAKE_AFTER_MS = 1_000;

/**
 * Builds all components of the graph; nothing is started, no effect has happened.
 *
 * @throws what a component's `create` throws, with its id in the message
 */
export async function createService(
  graph: ServiceGraph,
  environment: Environment,
): Promise<Service> {
  const service = new Service(graph, environment);
  await service.build();
  return service;
}

/** All pipelines of the daemon, from their start to their final balance. */
export class Service {
  readonly #graph: ServiceGraph;
  readonly #environment: Environment;
  readonly #admission: Admission;
  readonly #reports = new Map<string, HealthReport>();
  readonly #built: Built[] = [];
  readonly #extensions = new Map<string, Extension>();
  readonly #doors = new Map<string, ReceiverDoor>();
  readonly #receivers = new Map<string, Receiver>();
  readonly #pipelines: Pipeline[] = [];
  readonly #started: Built[] = [];
  #openReceivers = 0;
  #strayNotifications = 0;
  #stopping: Promise<FinalBalance> | undefined;
  #endSources: () => void = () => undefined;
  /** Resolves when every receiver has ended by itself, as stdin does at end of input. */
  readonly sourcesEnded: Promise<void>;

  constructor(graph: ServiceGraph, environment: Environment) {
    this.#graph = graph;
    this.#environment = environment;
    this.#admission = new Admission(graph.admission, environment.clock);
    this.sourcesEnded = new Promise((resolve) => {
      this.#endSources = resolve;
    });
  }

  /** @internal */
  async build(): Promise<void> {
    for (const id of this.#graph.extensionOrder) {
      const { definition, config: settings } = required(this.#graph.extensions, id);
      const extension = await create('extension', id, () =>
        definition.create(settings, this.#host('extension', id)),
      );
      this.#extensions.set(id, extension);
      this.#keep('extension', id, extension);
    }
    const exporters = new Map<string, Exporter>();
    for (const pipeline of this.#graph.pipelines) {
      for (const id of [...pipeline.exporters, ...this.#divertsOf(pipeline)]) {
        if (exporters.has(id)) continue;
        const { definition, config: settings } = required(this.#graph.exporters, id);
        const exporter = await create('exporter', id, () =>
          definition.create(settings, this.#host('exporter', id)),
        );
        exporters.set(id, exporter);
        this.#keep('exporter', id, exporter);
      }
    }
    for (const pipeline of this.#graph.pipelines) {
      this.#pipelines.push(await this.#buildPipeline(pipeline, exporters));
    }
    for (const id of new Set(this.#graph.pipelines.flatMap((pipeline) => pipeline.receivers))) {
      const { definition, config: settings } = required(this.#graph.receivers, id);
      const door = new ReceiverDoor(id, this.#admission, definition.answers);
      this.#doors.set(id, door);
      const host = { ...this.#host('receiver', id), door };
      const receiver = await create('receiver', id, () => definition.create(settings, host));
      this.#receivers.set(id, receiver);
      this.#keep('receiver', id, receiver);
    }
  }

  /** Starts extensions, exporters, processors, receivers. What was started is stopped on a failure. */
  async start(): Promise<void> {
    // Values sent to a stopped subscriber would vanish: they turn health red instead.
    config.onStoppedNotification = () => {
      this.#strayNotifications += 1;
    };
    this.#connect();
    try {
      for (const kind of ['extension', 'exporter', 'processor', 'receiver'] as const) {
        for (const built of this.#built.filter((one) => one.kind === kind)) {
          this.#started.push(built);
          await built.component.start?.();
        }
      }
    } catch (thrown) {
      await this.stop(0);
      throw thrown instanceof CountersignError
        ? thrown
        : new CountersignError('CS_START_FAILED', messageOf(thrown), { cause: thrown });
    }
  }

  /** Ends the sources, drains for at most `drainMs`, stops everything. Idempotent. */
  async stop(drainMs: number): Promise<FinalBalance> {
    this.#stopping ??= this.#stop(drainMs);
    return await this.#stopping;
  }

  snapshot(): LedgerSnapshot {
    return snapshotOf([...this.#doors.values()], this.#pipelines, this.#admission, this.#audit());
  }

  health(): ComponentHealth[] {
    return healthOf(this.#built, this.#reports, this.#pipelines, this.#audit());
  }

  #audit(): string[] {
    const sentences = auditOf([...this.#doors.values()], this.#pipelines);
    if (this.#strayNotifications > 0) {
      sentences.push(`${this.#strayNotifications} batches were sent to a stream that had ended`);
    }
    return sentences;
  }

  #connect(): void {
    for (const pipeline of this.#pipelines) {
      const { receivers } = required(byId(this.#graph.pipelines), pipeline.id);
      pipeline.run(receivers.map((id) => required(this.#doors, id)));
    }
    for (const [id, receiver] of this.#receivers) {
      const door = required(this.#doors, id);
      door.lead(
        this.#pipelines.filter((pipeline) =>
          required(byId(this.#graph.pipelines), pipeline.id).receivers.includes(id),
        ),
      );
      this.#openReceivers += 1;
      receiver.arrivals.subscribe({
        next: (arrival) => door.offer(arrival),
        complete: () => {
          door.end();
          this.#openReceivers -= 1;
          if (this.#openReceivers === 0) this.#endSources();
        },
      });
    }
  }

  async #stop(drainMs: number): Promise<FinalBalance> {
    const { clock } = this.#environment;
    this.#admission.draining = true;
    using deadline = new Deadline(clock, drainMs);
    const expired = new Promise<void>((resolve) => deadline.onExpired(resolve));
    for (const door of this.#doors.values()) door.retryWaiting();
    for (const branch of this.#branches()) branch.drain();
    const receiversStopped = this.#stopAll('receiver', deadline);
    await Promise.race([
      receiversStopped.then(async () => await this.#admission.whenIdle()),
      expired,
    ]);
    deadline.expire();
    for (const branch of this.#branches()) branch.abandon();
    using overdue = new Deadline(clock, FORSAKE_AFTER_MS);
    const forsaken = new Promise<void>((resolve) => overdue.onExpired(resolve));
    await Promise.race([Promise.all([receiversStopped, this.#admission.whenIdle()]), forsaken]);
    for (const branch of this.#branches()) branch.forsake();
    for (const kind of ['processor', 'exporter', 'extension'] as const) {
      await Promise.race([this.#stopAll(kind, overdue), forsaken]);
    }
    const snapshot = this.snapshot();
    const exitCode = snapshot.audit.length > 0 ? 4 : snapshot.lost > 0 ? 3 : 0;
    return { snapshot, exitCode };
  }

  async #stopAll(kind: ComponentHealth['kind'], deadline: Deadline): Promise<void> {
    const stopping = this.#started.filter((built) => built.kind === kind).toReversed();
    await Promise.all(
      stopping.map(async ({ id, component }) => {
        try {
          await component.stop?.(deadline);
        } catch (thrown) {
          const fields = { component: id, error: messageOf(thrown) };
          this.#environment.logger(id).error('the component could not be stopped', fields);
        }
      }),
    );
  }

  #branches(): Branch[] {
    return this.#pipelines.flatMap((pipeline) => [
      ...pipeline.branches,
      ...pipeline.diverts.values(),
    ]);
  }

  #divertsOf(pipeline: { processors: readonly string[] }): string[] {
    return pipeline.processors.flatMap((id) => {
      const { definition, config: settings } = required(this.#graph.processors, id);
      return [...(definition.diverts?.(settings) ?? [])];
    });
  }

  async #buildPipeline(
    wanted: ServiceGraph['pipelines'][number],
    exporters: ReadonlyMap<string, Exporter>,
  ): Promise<Pipeline> {
    const { clock } = this.#environment;
    const reasons = { ...BRANCH_REASONS };
    const stages: Stage[] = [];
    for (const [index, id] of wanted.processors.entries()) {
      const { definition, config: settings } = required(this.#graph.processors, id);
      Object.assign(reasons, definition.reasons);
      const host = this.#host('processor', id, wanted.id);
      const processor = await create('processor', id, () => definition.create(settings, host));
      this.#keep('processor', id, processor, wanted.id);
      stages.push(
        new Stage({
          id,
          index,
          processor,
          reasons: definition.reasons,
          divert: (to, passage, records) => pipeline.divert(to, passage, records),
          log: this.#environment.logger(id),
        }),
      );
    }
    const branch = (id: string, kind: Branch['kind']) => {
      const { definition, config: settings } = required(this.#graph.exporters, id);
      Object.assign(reasons, definition.reasons);
      return new Branch({
        id,
        kind,
        exporter: required(exporters, id),
        reasons: definition.reasons,
        delivery: definition.delivery(settings),
        clock,
        random: () => this.#environment.random(),
        log: this.#environment.logger(id),
        openRecords: () => pipeline.head.inFlight,
        onRoom: () => {
          for (const door of this.#doors.values()) door.retryWaiting();
        },
      });
    };
    const branches = wanted.exporters.map((id) => branch(id, 'regular'));
    const diverts = new Map(
      this.#divertsOf(wanted).map((id): [string, Branch] => [id, branch(id, 'divert')]),
    );
    const pipeline: Pipeline = new Pipeline(wanted.id, {
      stages,
      branches,
      diverts,
      reasons,
      log: this.#environment.logger(wanted.id),
    });
    return pipeline;
  }

  #keep(kind: Built['kind'], id: string, component: Lifecycle, pipeline?: string): void {
    this.#built.push({ kind, id, pipeline, component });
  }

  #host(kind: Built['kind'], id: string, pipeline = ''): Host {
    return {
      id,
      log: this.#environment.logger(id),
      clock: this.#environment.clock,
      random: () => this.#environment.random(),
      report: (health) => this.#reports.set(reportKey(kind, id, pipeline), health),
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

function byId(pipelines: ServiceGraph['pipelines']) {
  return new Map(pipelines.map((pipeline) => [pipeline.id, pipeline]));
}

function required<T>(map: ReadonlyMap<string, T>, id: string): T {
  const value = map.get(id);
  if (value === undefined) throw new TypeError(`${id} is not defined`);
  return value;
}
