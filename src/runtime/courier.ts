import type {
  Clock,
  CountersignError,
  Delivery,
  Exporter,
  Logger,
  Shipment,
} from '../sdk/index.ts';
import { Deadline, DELIVERED, messageOf } from '../sdk/index.ts';
import { CountersignError as Fault } from '../sdk/errors.ts';
import { backoffMs } from './backoff.ts';
import type { Breaker } from './breaker.ts';
import type { Holdings, Item } from './holdings.ts';

/** Items that are shipped together, attempt after attempt. */
interface Group {
  items: Item[];
}

/** What an attempt left open. */
interface Rest {
  readonly items: Item[];
  /** Nobody can say whether they arrived. */
  readonly unknown: boolean;
  readonly afterMs?: number;
}

export interface CourierOptions {
  readonly id: string;
  readonly exporter: Exporter;
  readonly delivery: Delivery;
  readonly holdings: Holdings;
  readonly breaker: Breaker;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}

/** Ships items until every record has ended: attempts, waits, and the booking of what came of it. */
export class Courier {
  readonly #options: CourierOptions;
  readonly #paused = new Map<Group, () => void>();
  readonly #onWire = new Map<Deadline, () => void>();
  #attempts = 0;
  #retries = 0;
  #abandoned = false;
  #lastError: string | undefined;

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  get attempts(): number {
    return this.#attempts;
  }

  get retries(): number {
    return this.#retries;
  }

  /** What the last attempt that was no success said; `undefined` after a success. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** What was withdrawn leaves the groups that wait for their next attempt. */
  releaseWithdrawn(): void {
    for (const [group, wake] of this.#paused) {
      this.#releaseFrom(group);
      if (group.items.length === 0) wake();
    }
  }

