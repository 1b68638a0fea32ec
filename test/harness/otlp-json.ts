import type { Attributes, ReadRecord, SentGroup, SentRecord, Value } from './wire.ts';

/** OTLP/JSON of the same plain records, written and read without `src/otlp`. */

type Json = Readonly<Record<string, unknown>>;

/** Any AnyValue of OTLP/JSON, as far as the tests read it. */
interface JsonAnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string | number;
  readonly doubleValue?: string | number;
  readonly bytesValue?: string;
  readonly arrayValue?: unknown;
  readonly kvlistValue?: unknown;
}

interface JsonLogRecord {
  readonly timeUnixNano?: string | number;
  readonly observedTimeUnixNano?: string | number;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly eventName?: string;
  readonly body?: unknown;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly flags?: number;
}

function jsonValue(value: Value): Json {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint') return { intValue: value.toString() };
  if (typeof value === 'number') {
    return { doubleValue: Number.isFinite(value) ? value : String(value) };
  }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (value instanceof Map) return { kvlistValue: { values: jsonAttributes(value) } };
  return { arrayValue: { values: (value as readonly Value[]).map(jsonValue) } };
}

function jsonAttributes(entries: Iterable<readonly [string, Value]>): Json[] {
  return [...entries].map(([key, value]) => ({ key, value: jsonValue(value) }));
}

function jsonRecord(record: SentRecord): Json {
  return {
    ...(record.time !== undefined && { timeUnixNano: record.time.toString() }),
    ...(record.observedTime !== undefined && {
      observedTimeUnixNano: record.observedTime.toString(),
    }),
    ...(record.severityNumber !== undefined && { severityNumber: record.severityNumber }),
    ...(record.severityText !== undefined && { severityText: record.severityText }),
    ...(record.eventName !== undefined && { eventName: record.eventName }),
    ...(record.body !== undefined && { body: jsonValue(record.body) }),
    attributes: jsonAttributes(Object.entries(record.attributes ?? {})),
    ...(record.traceId !== undefined && { traceId: record.traceId }),
    ...(record.spanId !== undefined && { spanId: record.spanId }),
    ...(record.flags !== undefined && { flags: record.flags }),
  };
}

/** An ExportLogsServiceRequest as OTLP/JSON text. */
export function jsonLogs(groups: readonly SentGroup[]): string {
  return JSON.stringify({
    resourceLogs: groups.map((group) => ({
      resource: { attributes: jsonAttributes(Object.entries(group.resource ?? {})) },
      scopeLogs: [
        { scope: { name: group.scope ?? '' }, logRecords: group.records.map(jsonRecord) },
      ],
    })),
  });
}

function readJsonValue(json: unknown): Value {
  const value = (json ?? {}) as JsonAnyValue;
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== undefined) return BigInt(value.intValue);
  if (value.doubleValue !== undefined) return Number(value.doubleValue);
  if (value.bytesValue !== undefined) {
    return new Uint8Array(Buffer.from(value.bytesValue, 'base64'));
  }
  if (value.arrayValue !== undefined) return listOf(value.arrayValue, 'values').map(readJsonValue);
  if (value.kvlistValue !== undefined) {
    return new Map(Object.entries(readJsonAttributes(listOf(value.kvlistValue, 'values'))));
  }
  return null;
}

function listOf(json: unknown, key: string): unknown[] {
  const list = ((json ?? {}) as Record<string, unknown>)[key];
  return Array.isArray(list) ? list : [];
}

function readJsonAttributes(list: readonly unknown[]): Attributes {
  const entries = list.map((item) => {
    const { key, value } = item as { key: string; value: unknown };
    return [key, readJsonValue(value)] as const;
  });
  return Object.fromEntries(entries);
}

/** Every record of an OTLP/JSON request (one output line of `stdout` in that format, too). */
export function readJsonLogs(text: string): ReadRecord[] {
  const records: ReadRecord[] = [];
  for (const resourceLogs of listOf(JSON.parse(text), 'resourceLogs')) {
    const { resource } = resourceLogs as { resource?: unknown };
    for (const scopeLogs of listOf(resourceLogs, 'scopeLogs')) {
      const { scope } = scopeLogs as { scope?: { name?: string } };
      for (const item of listOf(scopeLogs, 'logRecords')) {
        const record = item as JsonLogRecord;
        records.push({
          resource: readJsonAttributes(listOf(resource, 'attributes')),
          scope: scope?.name ?? '',
          time: BigInt(record.timeUnixNano ?? 0),
          observedTime: BigInt(record.observedTimeUnixNano ?? 0),
          severityNumber: record.severityNumber ?? 0,
          severityText: record.severityText ?? '',
          eventName: record.eventName ?? '',
          body: readJsonValue(record.body),
          attributes: readJsonAttributes(listOf(record, 'attributes')),
          traceId: record.traceId ?? '',
          spanId: record.spanId ?? '',
          flags: record.flags ?? 0,
        });
      }
    }
  }
  return records;
}
