import { kernelInstance } from '../../../../sdk/kernel.ts';
import { RecordRuns } from '../record_runs.ts';
import type { RecordColumns } from '../record_runs.ts';
import { KERNEL } from './look.kernel.wasm.ts';
import { lookPhrases } from './look_phrases.ts';
import { addKeyBit, KEY_BITS_BYTES, MARGIN, writePhrases } from './phrase_tables.ts';
import { writeLexicon } from './telling_tables.ts';
import { commandsWithVerbs } from './views/command_names.ts';
import { base64At } from './views/digits.ts';

/** The memory of the kernel, as in look.kernel.as. */
const MASKS_AT = 10_240;
const SPECIAL_AT = 10_304;
const CLASS_AT = 10_496;
const VERBS_AT = 11_008;
const KINDS_AT = 16 * 1024;
const KINDS_MAX = 8 * 1024;
const STARTS_AT = 36 * 1024;
const ENDS_AT = 40 * 1024;
const RESULTS_AT = 44 * 1024;
const SUSPECTS_AT = 56 * 1024;
const SUSPECTS_MAX = 1024;

/** Classes of bytes, as in look.kernel.as: their numbers are their places. */
const CLASSES: readonly string[] = ['', '%&\\<${#\n', '\'"`^', '*~', '-_+', '@!', '=', '|('];
/** Where joined texts begin in the room. */
const JOINED_AT = 64;

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly place: (lexiconBitsAt: number, inputAt: number) => void;
  readonly limit: (depthMax: number, recordBytesMax: number) => void;
  readonly look: (from: number, to: number, room: number) => number;
  readonly join: (from: number, to: number, room: number) => number;
  readonly run: (count: number, base: number, room: number) => void;
}

export interface LookLimits {
  /** Arrays and maps within each other, and bytes of a record: what has more is not clean. */
  readonly depthMax: number;
  readonly recordBytesMax: number;
}

/**
 * A first look that rules out: at single texts, and at all strings of encoded records, hundreds of records
 * in one call. It never misses what a rule holds in: in what it calls clean, all rules and readings find
 * nothing. The model is not asked of a text without a word by which somebody speaks to somebody, and
 * without small words of sentences. 1 MiB, and three times what a record of more than 64 KiB has.
 */
export class Look {
  readonly #kernel: Kernel;
  readonly #runs: RecordRuns;
  /** Where the records of the last run begin in their buffer; single texts may be loaded since. */
  #runBase = 0;

  /** `ownWords`: a text with one of these is not clean. */
  constructor({ depthMax, recordBytesMax }: LookLimits, ownWords: readonly string[] = []) {
    this.#kernel = kernelInstance(KERNEL);
    const { memory } = this.#kernel;
    const bytes = Buffer.from(memory.buffer);
    const phrases = lookPhrases(ownWords);
    if (phrases.length > KINDS_MAX) throw new RangeError('too many phrases');
    const lexiconBitsAt = writePhrases(
      bytes,
      phrases.map(({ text }) => text),
      phrases.map(({ right }) => right),
    );
    for (const [token, { kind }] of phrases.entries()) bytes[KINDS_AT + token] = kind;
    writeClasses(bytes);
    for (const key of writeLexicon(bytes)) addKeyBit(bytes, lexiconBitsAt, key);
    const inputAt = lexiconBitsAt + KEY_BITS_BYTES + MARGIN;
    this.#kernel.place(lexiconBitsAt, inputAt);
    this.#kernel.limit(depthMax, recordBytesMax);
    this.#runs = new RecordRuns({
      memory,
      startsAt: STARTS_AT,
      endsAt: ENDS_AT,
      resultsAt: RESULTS_AT,
      inputAt,
    });
  }

  /** The texts to come stand in these bytes. */
  load(bytes: Uint8Array, start: number, end: number): void {
    this.#runs.load(bytes, start, end);
  }

  /** True when it is certain that nothing is in the text in `[start, end)` of what was loaded. */
  isClean(start: number, end: number): boolean {
    const { room } = this.#runs;
    return this.#kernel.look(this.#runs.placeOf(start), this.#runs.placeOf(end), room) === 0;
  }

  /** Looks at records from `row` on, as many as one run takes; how many. */
  run(records: RecordColumns, row: number): number {
    const count = this.#runs.loadRecords(records, row);
    this.#runBase = this.#runs.base;
    this.#kernel.run(count, this.#runs.base, this.#runs.room);
    return count;
  }

  /** What the last run says of a record, numbered from 0: for {@link suspectsOf} and the others; 0 for a clean one. */
  resultOf(index: number): number {
    return this.#runs.results[index] as number;
  }

  /** Start and end of a suspect of the last run in the buffer of its records. */
  suspect(index: number): readonly [start: number, end: number] {
    const list = new Uint32Array(this.#kernel.memory.buffer, SUSPECTS_AT, 2 * SUSPECTS_MAX);
    const offset = this.#runBase - this.#runs.placeOf(this.#runs.base);
    return [(list[2 * index] as number) + offset, (list[2 * index + 1] as number) + offset];
  }

  /** All texts of a record's values as one, blanks between them. */
  joinedText(buffer: Uint8Array, start: number, end: number): string {
    this.load(buffer, start, end);
    const { room, bytes } = this.#runs;
    const length = this.#kernel.join(this.#runs.placeOf(start), this.#runs.placeOf(end), room);
    const from = room + JOINED_AT;
    return Buffer.from(bytes.buffer, from, length).toString('utf8');
  }
}

/** True when only the full walk can tell what is in a record; then the others are of no use. */
export const isUnsure = (result: number): boolean => result > 0x7fff_ffff;

/** True when a word of a rule stands in a record, which may go on in another text of it. */
export const isDecided = (result: number): boolean => (result & 0x4000_0000) !== 0;

/** How many suspects of the run are this record's: texts in which something may be. */
export const suspectsOf = (result: number): number => result & 0xffff;

function writeClasses(bytes: Buffer): void {
  bytes.fill(0xff, MASKS_AT, MASKS_AT + 32);
  const addTo = (tableAt: number, code: number): void => {
    const at = tableAt + (code & 15);
    bytes[at] = (bytes[at] as number) | (1 << (code >> 4));
  };
  for (const [number, units] of CLASSES.entries()) {
    for (let i = 0; i < units.length; i++) {
      const code = units.charCodeAt(i);
      bytes[CLASS_AT + code] = number;
      addTo(SPECIAL_AT, code);
    }
  }
  for (let row = 0; row < 8; row++) bytes[SPECIAL_AT + 16 + row] = 1 << row;
  for (let code = 0; code < 128; code++) {
    if (base64At(String.fromCharCode(code), 0) >= 0) addTo(SPECIAL_AT + 32, code);
  }
  for (const [first, second] of [...commandsWithVerbs].map(
    (name) => [name.charCodeAt(0) & 31, name.charCodeAt(1) & 31] as const,
  )) {
    bytes[VERBS_AT + (first << 5) + second] = 1;
  }
}
