import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { KeyValueList } from '../sdk/index.ts';
import type { AttributeValue } from '../sdk/index.ts';
import {
  auditRecordOf,
  canonicalText,
  envelopeBytes,
  EnvelopeSigner,
  envelopeStoreKey,
  EventSigner,
  generateKey,
  governanceCloudEvent,
  governanceEventOf,
  GOVERNANCE_TYPES,
  jcsText,
  MemoryNonceStore,
  MessageSigner,
  messageText,
  parseJson,
  wireText,
} from './index.ts';

/** Vector files are read with the parser under test: it keeps 1 and 1.0 apart. */
function load(file: string): KeyValueList {
  const path = new URL(`../../test/vectors/data/${file}`, import.meta.url);
  const parsed = parseJson(readFileSync(path));
  if (!parsed.ok || !(parsed.value instanceof KeyValueList)) throw new Error(`${file} unreadable`);
  return parsed.value;
}

function object(value: AttributeValue | undefined): KeyValueList {
  if (!(value instanceof KeyValueList)) throw new TypeError('not an object');
  return value;
}

function list(value: AttributeValue | undefined): KeyValueList[] {
  if (!Array.isArray(value)) throw new TypeError('not a list');
  return value.map(object);
}

function text(value: AttributeValue | undefined): string {
  if (typeof value !== 'string') throw new TypeError('not a text');
  return value;
}

function number(value: AttributeValue | undefined): number {
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new TypeError('not a number');
  return Number(value);
}

function hex(value: AttributeValue | undefined): Buffer {
  return Buffer.from(text(value), 'hex');
}

/** All but what the reference does and a better system should not. */
function rows(file: KeyValueList, group: string): [string, KeyValueList][] {
  return list(file.get(group))
    .filter((row) => row.get('conformance') !== 'reference_quirk')
    .map((row, index) => [nameOf(row) ?? `row ${index}`, row]);
}

function nameOf(row: KeyValueList): string | undefined {
  const name = row.get('id') ?? row.get('name');
  return typeof name === 'string' ? name : undefined;
}

describe('cloudevents.json', () => {
  const file = load('cloudevents.json');
  const signer = new EventSigner(hex(file.get('signing_key_hex')));

  test('the type table is the reference’s', () => {
    const table = object(file.get('type_map')).entries;
    expect(Object.fromEntries(table)).toEqual(GOVERNANCE_TYPES);
  });

  test.each(rows(file, 'cases'))('%s', (_, row) => {
    const expected = object(row.get('expect'));
    const source = row.get('source_argument');
    const build = () =>
      governanceCloudEvent(
        governanceEventOf(object(row.get('event'))),
        source === null ? undefined : text(source),
      );
    if (expected.get('error') !== undefined) {
      expect(build).toThrow(/CloudEvents|missing/);
      return;
    }
    const event = build();
    expect(canonicalText(event)).toBe(canonicalText(object(expected.get('cloudevent_unsigned'))));
    expect(signer.canonicalOf(event)).toBe(text(expected.get('canonical')));
    const signed = signer.sign(event);
    expect(signed.get('agtsignature')).toBe(text(expected.get('agtsignature')));
    expect(signer.verify(signed)).toBe(true);
    const sink = governanceCloudEvent(
      governanceEventOf(object(row.get('event'))),
      text(expected.get('stdout_sink_source')),
    );
    expect(`${wireText(signer.sign(sink))}\n`).toBe(text(expected.get('stdout_sink_line')));
  });

  test.each(rows(file, 'tamper_cases'))('%s', (_, row) => {
    const key = row.get('key_hex');
    const verifier = key === undefined ? signer : new EventSigner(hex(key));
    expect(String(verifier.verify(text(row.get('envelope_json'))))).toBe(text(row.get('expect')));
  });

  test.each(rows(file, 'sign_idempotence'))('sign_idempotence %s', (_, row) => {
    const again = object(parsedOf(signer.signText(text(row.get('input_json')))));
    expect(again.get('agtsignature')).toBe(text(row.get('expect_agtsignature')));
  });

  // One case is of a backend that is switched off: it writes no record.
  const written = rows(file, 'otlp_cases').filter(([, row]) => row.get('log_record') !== undefined);
  test.each(written)('%s', (_, row) => {
    const expected = object(row.get('log_record'));
    const made = auditRecordOf(governanceEventOf(object(row.get('event'))), signer);
    expect(made.body).toBe(expected.get('body'));
    expect(made.severityText).toBe(expected.get('severity_text'));
    expect(made.severityNumber).toBe(number(expected.get('severity_number')));
    expect(canonicalText(new KeyValueList(made.attributes))).toBe(
      canonicalText(object(expected.get('attributes'))),
    );
  });
});

