import { KeyValueList } from '../sdk/index.ts';
import type { KeyValue, LogRecord, ResourceGroup, ScopeGroup } from '../sdk/index.ts';
import { CLOUDEVENT_ATTRIBUTE, LOG_TYPE } from './attribute-names.ts';
import { ShapeCache } from './attribute-shape.ts';
import type { AttributeShape } from './attribute-shape.ts';
import { canonicalText, canonicalValue, quote, wellFormed } from './canonical.ts';
import { SIGNING_HEAD_BYTES } from './event-signer.ts';
import type { EventSigner } from './event-signer.ts';
import { Fault, faultOf } from './fault.ts';
import { checked, percentEncode } from './governance.ts';
import { governanceEventOfRecord, GOVERNANCE_DOMAIN } from './audit-record.ts';
import { governanceCloudEvent } from './governance.ts';
import { parseJson, VALUE_DEPTH } from './json.ts';
import { Piece } from './line-bytes.ts';
import { mended } from './mended.ts';
import { RecordKernel } from './record-kernel.ts';
import type { SharedParts } from './record-kernel.ts';
import type { TextColumn } from './text-column.ts';
import { rfc3339Nano } from './time.ts';
import { hasValidText } from './utf8.ts';

export interface RecordEventOptions {
  /** The attribute that carries signed text; never part of an event. */
  readonly attribute?: string;
  /** Source of governance events; empty: the agent's (behaviours C3). */
  readonly source?: string;
}

/** What of a record goes into its event. */
export type RecordContent = Pick<
  LogRecord,
  | 'timeUnixNano'
  | 'observedTimeUnixNano'
  | 'severityNumber'
  | 'severityText'
  | 'eventName'
  | 'body'
  | 'traceId'
  | 'spanId'
  | 'flags'
  | 'droppedAttributesCount'
  | 'attributes'
  | 'group'
  | 'identity'
>;

/** The part of an event that all records of one scope share, as text and as bytes. */
interface GroupText {
  /** `,"resource":{…},"scope":{…}`, each only where there is something in it. */
  readonly data: string;
  readonly source: string;
  readonly bytes: SharedParts;
}

/**
 * Writes records as CloudEvents in canonical form. One instance per stage: it remembers the
 * attribute names and the scopes it has just seen.
 */
export class RecordEvents {
  readonly #kernel: RecordKernel;
  readonly #shapes: ShapeCache;
  readonly #source: string;
  readonly #groups = new WeakMap<ScopeGroup, GroupText | Fault>();
  #lastGroup: ScopeGroup | undefined;
  #lastText: GroupText | Fault = faultOf('json');
  /** True when the last record that took the long way carries the attribute of signed text. */
  #carriesText = false;

  constructor(options: RecordEventOptions = {}) {
    const leftOut = options.attribute ?? CLOUDEVENT_ATTRIBUTE;
    this.#kernel = new RecordKernel(leftOut, SIGNING_HEAD_BYTES);
    this.#shapes = new ShapeCache(leftOut);
    this.#source = options.source ?? '';
  }

