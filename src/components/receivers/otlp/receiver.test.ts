import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeResponse, decodeStatus } from '../../../otlp/index.ts';
import type { ArrivalOutcome } from '../../../sdk/index.ts';
import { otlp } from './index.ts';
import { ONE_RECORD, ONE_RECORD_JSON, Rig } from './testing/rig.ts';

const PROTO = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

async function post(
  rig: Rig,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
) {
  const response = await fetch(rig.url, { method: 'POST', headers, body });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}

describe('content types', () => {
  test.each([
    ['application/json; charset=utf-8', ONE_RECORD_JSON, JSON_TYPE],
    ['Application/JSON', ONE_RECORD_JSON, JSON_TYPE],
    ['application/json;charset="UTF-8";v=1', ONE_RECORD_JSON, JSON_TYPE],
    ['application/json ; charset=utf-8', ONE_RECORD_JSON, JSON_TYPE],
    ['application/x-protobuf; proto=ExportLogsServiceRequest', ONE_RECORD, PROTO],
    ['APPLICATION/X-PROTOBUF', ONE_RECORD, PROTO],
  ])('%s is taken', async (type, body, answered) => {
    await using rig = await Rig.started();
    const { response, bytes } = await post(rig, body, { 'content-type': type });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, answered]);
    expect(bytes.toString()).toBe(answered === PROTO ? '' : '{}');
    expect(rig.arrivals.map((arrival) => arrival.records.at(0).bodyText)).toEqual(['ct']);
    expect([rig.reserved, rig.turnedAway]).toEqual([0, []]);
  });

  test.each(['application/jsonp', 'text/plain', 'application/json, text/plain', ''])(
    '"%s" is answered 415',
    async (type) => {
      await using rig = await Rig.started();
      const { response, bytes } = await post(rig, '{}', { 'content-type': type });
      expect(response.status).toBe(415);
      expect(JSON.parse(bytes.toString())).toMatchObject({ code: 3 });
      expect(rig.turnedAway).toEqual([['unsupported_media_type', 2]]);
      expect(rig.arrivals).toHaveLength(0);
    },
  );
});

describe('compression', () => {
  test.each([
    ['identity', ONE_RECORD],
    ['gzip', gzipSync(ONE_RECORD)],
    ['GZip', gzipSync(ONE_RECORD)],
    ['x-gzip', gzipSync(ONE_RECORD)],
    ['deflate', deflateSync(ONE_RECORD)],
    ['deflate', deflateRawSync(ONE_RECORD)],
    ['zstd', zstdCompressSync(ONE_RECORD)],
  ])('%s', async (encoding, body) => {
    await using rig = await Rig.started();
    const headers = { 'content-type': PROTO, 'content-encoding': encoding };
    const { response } = await post(rig, body, headers);
    expect(response.status).toBe(200);
    expect(rig.arrivals[0]?.bytes).toBe(ONE_RECORD.length);
    expect(rig.arrivals[0]?.records.at(0).bodyText).toBe('ct');
    expect(rig.reserved).toBe(0);
  });

  test.each([
    ['an unknown one', 'snappy', ONE_RECORD],
    ['two of them', 'gzip, gzip', ONE_RECORD],
    ['no gzip at all', 'gzip', ONE_RECORD],
    ['a cut gzip', 'gzip', gzipSync(ONE_RECORD).subarray(0, 30)],
    ['a cut zstd', 'zstd', zstdCompressSync(ONE_RECORD).subarray(0, 20)],
  ])('%s is answered 400', async (_, encoding, body) => {
    await using rig = await Rig.started();
    const headers = { 'content-type': PROTO, 'content-encoding': encoding };
    const { response, bytes } = await post(rig, body, headers);
    expect(response.status).toBe(400);
    expect(decodeStatus(bytes)?.code).toBe(3);
    expect(rig.turnedAway).toEqual([['undecodable', body.length]]);
    expect(rig.reserved).toBe(0);
  });
});

