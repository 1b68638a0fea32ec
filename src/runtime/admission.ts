import type {
  Arrival,
  ArrivalOutcome,
  Clock,
  Door,
  DoorReason,
  RecordSet,
  Reservation,
  Timer,
} from '../sdk/index.ts';
import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import type { BranchRefusal, Claim } from './branch.ts';
import type { Passage, PassageOwner } from './passage.ts';
import { outcomeOf } from './passage.ts';
import type { RefusalReason } from './reasons.ts';
import { REFUSAL_REASONS } from './reasons.ts';
import type { Pipeline } from './pipeline.ts';

/** Bounds on what is between the doors and the ends of all pipelines. */
export interface AdmissionSettings {
  readonly inFlightBytesMax: number;
  readonly inFlightRecordsMax: number;
  /** An answer is held at most this long, then the sender is told to send again. */
  readonly answerWithinMs: number;
}

const RETRY_AFTER_MS = 1_000;

/** The memory and the records that all receivers share. */
export class Admission {
  readonly settings: AdmissionSettings;
  readonly clock: Clock;
  draining = false;
  #bytes = 0;
  #records = 0;
  #cases = 0;
  #idle: (() => void)[] = [];

  constructor(settings: AdmissionSettings, clock: Clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** Bytes reserved for what is in flight. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when no arrival is open. */
  async whenIdle(): Promise<void> {
    if (this.#cases === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  reserve(bytes: number): Reservation | undefined {
    if (!this.#take(bytes)) return undefined;
    let held = bytes;
    let released = false;
    return {
      get bytes() {
        return held;
      },
      resize: (next) => {
        if (released || (next > held && !this.#take(next - held))) return false;
        if (next < held) this.#bytes -= held - next;
        held = next;
        return true;
      },
      release: () => {
        if (released) return;
        released = true;
        this.#bytes -= held;
      },
    };
  }

  /** Room for the records of an arrival; false when too many are in flight. */
  open(records: number): boolean {
    if (this.#records > 0 && this.#records + records > this.settings.inFlightRecordsMax) {
      return false;
    }
    this.#records += records;
    this.#cases += 1;
    return true;
  }

  close(records: number): void {
    this.#records -= records;
    this.#cases -= 1;
    if (this.#cases > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  #take(bytes: number): boolean {
    // The first one may be larger than all the room, or it could never come in.
    if (this.#bytes > 0 && this.#bytes + bytes > this.settings.inFlightBytesMax) return false;
    this.#bytes += bytes;
    return true;
  }
}

/** One arrival until its sender is answered and all its records have ended. */
export class ArrivalCase implements PassageOwner {
  readonly passages: ReadonlyMap<Pipeline, Passage>;
  readonly #arrival: Arrival;
  readonly #answers: boolean;
  readonly #admission: Admission;
  readonly #timer: Timer | undefined;
  readonly #records: number;
  #unanswered: number;
  #unfinished: number;
  #answered = false;
  #promised: boolean;

  constructor(
    arrival: Arrival,
    pipelines: readonly Pipeline[],
    admission: Admission,
    answers: boolean,
  ) {
    this.#arrival = arrival;
    this.#admission = admission;
    this.#answers = answers;
    this.#promised = !answers;
    this.#records = arrival.records.count;
    this.#unanswered = pipelines.length;
    this.#unfinished = pipelines.length;
    this.passages = new Map(
      pipelines.map((pipeline) => [pipeline, pipeline.open(arrival.records, this)]),
    );
    this.#timer = answers
      ? admission.clock.after(admission.settings.answerWithinMs, () => this.#overdue())
      : undefined;
  }

  get promised(): boolean {
    return this.#promised;
  }

  answerable(): void {
    this.#unanswered -= 1;
    if (this.#unanswered > 0) return;
    const answers = this.passages.values().map((passage) => passage.answer());
    this.#answer(outcomeOf([...answers], RETRY_AFTER_MS));
  }

  finished(): void {
    this.#unfinished -= 1;
    if (this.#unfinished > 0) return;
    this.#arrival.release();
    this.#admission.close(this.#records);
  }

  #answer(outcome: ArrivalOutcome): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#timer?.cancel();
    if (outcome.kind === 'accepted' && this.#answers) {
      this.#promised = true;
      for (const passage of this.passages.values()) passage.promise();
    }
    this.#arrival.settle(outcome);
  }

  #overdue(): void {
    this.#answer({ kind: 'retry', reason: 'answer_timeout', retryAfterMs: RETRY_AFTER_MS });
    for (const [pipeline, passage] of this.passages) {
      if (!passage.finished) pipeline.withdraw(passage);
    }
  }
}

/** What came to a door. Counts of records; `turnedAway` of requests and bytes. */
export interface DoorBalance {
  readonly received: number;
  readonly refused: Readonly<Record<RefusalReason, number>>;
  readonly submitted: number;
  readonly turnedAway: Readonly<Record<string, { requests: number; bytes: number }>>;
}

const DOOR_REASONS: readonly DoorReason[] = [
  'undecodable',
  'too_large',
  'unauthorized',
  'not_found',
  'method_not_allowed',
  'unsupported_media_type',
  'memory_full',
  'aborted',
  'draining',
];

/** The door of one receiver: takes an arrival whole or refuses it whole. */
export class ReceiverDoor implements Door {
  readonly id: string;
  readonly #admission: Admission;
  readonly #answers: boolean;
  readonly #admitted = new Subject<ArrivalCase>();
  readonly #turnedAway: Record<string, { requests: number; bytes: number }>;
  readonly #refused: Record<RefusalReason, number>;
  readonly #waiting: { arrival: Arrival; timer: Timer | undefined }[] = [];
  #pipelines: readonly Pipeline[] = [];
  #received = 0;
  #submitted = 0;
  #lost = 0;
  #ended = false;

  constructor(id: string, admission: Admission, answers: boolean) {
    this.id = id;
    this.#admission = admission;
    this.#answers = answers;
    this.#turnedAway = Object.fromEntries(
      DOOR_REASONS.map((reason) => [reason, { requests: 0, bytes: 0 }]),
    );
    this.#refused = Object.fromEntries(REFUSAL_REASONS.map((reason) => [reason, 0])) as Record<
      RefusalReason,
      number
    >;
  }

  /** Arrivals that were taken. Completes when the receiver has ended and nothing waits here. */
  get admitted(): Observable<ArrivalCase> {
    return this.#admitted;
  }

  get draining(): boolean {
    return this.#admission.draining;
  }

  /** Turned away although the sender could not be told: lost. */
  get lost(): number {
    return this.#lost;
  }

  lead(pipelines: readonly Pipeline[]): void {
    this.#pipelines = pipelines;
  }

  reserve(bytes: number): Reservation | undefined {
    return this.#admission.reserve(bytes);
  }

  turnAway(reason: DoorReason, bytes: number): void {
    const row = (this.#turnedAway[reason] ??= { requests: 0, bytes: 0 });
    row.requests += 1;
    row.bytes += bytes;
    if (!this.#answers) this.#lost += 1;
  }

  retryAfterMs(): number {
    return RETRY_AFTER_MS;
  }

  /** An arrival is at the door. */
  offer(arrival: Arrival): void {
    this.#received += arrival.records.count;
    // First come, first served: nobody overtakes those who wait.
    if (this.#waiting.length > 0 && !this.draining) this.#hold(arrival);
    else if (!this.#tryAdmit(arrival)) this.#hold(arrival);
  }

  /** Room may have come free: lets in who waits, in order. */
  retryWaiting(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!this.#tryAdmit(next.arrival)) return;
      next.timer?.cancel();
      this.#waiting.shift();
    }
    if (this.#ended) this.#admitted.complete();
  }

  /** The receiver brings nothing more. */
  end(): void {
    this.#ended = true;
    if (this.#waiting.length === 0) this.#admitted.complete();
  }

  balance(): DoorBalance {
    return {
      received: this.#received,
      refused: { ...this.#refused },
      submitted: this.#submitted,
      turnedAway: structuredClone(this.#turnedAway),
    };
  }

  /** Sentences on what does not balance. Arrivals that wait at the door are neither yet. */
  audit(): string[] {
    const waiting = this.#waiting.reduce((sum, { arrival }) => sum + arrival.records.count, 0);
    const refused = Object.values(this.#refused).reduce((a, b) => a + b, 0);
    return this.#received === refused + this.#submitted + waiting
      ? []
      : [
          `${this.id}: received ${this.#received} is not refused ${refused} + ` +
            `submitted ${this.#submitted} + waiting ${waiting}`,
        ];
  }

  /** Takes or refuses the arrival; false when it has to wait here. */
  #tryAdmit(arrival: Arrival): boolean {
    if (this.draining) return this.#refuse(arrival, 'draining', false, RETRY_AFTER_MS);
    const { count } = arrival.records;
    if (!this.#admission.open(count)) {
      return this.#refuse(arrival, 'too_many_in_flight', true, RETRY_AFTER_MS);
    }
    const claims = this.#claim(arrival.records);
    if ('reason' in claims) {
      this.#admission.close(count);
      if (claims.waits) return false;
      return this.#refuse(arrival, claims.reason, false, claims.retryAfterMs);
    }
    this.#submitted += count;
    const opened = new ArrivalCase(arrival, this.#pipelines, this.#admission, this.#answers);
    for (const [pipeline, passage] of opened.passages) {
      pipeline.entrust(passage, claims.get(pipeline) ?? []);
    }
    this.#admitted.next(opened);
    return true;
  }

  /** Room in every branch that must answer, or none at all. */
  #claim(records: RecordSet): Map<Pipeline, Claim[]> | BranchRefusal {
    const claims = new Map<Pipeline, Claim[]>();
    for (const pipeline of this.#pipelines) {
      const own: Claim[] = [];
      claims.set(pipeline, own);
      for (const branch of pipeline.branches) {
        const claim = branch.claim(records);
        if ('reason' in claim) {
          for (const taken of claims.values()) {
            for (const done of taken) done.branch.redeem(done, false);
          }
          return claim;
        }
        own.push(claim);
      }
    }
    return claims;
  }

  #hold(arrival: Arrival): void {
    const entry = {
      arrival,
      timer: this.#answers
        ? this.#admission.clock.after(this.#admission.settings.answerWithinMs, () => {
            this.#waiting.splice(this.#waiting.indexOf(entry), 1);
            this.#refuse(arrival, 'queue_full', false, RETRY_AFTER_MS);
          })
        : undefined,
    };
    this.#waiting.push(entry);
  }

  #refuse(arrival: Arrival, reason: RefusalReason, full: boolean, retryAfterMs: number): true {
    this.#refused[reason] += arrival.records.count;
    arrival.settle({ kind: 'refused', reason, full, retryAfterMs });
    arrival.release();
    return true;
  }
}
