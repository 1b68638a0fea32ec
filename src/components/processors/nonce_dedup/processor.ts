import { randomBytes } from 'node:crypto';
import type {
  Measure,
  ArrivalKey,
  Batch,
  Ending,
  Host,
  Judged,
  Processor,
  RecordSet,
  Timer,
  Verdict,
} from '../../../sdk/index.ts';
import { AnchoredClock } from './clock.ts';
import { DIGEST_KEY_BYTES, Digests, INPUT_BYTES, JOBS_MAX, ODD, RESULT_WORDS } from './digest.ts';
import { TEXT_BYTES_MAX, wantedNames } from './fields.ts';
import { FirstLook, GO, OFFERED, VERDICTS } from './first_look.ts';
import { conditionOf, startMessage } from './health.ts';
import type { NonceDedupConfig, NonceDedupReason } from './index.ts';
import { type Holding, Reservations } from './reservations.ts';
import { FULL, NonceTable, RESERVED } from './table.ts';

const TICK_MS = 1_000;
/** Expired entries purged at a tick, where no traffic does it. */
const TICK_PURGES = 65_536;
/** The stage calls itself full for this long after it refused a record for want of room. */
const FULL_MS = 10_000;
/** A record longer than this is hashed in pieces. */
const ALONE_BYTES = INPUT_BYTES - 2 * TEXT_BYTES_MAX;

/** A stage of `nonce_dedup`; README.md says what it promises. */
export class NonceDedup implements Processor<NonceDedupReason> {
  readonly #config: NonceDedupConfig;
  readonly #host: Host;
  readonly #look: FirstLook;
  readonly #reservations = new Reservations();
  readonly #expiries = new Float64Array(JOBS_MAX);
  #core: Core | undefined;
  #timer: Timer | undefined;
  #codes = new Uint8Array(1024);
  #named: ArrivalKey | undefined;
  #fullUntilMs = Number.NEGATIVE_INFINITY;
  #reported = '';
  readonly #moment = { nowMs: 0, isSettled: true, floorMs: 0 };

  constructor(config: NonceDedupConfig, host: Host) {
    this.#config = config;
    this.#host = host;
    this.#look = new FirstLook(config);
  }

