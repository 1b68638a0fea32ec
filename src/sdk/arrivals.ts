import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import type { Arrival } from './component.ts';

/** The stream a receiver feeds: one arrival at a time until it is ended. */
export class ArrivalStream {
  readonly #subject = new Subject<Arrival>();
  readonly arrivals: Observable<Arrival> = this.#subject.asObservable();

  /** Hands an arrival to every pipeline of the receiver. After `end` nothing is taken. */
  bring(arrival: Arrival): void {
    this.#subject.next(arrival);
  }

  /** No arrival comes any more. */
  end(): void {
    this.#subject.complete();
  }
}
