import type { HealthReport } from '../sdk/index.ts';
import { worstOf } from '../sdk/index.ts';
import type { Branch } from './branch.ts';
import type { Pipeline } from './pipeline.ts';
import type { Built } from './built.ts';
import { reportKey } from './built.ts';
import type { ComponentHealth } from './snapshot.ts';

/**
 * How every component is, in one sentence each: what it reported itself, and what the runtime
 * sees of it. The books come first: they are a component of their own.
 */
export function healthOf(
  built: readonly Built[],
  reports: ReadonlyMap<string, HealthReport>,
  pipelines: readonly Pipeline[],
  audit: readonly string[],
): ComponentHealth[] {
  const books: ComponentHealth = {
    kind: 'service',
    id: 'books',
    pipeline: undefined,
    status: audit.length === 0 ? 'healthy' : 'unhealthy',
    message: audit.length === 0 ? 'all books balance' : audit.join('; '),
    idle: false,
  };
  const components = built.flatMap(({ kind, id, pipeline }): ComponentHealth[] => {
    const own = reports.get(reportKey(kind, id, pipeline));
    const stage = stageOf(id, pipeline, pipelines);
    if (stage?.isFaulty === true) {
      // What was thrown may hold a secret: it goes to the log, not to a page.
      const message = `threw at its last batch (${stage.faults} so far); see the log`;
      return [{ kind, id, pipeline, idle: false, status: 'unhealthy', message }];
    }
    if (kind !== 'exporter') {
      return [{ kind, id, pipeline, idle: false, ...(own ?? started(kind)) }];
    }
    return branchesOf(id, pipelines).map(({ branch, pipeline: at }) => ({
      kind,
      id,
      pipeline: at,
      ...branchHealth(branch, own),
    }));
  });
  return [books, ...components];
}

function started(kind: string): HealthReport {
  return { status: 'healthy', message: `the ${kind} runs` };
}

function stageOf(id: string, pipeline: string | undefined, pipelines: readonly Pipeline[]) {
  return pipelines.find((one) => one.id === pipeline)?.stages.find((stage) => stage.id === id);
}

function branchesOf(id: string, pipelines: readonly Pipeline[]) {
  return pipelines.flatMap((pipeline) =>
    [...pipeline.branches, ...pipeline.diverts.values()]
      .filter((branch) => branch.id === id)
      .map((branch) => ({ branch, pipeline: pipeline.id })),
  );
}

/** Failed attempts in a row from which on an exporter counts as failing, where no breaker does. */
const FAILURES_MAX = 5;

function branchHealth(
  branch: Branch,
  own: HealthReport | undefined,
): HealthReport & { idle: boolean } {
  const { ledger } = branch;
  if (branch.kind === 'divert' && ledger.submitted === 0) {
    return { status: 'healthy', message: 'nothing was diverted here yet', idle: true };
  }
  const seen = branchCondition(branch);
  const status = own === undefined ? seen.status : worstOf([own.status, seen.status]);
  const message = own !== undefined && own.status === status ? own.message : seen.message;
  return { status, message, idle: false };
}

function branchCondition(branch: Branch): HealthReport {
  const { failures, ledger, lastError = '' } = branch;
  if (branch.breakerState !== 'closed' || failures >= FAILURES_MAX) {
    const waiting = ledger.inFlight;
    return {
      status: 'unhealthy',
      message: `${failures} attempts failed in a row, ${waiting} records wait: ${lastError}`,
    };
  }
  if (failures > 0) {
    return { status: 'degraded', message: `the last ${failures} attempts failed: ${lastError}` };
  }
  if (lastError !== '') {
    return { status: 'degraded', message: `the last request was refused for good: ${lastError}` };
  }
  if (ledger.delivered === 0) {
    return { status: 'degraded', message: 'nothing has been delivered yet' };
  }
  return { status: 'healthy', message: `${ledger.delivered} records delivered` };
}
