import { Buffer } from 'node:buffer';
import type { AttributeValue, LogRecord, RecordSet, ScopeGroup } from '../sdk/index.ts';
import { VALUE_NESTING_MAX } from './check.ts';
import { BackwardEncoder } from './encoder.ts';
import {
  ANY_VALUE,
  type FieldSchema,
  KEY_VALUE,
  LOG_RECORD,
  type MessageSchema,
  RESOURCE_LOGS,
  SCOPE_LOGS,
} from './json-schema.ts';
import * as tags from './tags.ts';
import { isMember, textAt } from './value.ts';
import {
  afterValue,
  afterVarint,
  asBuffer,
  fixed32At,
  fixed64At,
  int64At,
  messageField,
  varintAt,
} from './wire.ts';

// As constants of this module V8 folds them (see check.ts).
const {
  KEY_VALUE_KEY,
  KEY_VALUE_VALUE,
  VALUE_ARRAY,
  VALUE_BOOL,
  VALUE_BYTES,
  VALUE_DOUBLE,
  VALUE_INT,
  VALUE_KVLIST,
  VALUE_STRING,
} = tags;

/**
 * The OTLP/JSON of an ExportLogsServiceRequest with all records of these sets, in one line.
 *
 * 64-bit integers as text, ids in hex, bytes as base64, NaN and ±Infinity as text; attributes in
 * wire order, repeated keys repeated. Bytes that are not UTF-8 become U+FFFD. Unknown fields have
 * no name and are left out.
 */
export function jsonRequest(sets: readonly RecordSet[]): string {
  let json = '{"resourceLogs":[';
  let separator = '';
  for (const set of sets) {
    let resource: ScopeGroup['resource'] | undefined;
    for (let i = 0; i < set.count;) {
      const group = set.groups[set.groupOf[i] as number] as ScopeGroup;
      if (group.resource !== resource) {
        if (resource !== undefined) json += `]${messageEnd(RESOURCE_LOGS, resource.fields)}`;
        resource = group.resource;
        json += `${separator}{"scopeLogs":[`;
        separator = ',';
      } else json += ',';
      json += '{"logRecords":[';
      const first = i;
      do {
        json += i === first ? recordAt(set, i) : `,${recordAt(set, i)}`;
        i += 1;
      } while (i < set.count && set.groupOf[i] === set.groupOf[first]);
      json += `]${messageEnd(SCOPE_LOGS, group.fields)}`;
    }
    if (resource !== undefined) json += `]${messageEnd(RESOURCE_LOGS, resource.fields)}`;
  }
  return `${json}]}`;
}

/** The other members of a message whose list of children stands already. */
function messageEnd(schema: MessageSchema, fields: Uint8Array): string {
  const members = membersOf(schema, asBuffer(fields), 0, fields.length, 0);
  return members === '' ? '}' : `,${members}}`;
}

function recordAt(set: RecordSet, index: number): string {
  const patch = set.patches?.[index];
  if (patch !== undefined) return jsonRecord(patch);
  if (set.signed !== undefined) return jsonRecord(set.at(index));
  const start = set.starts[index] as number;
  return message(LOG_RECORD, asBuffer(set.buffer), start, set.ends[index] as number, 0);
}

/** The OTLP/JSON of one LogRecord. */
export function jsonRecord(record: LogRecord): string {
  const bytes = asBuffer(record.bytes);
  return message(LOG_RECORD, bytes, 0, bytes.length, 0);
}

const encoder = new BackwardEncoder();

/** The OTLP/JSON of one AnyValue, such as `{"intValue":"5"}`. */
export function jsonValue(value: AttributeValue): string {
  encoder.reset();
  encoder.member(value);
  const bytes = encoder.finish();
  return anyValue(bytes, 0, bytes.length, 0);
}

function message(
  schema: MessageSchema,
  bytes: Buffer,
  start: number,
  end: number,
  nesting: number,
): string {
  return `{${membersOf(schema, bytes, start, end, nesting)}}`;
}

function membersOf(
  schema: MessageSchema,
  bytes: Buffer,
  start: number,
  end: number,
  nesting: number,
): string {
  const texts: (string | undefined)[] = [];
  let p = start;
  while (p < end) {
    const fieldTag = varintAt(bytes, p);
    p = afterVarint(bytes, p);
    const next = afterValue(bytes, p, fieldTag);
    const field = fieldTag < 128 ? schema.byTag[fieldTag] : undefined;
    if (field === undefined) {
      p = next;
      continue;
    }
    const before = texts[field.index];
    if (field.repeated) {
      const text = fieldText(field, bytes, p, next, nesting);
      texts[field.index] = before === undefined ? text : `${before},${text}`;
    } else if (field.kind === 'message') {
      texts[field.index] = before ?? mergedMessage(field, bytes, start, end, nesting);
    } else texts[field.index] = fieldText(field, bytes, p, next, nesting);
    p = next;
  }
  let json = '';
  for (const field of schema.fields) {
    const text = texts[field.index];
    if (text === undefined || text === '') continue;
    const value = field.repeated ? `[${text}]` : text;
    json += json === '' ? `"${field.name}":${value}` : `,"${field.name}":${value}`;
  }
  return json;
}

