import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { ArrivalKey, LogRecord, RecordSet, ScopeGroup, SignedTexts } from '../sdk/index.ts';
import { WireResource, WireScope } from './group.ts';
import { WireRecord } from './record.ts';
import { ownTexts, selectTexts, textAttributeLength, textOf } from './signed-texts.ts';

/** The columns of a record set; see {@link RecordSet}. */
export interface Columns {
  readonly count: number;
  readonly buffer: Buffer;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly groupOf: Uint32Array;
  readonly groups: readonly WireScope[];
  readonly arrival: ArrivalKey;
  /** Positions in the arrival; `undefined`: record i is row i. */
  readonly rows: Uint32Array | undefined;
  readonly patches: readonly (LogRecord | undefined)[] | undefined;
  readonly signed: SignedTexts | undefined;
  /** True while this is a request whole and unchanged: `buffer` is then its encoding. */
  readonly whole: boolean;
  /** Encoded fields of the request that are not known here; they travel with every part of it. */
  readonly fields: Buffer;
}

/** Records of one request, over its bytes. */
export class WireRecordSet implements RecordSet {
  readonly #columns: Columns;
  #byteLength: number | undefined;

  constructor(columns: Columns) {
    this.#columns = columns;
  }

  get count(): number {
    return this.#columns.count;
  }
  get buffer(): Buffer {
    return this.#columns.buffer;
  }
  get starts(): Uint32Array {
    return this.#columns.starts;
  }
  get ends(): Uint32Array {
    return this.#columns.ends;
  }
  get groupOf(): Uint32Array {
    return this.#columns.groupOf;
  }
  get groups(): readonly ScopeGroup[] {
    return this.#columns.groups;
  }
  get patches(): readonly (LogRecord | undefined)[] | undefined {
    return this.#columns.patches;
  }
  get signed(): SignedTexts | undefined {
    return this.#columns.signed;
  }
  get arrival(): ArrivalKey {
    return this.#columns.arrival;
  }
  /** See {@link Columns.fields}. */
  get fields(): Buffer {
    return this.#columns.fields;
  }
  /** See {@link Columns.whole}. */
  get whole(): boolean {
    return this.#columns.whole;
  }

  get byteLength(): number {
    this.#byteLength ??= this.#measure(this.signed);
    return this.#byteLength;
  }

