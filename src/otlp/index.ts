export { attributeKey, findAttribute, hasKey } from './attribute.ts';
export { VALUE_NESTING_MAX } from './check.ts';
export { transcodeJsonRequest } from './json-reader.ts';
export { jsonRecord, jsonRequest, jsonValue } from './json-writer.ts';
export {
  encodeRecord,
  encodeRequest,
  type PlainRecord,
  type PlainRequest,
  type PlainResourceLogs,
  type PlainScopeLogs,
} from './plain-request.ts';
export { INDEX_LIMITS, indexRequest, type IndexLimits } from './request-index.ts';
export { requestByteLength, writeRequest } from './request-writer.ts';
export {
  decodeResponse,
  decodeStatus,
  encodeResponse,
  encodeStatus,
  type ExportResponse,
  jsonResponse,
  jsonStatus,
  parseJsonResponse,
  parseJsonStatus,
  type RpcStatus,
} from './response.ts';
export * as tags from './tags.ts';
export { decodeKeyValue, decodeValue, TOO_DEEP, VALUE_DEPTH_MAX } from './value.ts';
export {
  afterValue,
  afterVarint,
  asBuffer,
  fixed32At,
  fixed64At,
  int64At,
  varintAt,
} from './wire.ts';
