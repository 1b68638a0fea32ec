/** Records as columns over the bytes they came in. */
export interface RecordColumns {
  readonly buffer: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly count: number;
}

/** Memory of a kernel that looks at records, and where its parts lie. */
export interface RunMemory {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly startsAt: number;
  readonly endsAt: number;
  readonly resultsAt: number;
  /** Where the records stand; all that lies behind is theirs. */
  readonly inputAt: number;
}

/** Read and written past an end by the steps of 16 bytes. */
const SLACK = 256;
const PAGE_BYTES = 65_536;

/** Most records of a run. */
const RECORDS_MAX = 1024;
/** Bytes of records in a run, if they are more than one: they stay in the L1 and L2 caches. */
const RUN_BYTES = 64 * 1024;

/** Brings records into the memory of a kernel, as many as it looks at in one run. */
export class RecordRuns {
  /** Of each record of the last run what the kernel says; 0 for a clean one. */
  results: Uint32Array;
  /** All of the kernel's memory. */
  bytes: Uint8Array;
  /** Where the loaded bytes begin in the buffer they came from. */
  base = 0;
  /** Where in the kernel's memory is room for twice the loaded bytes. */
  room: number;
  readonly #memory: RunMemory;
  #starts: Uint32Array;
  #ends: Uint32Array;

  constructor(memory: RunMemory) {
    this.#memory = memory;
    this.room = memory.inputAt;
    [this.bytes, this.#starts, this.#ends, this.results] = this.#views();
  }

  #views(): [Uint8Array, Uint32Array, Uint32Array, Uint32Array] {
    const { memory, startsAt, endsAt, resultsAt } = this.#memory;
    const { buffer } = memory;
    const column = (at: number): Uint32Array => new Uint32Array(buffer, at, RECORDS_MAX);
    return [new Uint8Array(buffer), column(startsAt), column(endsAt), column(resultsAt)];
  }

  /** The bytes to come are these; true when the kernel's memory is another one now. */
  load(bytes: Uint8Array, start: number, end: number): boolean {
    const { inputAt, memory } = this.#memory;
    const length = end - start;
    // What is made of the bytes may be twice as long, for values of one byte.
    const missing = inputAt + 3 * length + 4 * SLACK - this.bytes.length;
    if (missing > 0) {
      memory.grow(Math.ceil(missing / PAGE_BYTES));
      [this.bytes, this.#starts, this.#ends, this.results] = this.#views();
    }
    this.bytes.set(bytes.subarray(start, end), inputAt);
    this.base = start;
    this.room = inputAt + length + SLACK;
    return missing > 0;
  }

  /** Where in the kernel's memory an offset of the buffer stands that was loaded from. */
  placeOf(offset: number): number {
    return this.#memory.inputAt + offset - this.base;
  }

  /** Loads records from `row` on, as many as a run takes; how many. */
  loadRecords({ buffer, starts, ends, count }: RecordColumns, row: number): number {
    const base = starts[row] as number;
    const last = Math.min(count, row + RECORDS_MAX);
    let end = ends[row] as number;
    let to = row + 1;
    while (to < last && (starts[to] as number) >= end && (ends[to] as number) - base <= RUN_BYTES) {
      end = ends[to++] as number;
    }
    this.load(buffer, base, end);
    this.#starts.set(starts.subarray(row, to));
    this.#ends.set(ends.subarray(row, to));
    return to - row;
  }
}