  start(): void {
    this.#core ??= makeCore(this.#config, this.#host);
    this.#host.log.info(startMessage(this.#host.id, this.#config));
    this.#tick();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  process(batch: Batch<NonceDedupReason>): Judged<NonceDedupReason> {
    const { records } = batch;
    const core = (this.#core ??= makeCore(this.#config, this.#host));
    if (this.#codes.length < records.count) this.#codes = new Uint8Array(records.count);
    this.#advance(core, 4 * records.count + 256);
    this.#named = undefined;
    const holding = this.#reservations.open(records);
    for (let first = 0; first < records.count;) {
      first = this.#judgeRun(core, records, holding, first);
    }
    this.#reservations.close(records.arrival, holding);
    const codes = this.#codes;
    return batch.judgeRows((row) => VERDICTS[codes[row] as number] as Verdict<NonceDedupReason>);
  }

  settled(records: RecordSet, ending: Ending): void {
    const core = this.#core;
    const holding = this.#reservations.of(records.arrival);
    if (core === undefined || holding === undefined) return;
    // A backend that will not take it, ever, has decided about the record, and so has one that
    // refused it among records of other senders; a block by a later stage has not.
    const isFinal =
      ending.kind === 'delivered' || (ending.kind === 'failed' && ending.told !== 'retryable');
    if (isFinal) this.#advance(core, 0);
    for (let i = 0; i < records.count; i++) {
      const row = records.row(i);
      const slot = (holding.slots[row] ?? 0) - 1;
      if (slot < 0) continue;
      holding.slots[row] = 0;
      holding.held -= 1;
      if (isFinal) core.table.commit(slot, this.#config.window);
      else core.table.release(slot);
    }
    this.#reservations.close(records.arrival, holding);
  }

  promised(records: RecordSet): void {
    const holding = this.#reservations.of(records.arrival);
    if (holding === undefined) return;
    for (let i = 0; i < records.count; i++) {
      const slot = (holding.slots[records.row(i)] ?? 0) - 1;
      if (slot >= 0) this.#core?.table.promise(slot);
    }
  }

  holds(records: RecordSet, index: number): boolean {
    return (this.#reservations.of(records.arrival)?.slots[records.row(index)] ?? 0) !== 0;
  }

  /** Figures for the metrics, by name; times in s since the epoch. */
  measures(): readonly Measure[] {
    const table = this.#core?.table;
    const gauge = (name: string, meaning: string, value: number): Measure => ({
      name: `replay_${name}`,
      kind: 'gauge',
      meaning,
      value,
    });
    return [
      gauge('entries', 'Nonces that are remembered.', table?.size ?? 0),
      gauge('pending', 'Nonces whose records have not ended yet.', table?.pending ?? 0),
      gauge('pending_arrivals', 'Arrivals with such records.', this.#reservations.size),
      gauge('capacity', 'Most nonces remembered.', this.#config.max_nonces),
      gauge('table_bytes', 'Memory of the table.', table?.byteLength ?? 0),
      gauge(
        'oldest_expiry_seconds',
        'When the oldest nonce is forgotten, in seconds since the epoch.',
        Math.max(0, table?.oldestExpiryMs ?? 0) / 1000,
      ),
      {
        ...gauge('clock_steps', 'Steps of the wall clock seen.', this.#core?.clock.steps ?? 0),
        kind: 'counter',
      },
    ];
  }

  // -------------------------------------------------------------- one batch

  /** Judges records from `first` on, as many as the kernel takes at once; returns the next one. */
  #judgeRun(core: Core, records: RecordSet, holding: Holding, first: number): number {
    const { starts, ends, buffer, patches } = records;
    const from = starts[first] as number;
    if (patches?.[first] !== undefined || (ends[first] as number) - from > ALONE_BYTES) {
      this.#judgeAlone(core, records, holding, first);
      return first + 1;
    }
    let to = from;
    let next = first;
    while (next < records.count && next - first < JOBS_MAX) {
      const end = ends[next] as number;
      if ((starts[next] as number) < from || end - from > INPUT_BYTES) break;
      if (patches?.[next] !== undefined) break;
      if (end > to) to = end;
      next += 1;
    }
    const { digests } = core;
    digests.load(0, buffer.subarray(from, to));
    for (let i = first; i < next; i++) {
      const start = starts[i] as number;
      digests.record(i - first, start - from, (ends[i] as number) - start);
    }
    digests.scan(next - first);
    for (let i = first; i < next; i++) this.#judgeFound(digests, records, i, i - first, from);
    this.#offerAll(core, records, holding, first, next);
    return next;
  }

  /** The code of a record that the kernel has read, or that is left to this side. */
  #judgeFound(digests: Digests, records: RecordSet, i: number, job: number, from: number): void {
    const rank = digests.rank(job);
    if (rank === ODD) {
      const start = records.starts[i] as number;
      const end = records.ends[i] as number;
      const code = this.#look.judge(records.buffer, start, end, this.#moment);
      this.#prepare(digests, records, i, job, code, from);
      if (code === GO) digests.content(job, start - from, end - start);
      return;
    }
    const code = this.#look.judgeFound(
      rank,
      digests.nonceLength(job),
      digests.senderLength(job),
      digests.timeMs(job),
      this.#moment,
    );
    this.#codes[i] = code;
    this.#expiries[job] = this.#look.expiryMs;
    if (code !== GO) digests.skip(job);
    else if (rank < 0) this.#derive(digests, records, i, job);
  }

  /** A record that a stage before changed, or one longer than the kernel's input. */
  #judgeAlone(core: Core, records: RecordSet, holding: Holding, i: number): void {
    const { digests } = core;
    const bytes =
      records.patches?.[i]?.bytes ??
      records.buffer.subarray(records.starts[i] as number, records.ends[i] as number);
    const code = this.#look.judge(bytes, 0, bytes.length, this.#moment);
    const { nonceRank, nonceAt, nonceLength, senderAt, senderLength } = this.#look.fields;
    this.#prepare(digests, records, i, 0, code, 0);
    if (bytes.length <= ALONE_BYTES) {
      digests.load(0, bytes);
      digests.content(0, 0, bytes.length);
    } else if (code === GO && nonceRank >= 0) {
      digests.long(0, bytes);
      digests.load(0, bytes.subarray(nonceAt, nonceAt + nonceLength));
      digests.load(TEXT_BYTES_MAX, bytes.subarray(senderAt, senderAt + Math.max(0, senderLength)));
      digests.chosen(0, TEXT_BYTES_MAX, senderLength, 0, nonceLength);
    }
    this.#offerAll(core, records, holding, i, i + 1);
  }

  /** The code of record `i`, and the kernel's job for its key. */
  #prepare(
    digests: Digests,
    records: RecordSet,
    i: number,
    job: number,
    code: number,
    from: number,
  ): void {
    this.#codes[i] = code;
    if (code !== GO) {
      digests.skip(job);
      return;
    }
    const { fields, expiryMs } = this.#look;
    this.#expiries[job] = expiryMs;
    if (fields.nonceRank >= 0) {
      const { senderAt, senderLength, nonceAt, nonceLength } = fields;
      digests.chosen(job, senderAt - from, senderLength, nonceAt - from, nonceLength);
      return;
    }
    this.#derive(digests, records, i, job);
  }

  #derive(digests: Digests, records: RecordSet, i: number, job: number): void {
    if (this.#named !== records.arrival) {
      this.#named = records.arrival;
      digests.name(records.arrival.text);
    }
    digests.derived(job, records.row(i));
  }

  /** Hashes, then one synchronous step each: nothing comes between looking up and reserving. */
  #offerAll(core: Core, records: RecordSet, holding: Holding, first: number, next: number): void {
    const { table, digests } = core;
    const codes = this.#codes;
    digests.run(next - first);
    table.touch(digests.results, next - first);
    for (let i = first; i < next; i++) {
      if (codes[i] !== GO) continue;
      const job = i - first;
      const expiryMs = this.#expiries[job] as number;
      const offer = table.offer(digests.results, job * RESULT_WORDS, holding.owner, expiryMs);
      codes[i] = OFFERED + offer;
      if (offer === RESERVED) {
        holding.slots[records.row(i)] = table.slot + 1;
        holding.held += 1;
      } else if (offer === FULL) this.#refused();
    }
  }

