import { isUtf8 } from 'node:buffer';
import type { LogRecord } from '../sdk/index.ts';

/** Deeper nesting than any index lets in: recursion ends here. */
const LEVELS_MAX = 256;

/** Which fields of a message hold text, and which hold messages of what kind (OTLP 1.5). */
interface Layout {
  readonly text: readonly number[];
  readonly messages: Readonly<Record<number, () => Layout>>;
}

const ANY_VALUE: Layout = { text: [1], messages: { 5: () => LIST, 6: () => KEY_VALUES } };
const LIST: Layout = { text: [], messages: { 1: () => ANY_VALUE } };
const KEY_VALUE: Layout = { text: [1], messages: { 2: () => ANY_VALUE } };
const KEY_VALUES: Layout = { text: [], messages: { 1: () => KEY_VALUE } };
const LOG_RECORD: Layout = {
  text: [3, 12],
  messages: { 5: () => ANY_VALUE, 6: () => KEY_VALUE },
};
const RESOURCE: Layout = { text: [], messages: { 1: () => KEY_VALUE } };
const RESOURCE_LOGS: Layout = { text: [3], messages: { 1: () => RESOURCE } };
const SCOPE: Layout = { text: [1, 2], messages: { 3: () => KEY_VALUE } };
const SCOPE_LOGS: Layout = { text: [3], messages: { 1: () => SCOPE } };

/** True when every text of the record, its scope and its resource is UTF-8 on the wire. */
export function hasValidText(record: LogRecord): boolean {
  return (
    isValid(record.bytes, LOG_RECORD, 0) &&
    isValid(record.group.fields, SCOPE_LOGS, 0) &&
    isValid(record.group.resource.fields, RESOURCE_LOGS, 0)
  );
}

function isValid(bytes: Uint8Array, layout: Layout, level: number): boolean {
  if (level > LEVELS_MAX) return false;
  let at = 0;
  while (at < bytes.length) {
    const tag = varint(bytes, at);
    const length = fieldLength(bytes, tag.end, tag.value & 7);
    if (length === undefined) return false;
    const field = tag.value >>> 3;
    const content = bytes.subarray(length.start, length.end);
    if ((tag.value & 7) === 2) {
      if (layout.text.includes(field) && !isUtf8(content)) return false;
      const inner = layout.messages[field];
      if (inner !== undefined && !isValid(content, inner(), level + 1)) return false;
    }
    at = length.end;
  }
  return true;
}

/** Where the field's content is; `undefined` for an encoding that ends too early or is unknown. */
function fieldLength(bytes: Uint8Array, at: number, wireType: number) {
  let end: number;
  let start = at;
  if (wireType === 0) end = varint(bytes, at).end;
  else if (wireType === 1) end = at + 8;
  else if (wireType === 5) end = at + 4;
  else if (wireType === 2) {
    const length = varint(bytes, at);
    start = length.end;
    end = start + length.value;
  } else return undefined;
  return end <= bytes.length && end > at ? { start, end } : undefined;
}

/** A varint's low 32 bits and the byte after it. */
function varint(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let shift = 0; shift < 70 && at < bytes.length; shift += 7) {
    const byte = bytes[at++] as number;
    if (shift < 32) value |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return { value: value >>> 0, end: at };
}
