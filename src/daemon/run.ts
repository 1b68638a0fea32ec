import { CountersignError, messageOf } from '../sdk/index.ts';
import type { Logger } from '../sdk/index.ts';
import { components } from '../components/index.ts';
import { createService } from '../runtime/index.ts';
import type { FinalBalance, Service } from '../runtime/index.ts';
import { balanceFields, balanceTable } from './balance.ts';
import type { PipelineGraph } from './config/graph.ts';
import { loadConfig } from './config/load.ts';
import { formatProblem, problemSummary, problemText } from './config/problem.ts';
import type { ConfigRequest } from './config/sources.ts';
import { healthPages } from './health/pages.ts';
import { StallWatch } from './health/stall.ts';
import type { Observed, Phase } from './health/status.ts';
import { freeCompilerMemoryAtOnce, giveBackStartMemory } from './heap.ts';
import { systemClock } from './host/clock.ts';
import { DaemonLog } from './host/log.ts';
import { withoutSecrets } from './redact.ts';
import { PageServer } from './server/http.ts';
import { StopRequests } from './signals.ts';
import type { StopCause } from './signals.ts';
import { processSurroundings } from './surroundings.ts';
import { version } from './version.ts';
import { welcome } from './welcome.ts';
import type { OwnAddresses } from './welcome.ts';

/** Exit codes besides those of the final balance. */
const EXIT_START = 1;
const EXIT_UNBALANCED = 4;

/** Longest time own logs may take to leave at the end. */
const OWN_LOGS_MS_MAX = 2000;

/** How much longer than its deadline a drain may take before the process ends without it. */
const OVERDUE_MS = 5000;

/**
 * Runs the daemon from its configuration to its final balance, and gives the exit code.
 *
 * Everything for people goes to stderr: stdout belongs to the `stdout` exporter.
 */
export async function run(request: ConfigRequest): Promise<number> {
  const { graph, problems } = loadConfig(request, components, processSurroundings);
  if (graph === undefined) {
    for (const problem of problems) process.stderr.write(`${formatProblem(problem)}\n`);
    process.stderr.write(`${problemSummary(problems)}\n`);
    return EXIT_START;
  }
  const { logs } = graph.settings.telemetry;
  const log = new DaemonLog({
    level: logs.level,
    encoding: logs.encoding,
    fields: logs.initial_fields,
  });
  for (const problem of problems) log.logger().warn(problemText(problem));
  const daemon = new Daemon(graph, log);
  return await daemon.run();
}

class Daemon {
  readonly #graph: PipelineGraph;
  readonly #log: DaemonLog;
  readonly #self: Logger;
  readonly #servers: PageServer[] = [];
  readonly #stall = new StallWatch(systemClock);
  readonly #closers: ((timeoutMs: number) => void | Promise<void>)[] = [];
  #phase: Phase = 'starting';
  #service: Service | undefined;

  constructor(graph: PipelineGraph, log: DaemonLog) {
    this.#graph = graph;
    this.#log = log;
    this.#self = log.logger();
  }

  async run(): Promise<number> {
    const requests = new StopRequests(systemClock, (code) => this.#endNow(code));
    listen(requests, this.#self);
    // A supervisor that closed our stderr must not end the daemon.
    process.stderr.on('error', () => undefined);
    // Timers of the clock do not keep the process alive, and a drain may wait for nothing else.
    const alive = setInterval(() => undefined, 2 ** 30);
    try {
      const service = await this.#start();
      void service.sourcesEnded.then(() => requests.request({ kind: 'sources_ended' }));
      return await this.#drain(service, await requests.stopping);
    } catch (thrown) {
      const code = thrown instanceof CountersignError ? thrown.code : 'CS_START_FAILED';
      this.#self.error(`cannot start: ${withoutSecrets(messageOf(thrown))}`, { code });
      return EXIT_START;
    } finally {
      clearInterval(alive);
      await this.#close();
    }
  }

  async #start(): Promise<Service> {
    const { settings } = this.#graph;
    await this.#openOwnLogs();
    const { max_in_flight_bytes, max_in_flight_records, answer_within } = settings.admission;
    const service = await createService(
      {
        ...this.#graph,
        admission: {
          inFlightBytesMax: max_in_flight_bytes,
          inFlightRecordsMax: max_in_flight_records,
          answerWithinMs: answer_within,
        },
      },
      { clock: systemClock, random: Math.random, logger: (id) => this.#log.logger(id) },
    );
    this.#service = service;
    await this.#observeForEmbedders(service);
    const addresses = await this.#openServers(service);
    freeCompilerMemoryAtOnce();
    giveBackStartMemory();
    this.#stall.start();
    await service.start();
    this.#phase = 'running';
    this.#self.info('started', {
      version: version(),
      pipelines: this.#graph.pipelines.map(({ id }) => id).join(', '),
    });
    const { level } = settings.telemetry.logs;
    const talks = this.#log.encoding === 'console' && (level === 'info' || level === 'debug');
    if (talks) this.#log.print(`\n${welcome(this.#graph, addresses)}\n`);
    return service;
  }

