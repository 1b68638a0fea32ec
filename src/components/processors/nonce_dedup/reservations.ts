import type { ArrivalKey, RecordSet } from '../../../sdk/index.ts';

/** The slots that records of one arrival hold. */
export interface Holding {
  /** Number of the arrival among those that hold slots: 0 … 2^29 - 1. */
  readonly owner: number;
  /** Slot + 1 by row of the arrival; 0: none. */
  slots: Uint32Array;
  held: number;
}

/** Most arrays kept for the next arrivals, and the longest: 64 * 32 KiB = 2 MiB. */
const SPARE_MAX = 64;
const SPARE_ROWS_MAX = 8192;

/** Which slot each record on its way holds, by arrival and row. */
export class Reservations {
  readonly #holdings = new Map<ArrivalKey, Holding>();
  readonly #freeOwners: number[] = [];
  /** Arrays of arrivals that are over, all 0. */
  readonly #spare: Uint32Array[] = [];
  #owners = 0;

  /** The holding of the set's arrival, with room for its rows. */
  open(records: RecordSet): Holding {
    const rows = records.count === 0 ? 0 : records.row(records.count - 1) + 1;
    const known = this.#holdings.get(records.arrival);
    if (known !== undefined) {
      if (known.slots.length < rows) {
        const slots = new Uint32Array(rows);
        slots.set(known.slots);
        known.slots = slots;
      }
      return known;
    }
    const owner = this.#freeOwners.pop() ?? this.#owners++;
    const holding = { owner, slots: this.#zeros(rows), held: 0 };
    this.#holdings.set(records.arrival, holding);
    return holding;
  }

  /** Arrivals of which a record holds a slot. */
  get size(): number {
    return this.#holdings.size;
  }

  of(arrival: ArrivalKey): Holding | undefined {
    return this.#holdings.get(arrival);
  }

  /** Forgets the holding when nothing is held under it; its number is then another's. */
  close(arrival: ArrivalKey, holding: Holding): void {
    if (holding.held > 0) return;
    this.#holdings.delete(arrival);
    this.#freeOwners.push(holding.owner);
    // Nothing is held: whoever gave a slot back left 0 in its place.
    const { slots } = holding;
    if (this.#spare.length < SPARE_MAX && slots.length <= SPARE_ROWS_MAX) this.#spare.push(slots);
  }

  #zeros(rows: number): Uint32Array {
    const spare = this.#spare.pop();
    return spare !== undefined && spare.length >= rows ? spare : new Uint32Array(rows);
  }
}
