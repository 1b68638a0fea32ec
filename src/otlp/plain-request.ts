import { Buffer } from 'node:buffer';
import type { AttributeValue, KeyValue } from '../sdk/index.ts';
import { BackwardEncoder } from './encoder.ts';
import * as tag from './tags.ts';

/** A LogRecord as plain values; what is left out is unset. */
export interface PlainRecord {
  readonly timeUnixNano?: bigint | undefined;
  readonly observedTimeUnixNano?: bigint | undefined;
  readonly severityNumber?: number | undefined;
  readonly severityText?: string | undefined;
  readonly eventName?: string | undefined;
  readonly body?: AttributeValue | undefined;
  readonly attributes?: readonly KeyValue[] | undefined;
  readonly droppedAttributesCount?: number | undefined;
  /** Hex digits. */
  readonly traceId?: string | undefined;
  /** Hex digits. */
  readonly spanId?: string | undefined;
  readonly flags?: number | undefined;
}

export interface PlainScopeLogs {
  readonly scope?:
    | {
        readonly name?: string | undefined;
        readonly version?: string | undefined;
        readonly attributes?: readonly KeyValue[] | undefined;
      }
    | undefined;
  readonly records: readonly PlainRecord[];
  readonly schemaUrl?: string | undefined;
}

export interface PlainResourceLogs {
  readonly resource?: { readonly attributes?: readonly KeyValue[] | undefined } | undefined;
  readonly scopeLogs: readonly PlainScopeLogs[];
  readonly schemaUrl?: string | undefined;
}

/** An ExportLogsServiceRequest as plain values, for sources that have none: stdin, tools, tests. */
export interface PlainRequest {
  readonly resourceLogs: readonly PlainResourceLogs[];
}

/** Encodes an ExportLogsServiceRequest. Text that is not well-formed gets U+FFFD. */
export function encodeRequest(plain: PlainRequest): Uint8Array {
  const encoder = new BackwardEncoder();
  for (const resourceLogs of plain.resourceLogs.toReversed()) {
    const before = encoder.length;
    writeResourceLogs(encoder, resourceLogs);
    encoder.close(tag.REQUEST_RESOURCE_LOGS, before);
  }
  return encoder.finish();
}

/** Encodes one LogRecord message, without tag and length. */
export function encodeRecord(plain: PlainRecord): Uint8Array {
  const encoder = new BackwardEncoder(1024);
  writeRecord(encoder, plain);
  return encoder.finish();
}

function writeResourceLogs(encoder: BackwardEncoder, plain: PlainResourceLogs): void {
  if (plain.schemaUrl) encoder.text(tag.RESOURCE_LOGS_SCHEMA_URL, plain.schemaUrl);
  for (const scopeLogs of plain.scopeLogs.toReversed()) {
    const before = encoder.length;
    writeScopeLogs(encoder, scopeLogs);
    encoder.close(tag.RESOURCE_LOGS_SCOPE_LOGS, before);
  }
  if (plain.resource === undefined) return;
  const before = encoder.length;
  encoder.keyValues(tag.RESOURCE_ATTRIBUTE, plain.resource.attributes ?? []);
  encoder.close(tag.RESOURCE_LOGS_RESOURCE, before);
}

function writeScopeLogs(encoder: BackwardEncoder, plain: PlainScopeLogs): void {
  if (plain.schemaUrl) encoder.text(tag.SCOPE_LOGS_SCHEMA_URL, plain.schemaUrl);
  for (const record of plain.records.toReversed()) {
    const before = encoder.length;
    writeRecord(encoder, record);
    encoder.close(tag.SCOPE_LOGS_RECORD, before);
  }
  if (plain.scope === undefined) return;
  const before = encoder.length;
  encoder.keyValues(tag.SCOPE_ATTRIBUTE, plain.scope.attributes ?? []);
  if (plain.scope.version) encoder.text(tag.SCOPE_VERSION, plain.scope.version);
  if (plain.scope.name) encoder.text(tag.SCOPE_NAME, plain.scope.name);
  encoder.close(tag.SCOPE_LOGS_SCOPE, before);
}

/** Fields are written from the last to the first, so that they stand in the order of their numbers. */
function writeRecord(encoder: BackwardEncoder, plain: PlainRecord): void {
  if (plain.eventName) encoder.text(tag.RECORD_EVENT_NAME, plain.eventName);
  if (plain.observedTimeUnixNano) {
    encoder.fixed64(plain.observedTimeUnixNano);
    encoder.varint(tag.RECORD_OBSERVED_TIME);
  }
  if (plain.spanId) writeId(encoder, tag.RECORD_SPAN_ID, plain.spanId);
  if (plain.traceId) writeId(encoder, tag.RECORD_TRACE_ID, plain.traceId);
  if (plain.flags) {
    encoder.fixed32(plain.flags);
    encoder.varint(tag.RECORD_FLAGS);
  }
  if (plain.droppedAttributesCount) {
    encoder.varint(plain.droppedAttributesCount);
    encoder.varint(tag.RECORD_DROPPED);
  }
  encoder.keyValues(tag.RECORD_ATTRIBUTE, plain.attributes ?? []);
  if (plain.body !== undefined) encoder.value(tag.RECORD_BODY, plain.body);
  if (plain.severityText) encoder.text(tag.RECORD_SEVERITY_TEXT, plain.severityText);
  if (plain.severityNumber) {
    encoder.varint64(BigInt(plain.severityNumber));
    encoder.varint(tag.RECORD_SEVERITY_NUMBER);
  }
  if (plain.timeUnixNano) {
    encoder.fixed64(plain.timeUnixNano);
    encoder.varint(tag.RECORD_TIME);
  }
}

function writeId(encoder: BackwardEncoder, field: number, hex: string): void {
  const before = encoder.length;
  encoder.bytes(Buffer.from(hex, 'hex'));
  encoder.close(field, before);
}
