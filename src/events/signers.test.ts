import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyValueList } from '../sdk/index.ts';
import {
  EnvelopeSigner,
  EventSigner,
  generateKey,
  MemoryNonceStore,
  MessageSigner,
  parseKey,
} from './index.ts';
import type { Envelope, SignedMessage, SigningKey } from './index.ts';
import { Hmac } from './hmac.ts';

const BYTES = Buffer.from('0123456789abcdef0123456789ABCDEF');
const KEY = parseKey(`hmac:${BYTES.toString('base64')}`);
const START = 1_775_000_000_000;

test.each([
  ['no text', '', /CS_KEY_MISSING: there is no key; write hmac:/],
  ['blanks', ' \n', /CS_KEY_MISSING/],
  ['no prefix', BYTES.toString('base64'), /CS_KEY_INVALID: .*no prefix.*hmac:<base64.*raw:<text/],
  ['short', `hmac:${BYTES.subarray(1).toString('base64')}`, /CS_KEY_INVALID: .*31 bytes.*32/],
  ['no padding', `hmac:${BYTES.toString('base64url')}`, /CS_KEY_INVALID: .*not base64/],
  ['line end', `hmac:${BYTES.toString('base64')}\n`, /CS_KEY_INVALID: .*not base64/],
  ['unused bits set', `hmac:${BYTES.toString('base64').replace('Y=', 'Z=')}`, /not base64/],
  ['all bytes equal', `raw:${'a'.repeat(40)}`, /CS_KEY_INVALID: .*all equal/],
  ['short text', 'raw:password', /CS_KEY_INVALID: .*8 bytes/],
])('a key with %s is refused without showing it', (_, text, expected) => {
  const run = () => {
    try {
      parseKey(text);
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown) {
        throw new Error(`${String(thrown.code)}: ${thrown.message}`);
      }
    }
  };
  expect(run).toThrow(expected);
  if (text.trim() !== '') expect(run).not.toThrow(text.slice(6, 20));
});

test('a key is not shown', () => {
  for (const shown of [inspect(KEY, { depth: 9 }), JSON.stringify({ KEY }), String(KEY)]) {
    expect(shown).toContain('[REDACTED]');
  }
  expect(inspect(new EventSigner(KEY), { depth: 9, showHidden: true })).not.toMatch(
    /[0-9a-f]{2} [0-9a-f]{2}/,
  );
});

test.each([0, 1, 63, 64, 65, 200])('HMAC with a key of %i bytes is HMAC', (length) => {
  const key = Buffer.alloc(length, 'key');
  const hmac = new Hmac(key);
  for (const text of ['', 'a', 'é\u{1f600}', 'x'.repeat(30_000)]) {
    const expected = createHmac('sha256', key).update(text).digest('base64');
    expect(hmac.base64(text)).toBe(expected);
    expect(hmac.ofBytes(Buffer.from(text), 'base64')).toBe(expected);
  }
});

describe('EventSigner', () => {
  const signer = new EventSigner(BYTES);
  const event = new KeyValueList([
    ['id', '1'],
    ['agtsignaturealg', 'none'],
    ['agtsignature', 7n],
  ]);

  test('signing again gives the same', () => {
    const once = signer.sign(event);
    expect(signer.sign(once)).toEqual(once);
    expect(signer.verify(once)).toBe(true);
  });

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a number', 1],
    ['a plain object', { agtsignature: 'x' }],
    ['an array', []],
    ['bytes that are no text', '\u0000'],
    [
      'a list of a surrogate',
      new KeyValueList([
        ['a', '\ud800'],
        ['agtsignature', 'x'],
        ['agtsignaturealg', 'HMAC-SHA256'],
      ]),
    ],
    ['a tree without a signature', event],
    ['two signatures', new KeyValueList([...signer.sign(event).entries, ['agtsignature', 'x']])],
  ])('verify of %s is false', (_, input) => {
    expect(signer.verify(input)).toBe(false);
  });

  // The text of case-011: other spellings verify, other values do not.
  test('spelling does not matter, values do', () => {
    const text = signer.signText('{"data":{"score":1.0,"text":"\\u001B<","10":1,"9":2},"id":"1"}');
    expect(signer.verify(text)).toBe(true);
    expect(signer.verify(text.replace('<', '\\u003c'))).toBe(true);
    expect(signer.verify(text.replace('1.0', '1'))).toBe(false);
    expect(signer.verify(text.replace('"9":2', '"9":2,"9":2'))).toBe(false);
    expect(signer.verify(text.replace('HMAC-SHA256', 'hmac-sha256'))).toBe(false);
  });
});

