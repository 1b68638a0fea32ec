import type { AttributeValue, KeyValue } from './value.ts';
import type { ArrivalKey, RecordIdentity } from './identity.ts';

/** A resource with all that a `ResourceLogs` carries besides its scopes. Read in place, decoded on demand. */
export interface ResourceGroup {
  /** Attributes of the resource in wire order; decoded at the first read, then kept. */
  readonly attributes: readonly KeyValue[];
  /** The encoded fields of `ResourceLogs` other than `scope_logs`, tags included, unknown ones too. */
  readonly fields: Uint8Array;
  /** First value under the key, or `undefined`. */
  attribute(key: string): AttributeValue | undefined;
}

/** A scope with all that a `ScopeLogs` carries besides its records. */
export interface ScopeGroup {
  readonly resource: ResourceGroup;
  readonly name: string;
  readonly version: string;
  readonly attributes: readonly KeyValue[];
  /** The encoded fields of `ScopeLogs` other than `log_records`, tags included, unknown ones too. */
  readonly fields: Uint8Array;
}

/** What `LogRecord.with` may change. Everything that is not named stays as it came in, byte for byte. */
export interface RecordChanges {
  /** Set: an attribute of that name is replaced wherever it stands, else appended. */
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Sets {@link LogRecord.signedText}; does not touch the encoding. */
  readonly signedText?: string;
}

/** A view into one encoded OTLP `LogRecord`; immutable. Reading a field decodes that field only. */
export interface LogRecord {
  /** Nanoseconds since the epoch; 0n when the sender does not know. */
  readonly timeUnixNano: bigint;
  /** Nanoseconds since the epoch; 0n when never observed. */
  readonly observedTimeUnixNano: bigint;
  /** 0 (unspecified) … 24. */
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  /** The body when it is a string; `undefined` for any other body and for none. */
  readonly bodyText: string | undefined;
  /** The body, decoded at each read; `undefined` when the record has none. */
  readonly body: AttributeValue | undefined;
  /** 32 lower-case hex digits, or '' when unset. */
  readonly traceId: string;
  /** 16 lower-case hex digits, or '' when unset. */
  readonly spanId: string;
  readonly flags: number;
  readonly droppedAttributesCount: number;
  /** The value of the first attribute with this key, read in place. */
  attribute(key: string): AttributeValue | undefined;
  /** All attributes in wire order, decoded at each read; repeated keys stay repeated. */
  readonly attributes: readonly KeyValue[];
  /** The encoded LogRecord message, without tag and length. A view: copy it before its arrival settles. */
  readonly bytes: Uint8Array;
  readonly group: ScopeGroup;
  /** The sender's nonce, else one derived from the arrival and the index in it; never on the wire. */
  readonly identity: RecordIdentity;
  /** The text this pipeline's signer signed; never read from the wire. */
  readonly signedText: string | undefined;
  /** A new record with the changes; this one is untouched. */
  with(changes: RecordChanges): LogRecord;
}

/**
 * Texts that this pipeline's signer signed, as columns beside those of a record set: outside the
 * JavaScript heap, where a thousand texts that wait for a slow reader would be copied at each
 * garbage collection.
 *
 * The text of record i is `buffer.subarray(starts[i], ends[i])`, UTF-8 without a line end in it; an
 * empty range: it has none. `buffer[ends[i]]` is a line feed, so that texts with nothing between
 * them are lines that can be printed in one piece.
 */
export interface SignedTexts {
  /** The attribute that carries the text in the encoding of its record. */
  readonly attribute: string;
  readonly buffer: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/**
 * Records of one arrival, as columns over the bytes they came in. Immutable.
 *
 * Kernels read the columns, everybody else reads records: `at(i)` makes a view of 1 object.
 * The encoding of record i is `buffer.subarray(starts[i], ends[i])`, followed by the attribute of
 * its signed text where `signed` has one; unless `patches?.[i]` holds a changed record, whose
 * `bytes` and `signedText` count instead of all this.
 */
export interface RecordSet {
  readonly count: number;
  /** Sum of the records' encodings, in bytes; groups not included. */
  readonly byteLength: number;
  readonly buffer: Uint8Array;
  /** First byte of each record's message in `buffer`. Only the first `count` entries count. */
  readonly starts: Uint32Array;
  /** One past the last byte of each record's message. */
  readonly ends: Uint32Array;
  /** Index into `groups` of each record. */
  readonly groupOf: Uint32Array;
  readonly groups: readonly ScopeGroup[];
  /** Changed records by index; `undefined` while no record was changed. */
  readonly patches: readonly (LogRecord | undefined)[] | undefined;
  /** Texts signed since; `undefined` while no signer ran. */
  readonly signed: SignedTexts | undefined;
  /** The same object for every set that came from one arrival. */
  readonly arrival: ArrivalKey;
  /** Position of record i among the records that its arrival brought in. */
  row(index: number): number;
  at(index: number): LogRecord;
  [Symbol.iterator](): Iterator<LogRecord>;
  /** The records at these indices, ascending, without duplicates. Shares the bytes. */
  select(indices: ArrayLike<number>): RecordSet;
  /** The same set with these records in the places of old ones. */
  replace(changed: readonly (LogRecord | undefined)[]): RecordSet;
  /**
   * The same set with these texts. A record that has a text there carries no attribute of that name
   * yet, is no changed one and was not signed before: any other is signed by `with` and `replace`.
   */
  sign(texts: SignedTexts): RecordSet;
  /** A copy that owns its bytes, for what outlives the arrival's buffer. */
  own(): RecordSet;
}
