import { KeyValueList } from '../sdk/index.ts';
import type { AttributeValue, KeyValue, ResourceGroup, ScopeGroup } from '../sdk/index.ts';
import { DEPTH_MAX, VALUE_DEPTH } from './json.ts';
import type { RecordContent } from './record-event.ts';

/**
 * The same record as one that can be printed: half surrogate pairs are U+FFFD, of a repeated name
 * the last value stands, what is too deep is null, a name CloudEvents refuses is percent-encoded.
 */
export function mended(record: RecordContent): RecordContent {
  const { kind, text } = record.identity;
  return {
    timeUnixNano: record.timeUnixNano,
    observedTimeUnixNano: record.observedTimeUnixNano,
    severityNumber: record.severityNumber,
    severityText: record.severityText.toWellFormed(),
    eventName: printable(record.eventName),
    body: record.body === undefined ? undefined : value(record.body, VALUE_DEPTH),
    traceId: record.traceId,
    spanId: record.spanId,
    flags: record.flags,
    droppedAttributesCount: record.droppedAttributesCount,
    attributes: entries(record.attributes, VALUE_DEPTH),
    group: mendedGroup(record.group),
    identity: { kind, text: printable(text) || 'unknown' },
  };
}

function mendedGroup(group: ScopeGroup): ScopeGroup {
  const attributes = entries(group.resource.attributes, VALUE_DEPTH);
  const resource: ResourceGroup = {
    attributes,
    fields: group.resource.fields,
    attribute: (key) => attributes.find(([name]) => name === key)?.[1],
  };
  return {
    resource,
    name: group.name.toWellFormed(),
    version: group.version.toWellFormed(),
    attributes: entries(group.attributes, VALUE_DEPTH),
    fields: group.fields,
  };
}

function entries(list: readonly KeyValue[], depth: number): readonly KeyValue[] {
  const mendedList = new Map<string, AttributeValue>();
  for (const [name, item] of list) mendedList.set(name.toWellFormed(), value(item, depth));
  return [...mendedList];
}

function value(given: AttributeValue, depth: number): AttributeValue {
  if (typeof given === 'string') return given.toWellFormed();
  if (typeof given !== 'object' || given === null || given instanceof Uint8Array) return given;
  if (depth >= DEPTH_MAX) return null;
  if (given instanceof KeyValueList) return new KeyValueList(entries(given.entries, depth + 1));
  return given.map((item) => value(item, depth + 1));
}

/** Control characters and blanks percent-encoded, so that something visible stands there. */
function printable(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\s]/gu, encodeURIComponent);
}
