import type {
  Clock,
  CountersignError,
  Delivery,
  Ending,
  Exporter,
  Logger,
  Measure,
  ReasonTable,
  RecordSet,
  Shipment,
} from '../sdk/index.ts';
import { Deadline, DELIVERED, endingOf, messageOf } from '../sdk/index.ts';
import { CountersignError as Fault } from '../sdk/errors.ts';
import { backoffMs } from './backoff.ts';
import { Breaker } from './breaker.ts';
import type { Entry } from './ledger.ts';
import { Ledger } from './ledger.ts';
import type { Leg, Passage } from './passage.ts';
import type { Queued } from './queue.ts';
import { MemoryQueue, sizeOf } from './queue.ts';
import { BRANCH_REASONS } from './reasons.ts';

/** Records of one passage in the hands of a branch. */
interface Item extends Queued {
  readonly passage: Passage;
  readonly leg: Leg;
  readonly entry: Entry;
  /** Told to be sent again by its sender: what is not held may leave before it is sent. */
  withdrawn: boolean;
}

/** Items that are shipped together, attempt after attempt. */
interface Group {
  items: Item[];
}

/** What an arrival was promised at the door, to be given back at the fan-out. */
export interface Claim {
  readonly branch: Branch;
  readonly size: number;
  readonly probe: boolean;
}

/** Why a branch cannot take an arrival now. */
export interface BranchRefusal {
  readonly reason: 'queue_full' | 'branch_unavailable';
  readonly retryAfterMs: number;
  /** The queue would rather hold the sender than refuse. */
  readonly waits: boolean;
}

export interface BranchOptions {
  readonly id: string;
  readonly kind: 'regular' | 'divert';
  readonly exporter: Exporter;
  readonly reasons: ReasonTable;
  readonly delivery: Delivery;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Records of the pipeline that have not ended: a batcher that holds them all need not wait. */
  readonly openRecords: () => number;
  /** Called when the queue has room again. */
  readonly onRoom: () => void;
}

const ENDINGS = new Map<string, Ending>(
  Object.entries(BRANCH_REASONS).map(([reason, row]) => [reason, endingOf(reason, row)]),
);

/** One exporter of a pipeline, with its queue, its retries and its books. */
export class Branch {
  readonly id: string;
  readonly kind: 'regular' | 'divert';
  readonly ledger: Ledger;
  readonly queue: MemoryQueue<Item> | undefined;
  readonly #options: BranchOptions;
  readonly #breaker: Breaker;
  readonly #endings: ReadonlyMap<string, Ending>;
  readonly #live = new Set<Item>();
  readonly #paused = new Map<Group, () => void>();
  readonly #onWire = new Map<Deadline, () => void>();
  #shipping = 0;
  #attempts = 0;
  #retries = 0;
  #abandoned = false;
  #draining = false;
  #flushTimer: Disposable | undefined;
  #lastError: string | undefined;

