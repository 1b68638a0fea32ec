import { isUtf8 } from 'node:buffer';
import { parseJson } from '../../../events/json.ts';
import { transcodeJsonRequest } from '../../../otlp/index.ts';
import { type AttributeValue, type KeyValue, KeyValueList } from '../../../sdk/index.ts';
import { rfc3339ToNano } from './time.ts';

/** A record as a line gives it; what is absent is not set. */
export interface LineRecord {
  timeUnixNano?: bigint;
  observedTimeUnixNano?: bigint;
  severityNumber?: number;
  severityText?: string;
  eventName?: string;
  body?: AttributeValue;
  attributes?: readonly KeyValue[];
  traceId?: string;
  spanId?: string;
}

/** What a line came to. */
export type Line =
  | { readonly kind: 'record'; readonly record: LineRecord }
  /** An OTLP request in protobuf. */
  | { readonly kind: 'request'; readonly request: Uint8Array }
  | { readonly kind: 'undecodable' };

export type LineFormat = 'auto' | 'ndjson' | 'lines';

const UNDECODABLE: Line = { kind: 'undecodable' };
const OPEN_BRACE = 0x7b;
const INT64_MAX = 0x7fff_ffff_ffff_ffffn;
const INT64_MIN = -0x8000_0000_0000_0000n;
const UINT64_MAX = 0xffff_ffff_ffff_ffffn;
/** An OTLP/JSON request begins so; a longer look costs a parse. */
const REQUEST_START = /^\s*\{\s*"(?:resourceLogs|resource_logs)"\s*:/;

/** Severity numbers of the names people write (OpenTelemetry logs data model, SeverityNumber). */
const SEVERITIES: Readonly<Record<string, number>> = {
  TRACE: 1,
  DEBUG: 5,
  INFO: 9,
  INFORMATION: 9,
  NOTICE: 10,
  WARN: 13,
  WARNING: 13,
  ERROR: 17,
  CRITICAL: 21,
  FATAL: 21,
};

/** Reads one line. Never throws; says nothing of why, since that would show what stands in it. */
export function readLine(bytes: Uint8Array, format: LineFormat): Line {
  if (!isUtf8(bytes)) return UNDECODABLE;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (format === 'lines' || (format === 'auto' && firstVisible(bytes) !== OPEN_BRACE)) {
    return { kind: 'record', record: { body: text } };
  }
  if (REQUEST_START.test(text)) return readRequest(bytes);
  const parsed = parseJson(text);
  if (!parsed.ok) return UNDECODABLE;
  const value = withinInt64(parsed.value);
  if (value instanceof KeyValueList) {
    if (Array.isArray(value.get('resourceLogs'))) return readRequest(bytes);
    const record = recordOf(value);
    if (record !== undefined) return { kind: 'record', record };
  }
  return { kind: 'record', record: { body: value } };
}

function firstVisible(bytes: Uint8Array): number | undefined {
  return bytes.find((byte) => byte !== 0x20 && byte !== 0x09);
}

function readRequest(bytes: Uint8Array): Line {
  try {
    return { kind: 'request', request: transcodeJsonRequest(bytes) };
  } catch {
    return UNDECODABLE;
  }
}

/** Integers beyond 64 bits become doubles, as in every JSON reader; OTLP has no wider type. */
function withinInt64(value: AttributeValue): AttributeValue {
  if (typeof value === 'bigint') {
    return value > INT64_MAX || value < INT64_MIN ? Number(value) : value;
  }
  if (value instanceof KeyValueList) {
    return new KeyValueList(value.entries.map(([key, item]) => [key, withinInt64(item)]));
  }
  if (Array.isArray(value)) return (value as readonly AttributeValue[]).map(withinInt64);
  return value;
}

/**
 * The record that an object spells out, or `undefined` when a key is not one of a record's or its
 * value does not fit: then the object is the body as a whole, and nothing of it is lost.
 */
function recordOf(object: KeyValueList): LineRecord | undefined {
  const record: LineRecord = {};
  let isRecord = false;
  for (const [key, value] of object.entries) {
    const read = Object.hasOwn(FIELDS, key) ? FIELDS[key] : undefined;
    if (read === undefined || !read(record, value)) return undefined;
    isRecord ||= key === 'body' || key === 'eventName';
  }
  return isRecord ? record : undefined;
}

type FieldReader = (record: LineRecord, value: AttributeValue) => boolean;

const severityNumber: FieldReader = (record, value) => {
  if (typeof value !== 'bigint' || value < 0n || value > 24n) return false;
  record.severityNumber = Number(value);
  return true;
};

const severityText: FieldReader = (record, value) => {
  if (typeof value !== 'string') return false;
  record.severityText = value;
  return true;
};

function nanoseconds(value: AttributeValue): bigint | undefined {
  const number = typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : value;
  return typeof number === 'bigint' && number >= 0n && number <= UINT64_MAX ? number : undefined;
}

function hexId(value: AttributeValue, digits: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const id = value.toLowerCase();
  return id === '' || (id.length === digits && /^[0-9a-f]+$/.test(id)) ? id : undefined;
}

/** Reads the value of a key into the record; false when it does not fit. */
const FIELDS: Readonly<Record<string, FieldReader>> = {
  body: (record, value) => {
    record.body = value;
    return true;
  },
  attributes: (record, value) => {
    if (!(value instanceof KeyValueList)) return false;
    record.attributes = value.entries;
    return true;
  },
  severity: (record, value) => {
    if (typeof value !== 'string') return severityNumber(record, value);
    record.severityNumber ??= SEVERITIES[value.toUpperCase()] ?? 0;
    record.severityText ??= value;
    return true;
  },
  severityNumber,
  severityText,
  eventName: (record, value) => {
    if (typeof value !== 'string') return false;
    record.eventName = value;
    return true;
  },
  time: (record, value) => {
    const time = typeof value === 'string' ? rfc3339ToNano(value) : undefined;
    if (time === undefined) return false;
    record.timeUnixNano = time;
    return true;
  },
  timeUnixNano: (record, value) => {
    const time = nanoseconds(value);
    if (time === undefined) return false;
    record.timeUnixNano = time;
    return true;
  },
  observedTimeUnixNano: (record, value) => {
    const time = nanoseconds(value);
    if (time === undefined) return false;
    record.observedTimeUnixNano = time;
    return true;
  },
  traceId: (record, value) => {
    const id = hexId(value, 32);
    if (id === undefined) return false;
    record.traceId = id;
    return true;
  },
  spanId: (record, value) => {
    const id = hexId(value, 16);
    if (id === undefined) return false;
    record.spanId = id;
    return true;
  },
};
