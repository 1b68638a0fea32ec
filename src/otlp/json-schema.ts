import { Buffer } from 'node:buffer';
import * as tag from './tags.ts';

/** How a field's value is written on either side; the third column of the tables below. */
export type FieldKind =
  | 'message'
  | 'text'
  | 'bool'
  | 'int64'
  | 'fixed64'
  | 'uint32'
  | 'fixed32'
  | 'severity'
  | 'double'
  | 'bytes'
  | 'id';

export interface FieldSchema {
  /** ProtoJSON name, `lowerCamelCase`. */
  readonly name: string;
  /** Position in its message. */
  readonly index: number;
  readonly tag: number;
  readonly kind: FieldKind;
  readonly repeated: boolean;
  /** Of a message: what it holds. */
  readonly message: MessageSchema | undefined;
  /** Of an id: its bytes. Of text and messages: bytes to set aside for the length, see json-reader. */
  readonly size: number;
}

export interface MessageSchema {
  readonly name: string;
  readonly fields: readonly FieldSchema[];
  /** Of a oneof: all members exclude each other. */
  readonly oneof: boolean;
  /** Fields by tag; all known tags are one byte. */
  readonly byTag: readonly (FieldSchema | undefined)[];
  /** Fields by a hash of their names in either spelling; see {@link nameHash}. */
  readonly byName: readonly (readonly NamedField[] | undefined)[];
}

export interface NamedField {
  readonly name: Uint8Array;
  readonly field: FieldSchema;
}

export const NAME_HASH_SIZE = 64;

/** A hash of a name of at least one byte. */
export function nameHash(length: number, first: number, last: number): number {
  return (length * 5 + first + last * 3) & (NAME_HASH_SIZE - 1);
}

type Row = readonly [
  name: string,
  tag: number,
  kind: FieldKind,
  more?: { readonly message?: MessageSchema; readonly repeated?: true; readonly size?: number },
];

/** A schema whose fields are added by {@link define}, since values hold values. */
function declare(name: string, oneof = false): MessageSchema & { fields: FieldSchema[] } {
  const byName: (NamedField[] | undefined)[] = Array.from({ length: NAME_HASH_SIZE });
  return { name, fields: [], oneof, byName, byTag: Array.from({ length: 128 }) };
}

function define(schema: MessageSchema, rows: readonly Row[]): void {
  const fields = schema.fields as FieldSchema[];
  const byName = schema.byName as (NamedField[] | undefined)[];
  const byTag = schema.byTag as (FieldSchema | undefined)[];
  for (const [name, fieldTag, kind, more] of rows) {
    const field: FieldSchema = {
      name,
      index: fields.length,
      tag: fieldTag,
      kind,
      repeated: more?.repeated ?? false,
      message: more?.message,
      size: more?.size ?? 1,
    };
    fields.push(field);
    byTag[fieldTag] = field;
    for (const spelling of new Set([name, snakeCase(name)])) {
      const bytes = Buffer.from(spelling);
      const hash = nameHash(bytes.length, bytes[0] as number, bytes.at(-1) as number);
      (byName[hash] ??= []).push({ name: bytes, field });
    }
  }
}