  // ---------------------------------------------------------- time and health

  #advance(core: Core, purges: number): void {
    const movedMs = core.clock.read();
    const nowMs = core.clock.nowMs;
    if (movedMs !== 0) {
      core.table.shift(Math.trunc(movedMs));
      this.#host.log.warn(`${this.#host.id}: the wall clock was set; times follow it again`, {
        moved_ms: Math.trunc(movedMs),
      });
    }
    core.table.advance(nowMs, purges);
    this.#moment.nowMs = nowMs;
    this.#moment.floorMs = Math.max(core.floorMs, core.table.purgedMs);
    if (this.#moment.isSettled !== core.clock.isSettled) {
      this.#moment.isSettled = core.clock.isSettled;
      this.#report(core);
    }
  }

  #refused(): void {
    const wasFull = this.#fullUntilMs >= this.#moment.nowMs;
    this.#fullUntilMs = this.#moment.nowMs + FULL_MS;
    if (!wasFull && this.#core !== undefined) this.#report(this.#core);
  }

  #tick(): void {
    if (this.#core === undefined) return;
    this.#advance(this.#core, TICK_PURGES);
    this.#report(this.#core);
    this.#timer = this.#host.clock.after(TICK_MS, () => this.#tick());
  }

  #report(core: Core): void {
    const report = conditionOf({
      entries: core.table.size,
      entriesMax: this.#config.max_nonces,
      isFull: this.#fullUntilMs >= this.#moment.nowMs,
      isSettled: core.clock.isSettled,
    });
    if (report.message === this.#reported) return;
    this.#reported = report.message;
    this.#host.report(report);
  }
}

/** What begins with the start: time, the table and the key of the digests. */
interface Core {
  readonly clock: AnchoredClock;
  readonly table: NonceTable;
  readonly digests: Digests;
  /** Memory begins here: an earlier time, plus the window, is at or below this. */
  readonly floorMs: number;
}

function makeCore(config: NonceDedupConfig, host: Host): Core {
  const clock = new AnchoredClock(host.clock, config.skew);
  const spanMs = config.window + config.skew;
  const digests = new Digests(randomBytes(DIGEST_KEY_BYTES));
  digests.want(wantedNames(config));
  return {
    clock,
    table: new NonceTable({ entriesMax: config.max_nonces, spanMs, nowMs: clock.nowMs }),
    digests,
    floorMs: clock.nowMs + config.window - 1,
  };
}

export function createNonceDedup(config: NonceDedupConfig, host: Host): NonceDedup {
  return new NonceDedup(config, host);
}