  constructor(options: BranchOptions) {
    this.id = options.id;
    this.kind = options.kind;
    this.#options = options;
    this.#breaker = new Breaker(options.delivery.breaker, options.clock);
    this.ledger = new Ledger(options.id, { ...BRANCH_REASONS, ...options.reasons });
    this.#endings = new Map([
      ...ENDINGS,
      ...Object.entries(options.reasons).map(([reason, row]): [string, Ending] => [
        reason,
        endingOf(reason, row),
      ]),
    ]);
    const { queue } = options.delivery;
    this.queue =
      queue === undefined
        ? undefined
        : new MemoryQueue<Item>(queue, (item, head, tail) => this.#split(item, head, tail));
  }

  get attempts(): number {
    return this.#attempts;
  }

  get retries(): number {
    return this.#retries;
  }

  get breakerState() {
    return this.#breaker.state;
  }

  /** Attempts that failed since the last success. */
  get failures(): number {
    return this.#breaker.failures;
  }

  /** What the last failed attempt said; `undefined` after a success. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  measures(): readonly Measure[] {
    return this.#options.exporter.measures?.() ?? [];
  }

  /** True when the sender's answer waits for this branch. */
  get answers(): boolean {
    return this.#options.delivery.queue?.waitForResult ?? true;
  }

  /** Room and leave for an arrival, asked before its first stage. */
  claim(records: RecordSet): Claim | BranchRefusal {
    const { queue } = this.#options.delivery;
    const holdsDoor =
      queue === undefined || (!queue.dropOldest && (queue.waitForResult || queue.blockOnOverflow));
    const claim = { branch: this, size: 0, probe: false };
    if (!holdsDoor) return claim;
    const size = queue === undefined ? 0 : sizeOf(records, queue.sizer);
    const waits = queue?.blockOnOverflow ?? false;
    const closed = this.#breaker.state === 'closed';
    // What waits in the branch is a better probe than a new arrival.
    if (this.answers && !closed && (this.#live.size > 0 || !this.#breaker.tryEnter())) {
      const retryAfterMs = Math.max(1_000, this.#breaker.waitMs);
      return { reason: 'branch_unavailable', retryAfterMs, waits };
    }
    if (this.queue !== undefined && !this.queue.reserve(size)) {
      if (!closed) this.#breaker.cancelProbe();
      return { reason: 'queue_full', retryAfterMs: 1_000, waits };
    }
    return { branch: this, size, probe: this.answers && !closed };
  }

  /** Gives back what was claimed at the door, right before records are submitted or none are. */
  redeem(claim: Claim, submitted: boolean): void {
    this.queue?.unreserve(claim.size);
    if (claim.probe && !submitted) this.#breaker.cancelProbe();
  }

  /** Takes records of a passage; every one of them will end in the passage's leg. */
  submit(passage: Passage, records: RecordSet, probe = false): void {
    const leg = passage.openLeg(this.id, records, {
      answers: this.answers,
      diverted: this.kind === 'divert',
    });
    const item: Item = {
      passage,
      leg,
      entry: this.ledger.enter(records.count),
      // What outlives the arrival's answer must own its bytes: the receiver reuses them.
      records: this.answers ? records : records.own(),
      enqueuedMs: this.#options.clock.monotonicMs(),
      withdrawn: false,
    };
    this.#live.add(item);
    if (this.#abandoned) this.#end(item, item.records, this.#ending('shutdown'));
    else if (this.queue === undefined) this.#launch([item], probe);
    else this.#enqueue(this.queue, item, probe);
  }

  /** The sender was told to send these again: what a repeat would duplicate leaves the queue. */
  withdraw(passage: Passage): void {
    for (const item of this.#live) if (item.passage === passage) item.withdrawn = true;
    this.queue?.rewrite((item) => this.#withoutWithdrawn(item));
    for (const [group, wake] of this.#paused) {
      this.#releaseWithdrawn(group);
      if (group.items.length === 0) wake();
    }
  }

  /** From now on nothing waits for company. */
  drain(): void {
    this.#draining = true;
    this.#pump();
  }

  /** Looks again whether a batch is due: other records of the pipeline have ended. */
  nudge(): void {
    if (this.#options.delivery.queue?.batch !== undefined) this.#pump();
  }

  /** The time to drain is over: what waits is dropped, what is on the wire is given up. */
  abandon(): void {
    this.#abandoned = true;
    this.#flushTimer?.[Symbol.dispose]();
    for (const item of this.queue?.clear() ?? []) {
      this.#end(item, item.records, this.#ending('shutdown'));
    }
    for (const wake of this.#paused.values()) wake();
    for (const deadline of this.#onWire.keys()) deadline.expire();
  }

  /** An exporter that does not come back even after `abandon`: its records end without it. */
  forsake(): void {
    for (const giveUp of this.#onWire.values()) giveUp();
  }

  #enqueue(queue: MemoryQueue<Item>, item: Item, probe: boolean): void {
    const settings = this.#options.delivery.queue;
    if (probe && queue.length === 0) return this.#launch([item], true);
    while (!queue.fits(item.records)) {
      const oldest = settings?.dropOldest === true ? queue.shift() : undefined;
      if (oldest === undefined) return this.#end(item, item.records, this.#ending('queue_full'));
      this.#end(oldest, oldest.records, this.#ending('overflow'));
    }
    queue.push(item);
    this.#pump();
  }

  #pump(): void {
    const { queue } = this;
    const consumers = this.#options.delivery.queue?.consumers ?? 0;
    if (queue === undefined || this.#abandoned) return;
    this.#flushTimer?.[Symbol.dispose]();
    this.#flushTimer = undefined;
    while (this.#shipping < consumers) {
      const dueMs = queue.dueInMs(this.#options.clock.monotonicMs());
      if (dueMs === undefined) return;
      if (dueMs > 0 && !this.#draining && !this.#holdsAll()) {
        this.#flushTimer = this.#options.clock.after(dueMs, () => this.#pump());
        return;
      }
      this.#launch(queue.take(), false);
      this.#options.onRoom();
    }
  }

  /** A batcher that holds all that was admitted would wait for nobody. */
  #holdsAll(): boolean {
    if (this.#shipping > 0 || !this.answers) return false;
    return this.ledger.inFlight >= this.#options.openRecords();
  }

  #launch(items: Item[], probe: boolean): void {
    this.#shipping += 1;
    void this.#deliver({ items }, probe).finally(() => {
      this.#shipping -= 1;
      this.#pump();
    });
  }

  /** Ships until every record of the group has ended. */
  async #deliver(group: Group, probe: boolean): Promise<void> {
    const startedMs = this.#options.clock.monotonicMs();
    let entered = probe;
    for (let attempt = 1; ;) {
      this.#releaseWithdrawn(group);
      if (group.items.length === 0) {
        if (entered) this.#breaker.cancelProbe();
        return;
      }
      if (this.#abandoned) return this.#endAll(group.items, 'shutdown');
      if (!entered && !this.#breaker.tryEnter()) {
        if (this.#options.delivery.retry === undefined) {
          return this.#endAll(group.items, 'retries_exhausted');
        }
        await this.#pause(group, Math.max(100, this.#breaker.waitMs));
        continue;
      }
      entered = false;
      const rest = this.#book(group.items, await this.#attempt(group.items));
      if (rest === undefined) return;
      group.items = rest.items;
      const waitMs = this.#waitMs(attempt, startedMs, rest.afterMs);
      if (this.#abandoned || waitMs === undefined) {
        const untried = this.#abandoned ? 'shutdown' : 'retries_exhausted';
        return this.#endAll(group.items, rest.unknown ? 'unknown_outcome' : untried);
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
    const { exporter, delivery, clock, log } = this.#options;
    using deadline = new Deadline(clock, delivery.timeoutMs > 0 ? delivery.timeoutMs : Infinity);
    this.#attempts += 1;
    const sets = items.map((item) => item.records);
    try {
      return await new Promise<Shipment>((resolve, reject) => {
        this.#onWire.set(deadline, () => resolve({ status: 'unknown', error: overdue(this.id) }));
        exporter.ship(sets, deadline).then(resolve, reject);
      });
    } catch (thrown) {
      log.error('the exporter threw; the attempt counts as of unknown outcome', {
        component: this.id,
        error: messageOf(thrown),
      });
      const message = `${this.id} threw while it shipped`;
      return { status: 'unknown', error: new Fault('CS_EXPORTER_FAULTY', message) };
    } finally {
      this.#onWire.delete(deadline);
    }
  }

  /** Books what an attempt came to; gives back what must be tried again. */
  #book(
    items: Item[],
    shipment: Shipment,
  ): { items: Item[]; unknown: boolean; afterMs?: number } | undefined {
    switch (shipment.status) {
      case 'delivered':
        this.#noteSuccess();
        this.#bookDelivered(items, shipment.rejected, shipment.message);
        return undefined;
      case 'failed':
        // The backend answered: refusing a request is not being down.
        this.#noteSuccess();
        this.#noteError('the exporter refused records for good', shipment.error, items);
        this.#endAll(items, shipment.reason);
        return undefined;
      case 'retry':
        this.#breaker.fail(shipment.afterMs);
        this.#noteError('an attempt failed and will be repeated', shipment.error, items);
        return shipment.afterMs === undefined
          ? { items, unknown: false }
          : { items, unknown: false, afterMs: shipment.afterMs };
      case 'unknown':
        this.#breaker.fail();
        this.#noteError('nobody can say whether an attempt arrived', shipment.error, items);
        return { items, unknown: true };
      case 'partial': {
        const { out, rest } = this.#divide(items, shipment.delivered);
        for (const item of out) this.#end(item, item.records, DELIVERED);
        return this.#book(rest, shipment.rest);
      }
      default:
        shipment satisfies never;
        throw new TypeError('the exporter returned no shipment');
    }
  }

  #bookDelivered(items: Item[], rejected: number, message: string | undefined): void {
    const count = items.reduce((sum, item) => sum + item.records.count, 0);
    if (rejected > 0 || message !== undefined) {
      this.#options.log.warn('the backend answered with a partial success', {
        component: this.id,
        rejected,
        records: count,
      });
    }
    if (rejected <= 0) {
      for (const item of items) {
        if (message !== undefined) item.leg.tally.warnings.push(`${this.id}: ${message}`);
        this.#end(item, item.records, DELIVERED);
      }
      return;
    }
    // The backend tells a count, never which. The last ones take it, in every branch the same,
    // so that the head's `delivered` is the lower bound.
    const { out, rest } = this.#divide(items, Math.max(0, count - rejected));
    const merged = items.length > 1;
    const ending = this.#ending(merged ? 'rejected_unattributed' : 'rejected_by_backend');
    if (merged) {
      for (const item of items) {
        item.leg.tally.warnings.push(
          `${this.id} rejected ${rejected} of ${count} records of a request merged from several`,
        );
      }
    }
    for (const item of out) this.#end(item, item.records, DELIVERED);
    for (const item of rest) this.#end(item, item.records, ending);
  }

  /** Splits the items after the first `count` records. */
  #divide(items: readonly Item[], count: number): { out: Item[]; rest: Item[] } {
    const out: Item[] = [];
    const rest: Item[] = [];
    let left = count;
    for (const item of items) {
      const { records } = item;
      if (left >= records.count) {
        out.push(item);
      } else if (left <= 0) {
        rest.push(item);
      } else {
        const rows = Array.from({ length: records.count }, (_, index) => index);
        const [head, tail] = this.#split(
          item,
          records.select(rows.slice(0, left)),
          records.select(rows.slice(left)),
        );
        out.push(head);
        rest.push(tail);
      }
      left -= records.count;
    }
    return { out, rest };
  }

  /** Two items in the place of one; they share the entry and the leg. */
  #split(item: Item, head: RecordSet, tail: RecordSet): [Item, Item] {
    this.#live.delete(item);
    const parts: [Item, Item] = [
      { ...item, records: head },
      { ...item, records: tail },
    ];
    for (const part of parts) this.#live.add(part);
    return parts;
  }

  #releaseWithdrawn(group: Group): void {
    if (!group.items.some((item) => item.withdrawn)) return;
    group.items = group.items.flatMap((item) => this.#withoutWithdrawn(item) ?? []);
  }

  /** What stays of an item whose sender will send again: the records that a repeat would meet. */
  #withoutWithdrawn(item: Item): Item | undefined {
    if (!item.withdrawn) return item;
    const kept: number[] = [];
    const gone: number[] = [];
    for (let index = 0; index < item.records.count; index += 1) {
      (item.passage.isHeld(item.records, index) ? kept : gone).push(index);
    }
    if (gone.length === 0) return item;
    const ending = this.#ending('answer_timeout');
    if (kept.length === 0) {
      this.#end(item, item.records, ending);
      return undefined;
    }
    const [stays, leaves] = this.#split(item, item.records.select(kept), item.records.select(gone));
    this.#end(leaves, leaves.records, ending);
    return stays;
  }

  #endAll(items: readonly Item[], reason: string): void {
    for (const item of items) this.#end(item, item.records, this.#ending(reason));
  }

  #end(item: Item, records: RecordSet, ending: Ending): void {
    this.#live.delete(item);
    item.entry.end(records.count, ending);
    item.passage.endInBranch(item.leg, records, ending);
  }

  #ending(reason: string): Ending {
    const ending = this.#endings.get(reason);
    if (ending === undefined) {
      return this.#ending('internal_error');
    }
    return ending;
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

  #noteSuccess(): void {
    this.#breaker.succeed();
    this.#lastError = undefined;
  }

  #noteError(what: string, error: CountersignError, items: readonly Item[]): void {
    this.#lastError = error.message;
    this.#options.log.warn(what, {
      component: this.id,
      records: items.reduce((sum, item) => sum + item.records.count, 0),
      code: error.code,
      error: error.message,
    });
  }
}

function overdue(id: string): CountersignError {
  return new Fault('CS_SHUTDOWN_OVERDUE', `${id} did not come back within its deadline`);
}
