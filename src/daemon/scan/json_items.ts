import { encodeRecord, indexRequest, transcodeJsonRequest } from '../../otlp/index.ts';
import { KeyValueList, resendableArrival } from '../../sdk/index.ts';
import type { AttributeValue, KeyValue, RecordSet } from '../../sdk/index.ts';
import { whole } from './item.ts';
import type { Item } from './item.ts';

/** Deeper JSON is not turned into a record: no budget is so deep. */
const DEPTH_MAX = 128;

type JsonObject = Readonly<Record<string, unknown>>;

class TooDeep extends Error {}

/** The item that a JSON value stands for; `source` is its text, for requests. */
export function itemOf(value: unknown, source: string, place: string): Item {
  const id = idOf(value, place);
  if (isObject(value)) {
    if (typeof value['text'] === 'string') return textItem(id, value['text']);
    if (isObject(value['record'])) return recordItem(id, value['record']);
    if (Array.isArray(value['resourceLogs'])) return requestItem(id, source);
    if (isOtlpRecord(value)) return requestItem(id, inRequest(value));
  }
  return recordItem(id, { body: value });
}

function textItem(id: string, text: string): Item {
  return text.isWellFormed()
    ? { id, kind: 'text', texts: whole(text) }
    : { id, kind: 'unreadable', reason: 'malformed_text' };
}

function recordItem(id: string, record: JsonObject): Item {
  if (isOtlpRecord(record)) return requestItem(id, inRequest(record));
  try {
    const { body, attributes, eventName, severityText } = record;
    const bytes = encodeRecord({
      body: body === undefined ? undefined : valueOf(body, 0),
      attributes: attributesOf(attributes),
      eventName: typeof eventName === 'string' ? eventName : undefined,
      severityText: typeof severityText === 'string' ? severityText : undefined,
    });
    return { id, kind: 'record', bytes };
  } catch (thrown) {
    if (thrown instanceof TooDeep) return { id, kind: 'unreadable', reason: 'guard_budget' };
    throw thrown;
  }
}

/** @throws CountersignError CS_REQUEST_UNDECODABLE */
function requestItem(id: string, source: string): Item {
  return { id, kind: 'request', records: recordsOf(transcodeJsonRequest(Buffer.from(source))) };
}

/** @throws CountersignError CS_REQUEST_UNDECODABLE */
function recordsOf(bytes: Uint8Array): RecordSet {
  return indexRequest(bytes, resendableArrival(bytes));
}

const inRequest = (record: JsonObject): string =>
  JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function idOf(value: unknown, place: string): string {
  const id = isObject(value) ? value['id'] : undefined;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : place;
}

const VALUE_KEYS = /^(?:string|bool|int|double|bytes|array|kvlist)Value$/;

const isAnyValue = (value: unknown): boolean =>
  isObject(value) &&
  Object.keys(value).length === 1 &&
  VALUE_KEYS.test(Object.keys(value)[0] ?? '');

/** True for an OTLP/JSON LogRecord: typed values, and attributes as a list. */
function isOtlpRecord(value: JsonObject): boolean {
  const { body, attributes } = value;
  const isList =
    Array.isArray(attributes) &&
    attributes.every((each) => isObject(each) && typeof each['key'] === 'string');
  if (body === undefined) return isList && attributes.length > 0;
  return isAnyValue(body) && (attributes === undefined || isList);
}

function attributesOf(attributes: unknown): KeyValue[] {
  if (!isObject(attributes)) return [];
  return Object.entries(attributes).map(([key, value]) => [key, valueOf(value, 0)]);
}

function valueOf(json: unknown, depth: number): AttributeValue {
  if (depth > DEPTH_MAX) throw new TooDeep();
  if (Array.isArray(json)) return json.map((each) => valueOf(each, depth + 1));
  if (isObject(json)) {
    return new KeyValueList(
      Object.entries(json).map(([key, value]) => [key, valueOf(value, depth + 1)]),
    );
  }
  if (typeof json === 'number') return Number.isSafeInteger(json) ? BigInt(json) : json;
  return typeof json === 'string' || typeof json === 'boolean' ? json : null;
}
