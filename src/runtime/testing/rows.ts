import type { LogRecord, RecordSet, ScopeGroup } from '../../sdk/index.ts';
import { identityOf, numberedArrival } from '../../sdk/index.ts';
import type { ArrivalKey } from '../../sdk/index.ts';

const GROUP: ScopeGroup = {
  resource: { attributes: [], fields: new Uint8Array(), attribute: () => undefined },
  name: '',
  version: '',
  attributes: [],
  fields: new Uint8Array(),
};

function row(text: string, arrival: ArrivalKey, position: number): LogRecord {
  const record: LogRecord = {
    timeUnixNano: 0n,
    observedTimeUnixNano: 0n,
    severityNumber: 0,
    severityText: '',
    eventName: '',
    bodyText: text,
    body: text,
    traceId: '',
    spanId: '',
    flags: 0,
    droppedAttributesCount: 0,
    attribute: () => undefined,
    attributes: [],
    bytes: new Uint8Array(10),
    group: GROUP,
    signedText: undefined,
    get identity() {
      return identityOf(record, arrival, position);
    },
    with: ({ signedText }) => row(signedText ?? text, arrival, position),
  };
  return record;
}

/** Records that are rows of text and nothing else: what the runtime needs of them. */
export class Rows implements RecordSet {
  readonly buffer = new Uint8Array();
  readonly starts = new Uint32Array();
  readonly ends = new Uint32Array();
  readonly groupOf = new Uint32Array();
  readonly groups = [];
  readonly patches = undefined;
  readonly signed = undefined;
  readonly arrival: ArrivalKey;
  readonly #records: readonly LogRecord[];
  readonly #rows: readonly number[];

  constructor(records: readonly LogRecord[], rows: readonly number[], arrival: ArrivalKey) {
    this.#records = records;
    this.#rows = rows;
    this.arrival = arrival;
  }

  /** A new arrival of these texts. */
  static of(...texts: string[]): Rows {
    const arrival = numberedArrival('test', 1);
    return new Rows(
      texts.map((text, index) => row(text, arrival, index)),
      texts.map((_, index) => index),
      arrival,
    );
  }

  get count(): number {
    return this.#records.length;
  }

  get byteLength(): number {
    return this.count * 10;
  }

  get texts(): string[] {
    return this.#records.map((record) => record.bodyText ?? '');
  }

  row(index: number): number {
    return this.#rows[index] ?? -1;
  }

  at(index: number): LogRecord {
    const record = this.#records[index];
    if (record === undefined) throw new RangeError(`no record ${index}`);
    return record;
  }

  [Symbol.iterator](): Iterator<LogRecord> {
    return this.#records[Symbol.iterator]();
  }

  select(indices: ArrayLike<number>): Rows {
    const kept = Array.from(indices);
    return new Rows(
      kept.map((index) => this.at(index)),
      kept.map((index) => this.row(index)),
      this.arrival,
    );
  }

  replace(changed: readonly (LogRecord | undefined)[]): Rows {
    return new Rows(
      this.#records.map((record, index) => changed[index] ?? record),
      this.#rows,
      this.arrival,
    );
  }

  sign(): Rows {
    return this;
  }

  own(): Rows {
    return this;
  }
}

/** The texts of sets as they were shipped. */
export function textsOf(sets: readonly RecordSet[]): string[] {
  return sets.flatMap((set) => [...set].map((record) => record.bodyText ?? ''));
}