  /** Own logs to OTLP: the SDK costs 30 MB, so it is loaded only when it is configured. */
  async #openOwnLogs(): Promise<void> {
    const { telemetry } = this.#graph.settings;
    if (telemetry.logs.processors.length === 0) return;
    const { sendOwnLogs } = await import('./telemetry/own-logs.ts');
    // Troubles with sending must not become more to send.
    const troubles = new DaemonLog({ level: 'warn', encoding: this.#log.encoding, fields: {} });
    const own = sendOwnLogs(telemetry, version(), troubles.logger('telemetry'));
    this.#log.sinks.push(own);
    this.#closers.push(async (timeoutMs) => await own.close(timeoutMs));
  }

  async #observeForEmbedders(service: Service): Promise<void> {
    const { hasMeterProvider } = await import('./telemetry/provider.ts');
    if (!hasMeterProvider()) return;
    const { observeLedger } = await import('./telemetry/instruments.ts');
    this.#closers.push(observeLedger(() => service.snapshot()));
  }

  async #openServers(service: Service): Promise<OwnAddresses> {
    const { health, telemetry } = this.#graph.settings;
    const { written } = this.#graph;
    const pages = healthPages(
      () => this.#observed(service),
      () => service.snapshot(),
    );
    const metricsAddress = metricsEndpoint(telemetry.metrics);
    const { metricsText, processUse } = await import('./telemetry/prometheus.ts');
    const metrics = {
      '/metrics': () => ({
        status: 200,
        contentType: 'text/plain; version=0.0.4; charset=utf-8',
        body: metricsText(service.snapshot(), processUse(version())),
      }),
    };
    return {
      health: health.enabled
        ? await this.#open('health', pages, health.endpoint, written.healthEndpoint)
        : undefined,
      metrics:
        telemetry.metrics.level === 'none'
          ? undefined
          : await this.#open('metrics', metrics, metricsAddress, written.metricsAddress),
    };
  }

  /** A default address that somebody else has is worth a warning; one that was written must be had. */
  async #open(
    what: string,
    pages: ConstructorParameters<typeof PageServer>[1],
    endpoint: string,
    written: boolean,
  ): Promise<string | undefined> {
    const server = new PageServer(what, pages);
    try {
      const address = await server.listen(endpoint);
      this.#servers.push(server);
      this.#self.info(`${what} answers`, { address });
      return address;
    } catch (thrown) {
      if (written) throw thrown;
      this.#self.warn(`${messageOf(thrown)}; going on without it, because it is the default`);
      return undefined;
    }
  }

  #observed(service: Service): Observed {
    return {
      phase: this.#phase,
      components: service.health(),
      audit: service.snapshot().audit,
      stalledMs: this.#stall.stalledMs,
    };
  }

  async #drain(service: Service, cause: StopCause): Promise<number> {
    this.#phase = 'draining';
    this.#tell(cause);
    const drainMs = this.#graph.settings.shutdown_timeout;
    const overdue = Promise.withResolvers<FinalBalance>();
    const timer = systemClock.after(drainMs + OVERDUE_MS, () => {
      this.#self.error('the drain did not end; ending without it', { code: 'CS_SHUTDOWN_OVERDUE' });
      overdue.resolve({ snapshot: service.snapshot(), exitCode: EXIT_UNBALANCED });
    });
    const { snapshot, exitCode } = await Promise.race([service.stop(drainMs), overdue.promise]);
    timer.cancel();
    this.#printBalance(service, snapshot);
    return cause.kind === 'fault' ? EXIT_UNBALANCED : exitCode;
  }

  #tell(cause: StopCause): void {
    switch (cause.kind) {
      case 'signal':
        return this.#self.info('draining', { signal: cause.signal });
      case 'sources_ended':
        return this.#self.info('all input has ended; draining');
      case 'fault': {
        const stack = cause.error instanceof Error ? (cause.error.stack ?? '') : '';
        return this.#self.error(`a bug: ${withoutSecrets(messageOf(cause.error))}; ending`, {
          // The first line repeats the message, which may hold anything.
          stack: stack.split('\n').slice(1).join('\n'),
        });
      }
      default:
        return cause satisfies never;
    }
  }

  #printBalance(service: Service, snapshot = service.snapshot()): void {
    if (this.#log.encoding === 'console') this.#log.print(`${balanceTable(snapshot)}\n`);
    else this.#log.say('final balance', balanceFields(snapshot));
    if (snapshot.audit.length > 0) {
      this.#self.error('the books do not balance', { code: 'CS_BOOKS_UNBALANCED' });
    }
  }

  #endNow(code: number): void {
    if (this.#service !== undefined) this.#printBalance(this.#service);
    this.#self.error('a second signal: ending at once');
    process.exit(code);
  }

  async #close(): Promise<void> {
    this.#stall[Symbol.dispose]();
    await Promise.all(this.#servers.map(async (server) => await server.close()));
    await Promise.all(this.#closers.map(async (close) => await close(OWN_LOGS_MS_MAX)));
  }
}

function metricsEndpoint(metrics: PipelineGraph['settings']['telemetry']['metrics']): string {
  const [reader] = metrics.readers ?? [];
  if (reader === undefined) return metrics.address;
  const { host, port } = reader.pull.exporter.prometheus;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function listen(requests: StopRequests, log: Logger): void {
  process.on('SIGINT', () => requests.signal('SIGINT'));
  process.on('SIGTERM', () => requests.signal('SIGTERM'));
  process.on('SIGHUP', () => {
    log.warn('SIGHUP: a running configuration is not reloaded; restart to apply changes');
  });
  process.on('uncaughtException', (error) => requests.request({ kind: 'fault', error }));
  process.on('unhandledRejection', (error) => requests.request({ kind: 'fault', error }));
}
