import { Agent, request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { RECEIVER } from '../harness/configs.ts';
import { withDaemon, type Daemon } from '../harness/daemon.ts';
import { jsonLogs } from '../harness/otlp-json.ts';
import { delimited, protobufLogs, type SentGroup, type Value } from '../harness/wire.ts';

const CONFIG = `${RECEIVER}processors:
  nonce_dedup: {on_missing: derive, max_nonces: 200000}
  poisoning_guard:
  signer: {key: generate}
exporters:
  nop:
service:
  pipelines:
    logs:
      receivers: [otlp]
      processors: [nonce_dedup, poisoning_guard, signer]
      exporters: [nop]
`;

/** A generator of its own, so that every run sends the same bytes. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const GROUPS: readonly SentGroup[] = [
  {
    resource: { 'service.name': 'shop', cores: 4n },
    scope: 'cart',
    records: [
      { time: 1n, severityNumber: 9, body: 'plain', attributes: { a: 'b', n: 1n, f: 0.5 } },
      {
        body: new Map<string, Value>([['deep', new Map<string, Value>([['er', [1n, 'x', null]]])]]),
        attributes: { list: ['a', true, 2n], raw: new Uint8Array([0, 255]) },
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
      },
    ],
  },
  { scope: 'other', records: [{ body: 'second group', eventName: 'e' }] },
];

const AGENT = new Agent({ keepAlive: true, maxSockets: 16 });

/** Sends bytes over one of a few kept connections; 0 when the connection was cut. */
function send(daemon: Daemon, body: Uint8Array, headers: Record<string, string>): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const request = httpRequest(`${daemon.url}/v1/logs`, {
    method: 'POST',
    agent: AGENT,
    headers: { 'content-length': body.length, ...headers },
  });
  request.on('response', (response) => {
    response.resume();
    response.on('close', () => resolve(response.statusCode ?? 0));
  });
  request.on('error', () => resolve(0));
  request.end(body);
  return promise;
}

/** One to four bytes changed, cut out, doubled, or the end cut off. */
function mutated(original: Uint8Array, random: () => number): Uint8Array {
  let bytes = Buffer.from(original);
  const at = () => Math.floor(random() * bytes.length);
  for (let changes = 1 + Math.floor(random() * 4); changes > 0; changes--) {
    const place = at();
    switch (Math.floor(random() * 5)) {
      case 0:
        bytes[place] = Math.floor(random() * 256);
        break;
      case 1:
        bytes[place] = (bytes[place] ?? 0) ^ (1 << Math.floor(random() * 8));
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(at())]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(Math.min(place, at()))]);
        break;
      default:
        bytes = bytes.subarray(0, place + 1);
    }
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** An AnyValue of arrays within arrays. */
function nested(depth: number): Buffer {
  let value: Buffer = delimited(1, 'bottom');
  for (let level = 0; level < depth; level++) value = delimited(5, delimited(1, value));
  return delimited(1, delimited(2, delimited(2, delimited(5, value))));
}

function nestedJson(depth: number): Buffer {
  const value = `${'{"arrayValue":{"values":['.repeat(depth)}{"intValue":1}${']}}'.repeat(depth)}`;
  return Buffer.from(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${value}}]}]}]}`);
}

const GZIP = { ...PROTOBUF, 'content-encoding': 'gzip' };

test('hostile requests get an answer of their own and nothing else happens', async () => {
  await withDaemon(CONFIG, async (daemon) => {
    const good = protobufLogs(GROUPS);
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    const attacks: readonly [string, Uint8Array, Record<string, string>, readonly number[]][] = [
      ['truncated', good.subarray(0, -1), PROTOBUF, [400]],
      ['truncated gzip', gzipSync(good).subarray(0, -9), GZIP, [400]],
      ['a zip bomb', bomb, GZIP, [413]],
      ['a zip bomb of JSON', bomb, { ...GZIP, ...JSON_TYPE }, [413]],
      // Deeper than anything may be: not decodable, or decodable and then rejected record by record.
      ['nested 10,000 deep', nested(10_000), PROTOBUF, [200, 400]],
      ['nested 10,000 deep, JSON', nestedJson(10_000), JSON_TYPE, [200, 400]],
      ['200,000 open brackets', Buffer.from('['.repeat(200_000)), JSON_TYPE, [400]],
      ['a length of 2^63', Buffer.from('0affffffffffffffff7f', 'hex'), PROTOBUF, [400]],
      ['protobuf called JSON', good, JSON_TYPE, [400]],
      ['JSON called protobuf', Buffer.from(jsonLogs(GROUPS)), PROTOBUF, [400]],
      ['another type', good, { 'content-type': 'text/plain' }, [415]],
      ['no type', good, {}, [415]],
      ['not UTF-8 in JSON', Buffer.from('{"resourceLogs":"\xff"}', 'latin1'), JSON_TYPE, [400]],
    ];
    for (const [name, body, headers, allowed] of attacks) {
      const status = await send(daemon, body, headers);
      expect(allowed, `${name}: ${status}`).toContain(status);
    }
    await daemon.booksAtRest();
    const answer = await daemon.post({ groups: GROUPS });
    expect(answer).toMatchObject({ status: 200, rejected: 0 });
  });
});

test('10,000 mutated requests: an answer each, balanced books, flat memory, and it lives on', async () => {
  await withDaemon(CONFIG, async (daemon) => {
    const random = mulberry(20_260_401);
    const seeds: readonly [Uint8Array, Record<string, string>][] = [
      [protobufLogs(GROUPS), PROTOBUF],
      [Buffer.from(jsonLogs(GROUPS)), JSON_TYPE],
      [gzipSync(protobufLogs(GROUPS)), GZIP],
    ];
    const statuses = new Map<number, number>();
    const burst = async (requests: number) => {
      let left = requests;
      const worker = async () => {
        while (left-- > 0) {
          const [body, headers] = seeds[Math.floor(random() * seeds.length)] ?? [Buffer.of(), {}];
          const status = await send(daemon, mutated(body, random), headers);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      };
      await Promise.all(Array.from({ length: 16 }, worker));
    };
    await burst(4000);
    const warm = daemon.residentBytes();
    await burst(6000);
    const grown = daemon.residentBytes() - warm;

    expect([...statuses.keys()].toSorted((a, b) => a - b)).toEqual([200, 400]);
    expect(statuses.get(200)).toBeGreaterThan(100);
    expect([...statuses.values()].reduce((a, b) => a + b)).toBe(10_000);
    await daemon.booksAtRest();
    expect(grown).toBeLessThan(48 * 1024 * 1024);
    const answer = await daemon.post({ groups: [{ records: [{ body: 'still here' }] }] });
    expect(answer).toMatchObject({ status: 200, rejected: 0 });
    expect(await daemon.stop()).toEqual({ code: 0, signal: null });
  });
}, 60_000);
