import { CountersignError, type Clock, type Ending, type ReasonTable } from '../sdk/index.ts';
import { Ledger, type Entry } from './ledger.ts';

/** What a sink says of a batch. Anything else, and anything thrown, counts as `failure`. */
export type SinkResult = 'success' | 'failure' | 'dropped';

/** Where an {@link EventProcessor} hands batches. One batch at a time. */
export interface EventSink<Event> {
  /** The batch is frozen: every sink sees the same events. */
  emit(batch: readonly Event[]): SinkResult | Promise<SinkResult>;
  /** False when something is still held back. */
  flush?(): boolean | Promise<boolean>;
  shutdown?(): unknown;
}

/** Settings of an {@link EventProcessor}; the defaults are the reference's. */
export interface EventProcessorOptions {
  readonly clock: Clock;
  /** Events that may wait; one more pushes the oldest out. Default 1024. */
  readonly queueSize?: number;
  /** Most events of one batch. Default 100. */
  readonly batchSize?: number;
  /** A batch that is not full waits this long. Default 2000. */
  readonly delayMs?: number;
  /** A sink that has not answered by then has failed. Default 10 000. */
  readonly exportTimeoutMs?: number;
  /** Failures in a row after which a sink is left alone. Default 5. */
  readonly breakerThreshold?: number;
  /** How long it is left alone; then one batch is the probe. Default 60 000. */
  readonly breakerCooldownMs?: number;
  /** `manual`: batches leave at `flush` and `shutdown` only. Default `background`. */
  readonly dispatch?: 'background' | 'manual';
}

/** Counts of events; `submitted = delivered + failed + dropped + queued + inFlight` at all times. */
export interface EventCounts {
  readonly submitted: number;
  readonly delivered: number;
  readonly failed: number;
  readonly dropped: number;
  readonly queued: number;
  readonly inFlight: number;
}

/** How an event may end other than delivered. */
export const EVENT_REASONS = {
  overflow: dropped('The queue was full and a newer event took the place.'),
  shutdown: dropped('Submitted after shutdown.'),
  no_sink: dropped('There was no sink to take it.'),
  sink_dropped: dropped('Every sink said that it dropped the batch.'),
  sink_failed: failed('A sink failed or answered what is no answer, and none took the batch.'),
  sink_timeout: failed('A sink did not answer in time, and none took the batch.'),
  breaker_open: failed('The sinks that failed before were left alone, and none took the batch.'),
  shutdown_timeout: failed('Shutdown came to its deadline before a sink had answered.'),
} as const satisfies ReasonTable;

type Reason = keyof typeof EVENT_REASONS;

function dropped(meaning: string) {
  return { ending: 'dropped', told: 'accepted', meaning } as const;
}

function failed(meaning: string) {
  return { ending: 'failed', told: 'retryable', meaning } as const;
}

interface Queued<Event> {
  readonly event: Event;
  readonly entry: Entry;
}

/** What one sink came to with one batch. */
type Outcome = 'success' | 'dropped' | 'sink_failed' | 'sink_timeout' | 'breaker_open';

/**
 * Queues governance events and hands them in batches to every sink.
 *
 * A batch is delivered when one sink took it, else failed when one failed, else dropped. `submit`
 * never waits: the oldest event makes room. Sinks are waited for together, each no longer than
 * its deadline, and one that still owes an answer is not called again.
 */
export class EventProcessor<Event> {
  readonly #clock: Clock;
  readonly #lanes: readonly Lane<Event>[];
  readonly #queueSize: number;
  readonly #batchSize: number;
  readonly #delayMs: number;
  readonly #background: boolean;
  readonly #ledger = new Ledger('events', EVENT_REASONS);
  #queue: Queued<Event>[] = [];
  #working: Promise<void> | undefined;
  #sending: readonly Queued<Event>[] = [];
  #timerSet = false;
  #stopped = false;

