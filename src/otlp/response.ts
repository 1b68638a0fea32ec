import { Buffer } from 'node:buffer';
import { CountersignError } from '../sdk/index.ts';
import { checkedSkip, checkedTag, isMessage, varintEnd } from './check.ts';
import { BackwardEncoder } from './encoder.ts';
import { textField } from './group.ts';
import { asBuffer, int64At, messageField, type Range } from './wire.ts';

/** What an ExportLogsServiceResponse says. All set to nothing: full success. */
export interface ExportResponse {
  /** Records that were not taken and must not be sent again. */
  readonly rejected: number;
  /** Why, or a warning when nothing was rejected. */
  readonly message: string;
}

/** google.rpc.Status, the body of every refusal. */
export interface RpcStatus {
  /** google.rpc.Code, 0 … 16. */
  readonly code: number;
  readonly message: string;
}

const RESPONSE_PARTIAL_SUCCESS = 0x0a;
const PARTIAL_REJECTED = 0x08;
const PARTIAL_MESSAGE = 0x12;
const STATUS_CODE = 0x08;
const STATUS_MESSAGE = 0x12;

const SUCCESS = Buffer.alloc(0);

/** Encodes an ExportLogsServiceResponse; full success is no bytes at all. */
export function encodeResponse(response: ExportResponse): Uint8Array {
  if (response.rejected === 0 && response.message === '') return SUCCESS;
  const encoder = new BackwardEncoder(256);
  if (response.message !== '') encoder.text(PARTIAL_MESSAGE, response.message);
  if (response.rejected !== 0) {
    encoder.varint64(BigInt(response.rejected));
    encoder.varint(PARTIAL_REJECTED);
  }
  encoder.close(RESPONSE_PARTIAL_SUCCESS, 0);
  return encoder.finish();
}

/**
 * Decodes an ExportLogsServiceResponse. No bytes: success.
 * @throws CountersignError CS_ANSWER_UNREADABLE when it is cut, or something else, or rejects a
 * number of records that cannot be.
 */
export function decodeResponse(bytes: Uint8Array): ExportResponse {
  const buffer = asBuffer(bytes);
  checkTypes(buffer, 0, buffer.length, {
    [RESPONSE_PARTIAL_SUCCESS >> 3]: RESPONSE_PARTIAL_SUCCESS,
  });
  const partial = messageField(buffer, 0, buffer.length, RESPONSE_PARTIAL_SUCCESS);
  if (partial === undefined) return { rejected: 0, message: '' };
  checkTypes(partial.bytes, partial.start, partial.end, {
    [PARTIAL_REJECTED >> 3]: PARTIAL_REJECTED,
    [PARTIAL_MESSAGE >> 3]: PARTIAL_MESSAGE,
  });
  return {
    rejected: rejectedCount(lastVarint(partial, PARTIAL_REJECTED)),
    message: textField(partial, PARTIAL_MESSAGE),
  };
}

/** Encodes a google.rpc.Status. */
export function encodeStatus(status: RpcStatus): Uint8Array {
  const encoder = new BackwardEncoder(256);
  if (status.message !== '') encoder.text(STATUS_MESSAGE, status.message);
  if (status.code !== 0) {
    encoder.varint64(BigInt(status.code));
    encoder.varint(STATUS_CODE);
  }
  return encoder.finish();
}

/** Decodes a google.rpc.Status, or `undefined` when the bytes are none: bodies of refusals vary. */
export function decodeStatus(bytes: Uint8Array): RpcStatus | undefined {
  const buffer = asBuffer(bytes);
  if (!isMessage(buffer, 0, buffer.length)) return undefined;
  const range = { bytes: buffer, start: 0, end: buffer.length };
  return {
    code: Number(BigInt.asIntN(32, lastVarint(range, STATUS_CODE))),
    message: textField(range, STATUS_MESSAGE),
  };
}

/** OTLP/JSON of an ExportLogsServiceResponse. */
export function jsonResponse(response: ExportResponse): string {
  if (response.rejected === 0 && response.message === '') return '{}';
  const partialSuccess = {
    ...(response.rejected === 0 ? {} : { rejectedLogRecords: String(response.rejected) }),
    ...(response.message === '' ? {} : { errorMessage: response.message }),
  };
  return JSON.stringify({ partialSuccess });
}

/**
 * Reads the OTLP/JSON of an ExportLogsServiceResponse. An empty text is success, as `{}` is.
 * @throws CountersignError CS_ANSWER_UNREADABLE
 */
export function parseJsonResponse(text: string): ExportResponse {
  if (text.trim() === '') return { rejected: 0, message: '' };
  const partial = member(parseObject(text), 'partialSuccess', 'partial_success');
  if (partial === undefined) return { rejected: 0, message: '' };
  if (!isObject(partial)) throw unreadable('partialSuccess is not an object');
  const message = member(partial, 'errorMessage', 'error_message') ?? '';
  if (typeof message !== 'string') throw unreadable('errorMessage is not a string');
  const rejected = member(partial, 'rejectedLogRecords', 'rejected_log_records') ?? 0;
  return { rejected: rejectedCount(integer(rejected)), message };
}

/** JSON of a google.rpc.Status. */
export function jsonStatus(status: RpcStatus): string {
  return JSON.stringify({ code: status.code, message: status.message });
}

/** Reads the JSON of a google.rpc.Status, or `undefined` when it is none. */
export function parseJsonStatus(text: string): RpcStatus | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(parsed)) return undefined;
  const { code, message } = parsed;
  return {
    code: typeof code === 'number' ? code : 0,
    message: typeof message === 'string' ? message : '',
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw unreadable('it is not JSON');
  }
  if (!isObject(parsed)) throw unreadable('it is not an object');
  return parsed;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member by its ProtoJSON name or the one in the .proto; null is as good as absent. */
function member(object: Readonly<Record<string, unknown>>, ...names: string[]): unknown {
  for (const name of names) {
    if (Object.hasOwn(object, name) && object[name] !== null) return object[name];
  }
  return undefined;
}

function integer(value: unknown): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) return BigInt(value);
  throw unreadable('rejectedLogRecords is not an integer');
}

function rejectedCount(value: bigint): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw unreadable('it rejects an impossible number of records');
  }
  return Number(value);
}

/** Known fields must have their wire type: anything else is some other message. */
function checkTypes(
  bytes: Buffer,
  start: number,
  end: number,
  known: Readonly<Record<number, number>>,
): void {
  let p = start;
  while (p < end) {
    const field = checkedTag(bytes, p, end);
    if (field < 0) throw unreadable('it is cut or not protobuf');
    const expected = known[field >>> 3];
    if (expected !== undefined && expected !== field) throw unreadable('a field has another type');
    p = checkedSkip(bytes, varintEnd(), end, field);
    if (p < 0) throw unreadable('it is cut or not protobuf');
  }
}

function lastVarint(range: Range, wanted: number): bigint {
  let value = 0n;
  let p = range.start;
  while (p < range.end) {
    const field = checkedTag(range.bytes, p, range.end);
    const at = varintEnd();
    if (field === wanted) value = int64At(range.bytes, at);
    p = checkedSkip(range.bytes, at, range.end, field);
  }
  return value;
}

function unreadable(what: string): CountersignError {
  return new CountersignError(
    'CS_ANSWER_UNREADABLE',
    `the backend's answer is no ExportLogsServiceResponse: ${what}; check that the endpoint speaks OTLP`,
  );
}
