import { Buffer } from 'node:buffer';
import {
  type ArrivalKey,
  type AttributeValue,
  identityOf,
  type KeyValue,
  type LogRecord,
  type RecordChanges,
  type RecordIdentity,
  type ScopeGroup,
} from '../sdk/index.ts';
import { attributeKey, findAttribute } from './attribute.ts';
import { changedAttributes } from './change.ts';
import * as tags from './tags.ts';
import { decodeKeyedValue, decodeKeyValues, decodeValue, textAt } from './value.ts';
import { afterValue, afterVarint, fixed32At, fixed64At, messageField, varintAt } from './wire.ts';

// As constants of this module V8 folds them (see check.ts).
const {
  RECORD_ATTRIBUTE,
  RECORD_BODY,
  RECORD_DROPPED,
  RECORD_EVENT_NAME,
  RECORD_FLAGS,
  RECORD_OBSERVED_TIME,
  RECORD_SEVERITY_NUMBER,
  RECORD_SEVERITY_TEXT,
  RECORD_SPAN_ID,
  RECORD_TIME,
  RECORD_TRACE_ID,
} = tags;

const NOWHERE = -1;

/** Where the values of a record's singular fields stand; the last of each counts. */
class FieldPositions {
  time = NOWHERE;
  observedTime = NOWHERE;
  severityNumber = NOWHERE;
  severityText = NOWHERE;
  eventName = NOWHERE;
  traceId = NOWHERE;
  spanId = NOWHERE;
  flags = NOWHERE;
  dropped = NOWHERE;

  constructor(bytes: Uint8Array, start: number, end: number) {
    let p = start;
    while (p < end) {
      let field = bytes[p] as number;
      if (field < 0x80) p += 1;
      else {
        field = varintAt(bytes, p);
        p = afterVarint(bytes, p);
      }
      if (field !== RECORD_ATTRIBUTE) this.#note(field, p);
      p = afterValue(bytes, p, field);
    }
  }

  #note(field: number, at: number): void {
    switch (field) {
      case RECORD_TIME:
        this.time = at;
        break;
      case RECORD_OBSERVED_TIME:
        this.observedTime = at;
        break;
      case RECORD_SEVERITY_NUMBER:
        this.severityNumber = at;
        break;
      case RECORD_SEVERITY_TEXT:
        this.severityText = at;
        break;
      case RECORD_EVENT_NAME:
        this.eventName = at;
        break;
      case RECORD_TRACE_ID:
        this.traceId = at;
        break;
      case RECORD_SPAN_ID:
        this.spanId = at;
        break;
      case RECORD_FLAGS:
        this.flags = at;
        break;
      case RECORD_DROPPED:
        this.dropped = at;
        break;
      default:
        break;
    }
  }
}

/** Where a record comes from: what its views share. */
export interface Origin {
  readonly group: ScopeGroup;
  readonly arrival: ArrivalKey;
  /** Position among the records of the arrival. */
  readonly row: number;
}

/** What `with` leaves behind. */
interface Change {
  readonly signedText: string | undefined;
  /** The record as it came in, or its identity: a change never renames a record. */
  readonly source: { readonly identity: RecordIdentity };
}

/** A record read in place: a stretch of a request, and what was appended to it since. */
export class WireRecord implements LogRecord {
  #bytes: Buffer;
  #start: number;
  #end: number;
  /** Encoded fields that follow the stretch; joined with it when something is read. */
  #tail: Buffer | undefined;
  /** Set by `with`, and encoded when the encoding is asked for: many readers want the text only. */
  #unwritten: Readonly<Record<string, AttributeValue>> | undefined;
  #positions: FieldPositions | undefined;
  #identity: RecordIdentity | undefined;
  readonly #change: Change | undefined;
  readonly origin: Origin;