test.each([
  ['GET', '/v1/logs', 405, 'method_not_allowed'],
  ['HEAD', '/v1/logs', 405, 'method_not_allowed'],
  ['OPTIONS', '/v1/logs', 405, 'method_not_allowed'],
  ['PUT', '/v1/logs', 405, 'method_not_allowed'],
  ['GET', '/', 404, 'not_found'],
  ['POST', '/v1/traces', 404, 'not_found'],
  ['POST', '/v1/logs/', 404, 'not_found'],
])('%s %s is answered %i', async (method, path, status, reason) => {
  await using rig = await Rig.started();
  const response = await fetch(new URL(path, rig.url), { method });
  expect(response.status).toBe(status);
  expect(response.headers.get('allow')).toBe(status === 405 ? 'POST' : null);
  expect(rig.turnedAway).toEqual([[reason, 0]]);
});

test.each([
  ['no bytes', PROTO, '', 200],
  ['only a query in the target', PROTO, '', 200],
  ['an empty JSON request', JSON_TYPE, '{}', 200],
  ['a JSON request without records', JSON_TYPE, '{"resourceLogs":[]}', 200],
  ['no JSON', JSON_TYPE, '', 400],
  ['cut JSON', JSON_TYPE, ONE_RECORD_JSON.slice(0, -1), 400],
  ['cut protobuf', PROTO, ONE_RECORD.subarray(0, 40), 400],
])('%s (%s) brings nothing', async (_, type, body, status) => {
  await using rig = await Rig.started();
  const target = `${rig.url}?x=1`;
  const response = await fetch(target, { method: 'POST', headers: { 'content-type': type }, body });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe(type);
  expect(rig.arrivals).toHaveLength(0);
  expect(rig.turnedAway.map(([reason]) => reason)).toEqual(status === 400 ? ['undecodable'] : []);
  expect(rig.reserved).toBe(0);
});

describe('answers', () => {
  const partial: ArrivalOutcome = {
    kind: 'accepted',
    rejected: 3,
    reasons: new Map([
      ['poisoned', 2],
      ['nonce_conflict', 1],
    ]),
    details: ['record 3: exec.eval in body (high)'],
    warnings: ['the backend is slow'],
  };
  const said =
    '3 log records rejected; reasons: poisoned 2, nonce_conflict 1; ' +
    'record 3: exec.eval in body (high); the backend is slow';

  test('a partial success in protobuf and in JSON', async () => {
    await using rig = await Rig.started();
    rig.outcome = partial;
    const proto = await post(rig, ONE_RECORD, { 'content-type': PROTO });
    expect(decodeResponse(proto.bytes)).toEqual({ rejected: 3, message: said });
    const json = await post(rig, ONE_RECORD_JSON, { 'content-type': JSON_TYPE });
    expect(JSON.parse(json.bytes.toString())).toEqual({
      partialSuccess: { rejectedLogRecords: '3', errorMessage: said },
    });
  });

  test('a warning rejects nothing', async () => {
    await using rig = await Rig.started();
    rig.outcome = {
      kind: 'accepted',
      rejected: 0,
      reasons: new Map(),
      details: [],
      warnings: ['clock skew'],
    };
    const { response, bytes } = await post(rig, ONE_RECORD, { 'content-type': PROTO });
    expect(response.status).toBe(200);
    expect(decodeResponse(bytes)).toEqual({ rejected: 0, message: 'clock skew' });
  });

  test.each([
    [{ kind: 'retry', reason: 'overflow', retryAfterMs: 0 }, 503, '1'],
    [{ kind: 'retry', reason: 'overflow', retryAfterMs: 2_001 }, 503, '3'],
    [{ kind: 'refused', reason: 'queue_full', full: true, retryAfterMs: 1_000 }, 429, '1'],
    [{ kind: 'refused', reason: 'breaker_open', full: false, retryAfterMs: 30_000 }, 503, '30'],
  ] as const)('%o', async (outcome, status, retryAfter) => {
    await using rig = await Rig.started();
    rig.outcome = outcome;
    const { response, bytes } = await post(rig, ONE_RECORD, { 'content-type': PROTO });
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, retryAfter]);
    expect(decodeStatus(bytes)?.code).toBe(status === 429 ? 8 : 14);
    expect(decodeStatus(bytes)?.message).toContain(outcome.reason);
  });
});

