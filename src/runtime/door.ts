import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import type { Arrival, Door, DoorReason, RecordSet, Reservation, Timer } from '../sdk/index.ts';
import type { Admission } from './admission.ts';
import { RETRY_AFTER_MS } from './admission.ts';
import { ArrivalCase } from './arrival-case.ts';
import type { BranchRefusal, Claim } from './branch.ts';
import type { Pipeline } from './pipeline.ts';
import type { RefusalReason } from './reasons.ts';
import { REFUSAL_REASONS } from './reasons.ts';

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
  readonly #pipelines: readonly Pipeline[];
  #received = 0;
  #submitted = 0;
  #lost = 0;
  #ended = false;
  #isRetrying = false;
  #isAskingAgain = false;

  /** @param answers false: the sender cannot be told "no", so that a refusal is a loss */
  constructor(id: string, admission: Admission, answers: boolean, pipelines: readonly Pipeline[]) {
    this.#pipelines = pipelines;
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
    // Letting one in may make room known again before it has left the line: once is enough.
    if (this.#isRetrying) return;
    this.#isRetrying = true;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!this.#tryAdmit(next.arrival)) break;
      next.timer?.cancel();
      this.#waiting.shift();
    }
    this.#isRetrying = false;
    if (this.#ended && this.#waiting.length === 0) this.#admitted.complete();
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
    this.#lookAgain();
  }

  /** A breaker that lets a probe through tells nobody: while somebody waits, it is asked. */
  #lookAgain(): void {
    if (this.#isAskingAgain) return;
    this.#isAskingAgain = true;
    this.#admission.clock.after(RETRY_AFTER_MS, () => {
      this.#isAskingAgain = false;
      this.retryWaiting();
      if (this.#waiting.length > 0) this.#lookAgain();
    });
  }

  #refuse(arrival: Arrival, reason: RefusalReason, full: boolean, retryAfterMs: number): true {
    this.#refused[reason] += arrival.records.count;
    arrival.settle({ kind: 'refused', reason, full, retryAfterMs });
    arrival.release();
    return true;
  }
}
