import { KeyValueList } from '../sdk/index.ts';
import type { AttributeValue, KeyValue } from '../sdk/index.ts';
import { plainText, wireText } from './canonical.ts';
import type { EventSigner } from './event-signer.ts';
import { governanceCloudEvent, governanceEvent, isRfc3339 } from './governance.ts';
import type { GovernanceEvent } from './governance.ts';
import type { RecordContent } from './record-event.ts';
import { rfc3339Nano } from './time.ts';

/** `event.domain` of a log record that stands for a governance event (behaviours O2). */
export const GOVERNANCE_DOMAIN = 'agent_os.governance';

/** Source of the reference's sinks, and of an event that names no agent. */
export const SINK_SOURCE = '/agent-os';

const META = 'agt.audit.meta.';

/** Metadata that the reference's sinks write themselves (behaviours K2, K3); the rest are attributes. */
const OWN_META: ReadonlySet<string> = new Set([
  'event_id',
  'schema_version',
  'severity',
  'cloudevent',
  'resource',
  'policy_name',
  'session_id',
]);

/**
 * The governance event that an audit record stands for, with the source to give it; `undefined`
 * where the record names no event type and so is an ordinary log record.
 *
 * Attributes say what happened, the body only when. The CloudEvent that came with it is not read.
 */
export function governanceEventOfRecord(
  record: RecordContent,
  attributes: readonly KeyValue[],
  source: string,
): { event: GovernanceEvent; source: string } | undefined {
  const given = new Map(attributes);
  const kind = textOf(given.get('agt.audit.event_type'));
  if (kind === '') return undefined;
  const latency = given.get('agt.audit.latency_ms');
  const agentId = textOf(given.get('agt.agent.id'));
  const event = governanceEvent({
    kind,
    agentId,
    schemaVersion: textOf(given.get(`${META}schema_version`)) || '1',
    eventId: textOf(given.get(`${META}event_id`)) || record.identity.text,
    occurredAt: occurredAt(record),
    severity: textOf(given.get(`${META}severity`)) || 'info',
    sessionId: textOf(given.get(`${META}session_id`)),
    action: textOf(given.get('agt.audit.action')),
    resource: textOf(given.get(`${META}resource`)),
    decision: textOf(given.get('agt.audit.decision')),
    reason: textOf(given.get('agt.audit.reason')),
    policyName: textOf(given.get(`${META}policy_name`)),
    latencyMs: typeof latency === 'number' || typeof latency === 'bigint' ? latency : 0,
    traceId: record.traceId,
    spanId: record.spanId,
    attributes: metaAttributes(attributes),
  });
  return { event, source: source === '' && agentId === '' ? SINK_SOURCE : source };
}

function textOf(value: AttributeValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function metaAttributes(given: readonly KeyValue[]): readonly KeyValue[] {
  const found: KeyValue[] = [];
  for (const [key, value] of given) {
    if (!key.startsWith(META)) continue;
    const name = key.slice(META.length);
    if (!OWN_META.has(name)) found.push([name, value]);
  }
  return found;
}

/** Where the reference writes the time: first in the body. */
const FIRST_TIMESTAMP = /^\{"timestamp": ?"([^"\\]{0,64})"/;

function occurredAt(record: RecordContent): string {
  const { body } = record;
  const stated = typeof body === 'string' ? (FIRST_TIMESTAMP.exec(body)?.[1] ?? '') : '';
  if (isRfc3339(stated)) return stated;
  const time = record.timeUnixNano === 0n ? record.observedTimeUnixNano : record.timeUnixNano;
  return time === 0n ? '' : rfc3339Nano(time);
}

/** A log record as the reference's OTLP sink writes it for an event (behaviours K2, O2). */
export interface AuditRecord {
  readonly body: string;
  readonly severityText: 'INFO';
  readonly severityNumber: 9;
  readonly attributes: readonly KeyValue[];
}

/** The audit record of an event, with its CloudEvent signed where a signer is given. */
export function auditRecordOf(
  event: GovernanceEvent,
  signer?: EventSigner,
  source = SINK_SOURCE,
): AuditRecord {
  const unsigned = governanceCloudEvent(event, source);
  const cloudEvent = signer === undefined ? unsigned : signer.sign(unsigned);
  const metadata: KeyValue[] = [
    ['event_id', event.eventId],
    ['schema_version', event.schemaVersion],
    ['severity', event.severity],
    ['cloudevent', wireText(cloudEvent)],
  ];
  if (event.resource !== '') metadata.push(['resource', event.resource]);
  if (event.policyName !== '') metadata.push(['policy_name', event.policyName]);
  if (event.sessionId !== '') metadata.push(['session_id', event.sessionId]);
  const entry = new KeyValueList([
    ['timestamp', event.occurredAt],
    ['event_type', event.kind],
    ['agent_id', event.agentId],
    ['action', event.action],
    ['decision', event.decision],
    ['reason', event.reason],
    ['latency_ms', event.latencyMs],
    ['metadata', new KeyValueList(metadata)],
  ]);
  return {
    body: plainText(entry),
    severityText: 'INFO',
    severityNumber: 9,
    attributes: auditAttributes(event, metadata),
  };
}

function auditAttributes(event: GovernanceEvent, metadata: readonly KeyValue[]): KeyValue[] {
  const attributes: KeyValue[] = [
    ['event.domain', GOVERNANCE_DOMAIN],
    ['event.name', 'audit_entry'],
    ['agt.agent.id', event.agentId],
    ['agt.audit.event_type', event.kind],
    ['agt.audit.action', event.action],
    ['agt.audit.decision', event.decision],
    ['agt.audit.latency_ms', event.latencyMs],
  ];
  if (event.reason !== '') attributes.push(['agt.audit.reason', event.reason]);
  for (const [key, value] of metadata) attributes.push([`${META}${key}`, value]);
  return attributes;
}
