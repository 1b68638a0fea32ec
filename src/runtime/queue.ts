import type { BatchSettings, QueueSettings, RecordSet } from '../sdk/index.ts';

type Sizer = QueueSettings['sizer'];

/** What a queue can hold: records of one passage, and the moment they came. */
export interface Queued {
  readonly records: RecordSet;
  readonly enqueuedMs: number;
}

/** The first `count` records and the others. */
export function halves(records: RecordSet, count: number): [RecordSet, RecordSet] {
  const rows = Array.from({ length: records.count }, (_, index) => index);
  return [records.select(rows.slice(0, count)), records.select(rows.slice(count))];
}

/** The size of records in the unit of a queue or batch. */
export function sizeOf(records: RecordSet, sizer: Sizer): number {
  switch (sizer) {
    case 'requests':
      return 1;
    case 'items':
      return records.count;
    case 'bytes':
      return records.byteLength;
  }
}

/**
 * The waiting room of a branch, in memory, first in first out.
 *
 * Bound: `size` in units of the sizer, counted over what waits and what is reserved for arrivals
 * between door and queue; one arrival larger than the whole room is let in when it is empty, or
 * it could never be taken. What the consumers hold is not counted here: at most
 * `consumers × batch` more.
 */
export class MemoryQueue<Item extends Queued> {
  readonly #settings: QueueSettings;
  readonly #split: (item: Item, head: RecordSet, tail: RecordSet) => [Item, Item];
  #items: Item[] = [];
  #size = 0;
  #reserved = 0;
  #batchSize = 0;

  constructor(
    settings: QueueSettings,
    split: (item: Item, head: RecordSet, tail: RecordSet) => [Item, Item],
  ) {
    this.#settings = settings;
    this.#split = split;
  }

  get length(): number {
    return this.#items.length;
  }

  /** In units of the queue's sizer. */
  get size(): number {
    return this.#size;
  }

  get capacity(): number {
    return this.#settings.size;
  }

  get unit(): Sizer {
    return this.#settings.sizer;
  }

  /** Room for records that are still on their way here; false when there is none. */
  reserve(size: number): boolean {
    const used = this.#size + this.#reserved;
    if (used > 0 && used + size > this.#settings.size) return false;
    this.#reserved += size;
    return true;
  }

  /** Gives back what was reserved: the records are here now, or never come. */
  unreserve(size: number): void {
    this.#reserved -= size;
  }

  /** True when these records fit beside what waits and what is reserved. */
  fits(records: RecordSet): boolean {
    const used = this.#size + this.#reserved;
    return used === 0 || used + sizeOf(records, this.#settings.sizer) <= this.#settings.size;
  }

  push(item: Item): void {
    this.#items.push(item);
    this.#count(item.records, 1);
  }

  /** The item that waited longest, taken out; `undefined` when none waits. */
  shift(): Item | undefined {
    const item = this.#items.shift();
    if (item !== undefined) this.#count(item.records, -1);
    return item;
  }

  /** Takes everything out. */
  clear(): Item[] {
    const items = this.#items;
    this.#items = [];
    this.#size = 0;
    this.#batchSize = 0;
    return items;
  }

  /** Replaces each waiting item by what `change` makes of it; `undefined` takes it out. */
  rewrite(change: (item: Item) => Item | undefined): void {
    for (const item of this.clear()) {
      const next = change(item);
      if (next !== undefined) this.push(next);
    }
  }

  /** Milliseconds until a batch is due: 0 when one is, `undefined` when nothing waits. */
  dueInMs(nowMs: number): number | undefined {
    const first = this.#items[0];
    if (first === undefined) return undefined;
    const { batch } = this.#settings;
    if (batch === undefined || this.#batchSize >= batch.minSize) return 0;
    return Math.max(0, first.enqueuedMs + batch.flushTimeoutMs - nowMs);
  }

  /** The next items to ship together: one, or as many as the batch settings allow. */
  take(): Item[] {
    const first = this.shift();
    if (first === undefined) return [];
    const { batch } = this.#settings;
    if (batch === undefined) return [first];
    const group = [this.#capped(first, batch, 0)];
    let size = sizeOf(group[0]?.records ?? first.records, batch.sizer);
    while (this.#items.length > 0 && (batch.maxSize === 0 || size < batch.maxSize)) {
      if (batch.maxSize === 0 && size >= batch.minSize) break;
      const next = this.shift();
      if (next === undefined) break;
      const nextSize = sizeOf(next.records, batch.sizer);
      if (batch.maxSize > 0 && size + nextSize > batch.maxSize && batch.sizer !== 'items') {
        this.#unshift(next);
        break;
      }
      const part = this.#capped(next, batch, size);
      group.push(part);
      size += sizeOf(part.records, batch.sizer);
    }
    return group;
  }

  /** The part of the item that still fits a batch of `size`; the rest goes back to the front. */
  #capped(item: Item, batch: BatchSettings, size: number): Item {
    const { records } = item;
    const room = batch.sizer === 'items' && batch.maxSize > 0 ? batch.maxSize - size : Infinity;
    if (records.count <= room) return item;
    const [head, tail] = this.#split(item, ...halves(records, room));
    this.#unshift(tail);
    return head;
  }

  #unshift(item: Item): void {
    this.#items.unshift(item);
    this.#count(item.records, 1);
  }

  #count(records: RecordSet, sign: 1 | -1): void {
    this.#size += sign * sizeOf(records, this.#settings.sizer);
    const { batch } = this.#settings;
    if (batch !== undefined) this.#batchSize += sign * sizeOf(records, batch.sizer);
  }
}