  /** Bytes of the records' encodings with these texts, or with none. */
  #measure(texts: SignedTexts | undefined): number {
    const { count, starts, ends, patches } = this.#columns;
    let sum = 0;
    for (let i = 0; i < count; i += 1) {
      const patch = patches?.[i];
      if (patch !== undefined) sum += encodedLength(patch);
      else sum += rowLength(starts, ends, texts, i);
    }
    return sum;
  }

  row(index: number): number {
    return (this.#columns.rows?.[index] as number | undefined) ?? index;
  }

  at(index: number): LogRecord {
    const patch = this.patches?.[index];
    if (patch !== undefined) return patch;
    const record = this.#unsigned(index);
    const { signed } = this;
    const signedText = signed && textOf(signed, index);
    if (signed === undefined || signedText === undefined) return record;
    return record.with({ attributes: { [signed.attribute]: signedText }, signedText });
  }

  /** Record `index` as it came in. */
  #unsigned(index: number): WireRecord {
    const { buffer, starts, ends, groupOf, groups, arrival, count } = this.#columns;
    const group = groups[groupOf[index] as number];
    if (index < 0 || index >= count || group === undefined) {
      throw new RangeError(`record ${index} of a set of ${count}`);
    }
    return new WireRecord(buffer, starts[index] as number, ends[index] as number, {
      group,
      arrival,
      row: this.row(index),
    });
  }

  [Symbol.iterator](): Iterator<LogRecord> {
    let index = 0;
    return {
      next: () => {
        if (index >= this.count) return { done: true, value: undefined };
        index += 1;
        return { done: false, value: this.at(index - 1) };
      },
    };
  }

  select(indices: ArrayLike<number>): RecordSet {
    const { starts, ends, groupOf, patches, signed } = this.#columns;
    const count = indices.length;
    if (count === this.count) return this;
    const rows = new Uint32Array(count);
    const columns = {
      starts: new Uint32Array(count),
      ends: new Uint32Array(count),
      groupOf: new Uint32Array(count),
    };
    for (let i = 0; i < count; i += 1) {
      const from = indices[i] as number;
      columns.starts[i] = starts[from] as number;
      columns.ends[i] = ends[from] as number;
      columns.groupOf[i] = groupOf[from] as number;
      rows[i] = this.row(from);
    }
    return new WireRecordSet({
      ...this.#columns,
      ...columns,
      count,
      rows,
      whole: false,
      patches: patches && Array.from({ length: count }, (_, i) => patches[indices[i] as number]),
      signed: signed && selectTexts(signed, indices),
    });
  }

  replace(changed: readonly (LogRecord | undefined)[]): RecordSet {
    const { patches, count } = this.#columns;
    const merged: (LogRecord | undefined)[] = Array.from({ length: count });
    let any = false;
    for (let i = 0; i < count; i += 1) {
      merged[i] = changed[i] ?? patches?.[i];
      if (merged[i] !== undefined) any = true;
    }
    return any ? new WireRecordSet({ ...this.#columns, patches: merged, whole: false }) : this;
  }

  sign(texts: SignedTexts): RecordSet {
    assert(this.signed === undefined, 'a set has one column of signed texts');
    return new WireRecordSet({ ...this.#columns, signed: texts, whole: false });
  }

  own(): RecordSet {
    this.#settleIdentities();
    const { count, starts, ends, groupOf, patches, signed } = this.#columns;
    const groups = ownGroups(this.#columns.groups, groupOf, count);
    const buffer = Buffer.allocUnsafeSlow(this.#measure(undefined));
    const own = { starts: new Uint32Array(count), ends: new Uint32Array(count) };
    const moved: (LogRecord | undefined)[] | undefined = patches && Array.from({ length: count });
    let at = 0;
    for (let i = 0; i < count; i += 1) {
      const patch = patches?.[i];
      own.starts[i] = at;
      if (patch === undefined) {
        at += this.buffer.copy(buffer, at, starts[i], ends[i]);
      } else {
        at = copyRecord(patch, buffer, at);
        const group = groups[groupOf[i] as number] as WireScope;
        if (moved && patch instanceof WireRecord) {
          moved[i] = patch.moved(buffer, own.starts[i] as number, group);
        } else if (moved) moved[i] = patch;
      }
      own.ends[i] = at;
    }
    return new WireRecordSet({
      ...this.#columns,
      ...own,
      buffer,
      groups,
      patches: moved,
      signed: signed && ownTexts(signed, count),
      whole: false,
      fields: Buffer.from(this.#columns.fields),
    });
  }

  /** A derived identity hashes the arrival's bytes; do it while they are there. */
  #settleIdentities(): void {
    for (let i = 0; i < this.count; i += 1) {
      // As it came in: a change never renames a record, and decoding a text would be for nothing.
      if (this.#unsigned(i).identity.kind === 'derived') return;
    }
  }
}

/** The groups that records refer to, each with memory of its own; others stay as they are. */
function ownGroups(
  groups: readonly WireScope[],
  groupOf: Uint32Array,
  count: number,
): readonly WireScope[] {
  const used = new Set(groupOf.subarray(0, count));
  const resources = new Map<WireResource, WireResource>();
  const none = new WireScope(new WireResource(Buffer.alloc(0)), Buffer.alloc(0));
  return groups.map((group, index) => {
    if (!used.has(index)) return none;
    const resource = resources.get(group.resource) ?? group.resource.own();
    resources.set(group.resource, resource);
    return group.own(resource);
  });
}

/** Bytes of the encoding of an unchanged record. */
export function rowLength(
  starts: Uint32Array,
  ends: Uint32Array,
  texts: SignedTexts | undefined,
  index: number,
): number {
  const size = (ends[index] as number) - (starts[index] as number);
  return texts === undefined ? size : size + textAttributeLength(texts, index);
}

/** Bytes of a record's encoding. */
export function encodedLength(record: LogRecord): number {
  return record instanceof WireRecord ? record.byteLength : record.bytes.length;
}

/** Copies a record's encoding; returns where it ends. */
export function copyRecord(record: LogRecord, target: Buffer, at: number): number {
  if (record instanceof WireRecord) return record.copyTo(target, at);
  target.set(record.bytes, at);
  return at + record.bytes.length;
}
