import type {
  Clock,
  Delivery,
  Exporter,
  Logger,
  Measure,
  ReasonTable,
  RecordSet,
} from '../sdk/index.ts';
import { Breaker } from './breaker.ts';
import { Courier } from './courier.ts';
import type { Item } from './holdings.ts';
import { Holdings } from './holdings.ts';
import type { Ledger } from './ledger.ts';
import type { Passage } from './passage.ts';
import { MemoryQueue, sizeOf } from './queue.ts';

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

/** One exporter of a pipeline, with its queue, its retries and its books. */
export class Branch {
  readonly id: string;
  readonly kind: 'regular' | 'divert';
  readonly queue: MemoryQueue<Item> | undefined;
  readonly #options: BranchOptions;
  readonly #breaker: Breaker;
  readonly #holdings: Holdings;
  readonly #courier: Courier;
  #shipping = 0;
  #abandoned = false;
  #draining = false;
  #flushTimer: Disposable | undefined;

  constructor(options: BranchOptions) {
    const { delivery } = options;
    this.id = options.id;
    this.kind = options.kind;
    this.#options = options;
    this.#breaker = new Breaker(delivery.breaker, options.clock);
    const holdings = new Holdings(options.id, options.reasons);
    this.#holdings = holdings;
    this.#courier = new Courier({ ...options, holdings, breaker: this.#breaker });
    this.queue =
      delivery.queue === undefined
        ? undefined
        : new MemoryQueue(delivery.queue, (item, head, tail) => holdings.split(item, head, tail));
  }

  get ledger(): Ledger {
    return this.#holdings.ledger;
  }

  get attempts(): number {
    return this.#courier.attempts;
  }

  get retries(): number {
    return this.#courier.retries;
  }

  get breakerState() {
    return this.#breaker.state;
  }

  /** Attempts that failed since the last success. */
  get failures(): number {
    return this.#breaker.failures;
  }

  /** What the last attempt that was no success said; `undefined` after a success. */
  get lastError(): string | undefined {
    return this.#courier.lastError;
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
    if (this.answers && !closed && (this.#holdings.size > 0 || !this.#breaker.tryEnter())) {
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
    // What outlives the arrival's answer must own its bytes: the receiver reuses them.
    const kept = this.answers ? records : records.own();
    const item = this.#holdings.take(passage, leg, kept, this.#options.clock.monotonicMs());
    if (this.#abandoned) this.#holdings.end(item, 'shutdown');
    else if (this.queue === undefined) this.#launch([item], probe);
    else this.#enqueue(this.queue, item, probe);
  }

  /** The sender was told to send these again: what a repeat would duplicate leaves the queue. */
  withdraw(passage: Passage): void {
    this.#holdings.withdraw(passage);
    this.queue?.rewrite((item) => this.#holdings.withoutWithdrawn(item));
    this.#courier.releaseWithdrawn();
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
    this.#holdings.endAll(this.queue?.clear() ?? [], 'shutdown');
    this.#courier.abandon();
  }

  /** An exporter that does not come back even after `abandon`: its records end without it. */
  forsake(): void {
    this.#courier.forsake();
  }

  #enqueue(queue: MemoryQueue<Item>, item: Item, probe: boolean): void {
    const settings = this.#options.delivery.queue;
    if (probe && queue.length === 0) return this.#launch([item], true);
    while (!queue.fits(item.records)) {
      const oldest = settings?.dropOldest === true ? queue.shift() : undefined;
      if (oldest === undefined) return this.#holdings.end(item, 'queue_full');
      this.#holdings.end(oldest, 'overflow');
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
    void this.#courier.deliver(items, probe).finally(() => {
      this.#shipping -= 1;
      this.#pump();
    });
  }
}
