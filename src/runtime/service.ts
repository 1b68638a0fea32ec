import { config } from 'rxjs';
import { CountersignError, Deadline, messageOf } from '../sdk/index.ts';
import { Admission } from './admission.ts';
import { Assembly } from './assembly.ts';
import { auditOf } from './audit.ts';
import type { Branch } from './branch.ts';
import type { Built } from './built.ts';
import { healthOf } from './condition.ts';
import type { ReceiverDoor } from './door.ts';
import type { Environment, ServiceGraph } from './graph.ts';
import type { ComponentHealth, FinalBalance, LedgerSnapshot } from './snapshot.ts';
import { snapshotOf } from './snapshots.ts';

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
  const admission = new Admission(graph.admission, environment.clock);
  const assembly = new Assembly(graph, environment, admission);
  await assembly.build();
  return new Service(assembly, environment, admission);
}

/** All pipelines of the daemon, from their start to their final balance. */
export class Service {
  readonly #assembly: Assembly;
  readonly #environment: Environment;
  readonly #admission: Admission;
  readonly #started: Built[] = [];
  #openReceivers = 0;
  #strayNotifications = 0;
  #stopping: Promise<FinalBalance> | undefined;
  #endSources: () => void = () => undefined;
  /** Resolves when every receiver has ended by itself, as stdin does at end of input. */
  readonly sourcesEnded: Promise<void>;

  /** @internal Use {@link createService}. */
  constructor(assembly: Assembly, environment: Environment, admission: Admission) {
    this.#assembly = assembly;
    this.#environment = environment;
    this.#admission = admission;
    this.sourcesEnded = new Promise((resolve) => {
      this.#endSources = resolve;
    });
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
        for (const built of this.#assembly.built.filter((one) => one.kind === kind)) {
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
    const { pipelines } = this.#assembly;
    return snapshotOf(this.#doors(), pipelines, this.#admission, this.#audit());
  }

  health(): ComponentHealth[] {
    const { built, reports, pipelines } = this.#assembly;
    return healthOf(built, reports, pipelines, this.#audit());
  }

  #audit(): string[] {
    const sentences = auditOf(this.#doors(), this.#assembly.pipelines);
    if (this.#strayNotifications > 0) {
      sentences.push(`${this.#strayNotifications} batches were sent to a stream that had ended`);
    }
    return sentences;
  }

  #doors(): ReceiverDoor[] {
    return this.#assembly.sources.map(({ door }) => door);
  }

  #connect(): void {
    const { pipelines, sources } = this.#assembly;
    for (const pipeline of pipelines) {
      const feeding = sources.filter((source) => source.pipelines.includes(pipeline));
      pipeline.run(feeding.map(({ door }) => door));
    }
    this.#openReceivers = sources.length;
    for (const { receiver, door } of sources) {
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
    for (const door of this.#doors()) door.retryWaiting();
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
    return this.#assembly.pipelines.flatMap((pipeline) => [
      ...pipeline.branches,
      ...pipeline.diverts.values(),
    ]);
  }
}
