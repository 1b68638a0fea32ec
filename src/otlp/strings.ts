import * as tags from './tags.ts';
import { afterValue, afterVarint, varintAt } from './wire.ts';

// As constants of this module V8 folds them (see check.ts).
const {
  KEY_VALUE_KEY,
  KEY_VALUE_VALUE,
  LIST_ITEM,
  RECORD_ATTRIBUTE,
  RECORD_BODY,
  RECORD_EVENT_NAME,
  RECORD_SEVERITY_TEXT,
  VALUE_ARRAY,
  VALUE_KVLIST,
  VALUE_STRING,
} = tags;

/** What a visited string is. */
export type StringPlace = 'body' | 'key' | 'value' | 'event_name' | 'severity_text';

/**
 * Called for each string of a record with its range in the bytes, its place, and the range of the
 * top-level attribute's KeyValue message it belongs to (0, 0 outside of attributes).
 */
export type StringVisitor = (
  start: number,
  end: number,
  place: StringPlace,
  attributeStart: number,
  attributeEnd: number,
) => void;

/** Values nested deeper than this are not visited; {@link visitStrings} says so. */
export const VISIT_DEPTH_MAX = 64;

/**
 * Visits every string of a checked LogRecord where it stands: severity text, event name, the
 * strings and keys of the body and of attributes at any depth, empty ones too. Allocates nothing.
 * Fields that stand twice are visited twice, also where only the last counts: whoever reads the
 * record next may see it differently.
 *
 * Returns false when values are nested deeper than {@link VISIT_DEPTH_MAX} and were left out.
 */
export function visitStrings(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: StringVisitor,
): boolean {
  let complete = true;
  let p = start;
  while (p < end) {
    let field = bytes[p] as number;
    if (field < 0x80) p += 1;
    else {
      field = varintAt(bytes, p);
      p = afterVarint(bytes, p);
    }
    if ((field & 7) !== 2) {
      p = afterValue(bytes, p, field);
      continue;
    }
    let length = bytes[p] as number;
    if (length < 0x80) p += 1;
    else {
      length = varintAt(bytes, p);
      p = afterVarint(bytes, p);
    }
    const next = p + length;
    if (field === RECORD_ATTRIBUTE) {
      if (!visitKeyValue(bytes, p, next, visit, 'value', p, next, 0)) complete = false;
    } else if (field === RECORD_BODY) {
      if (!visitValue(bytes, p, next, visit, 'body', 0, 0, 0)) complete = false;
    } else if (field === RECORD_SEVERITY_TEXT) visit(p, next, 'severity_text', 0, 0);
    else if (field === RECORD_EVENT_NAME) visit(p, next, 'event_name', 0, 0);
    p = next;
  }
  return complete;
}

/** Visits the strings of all KeyValues under a tag: the attributes of a resource or scope. */
export function visitAttributeStrings(
  bytes: Uint8Array,
  start: number,
  end: number,
  attribute: number,
  visit: StringVisitor,
): boolean {
  let complete = true;
  let p = start;
  while (p < end) {
    const field = varintAt(bytes, p);
    p = afterVarint(bytes, p);
    const next = afterValue(bytes, p, field);
    if (field === attribute) {
      const from = afterVarint(bytes, p);
      if (!visitKeyValue(bytes, from, next, visit, 'value', from, next, 0)) complete = false;
    }
    p = next;
  }
  return complete;
}

function visitKeyValue(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: StringVisitor,
  place: StringPlace,
  attributeStart: number,
  attributeEnd: number,
  depth: number,
): boolean {
  let complete = true;
  let p = start;
  while (p < end) {
    const field = varintAt(bytes, p);
    p = afterVarint(bytes, p);
    if ((field & 7) !== 2) {
      p = afterValue(bytes, p, field);
      continue;
    }
    const from = afterVarint(bytes, p);
    p = from + varintAt(bytes, p);
    if (field === KEY_VALUE_KEY) visit(from, p, 'key', attributeStart, attributeEnd);
    else if (field === KEY_VALUE_VALUE) {
      if (!visitValue(bytes, from, p, visit, place, attributeStart, attributeEnd, depth)) {
        complete = false;
      }
    }
  }
  return complete;
}

function visitValue(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: StringVisitor,
  place: StringPlace,
  attributeStart: number,
  attributeEnd: number,
  depth: number,
): boolean {
  let complete = true;
  let p = start;
  while (p < end) {
    const field = varintAt(bytes, p);
    p = afterVarint(bytes, p);
    if ((field & 7) !== 2) {
      p = afterValue(bytes, p, field);
      continue;
    }
    const from = afterVarint(bytes, p);
    p = from + varintAt(bytes, p);
    if (field === VALUE_STRING) visit(from, p, place, attributeStart, attributeEnd);
    else if (field === VALUE_ARRAY || field === VALUE_KVLIST) {
      const inside =
        depth < VISIT_DEPTH_MAX &&
        visitItems(bytes, from, p, visit, place, attributeStart, attributeEnd, depth + 1, field);
      if (!inside) complete = false;
    }
  }
  return complete;
}

function visitItems(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: StringVisitor,
  place: StringPlace,
  attributeStart: number,
  attributeEnd: number,
  depth: number,
  kind: number,
): boolean {
  const visitItem = kind === VALUE_ARRAY ? visitValue : visitKeyValue;
  let complete = true;
  let p = start;
  while (p < end) {
    const field = varintAt(bytes, p);
    p = afterVarint(bytes, p);
    const next = afterValue(bytes, p, field);
    if (field === LIST_ITEM) {
      const from = afterVarint(bytes, p);
      if (!visitItem(bytes, from, next, visit, place, attributeStart, attributeEnd, depth)) {
        complete = false;
      }
    }
    p = next;
  }
  return complete;
}
