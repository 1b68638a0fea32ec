import { Buffer } from 'node:buffer';
import type { ExportLogsServiceRequest } from '../../../test/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js';
import type {
  AnyValue,
  KeyValue as GeneratedKeyValue,
} from '../../../test/gen/opentelemetry/proto/common/v1/common_pb.js';
import {
  type AttributeValue,
  type KeyValue,
  KeyValueList,
  type RecordSet,
} from '../../sdk/index.ts';

/** Every record of a generated message with its scope and resource, in the terms of the sdk. */
export function plainOfGenerated(request: ExportLogsServiceRequest): unknown[] {
  return request.resourceLogs.flatMap((resourceLogs) =>
    resourceLogs.scopeLogs.flatMap((scopeLogs) =>
      scopeLogs.logRecords.map((record) => ({
        timeUnixNano: record.timeUnixNano,
        observedTimeUnixNano: record.observedTimeUnixNano,
        severityNumber: Number(record.severityNumber),
        severityText: record.severityText,
        eventName: record.eventName,
        body: record.body === undefined ? undefined : valueOf(record.body),
        attributes: record.attributes.map(keyValueOf),
        dropped: record.droppedAttributesCount,
        flags: record.flags,
        traceId: idOf(record.traceId, 16),
        spanId: idOf(record.spanId, 8),
        scope: [
          scopeLogs.scope?.name ?? '',
          scopeLogs.scope?.version ?? '',
          (scopeLogs.scope?.attributes ?? []).map(keyValueOf),
        ],
        resource: (resourceLogs.resource?.attributes ?? []).map(keyValueOf),
      })),
    ),
  );
}

/** The same of a record set. */
export function plainOfSet(set: RecordSet): unknown[] {
  return [...set].map((record) => ({
    timeUnixNano: record.timeUnixNano,
    observedTimeUnixNano: record.observedTimeUnixNano,
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    eventName: record.eventName,
    body: record.body,
    attributes: record.attributes,
    dropped: record.droppedAttributesCount,
    flags: record.flags,
    traceId: record.traceId,
    spanId: record.spanId,
    scope: [record.group.name, record.group.version, record.group.attributes],
    resource: record.group.resource.attributes,
  }));
}

function idOf(bytes: Uint8Array, size: number): string {
  if (bytes.length !== size || bytes.every((byte) => byte === 0)) return '';
  return Buffer.from(bytes).toString('hex');
}

function keyValueOf(pair: GeneratedKeyValue): KeyValue {
  return [pair.key, pair.value === undefined ? null : valueOf(pair.value)];
}

function valueOf({ value }: AnyValue): AttributeValue {
  switch (value.case) {
    case undefined:
      return null;
    case 'arrayValue':
      return value.value.values.map(valueOf);
    case 'kvlistValue':
      return new KeyValueList(value.value.values.map(keyValueOf));
    case 'bytesValue':
      return Buffer.from(value.value);
    default:
      return value.value;
  }
}
