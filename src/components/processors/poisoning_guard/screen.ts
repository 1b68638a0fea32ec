import { kernelInstance } from '../../../sdk/kernel.ts';
import { RecordRuns } from './record_runs.ts';
import type { RecordColumns } from './record_runs.ts';
import { KERNEL } from './screen.kernel.wasm.ts';
import { coreNibbles, exactNibbles, windowBits } from './screen_tables.ts';
import type { CodePointClasses, ScreenTables } from './screen_tables.ts';

/** What {@link Screen.look} says of a text: no rule matches it, only `counted` does, or it must be judged. */
export const CLEAN = 0;
export const COUNTED = 1;
export const SUSPECT = 2;

/** The memory of the kernel, as in screen.kernel.as. */
const MASKS_AT = 1024;
const NIBBLES_AT = 1152;
const CLASS_BYTES_AT = 1280;
const CLASS_FLAGS_AT = 1296;
const WINDOWS_AT = 2048;
const STARTS_AT = 30 * 1024;
const ENDS_AT = 34 * 1024;
const RESULTS_AT = 38 * 1024;
const SUSPECTS_AT = 42 * 1024;
const SUSPECTS_MAX = 1024;
const BLOCKS_AT = 50 * 1024;
const CLASSES_AT = 59 * 1024;
const INPUT_AT = 112 * 1024;
const CORE_NIBBLES = 96;
/** Flag of a class of code points that must be judged. */
const JUDGED = 8;

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly limit: (depthMax: number, recordBytesMax: number) => void;
  readonly useClasses: () => void;
  readonly look: (from: number, to: number, room: number) => number;
  readonly run: (count: number, base: number, room: number) => void;
}

/**
 * A first look that rules out: at single texts, and at all strings of encoded records, thousands of
 * texts in one call. It never misses: what it calls clean, the ruleset's judge finds nothing in.
 *
 * Sixteen bytes at a time, tables of 16 entries say which bytes may belong to the core of a window and
 * which are counted (Teddy, from Hyperscan: Wang et al., NSDI 2019). Where three of them come together
 * the window around is looked up byte by byte. Texts beyond ASCII are folded first, to one byte a code
 * point. Keys that were found clean are known again by their bytes (at most 256, of 4 to 32 bytes).
 * 256 KiB, and what a record of more than 64 KiB takes twice.
 */
export class Screen {
  readonly #tables: ScreenTables;
  readonly #kernel: Kernel;
  readonly #runs: RecordRuns;
  /** Start and end of the suspects of the last run, in the order of their records, in the kernel. */
  #suspects: Uint32Array;
  #classed = false;
  /** Where the records of the last run begin in their buffer; single texts may be loaded since. */
  #recordsBase = 0;

  /** `depthMax` and `recordBytesMax`: what a record may have, else it is unsure. */
  constructor(tables: ScreenTables, depthMax: number, recordBytesMax: number) {
    this.#tables = tables;
    this.#kernel = kernelInstance(KERNEL);
    this.#kernel.limit(depthMax, recordBytesMax);
    const { memory } = this.#kernel;
    this.#runs = new RecordRuns({
      memory,
      startsAt: STARTS_AT,
      endsAt: ENDS_AT,
      resultsAt: RESULTS_AT,
      inputAt: INPUT_AT,
    });
    this.#suspects = suspectsIn(memory.buffer);
    const { bytes } = this.#runs;
    bytes.fill(0xff, MASKS_AT, MASKS_AT + 32);
    bytes.set(coreNibbles(tables.windows), NIBBLES_AT);
    bytes.set(exactNibbles(tables.isCounted), NIBBLES_AT + CORE_NIBBLES);
    new Uint32Array(memory.buffer).set(windowBits(tables.windows), WINDOWS_AT / 4);
  }

  /** Of each record of the last run: 0 for a clean one, else for {@link countedOf} and the others. */
  get results(): Uint32Array {
    return this.#runs.results;
  }

  /** The texts to come stand in these bytes. */
  load(bytes: Uint8Array, start: number, end: number): void {
    this.#runs.load(bytes, start, end);
  }

  /** What the text in `[start, end)` of what was loaded comes to. */
  look(start: number, end: number): number {
    const { room } = this.#runs;
    const from = this.#runs.placeOf(start);
    const to = this.#runs.placeOf(end);
    const found = this.#kernel.look(from, to, room);
    if (found !== SUSPECT || this.#classed) return found;
    this.#useClasses();
    return this.#kernel.look(from, to, room);
  }

  /** Loads records from `row` on, as many as a run takes; the row after them. */
  loadRecords(records: RecordColumns, row: number): number {
    const count = this.#runs.loadRecords(records, row);
    this.#recordsBase = this.#runs.base;
    return row + count;
  }

  /** Looks at the first `count` records that were loaded, for {@link results}. */
  run(count: number): void {
    this.#kernel.run(count, this.#runs.base, this.#runs.room);
    this.#suspects = suspectsIn(this.#kernel.memory.buffer);
  }

  /** Start and end of a suspect in the buffer that was loaded from. */
  suspect(index: number): readonly [number, number] {
    // From the first suspect on: texts beyond ASCII are suspects until then.
    if (!this.#classed) this.#useClasses();
    const offset = this.#recordsBase - INPUT_AT;
    const start = this.#suspects[2 * index] as number;
    return [start + offset, (this.#suspects[2 * index + 1] as number) + offset];
  }

  #useClasses(): void {
    this.#classed = true;
    const { classes, blockOf, classOf }: CodePointClasses = this.#tables.codePoints();
    if (classOf.length > INPUT_AT - CLASSES_AT) throw new RangeError('too many blocks');
    for (const [index, { byte, script, judged }] of classes.entries()) {
      this.#runs.bytes[CLASS_BYTES_AT + index] = byte;
      this.#runs.bytes[CLASS_FLAGS_AT + index] = script | (judged ? JUDGED : 0);
    }
    new Uint16Array(this.#runs.bytes.buffer).set(blockOf, BLOCKS_AT / 2);
    this.#runs.bytes.set(classOf, CLASSES_AT);
    this.#kernel.useClasses();
  }
}

const suspectsIn = (buffer: ArrayBuffer): Uint32Array =>
  new Uint32Array(buffer, SUSPECTS_AT, 2 * SUSPECTS_MAX);

/** Texts of the record that the `counted` rule matches and no other, its suspects not included. */
export function countedOf(result: number): number {
  return result & 0xffff;
}

/** How many suspects of the run are this record's. */
export function suspectsOf(result: number): number {
  return (result >>> 16) & 0x7fff;
}

/** True when only the full walk can tell; then the other numbers are of no use, but for the list. */
export function isUnsure(result: number): boolean {
  return result > 0x7fff_ffff;
}