function mergedMessage(
  field: FieldSchema,
  bytes: Buffer,
  start: number,
  end: number,
  nesting: number,
): string {
  const found = messageField(bytes, start, end, field.tag);
  if (found === undefined) return '';
  if (field.message === ANY_VALUE) return anyValue(found.bytes, found.start, found.end, nesting);
  return message(field.message as MessageSchema, found.bytes, found.start, found.end, nesting);
}

/** The JSON of a value; '' for the default, which ProtoJSON leaves out. */
function fieldText(
  field: FieldSchema,
  bytes: Buffer,
  at: number,
  next: number,
  nesting: number,
): string {
  switch (field.kind) {
    case 'message': {
      const from = afterVarint(bytes, at);
      if (field.message === ANY_VALUE) return anyValue(bytes, from, next, nesting);
      if (field.message === KEY_VALUE) return keyValue(bytes, from, next, nesting);
      return message(field.message as MessageSchema, bytes, from, next, nesting);
    }
    case 'text': {
      const from = afterVarint(bytes, at);
      return from === next && !field.repeated ? '' : JSON.stringify(textAt(bytes, from, next));
    }
    case 'fixed64': {
      const value = fixed64At(bytes, at);
      return value === 0n ? '' : `"${value}"`;
    }
    case 'uint32':
      return omitZero(varintAt(bytes, at));
    case 'fixed32':
      return omitZero(fixed32At(bytes, at));
    case 'severity':
      return omitZero(varintAt(bytes, at) | 0);
    case 'id': {
      // An id of another length is as good as none (logs.proto).
      const from = afterVarint(bytes, at);
      return next - from === field.size ? `"${bytes.toString('hex', from, next)}"` : '';
    }
    default:
      return '';
  }
}

/** A key and a value in this order and nothing else are most of every request. */
function keyValue(bytes: Buffer, start: number, end: number, nesting: number): string {
  if (start < end && bytes[start] === KEY_VALUE_KEY) {
    const from = afterVarint(bytes, start + 1);
    const value = from + varintAt(bytes, start + 1);
    if (value < end && from < value && bytes[value] === KEY_VALUE_VALUE) {
      const inner = afterVarint(bytes, value + 1);
      if (inner + varintAt(bytes, value + 1) === end) {
        const key = JSON.stringify(textAt(bytes, from, value));
        return `{"key":${key},"value":${anyValue(bytes, inner, end, nesting)}}`;
      }
    }
  }
  return message(KEY_VALUE, bytes, start, end, nesting);
}

function omitZero(value: number): string {
  return value === 0 ? '' : String(value);
}

/** The last member of the oneof; lists of one kind that follow each other are merged. */
function anyValue(bytes: Buffer, start: number, end: number, nesting: number): string {
  let kind = 0;
  let from = 0;
  let to = 0;
  let parts: Buffer[] | undefined;
  let p = start;
  while (p < end) {
    const field = varintAt(bytes, p);
    p = afterVarint(bytes, p);
    const next = afterValue(bytes, p, field);
    if (isMember(field)) {
      const inner = (field & 7) === 2 ? afterVarint(bytes, p) : p;
      if (field === kind && (field === VALUE_ARRAY || field === VALUE_KVLIST)) {
        (parts ??= [bytes.subarray(from, to)]).push(bytes.subarray(inner, next));
      } else parts = undefined;
      kind = field;
      from = inner;
      to = next;
    }
    p = next;
  }
  if (parts === undefined) return memberText(kind, bytes, from, to, nesting);
  const merged = Buffer.concat(parts);
  return memberText(kind, merged, 0, merged.length, nesting);
}

function memberText(
  kind: number,
  bytes: Buffer,
  start: number,
  end: number,
  nesting: number,
): string {
  switch (kind) {
    case VALUE_STRING:
      return `{"stringValue":${JSON.stringify(textAt(bytes, start, end))}}`;
    case VALUE_BOOL:
      return int64At(bytes, start) === 0n ? '{"boolValue":false}' : '{"boolValue":true}';
    case VALUE_INT:
      return `{"intValue":"${int64At(bytes, start)}"}`;
    case VALUE_DOUBLE:
      return `{"doubleValue":${doubleText(bytes.readDoubleLE(start))}}`;
    case VALUE_BYTES:
      return `{"bytesValue":"${bytes.toString('base64', start, end)}"}`;
    case VALUE_ARRAY:
    case VALUE_KVLIST: {
      // Deeper ones are not let in; a value that was made here may still be.
      if (nesting >= VALUE_NESTING_MAX) return '{}';
      const field = ANY_VALUE.byTag[kind] as FieldSchema;
      const list = message(field.message as MessageSchema, bytes, start, end, nesting + 1);
      return `{"${field.name}":${list}}`;
    }
    default:
      return '{}';
  }
}

/** A double as JSON: exact, and -0 keeps its sign. */
function doubleText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return `"${value}"`;
}
