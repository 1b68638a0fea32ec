import { describe, expect, test } from 'vitest';
import { Backend } from './backend.ts';
import { jsonLogs, readJsonLogs } from './otlp-json.ts';
import { post } from './post.ts';
import { parsePrometheus } from './prometheus.ts';
import { protobufAnswer, protobufLogs, readProtobufAnswer, readProtobufLogs } from './wire.ts';
import type { SentGroup } from './wire.ts';

const GROUPS: readonly SentGroup[] = [
  {
    resource: { 'service.name': 'shop' },
    scope: 'cart',
    records: [
      {
        time: 1_760_000_000_123_456_789n,
        observedTime: 1n,
        severityNumber: 17,
        severityText: 'ERROR',
        eventName: 'e',
        body: new Map<string, string | null>([
          ['k', 'v'],
          ['n', null],
        ]),
        attributes: { i: -1n, d: 5, b: true, list: ['a', 2n], raw: new Uint8Array([1, 255]) },
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        flags: 1,
      },
    ],
  },
];

describe('the oracle of the wire format', () => {
  test('protobuf and JSON of the same records read back as the same records', () => {
    const [fromProtobuf] = readProtobufLogs(protobufLogs(GROUPS));
    const [fromJson] = readJsonLogs(jsonLogs(GROUPS));
    expect(fromProtobuf).toEqual(fromJson);
    expect(fromProtobuf).toMatchObject({ scope: 'cart', time: 1_760_000_000_123_456_789n });
    expect(fromProtobuf?.attributes).toEqual(GROUPS[0]?.records[0]?.attributes);
  });

  test('a truncated message is an error', () => {
    const bytes = protobufLogs(GROUPS);
    expect(() => readProtobufLogs(bytes.subarray(0, -1))).toThrow('truncated');
  });

  test('a partial success survives the way there and back', () => {
    expect(readProtobufAnswer(protobufAnswer(2, 'two too old'))).toEqual({
      rejected: 2,
      message: 'two too old',
    });
  });
});

describe('the Prometheus parser', () => {
  test('reads labels with every escape', () => {
    const scrape = parsePrometheus('# TYPE a counter\na{x="q\\"\\\\\\n",y="2",} 3\nb NaN\n');
    expect(scrape.samples[0]).toEqual({ name: 'a', labels: { x: 'q"\\\n', y: '2' }, value: 3 });
    expect(scrape.sum('a', { y: '2' })).toBe(3);
    expect(scrape.sum('a', { y: '3' })).toBeUndefined();
  });

  test.each(['a{x=1} 2\n', 'a 1', 'a x\n', 'a{x="1} 2\n', 'a 1\na 1\n'])('refuses %j', (text) => {
    expect(() => parsePrometheus(text)).toThrow();
  });
});

describe('the backend', () => {
  test('answers as scripted and then 200, and keeps what it received', async () => {
    await using backend = await Backend.start({ status: 503, headers: { 'retry-after': '3' } });
    const first = await post(`${backend.url}/v1/logs`, { groups: GROUPS, encoding: 'gzip' });
    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '3']);
    const second = await post(`${backend.url}/v1/logs`, { groups: GROUPS, as: 'json' });
    expect(second.status).toBe(200);
    expect(backend.records).toHaveLength(2);
    expect(backend.requests.map(({ fault }) => fault)).toEqual([undefined, undefined]);
  });

  test('cuts an answer in the middle', async () => {
    await using backend = await Backend.start({ body: 'x'.repeat(100), cutAfter: 10 });
    await expect(post(`${backend.url}/v1/logs`, { groups: GROUPS })).rejects.toThrow();
  });
});