describe('room in memory', () => {
  test('none for a declared length: 429 without reading, and the connection lives', async () => {
    await using rig = await Rig.started();
    rig.bytesMax = ONE_RECORD.length - 1;
    const { response } = await post(rig, ONE_RECORD, { 'content-type': PROTO });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '2']);
    expect(response.headers.get('connection')).not.toBe('close');
    expect(rig.turnedAway).toEqual([['memory_full', ONE_RECORD.length]]);
  });

  test('none for what comes out of a compressed body: 429', async () => {
    await using rig = await Rig.started();
    rig.bytesMax = 500;
    const body = gzipSync(Buffer.alloc(1_000));
    const headers = { 'content-type': PROTO, 'content-encoding': 'gzip' };
    expect((await post(rig, body, headers)).response.status).toBe(429);
    expect([rig.reserved, rig.turnedAway]).toEqual([0, [['memory_full', body.length]]]);
  });

  test('is held until the release, not until the answer', async () => {
    await using rig = await Rig.started();
    rig.outcome = undefined;
    const answer = post(rig, ONE_RECORD, { 'content-type': PROTO });
    await rig.until(() => rig.arrivals.length === 1);
    const [arrival] = rig.arrivals;
    arrival?.settle({
      kind: 'accepted',
      rejected: 0,
      reasons: new Map(),
      details: [],
      warnings: [],
    });
    expect((await answer).response.status).toBe(200);
    expect(rig.reserved).toBe(ONE_RECORD.length);
    // Another request must not be read into the memory that is still in use.
    rig.outcome = { kind: 'retry', reason: 'x', retryAfterMs: 0 };
    const other = Buffer.from(ONE_RECORD);
    other.write('CT', other.length - 2);
    await post(rig, other, { 'content-type': PROTO });
    expect(arrival?.records.at(0).bodyText).toBe('ct');
    arrival?.release();
    expect(rig.reserved).toBe(0);
  });
});

test('the memory of a released arrival takes the next body', async () => {
  await using rig = await Rig.started();
  for (let i = 0; i < 2; i += 1) await post(rig, ONE_RECORD, { 'content-type': PROTO });
  const [first, second] = rig.arrivals.map((arrival) => arrival.records.buffer.buffer);
  expect(second).toBe(first);
});

describe('authentication', () => {
  const guard = {
    authenticate: (headers: Readonly<Record<string, string | string[] | undefined>>) =>
      headers['authorization'] === 'Bearer t'
        ? ({ ok: true, principal: 'p' } as const)
        : ({ ok: false, message: 'no token' } as const),
  };

  test('401 before anything else, and 200 with the token', async () => {
    await using rig = await Rig.started({ auth: { authenticator: 'guard' } }, { guard });
    const refused = await post(rig, ONE_RECORD, { 'content-type': PROTO });
    expect(refused.response.status).toBe(401);
    expect(refused.response.headers.get('www-authenticate')).toBe('Bearer');
    expect(decodeStatus(refused.bytes)?.code).toBe(16);
    expect((await fetch(new URL('/nowhere', rig.url))).status).toBe(401);
    const headers = { 'content-type': PROTO, authorization: 'Bearer t' };
    expect((await post(rig, ONE_RECORD, headers)).response.status).toBe(200);
    expect(rig.turnedAway.map(([reason]) => reason)).toEqual(['unauthorized', 'unauthorized']);
  });

  test('an extension that is not there is a start error', async () => {
    const rig = new Rig({ auth: { authenticator: 'guard' } });
    await expect(rig.receiver.start?.()).rejects.toThrow(/auth\.authenticator: "guard"/);
  });
});

