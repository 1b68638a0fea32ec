import type { AttributeValue, KeyValue } from '../sdk/index.ts';
import { KeyValueList } from '../sdk/index.ts';
import { faultOf } from './fault.ts';

/** The kinds of the reference with the CloudEvents type of each (behaviours C5). */
export const GOVERNANCE_TYPES = {
  policy_check: 'ai.agentos.policy.check',
  policy_violation: 'ai.agentos.policy.violation',
  tool_call_blocked: 'ai.agentos.tool.blocked',
  prompt_injection_detected: 'ai.agentos.prompt_injection.detected',
  identity_verified: 'ai.agentos.identity.verified',
  identity_rejected: 'ai.agentos.identity.rejected',
  resource_access: 'ai.agentos.resource.access',
  escalation_requested: 'ai.agentos.escalation.requested',
  checkpoint_created: 'ai.agentos.checkpoint.created',
  anomaly_detected: 'ai.agentos.anomaly.detected',
  mcp_tool_poisoning: 'ai.agentos.mcp.tool_poisoning',
  content_violation: 'ai.agentos.content.violation',
} as const;

export type GovernanceKind = keyof typeof GOVERNANCE_TYPES;

/** What a governed agent did and what its policy said about it. Empty texts count as not given. */
export interface GovernanceEvent {
  readonly schemaVersion: string;
  readonly eventId: string;
  /** RFC 3339 with seconds and an offset, printed as it stands; empty: not known. */
  readonly occurredAt: string;
  /** One of {@link GOVERNANCE_TYPES}, or a name of the sender's own. */
  readonly kind: string;
  readonly severity: string;
  readonly agentId: string;
  readonly agentDid: string;
  readonly sessionId: string;
  readonly action: string;
  readonly resource: string;
  readonly decision: string;
  readonly reason: string;
  readonly policyName: string;
  /** Milliseconds; a `number` prints as a float (`0.0`), a `bigint` as an integer. */
  readonly latencyMs: number | bigint;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: readonly KeyValue[];
}

/** The defaults of the reference (behaviours C1), save for id and time, which have none here. */
const DEFAULTS: Omit<GovernanceEvent, 'eventId' | 'occurredAt'> = {
  schemaVersion: '1',
  kind: 'policy_check',
  severity: 'info',
  agentId: '',
  agentDid: '',
  sessionId: '',
  action: '',
  resource: '',
  decision: '',
  reason: '',
  policyName: '',
  latencyMs: 0,
  traceId: '',
  spanId: '',
  parentSpanId: '',
  attributes: [],
};

/** An event with the defaults for all that is not given. */
export function governanceEvent(
  fields: Partial<GovernanceEvent> & Pick<GovernanceEvent, 'eventId' | 'occurredAt'>,
): GovernanceEvent {
  return { ...DEFAULTS, ...fields };
}

const TEXT_FIELDS = [
  ['schema_version', 'schemaVersion'],
  ['event_id', 'eventId'],
  ['occurred_at', 'occurredAt'],
  ['kind', 'kind'],
  ['severity', 'severity'],
  ['agent_id', 'agentId'],
  ['agent_did', 'agentDid'],
  ['session_id', 'sessionId'],
  ['action', 'action'],
  ['resource', 'resource'],
  ['decision', 'decision'],
  ['reason', 'reason'],
  ['policy_name', 'policyName'],
  ['trace_id', 'traceId'],
  ['span_id', 'spanId'],
  ['parent_span_id', 'parentSpanId'],
] as const;

/**
 * The event that the reference's flat form (`to_dict`, snake_case) stands for; members that are
 * missing or null take the defaults. Throws a {@link Fault} for members of another type.
 */
export function governanceEventOf(flat: AttributeValue): GovernanceEvent {
  if (!(flat instanceof KeyValueList)) throw faultOf('missing_attribute');
  const texts: Partial<Record<(typeof TEXT_FIELDS)[number][1], string>> = {};
  for (const [name, field] of TEXT_FIELDS) {
    const value = flat.get(name) ?? null;
    if (value === null) continue;
    if (typeof value !== 'string') throw faultOf('missing_attribute');
    texts[field] = value;
  }
  const latency = flat.get('latency_ms') ?? 0;
  const attributes = flat.get('attributes') ?? new KeyValueList([]);
  if (typeof latency !== 'number' && typeof latency !== 'bigint')
    throw faultOf('missing_attribute');
  if (!(attributes instanceof KeyValueList)) throw faultOf('missing_attribute');
  return governanceEvent({
    eventId: '',
    occurredAt: '',
    ...texts,
    latencyMs: latency,
    attributes: attributes.entries,
  });
}

