import { isAscii, isUtf8 } from 'node:buffer';
import { isDecided, isUnsure, suspectsOf } from './look.ts';
import type { GuardSettings } from './settings.ts';
import type { RecordColumns } from '../record_runs.ts';

/** Texts that were judged and found harmless, so that names are not judged each time. */
const KNOWN_MAX = 512;
const KNOWN_LENGTH_MAX = 64;

/**
 * What becomes of records that the first look could not rule out: most of them hold a text that needs a
 * closer look, and nothing else. Where nothing comes of it the record is harmless, and the long way
 * (every text with its place, neighbours read as one) is not gone.
 */
export class Suspects {
  readonly #settings: GuardSettings;
  readonly #known = new Set<string>();
  #records: RecordColumns | undefined;
  #buffer: Buffer = Buffer.alloc(0);
  /** The next suspect of the run. */
  #next = 0;
  /** Texts that were judged, for the measures. */
  examined = 0;

  constructor(settings: GuardSettings) {
    this.#settings = settings;
  }

  /** A run of the look over these records; what is asked of them next is asked in their order. */
  open(records: RecordColumns): void {
    if (this.#records !== records) {
      const { buffer } = records;
      this.#buffer = Buffer.from(buffer.buffer, buffer.byteOffset, buffer.length);
    }
    this.#records = records;
    this.#next = 0;
  }

  /** True when it is certain that nothing is in a record for which the look has this result. */
  isHarmless(row: number, result: number): boolean {
    const from = this.#next;
    this.#next += suspectsOf(result);
    if (isUnsure(result)) return false;
    for (let index = from; index < this.#next; index++) {
      if (!this.#isHarmlessText(...this.#settings.look.suspect(index))) return false;
    }
    return !isDecided(result) || !this.#holdsAcross(row);
  }

  #isHarmlessText(start: number, end: number): boolean {
    const bytes = this.#buffer.subarray(start, end);
    if (!isUtf8(bytes)) return false;
    const text = bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
    if (this.#known.has(text)) return true;
    this.examined++;
    const { verdict, findings, truncated } = this.#settings.judge(text);
    if (verdict !== 'allow' || findings.length > 0 || truncated === true) return false;
    if (text.length <= KNOWN_LENGTH_MAX) this.#learn(text);
    return true;
  }

  #learn(text: string): void {
    if (this.#known.size === KNOWN_MAX) this.#known.clear();
    this.#known.add(text);
  }

  /** True when a rule holds in the texts of the record read as one. */
  #holdsAcross(row: number): boolean {
    const { buffer, starts, ends } = this.#records as RecordColumns;
    const text = this.#settings.look.joinedText(buffer, starts[row] as number, ends[row] as number);
    return this.#settings.holds(text);
  }
}