  /** No attempt is made any more; those on the wire are told that their time is over. */
  abandon(): void {
    this.#abandoned = true;
    for (const wake of this.#paused.values()) wake();
    for (const deadline of this.#onWire.keys()) deadline.expire();
  }

  /** Ends attempts that do not come back even after `abandon`: of unknown outcome. */
  forsake(): void {
    for (const giveUp of this.#onWire.values()) giveUp();
  }

  /** Ships until every record of the group has ended. */
  async deliver(items: Item[], probe: boolean): Promise<void> {
    const { breaker, clock, delivery, holdings } = this.#options;
    const group: Group = { items };
    const startedMs = clock.monotonicMs();
    let entered = probe;
    for (let attempt = 1; ;) {
      this.#releaseFrom(group);
      if (group.items.length === 0) {
        if (entered) breaker.cancelProbe();
        return;
      }
      if (this.#abandoned) return holdings.endAll(group.items, 'shutdown');
      if (!entered && !breaker.tryEnter()) {
        if (delivery.retry === undefined) {
          return holdings.endAll(group.items, 'retries_exhausted');
        }
        await this.#pause(group, Math.max(100, breaker.waitMs));
        continue;
      }
      entered = false;
      const rest = this.#book(group.items, await this.#attempt(group.items));
      if (rest === undefined) return;
      group.items = rest.items;
      const waitMs = this.#waitMs(attempt, startedMs, rest.afterMs);
      if (this.#abandoned || waitMs === undefined) {
        const untried = this.#abandoned ? 'shutdown' : 'retries_exhausted';
        return holdings.endAll(group.items, rest.unknown ? 'unknown_outcome' : untried);
      }
      attempt += 1;
      this.#retries += 1;
      await this.#pause(group, waitMs);
    }
  }

  /** Milliseconds until the next attempt; `undefined` when there is none. */
  #waitMs(attempt: number, startedMs: number, askedMs: number | undefined): number | undefined {
    const { retry } = this.#options.delivery;
    if (retry === undefined) return undefined;
    const waitMs = backoffMs(retry, attempt, this.#options.random(), askedMs);
    const elapsedMs = this.#options.clock.monotonicMs() - startedMs;
    const tooLong = retry.maxElapsedMs > 0 && elapsedMs + waitMs > retry.maxElapsedMs;
    return tooLong ? undefined : waitMs;
  }

  async #attempt(items: readonly Item[]): Promise<Shipment> {
    const { id, exporter, delivery, clock, log } = this.#options;
    using deadline = new Deadline(clock, delivery.timeoutMs > 0 ? delivery.timeoutMs : Infinity);
    this.#attempts += 1;
    const sets = items.map((item) => item.records);
    try {
      return await new Promise<Shipment>((resolve, reject) => {
        this.#onWire.set(deadline, () => resolve({ status: 'unknown', error: overdue(id) }));
        exporter.ship(sets, deadline).then(resolve, reject);
      });
    } catch (thrown) {
      log.error('the exporter threw; the attempt counts as of unknown outcome', {
        component: id,
        error: messageOf(thrown),
      });
      const message = `${id} threw while it shipped`;
      return { status: 'unknown', error: new Fault('CS_EXPORTER_FAULTY', message) };
    } finally {
      this.#onWire.delete(deadline);
    }
  }

  /** Books what an attempt came to; gives back what must be tried again. */
  #book(items: Item[], shipment: Shipment): Rest | undefined {
    const { breaker, holdings } = this.#options;
    switch (shipment.status) {
      case 'delivered':
        breaker.succeed();
        this.#lastError = undefined;
        this.#bookDelivered(items, shipment.rejected, shipment.message);
        return undefined;
      case 'failed':
        // The backend answered: refusing a request is not being down.
        breaker.succeed();
        this.#noteError('an attempt failed and will not be repeated', shipment.error, items);
        holdings.endAll(items, shipment.reason);
        return undefined;
      case 'retry': {
        breaker.fail(shipment.afterMs);
        this.#noteError('an attempt failed and will be repeated', shipment.error, items);
        const { afterMs } = shipment;
        return { items, unknown: false, ...(afterMs === undefined ? {} : { afterMs }) };
      }
      case 'unknown':
        breaker.fail();
        this.#noteError('nobody can say whether an attempt arrived', shipment.error, items);
        return { items, unknown: true };
      case 'partial': {
        const { out, rest } = holdings.divide(items, shipment.delivered);
        holdings.endAll(out, DELIVERED);
        return this.#book(rest, shipment.rest);
      }
      default:
        shipment satisfies never;
        throw new TypeError('the exporter returned no shipment');
    }
  }

  #bookDelivered(items: Item[], rejected: number, message: string | undefined): void {
    const { id, holdings, log } = this.#options;
    const count = countOf(items);
    if (rejected > 0 || message !== undefined) {
      const fields = { component: id, rejected, records: count };
      log.warn('the backend answered with a partial success', fields);
    }
    if (rejected <= 0) {
      if (message !== undefined) warn(items, `${id}: ${message}`);
      return holdings.endAll(items, DELIVERED);
    }
    // The backend tells a count, never which. The last ones take it, in every branch the same,
    // so that the head's `delivered` is the lower bound.
    const { out, rest } = holdings.divide(items, Math.max(0, count - rejected));
    const merged = items.length > 1;
    if (merged) {
      const what = `${id} rejected ${rejected} of ${count} records of a request`;
      warn(items, `${what} merged from several`);
    }
    holdings.endAll(out, DELIVERED);
    holdings.endAll(rest, merged ? 'rejected_unattributed' : 'rejected_by_backend');
  }

  #releaseFrom(group: Group): void {
    if (!group.items.some((item) => item.withdrawn)) return;
    const { holdings } = this.#options;
    group.items = group.items.flatMap((item) => holdings.withoutWithdrawn(item) ?? []);
  }

  async #pause(group: Group, delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        timer.cancel();
        this.#paused.delete(group);
        resolve();
      };
      const timer = this.#options.clock.after(delayMs, wake);
      this.#paused.set(group, wake);
    });
  }

  #noteError(what: string, error: CountersignError, items: readonly Item[]): void {
    this.#lastError = error.message;
    this.#options.log.warn(what, {
      component: this.#options.id,
      records: countOf(items),
      code: error.code,
      error: error.message,
    });
  }
}

function countOf(items: readonly Item[]): number {
  return items.reduce((sum, item) => sum + item.records.count, 0);
}

function warn(items: readonly Item[], warning: string): void {
  for (const item of items) item.leg.tally.warnings.push(warning);
}

function overdue(id: string): CountersignError {
  return new Fault('CS_SHUTDOWN_OVERDUE', `${id} did not come back within its deadline`);
}
