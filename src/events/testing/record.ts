import { Buffer } from 'node:buffer';
import { KeyValueList } from '../../sdk/index.ts';
import type { AttributeValue, KeyValue, LogRecord, ScopeGroup } from '../../sdk/index.ts';

/** What a made record has; all else is unset. */
export interface RecordParts {
  readonly timeUnixNano?: bigint;
  readonly observedTimeUnixNano?: bigint;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly eventName?: string;
  readonly body?: AttributeValue;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly flags?: number;
  readonly droppedAttributesCount?: number;
  readonly attributes?: readonly KeyValue[];
  readonly identity?: string;
  readonly group?: ScopeGroup;
  /** Encoded fields after the others: an unknown one makes the record take the long way. */
  readonly more?: Uint8Array;
}

/** A field no version of OTLP has: number 15, a varint. */
export const UNKNOWN_FIELD = Uint8Array.of(0x78, 1);

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

/** A length-delimited field. */
export function field(number: number, content: Uint8Array): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

function fixed64(number: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = number * 8 + 1;
  bytes.writeBigUInt64LE(value, 1);
  return bytes;
}

/** An encoded AnyValue, after OTLP 1.5. */
export function anyValue(value: AttributeValue): Buffer {
  if (typeof value === 'string') return field(1, Buffer.from(value));
  if (typeof value === 'boolean') return Buffer.from([0x10, value ? 1 : 0]);
  if (typeof value === 'bigint') return Buffer.concat([Buffer.from([0x18]), varint(value)]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9, 0x21);
    bytes.writeDoubleLE(value, 1);
    return bytes;
  }
  if (value === null) return Buffer.alloc(0);
  if (value instanceof Uint8Array) return field(7, value);
  if (value instanceof KeyValueList) return field(6, keyValues(1, value.entries));
  return field(5, Buffer.concat(value.map((item) => field(1, anyValue(item)))));
}

function keyValues(number: number, entries: readonly KeyValue[]): Buffer {
  return Buffer.concat(
    entries.map(([key, value]) =>
      field(number, Buffer.concat([field(1, Buffer.from(key)), field(2, anyValue(value))])),
    ),
  );
}

function encoded(parts: RecordParts): Buffer {
  const fields: Uint8Array[] = [];
  if (parts.timeUnixNano !== undefined) fields.push(fixed64(1, parts.timeUnixNano));
  if (parts.severityNumber !== undefined) fields.push(Buffer.from([0x10, parts.severityNumber]));
  if (parts.severityText !== undefined) fields.push(field(3, Buffer.from(parts.severityText)));
  if (parts.body !== undefined) fields.push(field(5, anyValue(parts.body)));
  fields.push(keyValues(6, parts.attributes ?? []));
  if (parts.droppedAttributesCount !== undefined) {
    fields.push(Buffer.from([0x38]), varint(parts.droppedAttributesCount));
  }
  if (parts.flags !== undefined) {
    const bytes = Buffer.alloc(5, 0x45);
    bytes.writeUInt32LE(parts.flags, 1);
    fields.push(bytes);
  }
  if (parts.traceId !== undefined) fields.push(field(9, Buffer.from(parts.traceId, 'hex')));
  if (parts.spanId !== undefined) fields.push(field(10, Buffer.from(parts.spanId, 'hex')));
  if (parts.observedTimeUnixNano !== undefined) {
    fields.push(fixed64(11, parts.observedTimeUnixNano));
  }
  if (parts.eventName !== undefined) fields.push(field(12, Buffer.from(parts.eventName)));
  return Buffer.concat([...fields, parts.more ?? Buffer.alloc(0)]);
}

/** A scope of a resource with these attributes. */
export function scopeGroup(
  resource: readonly KeyValue[],
  scope: { name?: string; version?: string; attributes?: readonly KeyValue[] } = {},
): ScopeGroup {
  return {
    resource: {
      attributes: resource,
      fields: field(1, keyValues(1, resource)),
      attribute: (key) => resource.find(([name]) => name === key)?.[1],
    },
    name: scope.name ?? '',
    version: scope.version ?? '',
    attributes: scope.attributes ?? [],
    fields: Buffer.alloc(0),
  };
}

const NOBODY = scopeGroup([]);

/** A record with its encoding, which stands in the middle of other bytes as in a request. */
export function logRecord(parts: RecordParts = {}): LogRecord {
  const bytes = Buffer.concat([Buffer.alloc(3, 0xff), encoded(parts), Buffer.alloc(5, 0xff)]);
  const attributes = parts.attributes ?? [];
  const record: LogRecord = {
    timeUnixNano: parts.timeUnixNano ?? 0n,
    observedTimeUnixNano: parts.observedTimeUnixNano ?? 0n,
    severityNumber: parts.severityNumber ?? 0,
    severityText: parts.severityText ?? '',
    eventName: parts.eventName ?? '',
    body: parts.body,
    bodyText: typeof parts.body === 'string' ? parts.body : undefined,
    traceId: /[^0]/.test(parts.traceId ?? '') ? (parts.traceId ?? '') : '',
    spanId: /[^0]/.test(parts.spanId ?? '') ? (parts.spanId ?? '') : '',
    flags: parts.flags ?? 0,
    droppedAttributesCount: parts.droppedAttributesCount ?? 0,
    attribute: (key) => attributes.find(([name]) => name === key)?.[1],
    attributes,
    bytes: bytes.subarray(3, -5),
    group: parts.group ?? NOBODY,
    identity: { kind: 'derived', text: parts.identity ?? 'arrival-0' },
    signedText: undefined,
    with: ({ attributes: changed = {}, signedText }) => ({
      ...logRecord({
        ...parts,
        attributes: [
          ...attributes.filter(([name]) => !Object.hasOwn(changed, name)),
          ...Object.entries(changed),
        ],
      }),
      signedText,
    }),
  };
  return record;
}
