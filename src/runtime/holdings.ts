import type { Ending, ReasonTable, RecordSet } from '../sdk/index.ts';
import { endingOf } from '../sdk/index.ts';
import type { Entry } from './ledger.ts';
import { Ledger } from './ledger.ts';
import type { Leg, Passage } from './passage.ts';
import type { Queued } from './queue.ts';
import { halves } from './queue.ts';
import { BRANCH_REASONS } from './reasons.ts';

/** Records of one passage in the hands of a branch. */
export interface Item extends Queued {
  readonly passage: Passage;
  readonly leg: Leg;
  readonly entry: Entry;
  /** Told to be sent again by its sender: what is not held may leave before it is sent. */
  withdrawn: boolean;
}

/** What a branch holds, and the only way for it to end: booked here and told to its passage. */
export class Holdings {
  readonly ledger: Ledger;
  readonly #endings: ReadonlyMap<string, Ending>;
  readonly #items = new Set<Item>();

  /** @param reasons what the exporter declares besides the branch's own reasons */
  constructor(id: string, reasons: ReasonTable) {
    const all: ReasonTable = { ...BRANCH_REASONS, ...reasons };
    this.ledger = new Ledger(id, all);
    this.#endings = new Map(
      Object.entries(all).map(([reason, row]) => [reason, endingOf(reason, row)]),
    );
  }

  /** Items that have not ended. */
  get size(): number {
    return this.#items.size;
  }

  take(passage: Passage, leg: Leg, records: RecordSet, enqueuedMs: number): Item {
    const entry = this.ledger.enter(records.count);
    const item: Item = { passage, leg, entry, records, enqueuedMs, withdrawn: false };
    this.#items.add(item);
    return item;
  }

  /** All records of the item came to this ending, or to the declared one with this reason. */
  end(item: Item, ending: Ending | string): void {
    const final = typeof ending === 'string' ? this.#ending(ending) : ending;
    this.#items.delete(item);
    item.entry.end(item.records.count, final);
    item.passage.endInBranch(item.leg, item.records, final);
  }

  endAll(items: readonly Item[], ending: Ending | string): void {
    for (const item of items) this.end(item, ending);
  }

  /** Two items in the place of one; they share the entry and the leg. */
  split(item: Item, head: RecordSet, tail: RecordSet): [Item, Item] {
    this.#items.delete(item);
    const parts: [Item, Item] = [
      { ...item, records: head },
      { ...item, records: tail },
    ];
    for (const part of parts) this.#items.add(part);
    return parts;
  }

  /** Splits the items after the first `count` records. */
  divide(items: readonly Item[], count: number): { out: Item[]; rest: Item[] } {
    const out: Item[] = [];
    const rest: Item[] = [];
    let left = count;
    for (const item of items) {
      const { records } = item;
      if (left >= records.count) out.push(item);
      else if (left <= 0) rest.push(item);
      else {
        const [head, tail] = this.split(item, ...halves(records, left));
        out.push(head);
        rest.push(tail);
      }
      left -= records.count;
    }
    return { out, rest };
  }

  /** The sender of the passage was told to send again. */
  withdraw(passage: Passage): void {
    for (const item of this.#items) if (item.passage === passage) item.withdrawn = true;
  }

  /** What stays of an item whose sender will send again: the records that a repeat would meet. */
  withoutWithdrawn(item: Item): Item | undefined {
    if (!item.withdrawn) return item;
    const kept: number[] = [];
    const gone: number[] = [];
    for (let index = 0; index < item.records.count; index += 1) {
      (item.passage.isHeld(item.records, index) ? kept : gone).push(index);
    }
    if (gone.length === 0) return item;
    if (kept.length === 0) {
      this.end(item, 'answer_timeout');
      return undefined;
    }
    const [stays, leaves] = this.split(item, item.records.select(kept), item.records.select(gone));
    this.end(leaves, 'answer_timeout');
    return stays;
  }

  #ending(reason: string): Ending {
    const ending = this.#endings.get(reason) ?? this.#endings.get('internal_error');
    if (ending === undefined) throw new TypeError(`reason ${reason} is not declared`);
    return ending;
  }
}
