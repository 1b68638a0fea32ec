import { worstOf } from '../../sdk/index.ts';
import type { HealthStatus } from '../../sdk/index.ts';
import type { ComponentHealth, LedgerSnapshot } from '../../runtime/index.ts';

/** Where the daemon is between its start and its end. */
export type Phase = 'starting' | 'running' | 'draining';

/** What health is told from. */
export interface Observed {
  readonly phase: Phase;
  readonly components: readonly ComponentHealth[];
  readonly audit: LedgerSnapshot['audit'];
  /** Longest time the event loop was held up lately, in ms. */
  readonly stalledMs: number;
}

export interface ComponentStatus {
  readonly component: string;
  readonly kind: string;
  readonly pipeline?: string;
  readonly status: HealthStatus | 'idle';
  readonly message: string;
}

export interface Status {
  readonly status: HealthStatus;
  readonly phase: Phase;
  /** May requests be sent here? */
  readonly ready: boolean;
  /** False: a restart would help. */
  readonly live: boolean;
  readonly message: string;
  readonly components: readonly ComponentStatus[];
}

/** A loop that was held up this long answers nobody in time. */
export const STALL_MS_MAX = 5000;

/** The health of the daemon: the worst of its components, those that are idle left out. */
export function statusOf(observed: Observed): Status {
  const { phase, components, audit, stalledMs } = observed;
  const counted = components.filter((component) => !component.idle);
  const balanced = audit.length === 0;
  const status = balanced ? worstOf(counted.map((component) => component.status)) : 'unhealthy';
  const stalled = stalledMs > STALL_MS_MAX;
  return {
    status: stalled ? 'unhealthy' : status,
    phase,
    ready: phase === 'running' && status !== 'unhealthy' && !stalled,
    live: balanced && !stalled,
    message: sentence(observed, counted, status, stalled),
    components: components.map((component) => ({
      component: component.id,
      kind: component.kind,
      ...(component.pipeline !== undefined && { pipeline: component.pipeline }),
      status: component.idle ? 'idle' : component.status,
      message: component.message,
    })),
  };
}

function sentence(
  { phase, audit, stalledMs }: Observed,
  counted: readonly ComponentHealth[],
  status: HealthStatus,
  stalled: boolean,
): string {
  if (audit.length > 0) return `the books do not balance: ${audit.join('; ')}`;
  if (stalled) return `the event loop was held up for ${Math.round(stalledMs)} ms`;
  if (phase !== 'running') return phase;
  if (counted.length === 0) return 'nothing was checked';
  if (status === 'healthy') return `all ${counted.length} components are healthy`;
  const worst = counted.filter((component) => component.status === status);
  return `${status}: ${worst.map(({ id, message }) => `${id}: ${message}`).join('; ')}`;
}
