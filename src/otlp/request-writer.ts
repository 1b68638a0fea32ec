import { Buffer } from 'node:buffer';
import type { RecordSet, ScopeGroup, SignedTexts } from '../sdk/index.ts';
import { copyRecord, encodedLength, rowLength, WireRecordSet } from './record-set.ts';
import { hasText, writeTextAttribute } from './signed-texts.ts';
import * as tag from './tags.ts';
import { asBuffer, putVarint, varintSize } from './wire.ts';

/** One header (tag and length) of a message with this many bytes; all tags here are one byte. */
function framed(size: number): number {
  return 1 + varintSize(size) + size;
}

/**
 * The sizes of the messages of a request, in the order in which their headers are written:
 * each ResourceLogs is followed by its ScopeLogs.
 */
class Layout {
  readonly sizes: number[] = [];
  total = 0;

  add(set: RecordSet): void {
    if (set.count === 0) return;
    if (set instanceof WireRecordSet) {
      if (set.whole) {
        this.total += set.buffer.length;
        return;
      }
      this.total += set.fields.length;
    }
    let resourceAt = -1;
    let i = 0;
    let resource: ScopeGroup['resource'] | undefined;
    while (i < set.count) {
      const group = groupAt(set, i);
      const scopeEnd = runEnd(set, i);
      if (group.resource !== resource) {
        this.#closeResource(resourceAt);
        resource = group.resource;
        resourceAt = this.sizes.length;
        this.sizes.push(resource.fields.length);
      }
      const size = group.fields.length + recordsSize(set, i, scopeEnd);
      this.sizes.push(size);
      this.sizes[resourceAt] = (this.sizes[resourceAt] as number) + framed(size);
      i = scopeEnd;
    }
    this.#closeResource(resourceAt);
  }

  #closeResource(at: number): void {
    if (at >= 0) this.total += framed(this.sizes[at] as number);
  }
}

function groupAt(set: RecordSet, index: number): ScopeGroup {
  return set.groups[set.groupOf[index] as number] as ScopeGroup;
}

/** One past the last record that follows `index` in the same group. */
function runEnd(set: RecordSet, index: number): number {
  const { groupOf, count } = set;
  const group = groupOf[index];
  let end = index + 1;
  while (end < count && groupOf[end] === group) end += 1;
  return end;
}

function recordsSize(set: RecordSet, from: number, to: number): number {
  const { starts, ends, patches, signed } = set;
  let size = 0;
  for (let i = from; i < to; i += 1) {
    const patch = patches?.[i];
    size += framed(patch === undefined ? rowLength(starts, ends, signed, i) : encodedLength(patch));
  }
  return size;
}

/** Bytes of the request that {@link writeRequest} would write. */
export function requestByteLength(sets: readonly RecordSet[]): number {
  const layout = new Layout();
  for (const set of sets) layout.add(set);
  return layout.total;
}

/**
 * One ExportLogsServiceRequest with all records of these sets, in order, each under its resource
 * and scope. A single request that nothing was changed in is its own encoding: no copy.
 *
 * With a `pooled` buffer that has room for {@link requestByteLength}, the request is written to its
 * beginning and the part written is returned: fresh memory costs more than the writing.
 */
export function writeRequest(sets: readonly RecordSet[], pooled?: Buffer): Uint8Array {
  const [first] = sets;
  if (sets.length === 1 && first instanceof WireRecordSet && first.whole) return first.buffer;
  const layout = new Layout();
  for (const set of sets) layout.add(set);
  const fits = pooled !== undefined && pooled.length >= layout.total;
  const target = fits ? pooled.subarray(0, layout.total) : Buffer.allocUnsafeSlow(layout.total);
  let at = 0;
  let sizeAt = 0;
  for (const set of sets) {
    const writer = new SetWriter(set, target, layout.sizes, sizeAt);
    at = writer.write(at);
    sizeAt = writer.sizeAt;
  }
  return target;
}

class SetWriter {
  readonly #set: RecordSet;
  readonly #source: Buffer;
  readonly #target: Buffer;
  readonly #sizes: readonly number[];
  /** The next size to be used. */
  sizeAt: number;

  constructor(set: RecordSet, target: Buffer, sizes: readonly number[], sizeAt: number) {
    this.#set = set;
    this.#source = asBuffer(set.buffer);
    this.#target = target;
    this.#sizes = sizes;
    this.sizeAt = sizeAt;
  }

  write(start: number): number {
    const set = this.#set;
    if (set.count === 0) return start;
    let at = start;
    if (set instanceof WireRecordSet) {
      const head = set.whole ? set.buffer : set.fields;
      this.#target.set(head, at);
      at += head.length;
      if (set.whole) return at;
    }
    let resource: ScopeGroup['resource'] | undefined;
    for (let i = 0; i < set.count;) {
      const group = groupAt(set, i);
      if (group.resource !== resource) {
        resource = group.resource;
        at = this.#head(at, tag.REQUEST_RESOURCE_LOGS, resource.fields);
      }
      at = this.#head(at, tag.RESOURCE_LOGS_SCOPE_LOGS, group.fields);
      const end = runEnd(set, i);
      at = this.#records(at, i, end);
      i = end;
    }
    return at;
  }

  #head(at: number, field: number, fields: Uint8Array): number {
    this.#target[at] = field;
    const p = putVarint(this.#target, at + 1, this.#sizes[this.sizeAt] as number);
    this.sizeAt += 1;
    this.#target.set(fields, p);
    return p + fields.length;
  }

  #records(start: number, from: number, to: number): number {
    const { patches, signed } = this.#set;
    let at = start;
    for (let i = from; i < to;) {
      const patch = patches?.[i];
      if (patch !== undefined) {
        at = this.#header(at, encodedLength(patch));
        at = copyRecord(patch, this.#target, at);
        i += 1;
      } else if (signed !== undefined && hasText(signed, i)) {
        at = this.#signed(at, i, signed);
        i += 1;
      } else {
        const end = this.#stretchEnd(i, to);
        at = this.#stretch(at, i, end);
        i = end;
      }
    }
    return at;
  }

  #header(at: number, size: number): number {
    this.#target[at] = tag.SCOPE_LOGS_RECORD;
    return putVarint(this.#target, at + 1, size);
  }

  /** A record and the attribute with its text. */
  #signed(start: number, index: number, texts: SignedTexts): number {
    const { starts, ends } = this.#set;
    const at = this.#header(start, rowLength(starts, ends, texts, index));
    const end = at + this.#source.copy(this.#target, at, starts[index], ends[index]);
    return writeTextAttribute(texts, index, this.#target, end);
  }

  /** One past the last unchanged record that follows with nothing between but a record's header. */
  #stretchEnd(from: number, to: number): number {
    const { starts, ends, patches, signed } = this.#set;
    let i = from + 1;
    while (i < to && patches?.[i] === undefined) {
      if (signed !== undefined && hasText(signed, i)) break;
      const start = starts[i] as number;
      const gap = start - (ends[i - 1] as number);
      if (
        gap !== 1 + varintSize((ends[i] as number) - start) ||
        this.#source[start - gap] !== tag.SCOPE_LOGS_RECORD
      ) {
        break;
      }
      i += 1;
    }
    return i;
  }

  #stretch(start: number, from: number, to: number): number {
    const { starts, ends } = this.#set;
    const first = starts[from] as number;
    const at = this.#header(start, (ends[from] as number) - first);
    return at + this.#source.copy(this.#target, at, first, ends[to - 1]);
  }
}