  constructor(
    bytes: Buffer,
    start: number,
    end: number,
    origin: Origin,
    change?: Change,
    tail?: Buffer,
    unwritten?: Readonly<Record<string, AttributeValue>>,
  ) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#tail = tail;
    this.#unwritten = unwritten;
    this.#change = change;
    this.origin = origin;
  }

  get group(): ScopeGroup {
    return this.origin.group;
  }

  get signedText(): string | undefined {
    return this.#change?.signedText;
  }

  get identity(): RecordIdentity {
    this.#identity ??=
      this.#change === undefined
        ? identityOf(this, this.origin.arrival, this.origin.row)
        : this.#change.source.identity;
    return this.#identity;
  }

  get byteLength(): number {
    this.#write();
    return this.#end - this.#start + (this.#tail?.length ?? 0);
  }

  get bytes(): Buffer {
    this.#join();
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Copies the encoding to `target`; returns where it ends there. */
  copyTo(target: Buffer, at: number): number {
    this.#write();
    this.#bytes.copy(target, at, this.#start, this.#end);
    const end = at + this.#end - this.#start;
    if (this.#tail === undefined) return end;
    target.set(this.#tail, end);
    return end + this.#tail.length;
  }

  /** Encodes what `with` set. */
  #write(): void {
    const attributes = this.#unwritten;
    if (attributes === undefined) return;
    this.#unwritten = undefined;
    const changed = changedAttributes(this.#bytes, this.#start, this.#end, attributes);
    this.#bytes = changed.bytes;
    this.#start = changed.start;
    this.#end = changed.end;
    this.#tail = changed.tail;
  }

  #join(): void {
    this.#write();
    if (this.#tail === undefined) return;
    const whole = Buffer.allocUnsafeSlow(this.byteLength);
    this.#end = this.copyTo(whole, 0);
    this.#start = 0;
    this.#bytes = whole;
    this.#tail = undefined;
  }

  #fields(): FieldPositions {
    this.#join();
    this.#positions ??= new FieldPositions(this.#bytes, this.#start, this.#end);
    return this.#positions;
  }

  #text(at: number): string {
    if (at < 0) return '';
    const from = afterVarint(this.#bytes, at);
    return textAt(this.#bytes, from, from + varintAt(this.#bytes, at));
  }

  /** Ids of another length, and ids of zeros alone, are as good as none (logs.proto). */
  #id(at: number, size: number): string {
    if (at < 0 || varintAt(this.#bytes, at) !== size) return '';
    const from = afterVarint(this.#bytes, at);
    const digits = this.#bytes.toString('hex', from, from + size);
    return /[^0]/.test(digits) ? digits : '';
  }

  #fixed64(at: number): bigint {
    return at < 0 ? 0n : fixed64At(this.#bytes, at);
  }

  get timeUnixNano(): bigint {
    return this.#fixed64(this.#fields().time);
  }

  get observedTimeUnixNano(): bigint {
    return this.#fixed64(this.#fields().observedTime);
  }

  get severityNumber(): number {
    const at = this.#fields().severityNumber;
    return at < 0 ? 0 : varintAt(this.#bytes, at) | 0;
  }

  get severityText(): string {
    return this.#text(this.#fields().severityText);
  }

  get eventName(): string {
    return this.#text(this.#fields().eventName);
  }

  get traceId(): string {
    return this.#id(this.#fields().traceId, 16);
  }

  get spanId(): string {
    return this.#id(this.#fields().spanId, 8);
  }

  get flags(): number {
    const at = this.#fields().flags;
    return at < 0 ? 0 : fixed32At(this.#bytes, at);
  }

  get droppedAttributesCount(): number {
    const at = this.#fields().dropped;
    return at < 0 ? 0 : varintAt(this.#bytes, at);
  }

  get body(): AttributeValue | undefined {
    this.#join();
    const body = messageField(this.#bytes, this.#start, this.#end, RECORD_BODY);
    return body === undefined ? undefined : decodeValue(body.bytes, body.start, body.end);
  }

  get bodyText(): string | undefined {
    const { body } = this;
    return typeof body === 'string' ? body : undefined;
  }

  get attributes(): readonly KeyValue[] {
    this.#join();
    return decodeKeyValues(this.#bytes, this.#start, this.#end, RECORD_ATTRIBUTE);
  }

  attribute(key: string): AttributeValue | undefined {
    this.#join();
    const at = findAttribute(this.#bytes, this.#start, this.#end, attributeKey(key));
    if (at < 0) return undefined;
    const from = afterVarint(this.#bytes, at);
    return decodeKeyedValue(this.#bytes, from, from + varintAt(this.#bytes, at));
  }

  with(changes: RecordChanges): WireRecord {
    const change: Change = {
      signedText: changes.signedText ?? this.#change?.signedText,
      source: this.#change?.source ?? this,
    };
    if (changes.attributes === undefined) this.#write();
    else this.#join();
    return new WireRecord(
      this.#bytes,
      this.#start,
      this.#end,
      this.origin,
      change,
      this.#tail,
      changes.attributes === undefined ? undefined : { ...changes.attributes },
    );
  }

  /** The same record over other memory that holds the same bytes. */
  moved(bytes: Buffer, start: number, group: ScopeGroup): WireRecord {
    const { identity } = this;
    const { signedText } = this;
    const end = start + this.byteLength;
    const origin = { ...this.origin, group };
    return new WireRecord(bytes, start, end, origin, { signedText, source: { identity } });
  }
}