function parsedOf(input: string): AttributeValue {
  const parsed = parseJson(input);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

describe('agt_hmac.open.json', () => {
  const file = load('agt_hmac.open.json');
  const signer = new EventSigner(hex(file.get('key_hex')));

  test.each(rows(file, 'verify'))('verify: %s', (_, row) => {
    const check = signer.check(text(row.get('wire')));
    expect(check.verdict).toBe(row.get('expect'));
    if (check.verdict !== 'valid') expect(check.reason).toBe(row.get('reason'));
    if (check.verdict === 'valid') {
      const members = object(parsedOf(text(row.get('wire'))));
      expect(Buffer.from(signer.canonicalOf(members)).toString('hex')).toBe(
        row.get('canonical_hex'),
      );
    }
  });

  test.each(rows(file, 'sign'))('sign: %s', (_, row) => {
    const event = object(parsedOf(text(row.get('event_json'))));
    expect(Buffer.from(signer.canonicalOf(event)).toString('hex')).toBe(row.get('canonical_hex'));
    expect(signer.sign(event).get('agtsignature')).toBe(row.get('agtsignature'));
  });
});

test.each(rows(load('jcs.open.json'), 'vectors'))('jcs.open.json: %s', (_, row) => {
  const parsed = parseJson(hex(row.get('input_hex')));
  if (row.get('expect') === 'reject') {
    expect(parsed).toEqual({ ok: false, reason: row.get('reason') });
    return;
  }
  if (!parsed.ok) throw new Error(parsed.reason);
  expect(Buffer.from(jcsText(parsed.value)).toString('hex')).toBe(row.get('jcs_hex'));
});

describe('envelope.open.json', () => {
  const file = load('envelope.open.json');
  const mcp = object(file.get('mcp_hmac'));

  test.each(rows(mcp, 'vectors'))('mcp_hmac: %s', (_, row) => {
    const timestampMs = Date.parse(text(row.get('timestamp')));
    const signer = new MessageSigner(hex(mcp.get('key_hex')), { now: () => timestampMs });
    const message = {
      payload: text(row.get('payload')),
      nonce: text(row.get('nonce')),
      timestampMs,
      senderId: row.get('sender_id') === null ? null : text(row.get('sender_id')),
      signature: text(row.get('signature')),
    };
    expect(messageText(message)).toBe(row.get('canonical'));
    expect(signer.signatureOf(message)).toBe(row.get('signature'));
    const check = signer.verify(message);
    expect(check.valid ? 'valid' : 'reject').toBe(row.get('expect'));
    if (!check.valid) expect(check.reason).toBe(row.get('reason'));
  });

  // All rows are kept in the store of one verifier, whatever audience they name.
  const v1 = object(file.get('envelope_v1'));
  test.each(rows(v1, 'vectors'))('envelope_v1: %s', (_, row) => {
    const fields = {
      keyId: text(row.get('kid')),
      sender: text(row.get('sender')),
      audience: text(row.get('aud')),
      nonce: text(row.get('nonce')),
      timestampMs: BigInt(text(row.get('ts_ms'))),
      payload: hex(row.get('payload_hex')),
    };
    const now = () => Number(fields.timestampMs);
    const signer = new EnvelopeSigner(hex(v1.get('hmac_key_hex')), {
      keyId: fields.keyId,
      audience: fields.audience,
      store: new MemoryNonceStore({ now }),
      now,
    });
    expect(Buffer.from(envelopeBytes(fields)).toString('hex')).toBe(row.get('signed_bytes_hex'));
    const signature = signer.signatureOf(fields);
    expect(signature).toBe(row.get('hmac_sha256_b64u'));
    expect(envelopeStoreKey('cluster-1/logs', fields.sender, fields.nonce)).toBe(
      row.get('store_key_hex'),
    );
    expect(signer.verify({ ...fields, signature }).valid).toBe(true);
    expect(signer.verify({ ...fields, signature })).toEqual({
      valid: false,
      reason: 'duplicate_nonce',
    });
  });
});

describe('signer.json', () => {
  const file = load('signer.json');
  const START = 1_775_000_000_000;

  test.each(rows(file, 'sign_cases'))('%s', (_, row) => {
    const microseconds = row.get('timestamp_epoch_us');
    const fields = {
      payload: text(row.get('payload')),
      nonce: text(row.get('nonce')),
      timestampMs:
        microseconds === undefined ? number(row.get('timestamp_ms')) : number(microseconds) / 1000,
      senderId: row.get('sender_id') === null ? null : text(row.get('sender_id')),
    };
    const signer = new MessageSigner(hex(row.get('key_hex')), { now: () => START });
    expect(messageText(fields)).toBe(row.get('canonical'));
    expect(signer.signatureOf(fields)).toBe(row.get('signature'));
  });

  test.each(rows(file, 'input_error_cases'))('%s', (_, row) => {
    const input = object(row.get('input'));
    const run = () => inputCase(input);
    if (row.get('expect') === 'ok') expect(run).not.toThrow();
    else expect(run).toThrow(/key|payload|must|surrogate/);
  });

  function inputCase(input: KeyValueList): void {
    const options = { now: () => START };
    const keyBytes = input.get('key_bytes');
    const units = input.get('payload_utf16_units');
    const base64 = input.get('base64_key');
    if (keyBytes !== undefined) new MessageSigner(new Uint8Array(number(keyBytes)), options);
    else if (base64 !== undefined) MessageSigner.fromBase64Key(text(base64), options);
    else if (Array.isArray(units)) {
      new MessageSigner(generateKey(), options).sign(String.fromCharCode(...units.map(Number)));
    } else if (input.get('payload') !== undefined) {
      new MessageSigner(generateKey(), options).sign(input.get('payload') as string);
    } else new MessageSigner(generateKey(), { ...options, ...configOf(input) });
  }

  function configOf(config: KeyValueList) {
    const given = (name: string, key: string) => {
      const value = config.get(name);
      return value === undefined ? {} : { [key]: number(value) };
    };
    return {
      ...given('replay_window_ms', 'replayWindowMs'),
      ...given('nonce_cache_cleanup_interval_ms', 'cleanupIntervalMs'),
      ...given('max_nonce_cache_size', 'maxNonces'),
    };
  }

  test.each(rows(file, 'verify_scenarios'))('%s', (_, row) => {
    let now = number(row.get('start_ms'));
    const options = { now: () => now, ...configOf(object(row.get('config'))) };
    const signer = new MessageSigner(hex(row.get('key_hex')), options);
    for (const step of list(row.get('steps'))) {
      switch (step.get('op')) {
        case 'set_clock':
          now = number(step.get('now_ms'));
          break;
        case 'count':
          expect(signer.count()).toBe(number(step.get('expect')));
          break;
        case 'cleanup':
          expect(signer.cleanup()).toBe(number(step.get('expect_removed')));
          break;
        default:
          verifyStep(signer, step);
      }
    }
  });

  function verifyStep(signer: MessageSigner, step: KeyValueList): void {
    const envelope = object(step.get('envelope'));
    const expected = object(step.get('expect'));
    const check = signer.verify({
      payload: text(envelope.get('payload')),
      nonce: text(envelope.get('nonce')),
      timestampMs: number(envelope.get('timestamp_ms')),
      senderId: envelope.get('sender_id') === null ? null : text(envelope.get('sender_id')),
      signature: text(envelope.get('signature')),
    });
    const reason = expected.get('reason_class');
    if (check.valid) {
      expect(reason).toBe('ok');
      expect(check.payload).toBe(expected.get('payload'));
      expect(check.senderId).toBe(expected.get('sender_id'));
    } else expect(check.reason).toBe(reason === 'error' ? 'malformed' : reason);
    expect(signer.count()).toBe(number(step.get('nonce_count_after')));
  }
});

describe('nonce.json', () => {
  const file = load('nonce.json');

  test.each(rows(file, 'scenarios'))('%s', (_, row) => {
    let now = number(row.get('start_ms'));
    const maxEntries = number(row.get('max_entries'));
    const store = new MemoryNonceStore({ now: () => now, maxEntries });
    for (const op of list(row.get('ops'))) {
      const expected = op.get('expect');
      if (op.get('op') === 'set_clock') now = number(op.get('now_ms'));
      else
        expect(outcome(store, op)).toBe(typeof expected === 'bigint' ? Number(expected) : expected);
      const count = op.get('count_after');
      if (count !== undefined) expect(store.count()).toBe(number(count));
    }
  });

  function outcome(store: MemoryNonceStore, op: KeyValueList): string | boolean | number {
    switch (op.get('op')) {
      case 'add':
        return store.add(text(op.get('nonce')), number(op.get('expires_at_ms')))
          ? 'ok'
          : 'capacity_error';
      case 'has':
        return store.has(text(op.get('nonce')));
      case 'cleanup':
        return store.cleanup();
      default:
        return store.count();
    }
  }

  test.each(rows(file, 'config_error_cases'))('config %s', (_, row) => {
    const maxEntries = number(row.get('max_entries'));
    expect(() => new MemoryNonceStore({ now: () => 0, maxEntries })).toThrow(/positive/);
  });
});
