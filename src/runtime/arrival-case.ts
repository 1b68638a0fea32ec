import type { Arrival, ArrivalOutcome, Timer } from '../sdk/index.ts';
import type { Admission } from './admission.ts';
import { RETRY_AFTER_MS } from './admission.ts';
import type { Passage, PassageOwner } from './passage.ts';
import { outcomeOf } from './passage.ts';
import type { Pipeline } from './pipeline.ts';

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
    for (const passage of this.passages.values()) passage.release();
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
