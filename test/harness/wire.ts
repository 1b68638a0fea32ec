/**
 * OTLP logs on the wire, once more and without anything of `src/otlp`, so that the two can disagree.
 *
 * Small and slow on purpose: whole messages, plain objects, no laziness.
 */

/** An AnyValue: `bigint` is an int, `number` a double, `Map` a kvlist, `null` an unset value. */
export type Value =
  | string
  | boolean
  | bigint
  | number
  | Uint8Array
  | readonly Value[]
  | ReadonlyMap<string, Value>
  | null;

export type Attributes = Readonly<Record<string, Value>>;

/** A record as tests write it. What is left out is not encoded. */
export interface SentRecord {
  readonly time?: bigint;
  readonly observedTime?: bigint;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly eventName?: string;
  readonly body?: Value;
  readonly attributes?: Attributes;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly flags?: number;
}

/** Records under one resource and one scope. */
export interface SentGroup {
  readonly resource?: Attributes;
  readonly scope?: string;
  readonly records: readonly SentRecord[];
}

/** A record as it was read back, with everything around it. */
export interface ReadRecord {
  readonly resource: Attributes;
  readonly scope: string;
  readonly time: bigint;
  readonly observedTime: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: Value;
  readonly attributes: Attributes;
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
}

// ------------------------------------------------------------------ protobuf, out

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function tag(field: number, wireType: number): Buffer {
  return varint(BigInt(field * 8 + wireType));
}

/** A length-delimited field. */
export function delimited(field: number, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([tag(field, 2), varint(BigInt(bytes.length)), bytes]);
}

function fixed64(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return Buffer.concat([tag(field, 1), bytes]);
}

function encodeValue(value: Value): Buffer {
  if (value === null) return Buffer.alloc(0);
  if (typeof value === 'string') return delimited(1, value);
  if (typeof value === 'boolean') return Buffer.concat([tag(2, 0), varint(value ? 1n : 0n)]);
  if (typeof value === 'bigint') return Buffer.concat([tag(3, 0), varint(value)]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return Buffer.concat([tag(4, 1), bytes]);
  }
  if (value instanceof Uint8Array) return delimited(7, value);
  if (value instanceof Map) return delimited(6, encodeAttributes(1, value));
  const items = value as readonly Value[];
  return delimited(5, Buffer.concat(items.map((item) => delimited(1, encodeValue(item)))));
}

function encodeAttributes(field: number, entries: Iterable<readonly [string, Value]>): Buffer {
  const parts = [...entries].map(([key, value]) =>
    delimited(field, Buffer.concat([delimited(1, key), delimited(2, encodeValue(value))])),
  );
  return Buffer.concat(parts);
}

function encodeRecord(record: SentRecord): Buffer {
  const parts: Buffer[] = [];
  if (record.time !== undefined) parts.push(fixed64(1, record.time));
  if (record.severityNumber !== undefined) {
    parts.push(tag(2, 0), varint(BigInt(record.severityNumber)));
  }
  if (record.severityText !== undefined) parts.push(delimited(3, record.severityText));
  if (record.body !== undefined) parts.push(delimited(5, encodeValue(record.body)));
  parts.push(encodeAttributes(6, Object.entries(record.attributes ?? {})));
  if (record.flags !== undefined) {
    const flags = Buffer.alloc(4);
    flags.writeUInt32LE(record.flags);
    parts.push(tag(8, 5), flags);
  }
  if (record.traceId !== undefined) parts.push(delimited(9, Buffer.from(record.traceId, 'hex')));
  if (record.spanId !== undefined) parts.push(delimited(10, Buffer.from(record.spanId, 'hex')));
  if (record.observedTime !== undefined) parts.push(fixed64(11, record.observedTime));
  if (record.eventName !== undefined) parts.push(delimited(12, record.eventName));
  return Buffer.concat(parts);
}

/** An ExportLogsServiceRequest with these groups. */
export function protobufLogs(groups: readonly SentGroup[]): Buffer {
  return Buffer.concat(
    groups.map((group) => {
      const resource = encodeAttributes(1, Object.entries(group.resource ?? {}));
      const scope = delimited(1, delimited(1, group.scope ?? ''));
      const records = group.records.map((record) => delimited(2, encodeRecord(record)));
      const scopeLogs = Buffer.concat([scope, ...records]);
      return delimited(1, Buffer.concat([delimited(1, resource), delimited(2, scopeLogs)]));
    }),
  );
}

// ------------------------------------------------------------------- protobuf, in

type Field = { readonly number: number; readonly int: bigint; readonly bytes: Buffer };