describe('MessageSigner', () => {
  const clock = { now: START };
  const make = (delimiters: 'strict' | 'reference' = 'strict') =>
    new MessageSigner(KEY, { now: () => clock.now, newNonce: () => 'n1', delimiters });

  test('accepts its own message once', () => {
    const signer = make();
    const message = signer.sign('hello', 'alpha');
    expect(signer.verify(message)).toEqual({ valid: true, payload: 'hello', senderId: 'alpha' });
    expect(signer.verify(message)).toEqual({ valid: false, reason: 'duplicate_nonce' });
  });

  test('a shifted delimiter is no second message', () => {
    const message = make().sign('root|1|x', 'a');
    const shifted = { ...message, senderId: 'a|root', payload: '1|x' };
    expect(make().verify(shifted)).toEqual({ valid: false, reason: 'ambiguous_delimiter' });
    expect(make('reference').verify(shifted).valid).toBe(true);
    expect(() => make().sign('x', 'a|b')).toThrow(/"\|"/);
  });

  test.each<[string, Partial<Record<keyof SignedMessage, unknown>> | null]>([
    ['null', null],
    ['a time that is not one', { timestampMs: NaN }],
    ['a time as text', { timestampMs: '0' }],
    ['no signature', { signature: null }],
    ['a nonce that is an object', { nonce: {} }],
    ['half a surrogate pair', { payload: '\ud800' }],
    ['a signature beyond ASCII', { signature: 'é' }],
  ])('%s fails closed', (_, change) => {
    const message = change === null ? null : { ...make().sign('x'), ...change };
    expect(make().verify(message as SignedMessage)).toEqual({ valid: false, reason: 'malformed' });
  });
});

describe('EnvelopeSigner', () => {
  const clock = { now: START };
  const store = new MemoryNonceStore({ now: () => clock.now, maxEntries: 3 });
  const make = (audience = 'logs', key: Uint8Array | SigningKey = KEY) =>
    new EnvelopeSigner(key, { keyId: 'k1', audience, store, now: () => clock.now });
  const payload = Buffer.from('{"a":1}');

  test.each<[string, (envelope: Envelope) => Envelope, string]>([
    ['another key id', (e) => ({ ...e, keyId: 'k2' }), 'unknown_key'],
    ['another audience', (e) => ({ ...e, audience: 'traces' }), 'wrong_audience'],
    ['just too old', (e) => ({ ...e, timestampMs: BigInt(START - 300_001) }), 'stale'],
    ['just too far ahead', (e) => ({ ...e, timestampMs: BigInt(START + 60_001) }), 'future'],
    ['time changed', (e) => ({ ...e, timestampMs: BigInt(START - 300_000) }), 'invalid_signature'],
    ['sender changed', (e) => ({ ...e, sender: 'b' }), 'invalid_signature'],
    ['payload changed', (e) => ({ ...e, payload: Buffer.from('x') }), 'invalid_signature'],
    ['empty nonce', (e) => ({ ...e, nonce: '' }), 'malformed'],
    ['long nonce', (e) => ({ ...e, nonce: 'é'.repeat(129) }), 'malformed'],
    ['negative time', (e) => ({ ...e, timestampMs: -1n }), 'malformed'],
    ['half a surrogate pair', (e) => ({ ...e, nonce: '\ud800' }), 'malformed'],
  ])('%s', (_, change, reason) => {
    const envelope = change(make().sign('a', payload));
    expect(make().verify(envelope)).toEqual({ valid: false, reason });
    expect(store.count()).toBe(0);
  });

  test('nonces are per audience and sender, and the store is bounded', () => {
    const envelope = make().sign('a', payload);
    expect(make().verify(envelope).valid).toBe(true);
    expect(make().verify(envelope)).toEqual({ valid: false, reason: 'duplicate_nonce' });
    expect(make('other').verify(make('other').sign('a', payload)).valid).toBe(true);
    expect(make().verify(make().sign('b', payload)).valid).toBe(true);
    expect(make().verify(make().sign('c', payload))).toEqual({ valid: false, reason: 'capacity' });
    expect(make('logs', generateKey()).verify(envelope)).toEqual({
      valid: false,
      reason: 'invalid_signature',
    });
  });
});