/** Members that the reference leaves out of the flat form when they are not given. */
const OPTIONAL: ReadonlySet<string> = new Set([
  'agent_did',
  'session_id',
  'resource',
  'policy_name',
  'trace_id',
  'span_id',
  'parent_span_id',
]);

/** The flat form of the reference (`to_dict`): absent optional members left out. */
export function governanceRecord(event: GovernanceEvent): KeyValueList {
  const members: KeyValue[] = [];
  for (const [name, field] of TEXT_FIELDS) {
    if (event[field] === '' && OPTIONAL.has(name)) {
      continue;
    }
    members.push([name, event[field]]);
  }
  members.push(['latency_ms', event.latencyMs], ['attributes', new KeyValueList(event.attributes)]);
  return new KeyValueList(members);
}

/**
 * Names in `data` that belong to the event itself. An attribute of such a name is left out, set or
 * not, so that a signed event never says of itself what only an attribute said (weakness W4).
 */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'action',
  'decision',
  'reason',
  'severity',
  'latency_ms',
  'resource',
  'policy_name',
  'agent_id',
  'agent_did',
]);

/**
 * The CloudEvent of a governance event, as the reference builds it (behaviours C3–C7).
 *
 * `source` wins where it is not empty, then the agent's DID, then `/agent-os/agent/<agent id>`.
 * Throws a {@link Fault} where none is there, and where id, source or time is not fit for
 * CloudEvents: `control_character` or `missing_attribute`.
 */
export function governanceCloudEvent(event: GovernanceEvent, source = ''): KeyValueList {
  const members: KeyValue[] = [
    ['specversion', '1.0'],
    ['id', checked(event.eventId)],
    ['type', checked(governanceType(event.kind))],
    ['source', checked(sourceOf(event, source))],
    ['datacontenttype', 'application/json'],
    ['data', new KeyValueList(dataOf(event))],
    ['schemaversion', event.schemaVersion],
  ];
  // No time is a legal event, a made-up one is not.
  if (event.occurredAt !== '') members.push(['time', checkedTime(event.occurredAt)]);
  if (event.sessionId !== '') members.push(['sessionid', event.sessionId]);
  if (event.traceId !== '') members.push(['traceid', event.traceId]);
  if (event.spanId !== '') members.push(['spanid', event.spanId]);
  if (event.parentSpanId !== '') members.push(['parentspanid', event.parentSpanId]);
  return new KeyValueList(members);
}

/** The CloudEvents type of a kind; one that the reference does not know stands below its own name. */
export function governanceType(kind: string): string {
  if (kind === '') throw faultOf('missing_attribute');
  return Object.hasOwn(GOVERNANCE_TYPES, kind)
    ? GOVERNANCE_TYPES[kind as GovernanceKind]
    : `ai.agentos.governance.${kind}`;
}

function dataOf(event: GovernanceEvent): KeyValue[] {
  const members = event.attributes.filter(([name]) => !RESERVED_NAMES.has(name));
  members.push(
    ['action', event.action],
    ['decision', event.decision],
    ['reason', event.reason],
    ['severity', event.severity],
    ['latency_ms', event.latencyMs],
  );
  if (event.resource !== '') members.push(['resource', event.resource]);
  if (event.policyName !== '') members.push(['policy_name', event.policyName]);
  if (event.agentId !== '') members.push(['agent_id', event.agentId]);
  if (event.agentDid !== '') members.push(['agent_did', event.agentDid]);
  return members;
}

function sourceOf(event: GovernanceEvent, source: string): string {
  if (source !== '') return source;
  if (event.agentDid !== '') return event.agentDid;
  if (event.agentId === '') throw faultOf('missing_attribute');
  return `/agent-os/agent/${percentEncode(event.agentId)}`;
}

/** Percent-encoded UTF-8: only `A-Z a-z 0-9 - . _ ~` stand for themselves (RFC 3986, 2.3). */
export function percentEncode(text: string): string {
  if (!text.isWellFormed()) throw faultOf('lone_surrogate');
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (unit) => `%${unit.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Printable text with something to see in it: CloudEvents strings hold no control characters. */
const PRINTABLE = /^[^\p{Cc}\u2028\u2029]*[^\p{Cc}\s][^\p{Cc}\u2028\u2029]*$/u;

/** The text itself; a fault where it cannot be a CloudEvents attribute. */
export function checked(text: string): string {
  if (text === '') throw faultOf('missing_attribute');
  if (!PRINTABLE.test(text)) throw faultOf('control_character');
  return text;
}

/** RFC 3339 date-time; days per month are left to the reader. */
const RFC3339 =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** True for an RFC 3339 date-time with seconds and an offset. */
export function isRfc3339(text: string): boolean {
  return RFC3339.test(text);
}

function checkedTime(text: string): string {
  if (!isRfc3339(text)) throw faultOf('missing_attribute');
  return text;
}