  /**
   * The signed event of a record: canonical text, signature first. Throws a {@link Fault} for a
   * record that cannot be signed so that all its readers read the same.
   */
  signed(record: LogRecord, signer: EventSigner): string {
    const end = this.#written(record);
    if (end < 0) return signer.signCanonical(this.#strictRest(record));
    const { memory } = this.#kernel.line;
    return memory.toString('utf8', signer.signInPlace(memory, end), end);
  }

  /**
   * As {@link signed}, with the text written into a column. Returns true when the record carries
   * the attribute for it already.
   */
  signInto(column: TextColumn, index: number, record: LogRecord, signer: EventSigner): boolean {
    const end = this.#written(record);
    if (end < 0) {
      const text = Buffer.from(signer.signCanonical(this.#strictRest(record)), 'utf8');
      column.add(index, text, 0, text.length);
      return this.#carriesText;
    }
    const { memory } = this.#kernel.line;
    column.add(index, memory, signer.signInPlace(memory, end), end);
    return this.#kernel.hasLeftOut;
  }

  /** The unsigned event of a record, canonical text. Throws as {@link signed}. */
  unsigned(record: LogRecord): string {
    const end = this.#written(record);
    const rest =
      end < 0
        ? this.#strictRest(record)
        : this.#kernel.line.memory.toString('utf8', SIGNING_HEAD_BYTES, end);
    return `{${rest.slice(1)}`;
  }

  /**
   * The unsigned event of any record: where it has no strict one, half surrogate pairs become
   * U+FFFD, of a repeated name the last value stands, what is too deep becomes null.
   */
  line(record: LogRecord): string {
    try {
      return this.unsigned(record);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      return `{${this.#rest(mended(record)).slice(1)}`;
    }
  }

  /** Where the kernel's text of the record ends; below 0 where it takes the long way. */
  #written(record: LogRecord): number {
    const { bytes } = record;
    const view = bytes instanceof Buffer ? bytes : Buffer.from(bytes);
    return this.#kernel.write(
      view,
      this.#groupText(record.group).bytes,
      () => record.identity.text,
    );
  }

  #strictRest(record: LogRecord): string {
    const rest = wellFormed(this.#rest(record));
    // A decoder writes U+FFFD for what is not UTF-8: then, and only then, the bytes are looked at.
    if (rest.includes('\ufffd') && !hasValidText(record)) throw faultOf('invalid_utf8');
    return rest;
  }

  /** `,"data":…}`: all members after those of the signature. */
  #rest(record: RecordContent): string {
    const attributes = record.attributes;
    const shape = this.#shapes.shapeOf(attributes);
    if (shape.fault !== undefined) throw shape.fault;
    this.#carriesText = shape.order.length < attributes.length;
    if (shape.domainAt >= 0 && attributes[shape.domainAt]?.[1] === GOVERNANCE_DOMAIN) {
      const event = governanceEventOfRecord(record, attributes, this.#source);
      if (event !== undefined) {
        return `,${canonicalText(governanceCloudEvent(event.event, event.source)).slice(1)}`;
      }
    }
    const group = this.#groupText(record.group);
    return logRest(record, attributesText(attributes, shape), group);
  }

  #groupText(group: ScopeGroup): GroupText {
    if (group !== this.#lastGroup) {
      let text = this.#groups.get(group);
      if (text === undefined) {
        text = groupText(group);
        this.#groups.set(group, text);
      }
      this.#lastGroup = group;
      this.#lastText = text;
    }
    if (this.#lastText instanceof Fault) throw this.#lastText;
    return this.#lastText;
  }
}

const STANDARD = new RecordEvents();

/** The CloudEvent of a record as a tree, without a signature. Throws as {@link RecordEvents.signed}. */
export function cloudEventOf(record: LogRecord, options?: RecordEventOptions): KeyValueList {
  const events = options === undefined ? STANDARD : new RecordEvents(options);
  const parsed = parseJson(events.unsigned(record));
  if (!parsed.ok) throw faultOf(parsed.reason);
  if (!(parsed.value instanceof KeyValueList)) throw faultOf('json');
  return parsed.value;
}

/** The unsigned event of any record in one line without its end; for records nobody signed. */
export function unsignedLine(record: LogRecord): string {
  return STANDARD.line(record);
}

function attributesText(attributes: readonly KeyValue[], shape: AttributeShape): string {
  const { order, heads } = shape;
  let text = '';
  for (let i = 0; i < order.length; i++) {
    const value = (attributes[order[i] as number] as KeyValue)[1];
    text += heads[i] as string;
    text += typeof value === 'string' ? quote(value) : canonicalValue(value, VALUE_DEPTH);
  }
  return text;
}

function logRest(record: RecordContent, attributes: string, group: GroupText): string {
  const { body, severityNumber, severityText, traceId, spanId, eventName } = record;
  let data = attributes === '' ? '' : `,"attributes":{${attributes}}`;
  if (body !== undefined) data += `,"body":${canonicalValue(body, VALUE_DEPTH)}`;
  if (record.droppedAttributesCount !== 0) {
    data += `,"droppedAttributesCount":${record.droppedAttributesCount}`;
  }
  if (record.flags !== 0) data += `,"flags":${record.flags}`;
  data += group.data;
  if (severityNumber !== 0) data += `,"severityNumber":${severityNumber}`;
  if (severityText !== '') data += `,"severityText":${quote(severityText)}`;
  const id = quote(checked(record.identity.text));
  const type = eventName === '' ? LOG_TYPE : checked(eventName);
  const span = spanId === '' ? '' : `,"spanid":"${spanId}"`;
  const trace = traceId === '' ? '' : `,"traceid":"${traceId}"`;
  return (
    `,"data":{${data.slice(1)}},"datacontenttype":"application/json","id":${id}` +
    `,"source":${group.source}${span},"specversion":"1.0"${timeMember(record)}${trace}` +
    `,"type":${quote(type)}}`
  );
}

/** The event's time, else when it was observed, else none: 1970 is not a time that is not known. */
function timeMember(record: RecordContent): string {
  const time = record.timeUnixNano === 0n ? record.observedTimeUnixNano : record.timeUnixNano;
  return time === 0n ? '' : `,"time":"${rfc3339Nano(time)}"`;
}

function groupText(group: ScopeGroup): GroupText | Fault {
  try {
    const { resource, name, version, attributes } = group;
    let data = '';
    if (resource.attributes.length > 0) {
      data += `,"resource":${canonicalValue(new KeyValueList(resource.attributes), VALUE_DEPTH - 1)}`;
    }
    const scope: KeyValue[] = [];
    if (name !== '') scope.push(['name', name]);
    if (version !== '') scope.push(['version', version]);
    if (attributes.length > 0) scope.push(['attributes', new KeyValueList(attributes)]);
    if (scope.length > 0)
      data += `,"scope":${canonicalValue(new KeyValueList(scope), VALUE_DEPTH - 1)}`;
    const source = quote(sourceOf(resource));
    const bytes = { data: Piece.of(wellFormed(data)), source: Piece.of(source) };
    return { data, source, bytes };
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
}

/** `/<service.namespace>/<service.name>`, percent-encoded; what is not given is left out. */
function sourceOf(resource: ResourceGroup): string {
  const namespace = resource.attribute('service.namespace');
  const name = resource.attribute('service.name');
  const service = typeof name === 'string' && name !== '' ? percentEncode(name) : 'unknown_service';
  return typeof namespace === 'string' && namespace !== ''
    ? `/${percentEncode(namespace)}/${service}`
    : `/${service}`;
}