/** The fields of a message in wire order; throws where it is not well formed. */
function fieldsOf(message: Uint8Array): Field[] {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const fields: Field[] = [];
  let at = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('truncated varint');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new Error('varint too long');
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error('truncated field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(readVarint());
    const number = key >>> 3;
    switch (key & 7) {
      case 0:
        fields.push({ number, int: readVarint(), bytes: Buffer.alloc(0) });
        break;
      case 1:
        fields.push({ number, int: bytes.readBigUInt64LE(at), bytes: take(8) });
        break;
      case 2:
        fields.push({ number, int: 0n, bytes: take(Number(readVarint())) });
        break;
      case 5:
        fields.push({ number, int: BigInt(bytes.readUInt32LE(at)), bytes: take(4) });
        break;
      default:
        throw new Error(`wire type ${key & 7}`);
    }
  }
  return fields;
}

function readValue(message: Uint8Array): Value {
  const field = fieldsOf(message).at(-1);
  if (field === undefined) return null;
  switch (field.number) {
    case 1:
      return field.bytes.toString('utf8');
    case 2:
      return field.int !== 0n;
    case 3:
      return BigInt.asIntN(64, field.int);
    case 4:
      return field.bytes.readDoubleLE(0);
    case 5:
      return fieldsOf(field.bytes).map((item) => readValue(item.bytes));
    case 6:
      return new Map(Object.entries(readAttributes(fieldsOf(field.bytes), 1)));
    case 7:
      return new Uint8Array(field.bytes);
    default:
      throw new Error(`AnyValue field ${field.number}`);
  }
}

function readAttributes(fields: readonly Field[], number: number): Record<string, Value> {
  const attributes: Record<string, Value> = {};
  for (const field of fields) {
    if (field.number !== number) continue;
    const entry = fieldsOf(field.bytes);
    const key = lastOf(entry, 1)?.bytes.toString('utf8') ?? '';
    attributes[key] = readValue(lastOf(entry, 2)?.bytes ?? Buffer.alloc(0));
  }
  return attributes;
}

function lastOf(fields: readonly Field[], number: number): Field | undefined {
  return fields.findLast((field) => field.number === number);
}

function readRecord(message: Uint8Array, resource: Attributes, scope: string): ReadRecord {
  const fields = fieldsOf(message);
  const text = (number: number) => lastOf(fields, number)?.bytes.toString('utf8') ?? '';
  const hex = (number: number) => lastOf(fields, number)?.bytes.toString('hex') ?? '';
  const int = (number: number) => lastOf(fields, number)?.int ?? 0n;
  const body = lastOf(fields, 5);
  return {
    resource,
    scope,
    time: int(1),
    observedTime: int(11),
    severityNumber: Number(int(2)),
    severityText: text(3),
    eventName: text(12),
    body: body === undefined ? null : readValue(body.bytes),
    attributes: readAttributes(fields, 6),
    traceId: hex(9),
    spanId: hex(10),
    flags: Number(int(8)),
  };
}

/** Every record of an ExportLogsServiceRequest, in order. */
export function readProtobufLogs(message: Uint8Array): ReadRecord[] {
  const records: ReadRecord[] = [];
  for (const resourceLogs of fieldsOf(message).filter((field) => field.number === 1)) {
    const inner = fieldsOf(resourceLogs.bytes);
    const resource = readAttributes(fieldsOf(lastOf(inner, 1)?.bytes ?? Buffer.alloc(0)), 1);
    for (const scopeLogs of inner.filter((field) => field.number === 2)) {
      const fields = fieldsOf(scopeLogs.bytes);
      const scopeFields = fieldsOf(lastOf(fields, 1)?.bytes ?? Buffer.alloc(0));
      const scope = lastOf(scopeFields, 1)?.bytes.toString('utf8') ?? '';
      for (const record of fields.filter((field) => field.number === 2)) {
        records.push(readRecord(record.bytes, resource, scope));
      }
    }
  }
  return records;
}

/** What an ExportLogsServiceResponse says. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/** Reads an ExportLogsServiceResponse. */
export function readProtobufAnswer(message: Uint8Array): PartialSuccess {
  const partial = fieldsOf(lastOf(fieldsOf(message), 1)?.bytes ?? Buffer.alloc(0));
  return {
    rejected: Number(lastOf(partial, 1)?.int ?? 0n),
    message: lastOf(partial, 2)?.bytes.toString('utf8') ?? '',
  };
}

/** Writes an ExportLogsServiceResponse with a partial success. */
export function protobufAnswer(rejected: number, message: string): Buffer {
  const count = rejected === 0 ? [] : [tag(1, 0), varint(BigInt(rejected))];
  return delimited(1, Buffer.concat([...count, delimited(2, message)]));
}

/** Reads a google.rpc.Status. */
export function readProtobufStatus(message: Uint8Array): { code: number; message: string } {
  const fields = fieldsOf(message);
  return {
    code: Number(lastOf(fields, 1)?.int ?? 0n),
    message: lastOf(fields, 2)?.bytes.toString('utf8') ?? '',
  };
}
