import assert from 'node:assert/strict';
import type { ComponentDefinition, ComponentKind } from '../sdk/index.ts';
import { exampleOf, folderOf } from './pages.ts';

/** A part of the example: a component, what to say above it, and lines that differ here. */
interface Part {
  readonly kind: ComponentKind;
  readonly type: string;
  readonly comment: string;
  /** Replaces text of the component's own example. */
  readonly changes?: readonly (readonly [string, string])[];
}

const PARTS: readonly Part[] = [
  {
    kind: 'receiver',
    type: 'otlp',
    comment: `OTLP over HTTP from any OpenTelemetry SDK: protobuf and JSON, POST /v1/logs.
Only this machine can reach it; COUNTERSIGN_HOST=0.0.0.0 opens it, in a container for example.`,
    changes: [['127.0.0.1:', '${env:COUNTERSIGN_HOST:-127.0.0.1}:']],
  },
  {
    kind: 'processor',
    type: 'nonce_dedup',
    comment: `Every record passes once. A request that is sent again is recognised and not delivered
twice; another record under a nonce already used is refused as a replay.`,
  },
  {
    kind: 'processor',
    type: 'poisoning_guard',
    comment: 'Blocks records whose texts try to take over the agent or model that reads them.',
  },
  {
    kind: 'processor',
    type: 'signer',
    comment: `Makes a signed CloudEvent of every record. \`generate\` makes a key for this run, and health
is degraded with it; for real use: COUNTERSIGN_SIGNING_KEY=hmac:$(openssl rand -base64 32)`,
  },
  { kind: 'exporter', type: 'stdout', comment: 'One signed CloudEvent a line.' },
];

const HEAD = `# countersign: the example configuration. It runs as it is: npm start
# Generated from the components' own examples by \`npm run docs\`; every key is in docs/reference/.
#
# Check a file with \`countersign validate --config FILE\`, see what it comes to with
# \`countersign print-config --config FILE\`.
`;

const SERVICE = `service:
  pipelines:
    # A record is answered for only when every exporter has it; what is blocked or refused is told
    # to the sender, with the reason.
    logs:
      receivers: [otlp]
      processors: [nonce_dedup, poisoning_guard, signer]
      exporters: [stdout]

  # /livez, /readyz, /status (every component with a sentence), /ledger (the books of every stage)
  health:
    endpoint: \${env:COUNTERSIGN_HOST:-127.0.0.1}:13133

  telemetry:
    # The daemon's own log on stderr.
    logs:
      level: info
    # Prometheus: /metrics
    metrics:
      address: \${env:COUNTERSIGN_HOST:-127.0.0.1}:8888

  # What is let in at once. Beyond it senders are told to come back; nothing is dropped.
  admission:
    max_in_flight_bytes: 64MiB
    answer_within: 8s

  # Longest time a drain may take after SIGTERM or Ctrl-C.
  shutdown_timeout: 30s
`;

/** A commented place to send records to besides stdout. */
const OTLP_HTTP = `  # Records to an observability backend as well: uncomment, set the endpoint, and add otlp_http to
  # the exporters below.
  # otlp_http:
  #   endpoint: http://127.0.0.1:4319
`;

/** config.example.yaml, out of the components' own examples. */
export function exampleConfig(definitions: readonly ComponentDefinition[]): string {
  let text = HEAD;
  let section: ComponentKind | undefined;
  for (const part of PARTS) {
    const definition = definitions.find(
      ({ kind, type }) => kind === part.kind && type === part.type,
    );
    assert(definition !== undefined, `the example needs the ${part.kind} ${part.type}`);
    text += part.kind === section ? '\n' : `\n${folderOf(part.kind)}:\n`;
    section = part.kind;
    text += `${part.comment.replaceAll(/^/gm, '  # ')}\n`;
    text += exampleOf(part.type, changed(part, definition.example));
  }
  return `${text}\n${OTLP_HTTP}\n${SERVICE}`;
}

function changed({ type, changes = [] }: Part, example: string): string {
  let text = example;
  for (const [from, to] of changes) {
    assert(text.includes(from), `the example of ${type} no longer says ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}
