import type { Buffer } from 'node:buffer';
import { type ArrivalKey, CountersignError, type RecordSet } from '../sdk/index.ts';
import { checkedSkip, checkedTag, isHead, isRecord, varintEnd } from './check.ts';
import { Remainder, WireResource, WireScope } from './group.ts';
import { WireRecordSet } from './record-set.ts';
import * as tag from './tags.ts';
import { afterVarint, asBuffer, varintAt } from './wire.ts';

const RECORD = tag.SCOPE_LOGS_RECORD;

/** Most that one request may hold. */
export interface IndexLimits {
  /** Records; 12 bytes of columns each. */
  readonly recordsMax: number;
  /** ResourceLogs and ScopeLogs together; about 300 bytes each. */
  readonly groupsMax: number;
}

/**
 * A body of 20 MiB holds 36,000 records of 575 bytes, and 262,144 of 80.
 * 262,144 × 12 B + 65,536 × 300 B = 3 MiB + 19 MiB beside the body.
 */
export const INDEX_LIMITS: IndexLimits = { recordsMax: 262_144, groupsMax: 65_536 };

/**
 * The records of an encoded ExportLogsServiceRequest, found and checked but not decoded.
 *
 * The set reads from `bytes`, which must not change while it is in use.
 * @throws CountersignError CS_REQUEST_UNDECODABLE when the bytes are not such a request all
 * through; CS_REQUEST_TOO_LARGE when a limit is passed.
 */
export function indexRequest(
  bytes: Uint8Array,
  arrival: ArrivalKey,
  limits: IndexLimits = INDEX_LIMITS,
): RecordSet {
  return new RequestIndex(asBuffer(bytes), limits).index(arrival);
}

class RequestIndex {
  readonly #bytes: Buffer;
  readonly #limits: IndexLimits;
  readonly #groups: WireScope[] = [];
  #groupCount = 0;
  #count = 0;
  #starts = new Uint32Array(1024);
  #ends = new Uint32Array(1024);
  #groupOf = new Uint32Array(1024);

  constructor(bytes: Buffer, limits: IndexLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  index(arrival: ArrivalKey): RecordSet {
    const rest = new Remainder(this.#bytes);
    this.#children(0, this.#bytes.length, tag.REQUEST_RESOURCE_LOGS, 'the request', rest, (s, e) =>
      this.#resourceLogs(s, e),
    );
    return new WireRecordSet({
      count: this.#count,
      buffer: this.#bytes,
      starts: this.#starts,
      ends: this.#ends,
      groupOf: this.#groupOf,
      groups: this.#groups,
      arrival,
      rows: undefined,
      patches: undefined,
      signed: undefined,
      whole: true,
      fields: rest.joined,
    });
  }

  #resourceLogs(start: number, end: number): void {
    this.#countGroup();
    const rest = new Remainder(this.#bytes);
    const resource = new WireResource(rest);
    this.#children(start, end, tag.RESOURCE_LOGS_SCOPE_LOGS, 'ResourceLogs', rest, (s, e) =>
      this.#scopeLogs(s, e, resource),
    );
    this.#checkHead(rest, tag.RESOURCE_LOGS_RESOURCE, tag.RESOURCE_ATTRIBUTE, 'Resource');
  }