describe('CORS', () => {
  const cors = { allowed_origins: ['https://*.example'], allowed_headers: ['X-Key'], max_age: 60 };
  const ask = (origin: string, asked: string) => ({
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': asked,
    },
  });

  test('a preflight of a friend, of a stranger, and with a strange header', async () => {
    await using rig = await Rig.started({ cors });
    const friend = await fetch(rig.url, ask('https://a.example', 'content-type, x-key'));
    expect(friend.status).toBe(204);
    expect(friend.headers.get('access-control-allow-origin')).toBe('https://a.example');
    expect(friend.headers.get('access-control-allow-methods')).toBe('POST');
    expect(friend.headers.get('access-control-max-age')).toBe('60');
    for (const request of [
      ask('https://a.example.evil', 'content-type'),
      ask('https://a.example', 'x-other'),
    ]) {
      const stranger = await fetch(rig.url, request);
      expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
    }
    expect(rig.turnedAway).toEqual([]);
  });

  test('answers and refusals can be read by a friend only', async () => {
    await using rig = await Rig.started({ cors });
    const origin = (text: string) => ({ 'content-type': PROTO, origin: text });
    const friend = await post(rig, ONE_RECORD, origin('https://a.example'));
    expect(friend.response.headers.get('access-control-allow-origin')).toBe('https://a.example');
    const refused = await post(rig, ONE_RECORD.subarray(1), origin('https://a.example'));
    expect(refused.response.status).toBe(400);
    expect(refused.response.headers.get('access-control-allow-origin')).toBe('https://a.example');
    const stranger = await post(rig, ONE_RECORD, origin('https://b.test'));
    expect(stranger.response.status).toBe(200);
    expect(stranger.response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('start', () => {
  test('says where it listens', async () => {
    await using rig = await Rig.started();
    const message = `listening on http://127.0.0.1:${rig.port}/v1/logs`;
    expect(rig.reports).toEqual([{ status: 'healthy', message }]);
  });

  test('an address in use is a start error that names it', async () => {
    await using rig = await Rig.started();
    const other = new Rig({ endpoint: `127.0.0.1:${rig.port}` });
    await expect(other.receiver.start?.()).rejects.toMatchObject({
      code: 'CS_ADDRESS_UNAVAILABLE',
      message: expect.stringContaining('protocols.http.endpoint: cannot listen on'),
    });
  });

  test('response headers go out with every answer', async () => {
    await using rig = await Rig.started({ response_headers: { 'x-site': 'a' } });
    const taken = await post(rig, ONE_RECORD, { 'content-type': PROTO });
    const refused = await post(rig, '', { 'content-type': 'text/plain' });
    expect(taken.response.headers.get('x-site')).toBe('a');
    expect(refused.response.headers.get('x-site')).toBe('a');
  });
});

describe('configuration', () => {
  test.each([
    ['nothing', {}],
    ['http with no value', { protocols: { http: null } }],
    ['http with an empty value', { protocols: { http: {} } }],
  ])('%s: the defaults', (_, config) => {
    expect(otlp.schema.parse(config).protocols.http).toMatchObject({
      endpoint: '127.0.0.1:4318',
      max_request_body_size: 20_971_520,
    });
  });

  test.each([
    ['grpc', { protocols: { grpc: null, http: null } }, /OTLP\/gRPC is not supported yet; use/],
    ['no protocol', { protocols: {} }, /names no protocol/],
    ['an unknown key', { protocols: { http: { endpont: 'x' } } }, /endpont/],
    ['a bad size', { protocols: { http: { max_request_body_size: 'big' } } }, /not a size/],
  ])('%s is refused', (_, config, message) => {
    expect(JSON.stringify(otlp.schema.safeParse(config).error?.issues)).toMatch(message);
  });
});
