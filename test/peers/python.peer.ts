import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { EventSigner } from '../../src/events/index.ts';
import { Backend } from '../harness/backend.ts';
import { KEY, KEY_TEXT, WHOLE_WAY } from '../harness/configs.ts';
import { withDaemon } from '../harness/daemon.ts';
import { summary } from '../harness/ledger-page.ts';
import { python } from './installed.ts';

const script = (name: string) => new URL(name, import.meta.url).pathname;

let sdk = '';
let reference = '';

beforeAll(() => {
  sdk = python('opentelemetry-1.45.2', [
    'opentelemetry-sdk==1.45.2',
    'opentelemetry-exporter-otlp-proto-http==1.45.2',
  ]);
  reference = python('reference-5.0.0', ['agent-governance-toolkit-core==5.0.0']);
});

/** What the reference says of each line: `true` or `false`. */
function verifiedByReference(lines: readonly string[], key: Uint8Array): string[] {
  const output = execFileSync(
    reference,
    [script('reference.py'), 'verify', Buffer.from(key).toString('hex')],
    { input: `${lines.join('\n')}\n`, encoding: 'utf8' },
  );
  return output.trim().split('\n');
}

/** An audit entry as the reference's own OTLP sink sends it, and an ordinary record beside it. */
const GROUPS = [
  {
    resource: { 'service.name': 'planner' },
    scope: 'audit',
    records: [
      {
        body: '{"timestamp": "2026-04-01T08:30:00.123456+00:00", "event_type": "tool_call_blocked"}',
        attributes: {
          'event.domain': 'agent_os.governance',
          'agt.agent.id': 'caf\u00e9 \u{1f600}',
          'agt.audit.event_type': 'tool_call_blocked',
          'agt.audit.action': 'shell',
          'agt.audit.decision': 'deny',
          'agt.audit.latency_ms': 0,
          'agt.audit.meta.event_id': 'evt-1',
          'agt.audit.meta.severity': 'high',
        },
      },
      {
        time: 1_760_000_000_123_456_789n,
        body: new Map<string, string | number | bigint | null>([
          ['10', 1e16],
          ['9', 1e-5],
          ['\u{1f600}', 2n ** 53n + 1n],
          ['\uff5e', -0],
          ['none', null],
        ]),
        attributes: { raw: new Uint8Array([0, 255]), nan: Number.NaN, whole: 5 },
      },
    ],
  },
] as const;

describe('the reference in Python', () => {
  test('verifies what is signed here, and not what was changed on the way', async () => {
    await using backend = await Backend.start();
    const env = { BACKEND: backend.url, SIGNING_KEY: KEY_TEXT };
    await withDaemon({ config: WHOLE_WAY, env }, async (daemon) => {
      expect(await daemon.post({ groups: GROUPS })).toMatchObject({ status: 200, rejected: 0 });
      await daemon.events(2);
      const { lines } = daemon;
      expect(verifiedByReference(lines, KEY)).toEqual(['true', 'true']);
      const changed = lines.map((line) => line.replace(/"id":"/, '"id":"x'));
      expect(verifiedByReference(changed, KEY)).toEqual(['false', 'false']);
      expect(verifiedByReference(lines, new Uint8Array(32))).toEqual(['false', 'false']);
    });
  });

  test('signs what verifies here', () => {
    const output = execFileSync(reference, [script('reference.py'), 'sign', KEY.toString('hex')], {
      encoding: 'utf8',
    });
    const lines = output.trim().split('\n');
    const signer = new EventSigner(new Uint8Array(KEY));
    expect(lines.map((line) => signer.check(line).verdict)).toEqual(['valid', 'valid']);
    const changed = lines.map((line) => line.replace('"decision": "', '"decision": "not '));
    expect(changed.map((line) => signer.check(line).verdict)).toEqual(['invalid', 'invalid']);
  });
});

test('the OpenTelemetry SDK for Python, over HTTP with gzip', async () => {
  await using backend = await Backend.start();
  const env = { BACKEND: backend.url, SIGNING_KEY: KEY_TEXT };
  await withDaemon({ config: WHOLE_WAY, env }, async (daemon) => {
    // Not the synchronous form: the backend answers from this process.
    await promisify(execFile)(sdk, [script('sdk_client.py'), `${daemon.url}/v1/logs`, '50']);
    const events = await daemon.events(50);
    expect(events[49]).toMatchObject({
      source: '/python/planner',
      data: { body: 'step 49 of the plan', attributes: { step: 49, ratio: 0.5 } },
    });
    expect(backend.records).toHaveLength(50);
    const page = await daemon.booksAtRest();
    expect(summary(page.pipeline())).toEqual({ submitted: 50, delivered: 50 });
  });
});