  #scopeLogs(start: number, end: number, resource: WireResource): void {
    this.#countGroup();
    const rest = new Remainder(this.#bytes);
    const group = this.#groups.length;
    this.#groups.push(new WireScope(resource, rest));
    let p = start;
    while (p < end) {
      const from = plainRecordStart(this.#bytes, p);
      const next = from < 0 ? -1 : from + plainRecordSize(this.#bytes, p);
      p =
        next < 0 || next > end
          ? this.#scopeField(p, end, rest, group)
          : this.#record(from, next, group);
    }
    this.#checkHead(rest, tag.SCOPE_LOGS_SCOPE, tag.SCOPE_ATTRIBUTE, 'InstrumentationScope');
  }

  /** Any field of a ScopeLogs; returns where it ends. */
  #scopeField(at: number, end: number, rest: Remainder, group: number): number {
    const next = this.#fieldEnd(at, end, 'ScopeLogs');
    if (varintAt(this.#bytes, at) === tag.SCOPE_LOGS_RECORD) {
      return this.#record(afterVarint(this.#bytes, afterVarint(this.#bytes, at)), next, group);
    }
    rest.add(at, next);
    return next;
  }

  /** Takes the record into the columns; returns its end. */
  #record(start: number, end: number, group: number): number {
    const row = this.#count;
    if (!isRecord(this.#bytes, start, end)) {
      throw undecodable(`log record ${row} (bytes ${start} to ${end}) is not a LogRecord`);
    }
    if (row >= this.#limits.recordsMax) throw tooMany('log records', this.#limits.recordsMax);
    if (row === this.#starts.length) this.#grow();
    this.#starts[row] = start;
    this.#ends[row] = end;
    this.#groupOf[row] = group;
    this.#count = row + 1;
    return end;
  }

  #grow(): void {
    const size = Math.min(2 * this.#count, this.#limits.recordsMax);
    this.#starts = grown(this.#starts, size);
    this.#ends = grown(this.#ends, size);
    this.#groupOf = grown(this.#groupOf, size);
  }

  #countGroup(): void {
    this.#groupCount += 1;
    if (this.#groupCount > this.#limits.groupsMax) {
      throw tooMany('resources and scopes', this.#limits.groupsMax);
    }
  }

  /** Calls for each child message; everything else goes to `rest`. */
  #children(
    start: number,
    end: number,
    child: number,
    name: string,
    rest: Remainder,
    visit: (start: number, end: number) => void,
  ): void {
    const bytes = this.#bytes;
    let p = start;
    while (p < end) {
      const next = this.#fieldEnd(p, end, name);
      if (varintAt(bytes, p) === child) visit(afterVarint(bytes, afterVarint(bytes, p)), next);
      else rest.add(p, next);
      p = next;
    }
  }

  #fieldEnd(at: number, end: number, name: string): number {
    const field = checkedTag(this.#bytes, at, end);
    const next = field < 0 ? -1 : checkedSkip(this.#bytes, varintEnd(), end, field);
    if (next < 0) throw undecodable(`${name} has a broken field at byte ${at}`);
    return next;
  }

  /** Checks what stands beside the children: the resource or scope with its attributes. */
  #checkHead(rest: Remainder, head: number, attribute: number, name: string): void {
    const bytes = rest.joined;
    if (!isHead(bytes, head, attribute)) throw undecodable(`a ${name} is not well-formed`);
  }
}

/** Where the record at `at` begins when its tag and its length of one or two bytes stand there, or -1. */
function plainRecordStart(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== RECORD) return -1;
  if ((bytes[at + 1] as number) < 0x80) return at + 2;
  return (bytes[at + 2] as number) < 0x80 ? at + 3 : -1;
}

function plainRecordSize(bytes: Uint8Array, at: number): number {
  const byte = bytes[at + 1] as number;
  return byte < 0x80 ? byte : (byte & 0x7f) | ((bytes[at + 2] as number) << 7);
}

function grown(column: Uint32Array, size: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(size);
  larger.set(column);
  return larger;
}

/** The sender's fault: 400. */
export function undecodable(what: string): CountersignError {
  return new CountersignError(
    'CS_REQUEST_UNDECODABLE',
    `${what}; the body is cut, damaged or not an OTLP ExportLogsServiceRequest`,
  );
}

function tooMany(what: string, limit: number): CountersignError {
  return new CountersignError(
    'CS_REQUEST_TOO_LARGE',
    `the request holds more than ${limit} ${what}; send it in smaller parts`,
  );
}
