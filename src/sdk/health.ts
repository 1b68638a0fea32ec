/** How a component is. Degraded still serves; unhealthy does not. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy';

/** What a component says about itself. */
export interface HealthReport {
  readonly status: HealthStatus;
  /** One sentence for the operator; no secret, no record content. */
  readonly message: string;
}

const RANK: Readonly<Record<HealthStatus, number>> = { healthy: 0, degraded: 1, unhealthy: 2 };

/** The worst status of all; `unhealthy` for none, because nothing was verified. */
export function worstOf(statuses: Iterable<HealthStatus>): HealthStatus {
  let worst: HealthStatus | undefined;
  for (const status of statuses) {
    // A status of the wrong type comes from outside TypeScript: it verifies nothing.
    if (!(status in RANK)) return 'unhealthy';
    if (worst === undefined || RANK[status] > RANK[worst]) worst = status;
  }
  return worst ?? 'unhealthy';
}