/** The spelling in the .proto, which ProtoJSON parsers accept as well. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export const ANY_VALUE = declare('AnyValue', true);
export const ARRAY_VALUE = declare('ArrayValue');
export const KEY_VALUE_LIST = declare('KeyValueList');
export const KEY_VALUE = declare('KeyValue');
export const ENTITY_REF = declare('EntityRef');
export const RESOURCE = declare('Resource');
export const SCOPE = declare('InstrumentationScope');
export const LOG_RECORD = declare('LogRecord');
export const SCOPE_LOGS = declare('ScopeLogs');
export const RESOURCE_LOGS = declare('ResourceLogs');
export const REQUEST = declare('ExportLogsServiceRequest');

define(ANY_VALUE, [
  ['stringValue', tag.VALUE_STRING, 'text'],
  ['boolValue', tag.VALUE_BOOL, 'bool'],
  ['intValue', tag.VALUE_INT, 'int64'],
  ['doubleValue', tag.VALUE_DOUBLE, 'double'],
  ['arrayValue', tag.VALUE_ARRAY, 'message', { message: ARRAY_VALUE }],
  ['kvlistValue', tag.VALUE_KVLIST, 'message', { message: KEY_VALUE_LIST }],
  ['bytesValue', tag.VALUE_BYTES, 'bytes'],
]);
define(ARRAY_VALUE, [['values', tag.LIST_ITEM, 'message', { message: ANY_VALUE, repeated: true }]]);
define(KEY_VALUE_LIST, [
  ['values', tag.LIST_ITEM, 'message', { message: KEY_VALUE, repeated: true }],
]);
define(KEY_VALUE, [
  ['key', tag.KEY_VALUE_KEY, 'text'],
  ['value', tag.KEY_VALUE_VALUE, 'message', { message: ANY_VALUE }],
]);
define(ENTITY_REF, [
  ['schemaUrl', 0x0a, 'text'],
  ['type', 0x12, 'text'],
  ['idKeys', 0x1a, 'text', { repeated: true }],
  ['descriptionKeys', 0x22, 'text', { repeated: true }],
]);
define(RESOURCE, [
  ['attributes', tag.RESOURCE_ATTRIBUTE, 'message', { message: KEY_VALUE, repeated: true }],
  ['droppedAttributesCount', tag.RESOURCE_DROPPED, 'uint32'],
  ['entityRefs', 0x1a, 'message', { message: ENTITY_REF, repeated: true }],
]);
define(SCOPE, [
  ['name', tag.SCOPE_NAME, 'text'],
  ['version', tag.SCOPE_VERSION, 'text'],
  ['attributes', tag.SCOPE_ATTRIBUTE, 'message', { message: KEY_VALUE, repeated: true }],
  ['droppedAttributesCount', tag.SCOPE_DROPPED, 'uint32'],
]);
define(LOG_RECORD, [
  ['timeUnixNano', tag.RECORD_TIME, 'fixed64'],
  ['observedTimeUnixNano', tag.RECORD_OBSERVED_TIME, 'fixed64'],
  ['severityNumber', tag.RECORD_SEVERITY_NUMBER, 'severity'],
  ['severityText', tag.RECORD_SEVERITY_TEXT, 'text'],
  ['eventName', tag.RECORD_EVENT_NAME, 'text'],
  ['body', tag.RECORD_BODY, 'message', { message: ANY_VALUE, size: 2 }],
  ['attributes', tag.RECORD_ATTRIBUTE, 'message', { message: KEY_VALUE, repeated: true }],
  ['droppedAttributesCount', tag.RECORD_DROPPED, 'uint32'],
  ['flags', tag.RECORD_FLAGS, 'fixed32'],
  ['traceId', tag.RECORD_TRACE_ID, 'id', { size: 16 }],
  ['spanId', tag.RECORD_SPAN_ID, 'id', { size: 8 }],
]);
define(SCOPE_LOGS, [
  ['scope', tag.SCOPE_LOGS_SCOPE, 'message', { message: SCOPE }],
  [
    'logRecords',
    tag.SCOPE_LOGS_RECORD,
    'message',
    { message: LOG_RECORD, repeated: true, size: 2 },
  ],
  ['schemaUrl', tag.SCOPE_LOGS_SCHEMA_URL, 'text'],
]);
define(RESOURCE_LOGS, [
  ['resource', tag.RESOURCE_LOGS_RESOURCE, 'message', { message: RESOURCE }],
  [
    'scopeLogs',
    tag.RESOURCE_LOGS_SCOPE_LOGS,
    'message',
    { message: SCOPE_LOGS, repeated: true, size: 3 },
  ],
  ['schemaUrl', tag.RESOURCE_LOGS_SCHEMA_URL, 'text'],
]);
define(REQUEST, [
  [
    'resourceLogs',
    tag.REQUEST_RESOURCE_LOGS,
    'message',
    { message: RESOURCE_LOGS, repeated: true, size: 3 },
  ],
]);

/** Severity by the name of its enum value; written as a number always (OTLP, JSON encoding). */
export const SEVERITY_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['SEVERITY_NUMBER_UNSPECIFIED', 0],
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((level, row) =>
    ['', '2', '3', '4'].map((step, column): [string, number] => [
      `SEVERITY_NUMBER_${level}${step}`,
      4 * row + column + 1,
    ]),
  ),
]);