  /** Throws CS_CONFIG_INVALID for a size, time or threshold that is not positive. */
  constructor(sinks: readonly EventSink<Event>[], options: EventProcessorOptions) {
    this.#clock = options.clock;
    this.#queueSize = count('queueSize', options.queueSize ?? 1024);
    this.#batchSize = count('batchSize', options.batchSize ?? 100);
    this.#delayMs = positive('delayMs', options.delayMs ?? 2_000);
    this.#background = options.dispatch !== 'manual';
    const breaker = {
      timeoutMs: positive('exportTimeoutMs', options.exportTimeoutMs ?? 10_000),
      threshold: count('breakerThreshold', options.breakerThreshold ?? 5),
      cooldownMs: positive('breakerCooldownMs', options.breakerCooldownMs ?? 60_000),
    };
    this.#lanes = sinks.map((sink) => new Lane(sink, options.clock, breaker));
  }

  /** Takes an event; never waits and never throws. */
  submit(event: Event): void {
    const entry = this.#ledger.enter(1);
    if (this.#stopped) {
      entry.end(1, endingFor('shutdown'));
      return;
    }
    if (this.#queue.length >= this.#queueSize) {
      this.#queue.shift()?.entry.end(1, endingFor('overflow'));
    }
    this.#queue.push({ event, entry });
    if (!this.#background || this.#lanes.length === 0) return;
    if (this.#queue.length >= this.#batchSize) void this.#work();
    else this.#workLater();
  }

  get counts(): EventCounts {
    const { submitted, delivered, failed: failures, dropped: drops } = this.#ledger.balance();
    const queued = this.#queue.length;
    return {
      submitted,
      delivered,
      failed: sum(failures),
      dropped: sum(drops),
      queued,
      inFlight: this.#ledger.inFlight - queued,
    };
  }

  /** Events by how they ended, reason by reason. */
  get reasons(): Readonly<Record<string, number>> {
    const { failed: failures, dropped: drops } = this.#ledger.balance();
    return { ...failures, ...drops };
  }

  /**
   * Hands over all that waits. True when nothing is held back any more; whether it was delivered
   * stands in {@link counts}.
   */
  async flush(): Promise<boolean> {
    await this.#work();
    const flushed = await Promise.all(this.#lanes.map((lane) => lane.flush()));
    return flushed.every(Boolean) && this.#queue.length === 0;
  }

  /**
   * Takes no more events and hands over what waits, until `timeoutMs` has passed: then what is left
   * is failed, once. True when nothing had to be given up and every sink has answered.
   */
  async shutdown(timeoutMs = 30_000): Promise<boolean> {
    this.#stopped = true;
    const drained = await within(this.#clock, timeoutMs, this.#drainAndStop());
    for (const { entry } of [...this.#sending, ...this.#queue]) {
      entry.end(entry.open, endingFor('shutdown_timeout'));
    }
    this.#queue = [];
    return drained === true;
  }

  async #drainAndStop(): Promise<boolean> {
    await this.#work();
    await Promise.all(this.#lanes.map((lane) => lane.idle));
    await Promise.all(this.#lanes.map((lane) => lane.shutdown()));
    return true;
  }

  #workLater(): void {
    if (this.#timerSet) return;
    this.#timerSet = true;
    this.#clock.after(this.#delayMs, () => {
      this.#timerSet = false;
      void this.#work();
    });
  }

  /** The one worker: whoever comes while it runs waits for it. */
  #work(): Promise<void> {
    this.#working ??= this.#dispatchAll().finally(() => (this.#working = undefined));
    return this.#working;
  }

  async #dispatchAll(): Promise<void> {
    while (this.#queue.length > 0) {
      this.#sending = this.#queue.splice(0, this.#batchSize);
      const batch = Object.freeze(this.#sending.map(({ event }) => event));
      const outcomes = await Promise.all(this.#lanes.map((lane) => lane.emit(batch)));
      const ending = endingOfBatch(outcomes);
      // After a shutdown that gave up, the entries are closed: a late answer changes no count.
      for (const { entry } of this.#sending) entry.end(entry.open, ending);
      this.#sending = [];
    }
  }
}

interface BreakerSettings {
  readonly timeoutMs: number;
  readonly threshold: number;
  readonly cooldownMs: number;
}

/** One sink with its breaker and the answer it still owes. */
class Lane<Event> {
  readonly #sink: EventSink<Event>;
  readonly #clock: Clock;
  readonly #settings: BreakerSettings;
  #owed: Promise<unknown> | undefined;
  #failures = 0;
  #openUntilMs: number | undefined;

  constructor(sink: EventSink<Event>, clock: Clock, settings: BreakerSettings) {
    this.#sink = sink;
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Resolves when the sink owes no answer. */
  get idle(): Promise<unknown> {
    return this.#owed ?? Promise.resolve();
  }

  async emit(batch: readonly Event[]): Promise<Outcome> {
    if (this.#openUntilMs !== undefined && this.#openUntilMs > this.#clock.monotonicMs()) {
      return 'breaker_open';
    }
    const outcome = this.#owed === undefined ? await this.#call(batch) : 'sink_timeout';
    if (outcome === 'success') {
      this.#failures = 0;
      this.#openUntilMs = undefined;
    } else if (outcome !== 'dropped') {
      this.#countFailure();
    }
    return outcome;
  }

  async flush(): Promise<boolean> {
    try {
      return (await this.#sink.flush?.()) !== false;
    } catch {
      return false;
    }
  }

  async shutdown(): Promise<void> {
    try {
      await this.#sink.shutdown?.();
    } catch {
      // A sink that cannot shut down has nothing more to lose here: its batches are counted.
    }
  }

  async #call(batch: readonly Event[]): Promise<Outcome> {
    const answer = this.#ask(batch);
    if (!(answer instanceof Promise)) return answer;
    this.#owed = answer.finally(() => (this.#owed = undefined));
    const outcome = await within(this.#clock, this.#settings.timeoutMs, answer);
    return outcome ?? 'sink_timeout';
  }

  #ask(batch: readonly Event[]): Outcome | Promise<Outcome> {
    try {
      const result = this.#sink.emit(batch);
      return result instanceof Promise
        ? result.then(outcomeOf, () => 'sink_failed')
        : outcomeOf(result);
    } catch {
      return 'sink_failed';
    }
  }

  /** A failed probe opens again at once; else it takes `threshold` failures in a row. */
  #countFailure(): void {
    this.#failures += 1;
    if (this.#openUntilMs === undefined && this.#failures < this.#settings.threshold) return;
    this.#openUntilMs = this.#clock.monotonicMs() + this.#settings.cooldownMs;
    this.#failures = 0;
  }
}

function outcomeOf(result: SinkResult): Outcome {
  switch (result) {
    case 'success':
    case 'dropped':
      return result;
    default:
      // `failure`, and whatever a sink without types may say: unknown is not delivered.
      return 'sink_failed';
  }
}

function endingOfBatch(outcomes: readonly Outcome[]): Ending {
  if (outcomes.length === 0) return endingFor('no_sink');
  if (outcomes.includes('success')) return { kind: 'delivered' };
  for (const reason of ['sink_failed', 'sink_timeout', 'breaker_open'] as const) {
    if (outcomes.includes(reason)) return endingFor(reason);
  }
  return endingFor('sink_dropped');
}

function endingFor(reason: Reason): Ending {
  const { ending, told } = EVENT_REASONS[reason];
  return { kind: ending, reason, told };
}

/** The value, or `undefined` when it is not there in time. */
async function within<T>(clock: Clock, ms: number, value: Promise<T>): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  using _timer = clock.after(ms, () => resolve(undefined));
  return await Promise.race([value, promise]);
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, value) => total + value, 0);
}

function count(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new CountersignError(
    'CS_CONFIG_INVALID',
    `${name}: ${value} is not a whole number above 0`,
  );
}

function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new CountersignError('CS_CONFIG_INVALID', `${name}: ${value} is not a number above 0`);
}
