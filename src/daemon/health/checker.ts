import { messageOf, worstOf } from '../../sdk/index.ts';
import type { Clock, HealthStatus } from '../../sdk/index.ts';
import { systemClock } from '../host/clock.ts';
import { withoutSecrets } from '../redact.ts';

/** What a check found. */
export interface CheckResult {
  readonly status: HealthStatus;
  /** One sentence for the operator; no secret. */
  readonly message?: string;
  /** How long the checked thing took, in ms; measured when left out or 0. */
  readonly latencyMs?: number;
  /** Shown instead of the name it was registered under. */
  readonly name?: string;
}

/** Looks at one thing. Throwing, hanging and answering nonsense all count as unhealthy. */
export type HealthCheck = () => CheckResult | Promise<CheckResult>;

/** One component of a report. */
export interface CheckedComponent {
  readonly name: string;
  readonly status: HealthStatus;
  readonly message: string;
  readonly latencyMs: number;
}

/** The health of everything that was checked, at one moment. */
export interface CheckedHealth {
  /** The worst of the components; `unhealthy` when nothing was checked. */
  readonly status: HealthStatus;
  /** Exactly `healthy`. */
  readonly healthy: boolean;
  /** Not `unhealthy`: degraded still serves. */
  readonly ready: boolean;
  /** In the order of registration. */
  readonly components: ReadonlyMap<string, CheckedComponent>;
  /** RFC 3339, UTC. */
  readonly timestamp: string;
  readonly version: string;
  readonly uptimeSeconds: number;
}

export interface HealthCheckerOptions {
  readonly version?: string;
  /** A check that has not answered after this long is unhealthy. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

const STATUSES: readonly unknown[] = ['healthy', 'degraded', 'unhealthy'];

/**
 * Runs registered checks and says the worst of them.
 *
 * Never healthy by omission: no check at all, a check that throws, hangs, returns nothing or an
 * unknown status are all `unhealthy`. `check` itself never rejects.
 */
export class HealthChecker {
  readonly #checks = new Map<string, { check: HealthCheck; fixed: boolean }>();
  readonly #version: string;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #startedMs: number;

  constructor(options: HealthCheckerOptions = {}) {
    this.#version = options.version ?? '';
    this.#timeoutMs = options.timeoutMs ?? 5000;
    this.#clock = options.clock ?? systemClock;
    this.#startedMs = this.#clock.monotonicMs();
  }

  /**
   * Adds a check; one of the same name is replaced in its place.
   *
   * @throws TypeError when the name belongs to a check that was registered as `fixed`.
   */
  register(name: string, check: HealthCheck, options: { readonly fixed?: boolean } = {}): void {
    if (this.#checks.get(name)?.fixed === true) {
      throw new TypeError(`the health check "${name}" is built in and cannot be replaced`);
    }
    this.#checks.set(name, { check, fixed: options.fixed ?? false });
  }

  /** Runs all checks, each with its own time limit, none waiting for another. */
  async check(): Promise<CheckedHealth> {
    const components = new Map(
      await Promise.all(
        [...this.#checks].map(
          async ([name, { check }]) => [name, await this.#run(name, check)] as const,
        ),
      ),
    );
    return this.#report(components);
  }

  /** Is the process there? Always healthy: whoever asks this can be answered. */
  live(): CheckedHealth {
    const process = { name: 'process', status: 'healthy', message: 'alive', latencyMs: 0 } as const;
    return this.#report(new Map([['process', process]]));
  }

  #report(components: ReadonlyMap<string, CheckedComponent>): CheckedHealth {
    const status = worstOf(components.values().map((component) => component.status));
    return {
      status,
      healthy: status === 'healthy',
      ready: status !== 'unhealthy',
      components,
      timestamp: new Date(this.#clock.wallMs()).toISOString(),
      version: this.#version,
      uptimeSeconds: (this.#clock.monotonicMs() - this.#startedMs) / 1000,
    };
  }

  async #run(name: string, check: HealthCheck): Promise<CheckedComponent> {
    const startedMs = this.#clock.monotonicMs();
    const broken = (message: string): CheckedComponent => ({
      name,
      status: 'unhealthy',
      message: withoutSecrets(message),
      latencyMs: this.#clock.monotonicMs() - startedMs,
    });
    const overdue = Promise.withResolvers<CheckedComponent>();
    const timer = this.#clock.after(this.#timeoutMs, () =>
      overdue.resolve(broken(`the check did not answer within ${this.#timeoutMs} ms`)),
    );
    const answer = (async () => {
      try {
        const found: unknown = await check();
        const latencyMs = this.#clock.monotonicMs() - startedMs;
        return componentOf(name, found, latencyMs) ?? broken('the check gave no usable result');
      } catch (thrown) {
        return broken(messageOf(thrown));
      }
    })();
    try {
      return await Promise.race([answer, overdue.promise]);
    } finally {
      timer.cancel();
    }
  }
}

/** What a check returned, as far as it can be believed; it may come from untyped code. */
function componentOf(
  name: string,
  found: unknown,
  measuredMs: number,
): CheckedComponent | undefined {
  if (typeof found !== 'object' || found === null) return undefined;
  const result = found as Record<string, unknown>;
  const { status, message, latencyMs } = result;
  if (!isStatus(status)) return undefined;
  return {
    name: typeof result['name'] === 'string' && result['name'] !== '' ? result['name'] : name,
    status,
    message: typeof message === 'string' ? message : '',
    latencyMs: typeof latencyMs === 'number' && latencyMs > 0 ? latencyMs : measuredMs,
  };
}

function isStatus(value: unknown): value is HealthStatus {
  return STATUSES.includes(value);
}
