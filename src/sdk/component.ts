import type { Observable } from 'rxjs';
import type { Batch, Judged } from './batch.ts';
import type { Clock, Deadline } from './clock.ts';
import type { Ending, ReasonTable } from './ending.ts';
import type { CountersignError } from './errors.ts';
import type { HealthReport } from './health.ts';
import type { ArrivalKey } from './identity.ts';
import type { RecordSet } from './record.ts';
import type { Schema } from './schema.ts';

/** A number of a component's own for `/metrics`. It counts no records: the ledger does that. */
export interface Measure {
  /** `snake_case`, unit last, without prefix: `nonce_entries`. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  /** One sentence. */
  readonly meaning: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Begins and ends. `stop` may be called without `start`, and twice. */
export interface Lifecycle {
  /** Read at each scrape; cheap. */
  measures?(): readonly Measure[];
  start?(): void | Promise<void>;
  stop?(deadline: Deadline): void | Promise<void>;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The daemon's own log. ERROR: data was lost or a person is needed. WARN: odd, nothing lost. */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
}

/** Every effect of a component comes through its host. */
export interface Host {
  /** The component's id, `type` or `type/name`. */
  readonly id: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  /** Replaces what the component last said about its health. */
  report(health: HealthReport): void;
  /** A started extension by its id, or `undefined`. */
  extension(id: string): Extension | undefined;
}

// ---------------------------------------------------------------- receivers

/** Why a request was turned away at the door, before its records were known. */
export type DoorReason =
  | 'undecodable'
  | 'too_large'
  | 'unauthorized'
  | 'not_found'
  | 'method_not_allowed'
  | 'unsupported_media_type'
  | 'memory_full'
  | 'aborted'
  | 'draining';

/** Room for bytes in flight. Released once; the room is then free for others. */
export interface Reservation {
  readonly bytes: number;
  /** Takes or gives back room so that `bytes` is this; false and unchanged when there is none. */
  resize(bytes: number): boolean;
  release(): void;
}

/** The way in: memory is reserved here before a byte is read, and what never became records is counted. */
export interface Door {
  /** Room for this many bytes, or `undefined` when too much is in flight: answer 429. */
  reserve(bytes: number): Reservation | undefined;
  /** Counts one request (or line) that was turned away, and its bytes. */
  turnAway(reason: DoorReason, bytes: number): void;
  /** Milliseconds after which a refused sender should try again. */
  retryAfterMs(): number;
  /** True from the moment the daemon was told to stop. */
  readonly draining: boolean;
}

/** What a receiver's sender is to be told; said exactly once per arrival. */
export type ArrivalOutcome =
  /** Every record has an ending that a retry cannot change. */
  | {
      readonly kind: 'accepted';
      /** Records refused for good and delivered nowhere. */
      readonly rejected: number;
      /** Each reason for which records were rejected, with how many. */
      readonly reasons: ReadonlyMap<string, number>;
      /** What was found in rejected records, a line each: "record 3: …". At most 16. */
      readonly details: readonly string[];
      /** What the sender should know although nothing was rejected. */
      readonly warnings: readonly string[];
    }
  /** Taken, but some record ended `retryable`: the sender should send all of it again. */
  | { readonly kind: 'retry'; readonly reason: string; readonly retryAfterMs: number }
  /** Nothing was taken. `full`: the door itself (429), else a branch that must answer (503). */
  | {
      readonly kind: 'refused';
      readonly reason: string;
      readonly full: boolean;
      readonly retryAfterMs: number;
    };

/** What a receiver brings in at once and must answer for. */
export interface Arrival {
  readonly records: RecordSet;
  /** Bytes held for it, as reserved at the door. */
  readonly bytes: number;
  /** The answer; called exactly once. */
  settle(outcome: ArrivalOutcome): void;
  /** Nobody reads the bytes any more; called exactly once, after `settle` or before it. */
  release(): void;
}

export interface Receiver extends Lifecycle {
  /** Hot; completes when the source has ended or the receiver was stopped. Never errors. */
  readonly arrivals: Observable<Arrival>;
}

export interface ReceiverHost extends Host {
  readonly door: Door;
}

// --------------------------------------------------------------- processors

export interface Processor<Reason extends string = string> extends Lifecycle {
  process(batch: Batch<Reason>): Judged<Reason> | Promise<Judged<Reason>>;
  /** Told once how records it passed ended; the sets of one arrival come one after the other. */
  settled?(records: RecordSet, ending: Ending): void;
  /** The sender was told "yes" for these although they have not ended: a queue has them. */
  promised?(records: RecordSet): void;
  /**
   * Nobody reads records of this arrival any more, those that were diverted included: memory that
   * the processor lent to them may be used again. Told once, after all `settled` of the arrival.
   */
  released?(arrival: ArrivalKey): void;
  /** True when a repeat of record `index` would be recognised while this one is in flight. */
  holds?(records: RecordSet, index: number): boolean;
}

// ---------------------------------------------------------------- exporters

/** What one attempt of an exporter came to. */
export type Shipment =
  /** The backend has them, save for `rejected`, of which it tells a count only. */
  | { readonly status: 'delivered'; readonly rejected: number; readonly message?: string }
  /** Not taken, and the same bytes may be taken later. */
  | { readonly status: 'retry'; readonly error: CountersignError; readonly afterMs?: number }
  /** Refused for good; the reason is one that the exporter declares. */
  | { readonly status: 'failed'; readonly reason: string; readonly error: CountersignError }
  /** Nobody can say: sent, and the answer was lost or unreadable. */
  | { readonly status: 'unknown'; readonly error: CountersignError }
  /** The first `delivered` records are out, the rest came to something else. */
  | {
      readonly status: 'partial';
      readonly delivered: number;
      readonly rest: Exclude<Shipment, { status: 'delivered' | 'partial' }>;
    };

export interface Exporter extends Lifecycle {
  /**
   * One attempt to deliver these sets, in order. Resolves, never rejects, and soon after the
   * deadline has expired. The bytes are read until it resolves and not after.
   */
  ship(sets: readonly RecordSet[], deadline: Deadline): Promise<Shipment>;
}

// --------------------------------------------------------------- extensions

/** What an authenticator says of a request's headers. */
export type Authentication =
  | { readonly ok: true; readonly principal: string }
  | { readonly ok: false; readonly message: string };

export interface Extension extends Lifecycle {
  /** Of an authenticator for receivers: checks the lower-cased headers of a request. */
  authenticate?(headers: Readonly<Record<string, string | string[] | undefined>>): Authentication;
  /** Of an authenticator for exporters: headers to send; read at each attempt. */
  credentials?(): Readonly<Record<string, string>>;
}

// -------------------------------------------------------------- definitions

export type ComponentKind = 'receiver' | 'processor' | 'exporter' | 'extension';
export type Stability = 'development' | 'alpha' | 'beta' | 'stable';

interface Definition<Kind extends ComponentKind, Config> {
  readonly kind: Kind;
  /** The YAML key: `lower_snake_case`, and the folder's name. */
  readonly type: string;
  /** Deprecated spellings that a collector user may still write. */
  readonly aliases?: readonly string[];
  readonly stability: Stability;
  /** One sentence: what it does. */
  readonly summary: string;
  readonly schema: Schema<Config>;
  /** YAML below the component's key, as it stands in config.example.yaml and in the README. */
  readonly example: string;
}

export interface ReceiverDefinition<Config = unknown> extends Definition<'receiver', Config> {
  /** False for a source whose sender cannot be told "no": what then fails counts as lost. */
  readonly answers: boolean;
  create(config: Config, host: ReceiverHost): Receiver | Promise<Receiver>;
}

export interface ProcessorDefinition<
  Config = unknown,
  Reason extends string = string,
> extends Definition<'processor', Config> {
  readonly reasons: ReasonTable<Reason>;
  /** Ids of exporters that this configuration diverts to. */
  diverts?(config: Config): readonly string[];
  create(config: Config, host: Host): Processor<Reason> | Promise<Processor<Reason>>;
}

export interface ExporterDefinition<Config = unknown> extends Definition<'exporter', Config> {
  /** Reasons of `failed` shipments. */
  readonly reasons: ReasonTable;
  /** Queue and retry as the configuration has them; see `delivery` in schema.ts. */
  delivery(config: Config): Delivery;
  create(config: Config, host: Host): Exporter | Promise<Exporter>;
}

export interface ExtensionDefinition<Config = unknown> extends Definition<'extension', Config> {
  create(config: Config, host: Host): Extension | Promise<Extension>;
}

export type ComponentDefinition =
  | ReceiverDefinition
  | ProcessorDefinition
  | ExporterDefinition
  | ExtensionDefinition;

/** How a branch keeps and retries what its exporter has not delivered yet. Times in ms. */
export interface Delivery {
  /** One attempt may take this long; 0: no limit. */
  readonly timeoutMs: number;
  readonly queue: QueueSettings | undefined;
  readonly retry: RetrySettings | undefined;
  readonly breaker: BreakerSettings | undefined;
}

/** When a branch stops trying: after so many attempts failed in a row, for so long, then one probe. */
export interface BreakerSettings {
  readonly failuresMax: number;
  readonly cooldownMs: number;
}

export interface QueueSettings {
  readonly consumers: number;
  readonly size: number;
  readonly sizer: 'requests' | 'items' | 'bytes';
  /** Full: wait for room at the door instead of refusing. */
  readonly blockOnOverflow: boolean;
  /** Full: the oldest waiting records make room (`dropped{reason=overflow}`). */
  readonly dropOldest: boolean;
  /** The sender's answer waits for the end; false: "yes" as soon as the records are queued. */
  readonly waitForResult: boolean;
  readonly batch: BatchSettings | undefined;
}

export interface BatchSettings {
  readonly flushTimeoutMs: number;
  /** In units of `sizer`; 0: no limit for `maxSize`. */
  readonly minSize: number;
  readonly maxSize: number;
  readonly sizer: 'items' | 'bytes' | 'requests';
}

export interface RetrySettings {
  readonly initialIntervalMs: number;
  readonly maxIntervalMs: number;
  /** 0: never give up. */
  readonly maxElapsedMs: number;
  readonly multiplier: number;
  readonly randomizationFactor: number;
}
