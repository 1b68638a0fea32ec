import { once } from 'node:events';
import { gunzipSync, gzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeResponse, writeRequest } from '../../../otlp/index.ts';
import { otlpHttp } from './index.ts';
import { answer, answering, Backend, eachRequest, records, Rig } from './testing/backend.ts';

const PROTO = { 'Content-Type': 'application/x-protobuf' };
const JSON_TYPE = { 'Content-Type': 'application/json' };
const FIVE = records('a', 'b', 'c', 'd', 'e');
const PLAIN = { compression: 'none' };

/** One shipment of five records to a backend that answers so. */
async function shipTo(answerBytes: string | Buffer, config: object = PLAIN) {
  await using backend = await Backend.running(answering(answerBytes));
  await using rig = await Rig.started({ endpoint: backend.url, ...config });
  return { shipment: await rig.ship([FIVE]), seen: backend.seen, reports: rig.reports };
}

describe('requests', () => {
  test('are one POST with a length, to /v1/logs below the endpoint', async () => {
    const { seen } = await shipTo(answer(200), { ...PLAIN, headers: { 'X-Key': 'k' } });
    const [request] = seen;
    expect(request?.head).toMatch(/^POST \/v1\/logs HTTP\/1\.1\r\n/);
    expect(request?.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-length': String(writeRequest([FIVE]).length),
      'x-key': 'k',
      'user-agent': 'countersign',
    });
    expect(request?.headers['content-encoding']).toBeUndefined();
    expect(request?.body.equals(writeRequest([FIVE]))).toBe(true);
  });

  test.each([
    ['gzip', gunzipSync],
    ['zstd', zstdDecompressSync],
    ['deflate', inflateSync],
    ['zlib', inflateSync],
  ])('compressed by %s hold the same bytes', async (compression, unpack) => {
    const { seen } = await shipTo(answer(200), { compression });
    expect(seen[0]?.headers['content-encoding']).toBe(compression);
    expect(unpack(seen[0]?.body ?? Buffer.alloc(0)).equals(writeRequest([FIVE]))).toBe(true);
  });

  test('gzip is the default; large ones go through the thread pool to the same bytes', async () => {
    const large = records(...Array.from({ length: 2_000 }, (_, i) => `${i} `.repeat(200)));
    await using backend = await Backend.running(answering(answer(200)));
    await using rig = await Rig.started({ endpoint: backend.url });
    expect((await rig.ship([large])).status).toBe('delivered');
    const plain = writeRequest([large]);
    expect(plain.length).toBeGreaterThan(1_048_576);
    expect(gunzipSync(backend.seen[0]?.body ?? Buffer.alloc(0)).equals(plain)).toBe(true);
  });

  test('as JSON', async () => {
    const { seen } = await shipTo(answer(200), { ...PLAIN, encoding: 'json' });
    expect(seen[0]?.headers['content-type']).toBe('application/json');
    expect(seen[0]?.body.toString()).toContain('"logRecords"');
  });

  test('several sets go out in order in one request, over one connection', async () => {
    await using backend = await Backend.running(answering(answer(200)));
    await using rig = await Rig.started({ endpoint: backend.url, ...PLAIN });
    const sets = [records('one'), records('two')];
    for (let i = 0; i < 3; i += 1) {
      expect(await rig.ship(sets)).toEqual({ status: 'delivered', rejected: 0 });
    }
    expect(backend.connections).toBe(1);
    expect(backend.seen.map(({ body }) => body.equals(writeRequest(sets)))).toEqual(
      Array(3).fill(true),
    );
  });

  test('carry the credentials of an extension, read at each attempt', async () => {
    let token = 'old';
    const auth = { credentials: () => ({ Authorization: `Bearer ${token}` }) };
    await using backend = await Backend.running(answering(answer(200)));
    const config = { endpoint: backend.url, ...PLAIN, auth: { authenticator: 'auth' } };
    await using rig = await Rig.started(config, { auth });
    await rig.ship([FIVE]);
    token = 'new';
    await rig.ship([FIVE]);
    expect(backend.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old',
      'Bearer new',
    ]);
  });
});

describe('answers', () => {
  const partial = encodeResponse({ rejected: 2, message: 'two too old' });
  const warning = Buffer.from('0a181216636c6f636b20736b6577206f6620332073207365656e', 'hex');
  const delivered = (rejected: number, message?: string) =>
    message === undefined
      ? { status: 'delivered', rejected }
      : { status: 'delivered', rejected, message };

  test.each([
    [
      'an empty partial success (case-007)',
      answer(200, PROTO, Buffer.from('0a00', 'hex')),
      delivered(0),
    ],
    ['a warning (case-007)', answer(200, PROTO, warning), delivered(0, 'clock skew of 3 s seen')],
    ['no body', answer(200, PROTO), delivered(0)],
    ['no body and no type', answer(204), delivered(0)],
    ['two of five rejected', answer(200, PROTO, partial), delivered(2, 'two too old')],
    [
      'compressed',
      answer(200, { ...PROTO, 'Content-Encoding': 'gzip' }, gzipSync(partial)),
      delivered(2, 'two too old'),
    ],
    [
      'JSON to protobuf',
      answer(200, JSON_TYPE, '{"partialSuccess":{"rejectedLogRecords":"1"}}'),
      delivered(1),
    ],
    ['no type: read as the request’s', answer(200, {}, partial), delivered(2, 'two too old')],
    [
      'a type with parameters',
      answer(200, { 'Content-Type': 'Application/JSON; charset=utf-8' }, '{}'),
      delivered(0),
    ],
  ])('2xx with %s', async (_, bytes, expected) => {
    const { shipment, reports } = await shipTo(bytes);
    expect(shipment).toEqual(expected);
    expect(reports.map(({ status }) => status)).toEqual(['degraded', 'healthy']);
  });

  test.each([
    ['HTML', answer(200, { 'Content-Type': 'text/html' }, '<html>')],
    ['garbage', answer(200, PROTO, 'garbage!')],
    ['cut protobuf', answer(200, PROTO, partial.subarray(0, 6))],
    ['cut JSON', answer(200, JSON_TYPE, '{"partialSuccess":')],
    [
      'more rejected than sent',
      answer(200, JSON_TYPE, '{"partialSuccess":{"rejectedLogRecords":6}}'),
    ],
    ['broken compression', answer(200, { ...PROTO, 'Content-Encoding': 'gzip' }, 'no')],
    [
      'a bomb',
      answer(200, { ...PROTO, 'Content-Encoding': 'gzip' }, gzipSync(Buffer.alloc(5_000_000))),
    ],
    ['5 MB of a valid one', answer(200, JSON_TYPE, `{}${' '.repeat(5_000_000)}`)],
  ])('2xx with %s is unknown, not a success', async (_, bytes) => {
    const { shipment } = await shipTo(bytes);
    expect(shipment).toMatchObject({ status: 'unknown', error: { code: 'CS_ANSWER_UNREADABLE' } });
  });

  test.each([
    [429, '3', 3_000],
    [503, 'Thu, 09 Oct 2025 08:53:24 GMT', 4_000],
    [503, 'Thu, 09 Oct 2025 08:53:00 GMT', 0],
    [502, undefined, undefined],
    [504, 'soon', undefined],
    [503, '-1', undefined],
    [503, '1.5', undefined],
    [429, '999999999999', 3_600_000],
    [429, 'Thu, 99 Foo 2025 08:53:24 GMT', undefined],
  ])(
    '%i with Retry-After %s is retried after %s ms (case-006)',
    async (status, header, afterMs) => {
      const { shipment } = await shipTo(
        answer(status, header === undefined ? {} : { 'Retry-After': header }),
      );
      expect(shipment.status).toBe('retry');
      expect('afterMs' in shipment ? shipment.afterMs : undefined).toBe(afterMs);
    },
  );

  test.each([
    [400, 'rejected_by_backend', 'degraded'],
    [413, 'too_large', 'degraded'],
    [422, 'rejected_by_backend', 'degraded'],
    [500, 'rejected_by_backend', 'degraded'],
    [401, 'unauthorized', 'unhealthy'],
    [403, 'unauthorized', 'unhealthy'],
    [404, 'misdirected', 'unhealthy'],
    [301, 'misdirected', 'unhealthy'],
    [307, 'misdirected', 'unhealthy'],
  ])('%i fails as %s, health %s', async (status, reason, health) => {
    const location = status < 400 ? { Location: 'http://127.0.0.1:1/' } : {};
    const { shipment, seen, reports } = await shipTo(answer(status, location, 'secret content'));
    expect(shipment).toMatchObject({
      status: 'failed',
      reason,
      error: { code: 'CS_BACKEND_REFUSED' },
    });
    expect(Object.keys(otlpHttp.reasons)).toContain(reason);
    expect(JSON.stringify([shipment, reports])).not.toContain('secret');
    expect([seen.length, reports.at(-1)?.status]).toEqual([1, health]);
  });

  test('a message has no line breaks or control characters and an end', async () => {
    const message = `a\r\nb\u001b[31m\u202e${'x'.repeat(5_000)}`;
    const { shipment } = await shipTo(
      answer(200, JSON_TYPE, JSON.stringify({ partialSuccess: { errorMessage: message } })),
    );
    const text = shipment.status === 'delivered' ? (shipment.message ?? '') : '';
    expect(text).toMatch(/^a b \[31m x+$/);
    expect(text.length).toBeLessThanOrEqual(1_024);
  });
});

describe('connections that break', () => {
  test('nobody listens: retried, since nothing was sent', async () => {
    const backend = await Backend.running(() => undefined);
    const { url } = backend;
    await backend[Symbol.asyncDispose]();
    await using rig = await Rig.started({ endpoint: url, ...PLAIN });
    const shipment = await rig.ship([FIVE]);
    expect(shipment).toMatchObject({ status: 'retry', error: { code: 'CS_BACKEND_UNAVAILABLE' } });
    expect(shipment.status === 'retry' && shipment.error.message).toMatch(/ECONNREFUSED/);
    expect(rig.reports.at(-1)?.status).toBe('degraded');
  });

  test.each([
    ['closed after the request', (): string | undefined => undefined],
    ['closed within the status line', () => 'HTTP/1.1 20'],
    ['closed within the headers', () => 'HTTP/1.1 200 OK\r\nContent-'],
    ['closed within the body of a 2xx', () => 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123'],
    ['closed within a chunk', () => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n1'],
  ])('%s: nobody can say', async (_, text) => {
    await using backend = await Backend.running((socket) => {
      eachRequest(socket, () => {
        const said = text();
        if (said === undefined) socket.resetAndDestroy();
        else socket.end(said);
      });
    });
    await using rig = await Rig.started({ endpoint: backend.url, ...PLAIN });
    expect((await rig.ship([FIVE])).status).toBe('unknown');
  });

  test('a refusal whose body is cut is a refusal still', async () => {
    await using backend = await Backend.running((socket) => {
      eachRequest(socket, () => socket.end('HTTP/1.1 400 X\r\nContent-Length: 9\r\n\r\n1'));
    });
    await using rig = await Rig.started({ endpoint: backend.url, ...PLAIN });
    expect(await rig.ship([FIVE])).toMatchObject({ status: 'failed' });
  });

  test.each([
    ['at once: tried again without a wait', 0, { status: 'retry', afterMs: 0 }],
    ['after a while: nobody can say', 5_000, { status: 'unknown' }],
  ])('a kept connection that is gone %s', async (_, laterMs, expected) => {
    const rigs: Rig[] = [];
    await using backend = await Backend.running((socket) => {
      let requests = 0;
      eachRequest(socket, () => {
        requests += 1;
        if (requests === 1) socket.write(answer(200));
        else {
          for (const rig of rigs) rig.monotonicMs += laterMs;
          socket.resetAndDestroy();
        }
      });
    });
    await using rig = await Rig.started({ endpoint: backend.url, ...PLAIN });
    rigs.push(rig);
    expect((await rig.ship([FIVE])).status).toBe('delivered');
    expect(await rig.ship([FIVE])).toMatchObject(expected);
    expect((await rig.ship([FIVE])).status).toBe('delivered');
  });
});

describe('the deadline', () => {
  test('ends a backend that never answers: nobody can say', async () => {
    const seen = Promise.withResolvers<undefined>();
    await using backend = await Backend.running((socket) => {
      eachRequest(socket, () => seen.resolve(undefined));
    });
    await using rig = await Rig.started({ endpoint: backend.url, ...PLAIN });
    const deadline = rig.deadline();
    const shipment = rig.ship([FIVE], deadline);
    await seen.promise;
    deadline.expire();
    expect(await shipment).toMatchObject({
      status: 'unknown',
      error: { code: 'CS_BACKEND_TIMEOUT' },
    });
  });

  test('is not stretched by a backend that drips', async () => {
    const dripped = Promise.withResolvers<undefined>();
    await using backend = await Backend.running((socket) => {
      eachRequest(socket, () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\n');
        socket.write('Content-Length: 100\r\n\r\n0', () => dripped.resolve(undefined));
      });
    });
    await using rig = await Rig.started({ endpoint: backend.url, ...PLAIN });
    const deadline = rig.deadline();
    const shipment = rig.ship([FIVE], deadline);
    await dripped.promise;
    deadline.expire();
    expect((await shipment).status).toBe('unknown');
  });

  test('that passed before a connection was made: nothing was sent', async () => {
    await using backend = await Backend.running(answering(answer(200)));
    await using rig = await Rig.started({ endpoint: backend.url, ...PLAIN });
    const deadline = rig.deadline();
    deadline.expire();
    expect(await rig.ship([FIVE], deadline)).toMatchObject({
      status: 'retry',
      error: { code: 'CS_BACKEND_TIMEOUT' },
    });
    expect(backend.seen).toEqual([]);
  });
});

describe('a backend that answers before it has read the body', () => {
  test('is never sent what the memory holds next', async () => {
    const large = records('x'.repeat(16_000_000));
    const bytes = writeRequest([large]);
    let received: Buffer = Buffer.alloc(0);
    const over = Promise.withResolvers<undefined>();
    await using backend = await Backend.running((socket) => {
      socket.once('data', (first: Buffer) => {
        received = first;
        socket.pause();
        socket.write(answer(503, { 'Retry-After': '7' }));
        socket.once('close', () => over.resolve(undefined));
      });
    });
    await using rig = await Rig.started({ endpoint: backend.url, ...PLAIN });
    expect(await rig.ship([large])).toMatchObject({ status: 'retry', afterMs: 7_000 });
    // What the arrival's slab holds now is another sender's.
    bytes.fill(0x59);
    for (const socket of backend.sockets) {
      socket.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
      });
      socket.on('end', () => socket.end());
      socket.resume();
      await once(socket, 'close');
    }
    await over.promise;
    const body = received.subarray(received.indexOf('\r\n\r\n') + 4);
    expect(body.length).toBeLessThan(bytes.length);
    expect(body.includes('YYYY')).toBe(false);
  });
});

describe('stop', () => {
  test('waits for what is under way', async () => {
    const asked = Promise.withResolvers<() => void>();
    await using backend = await Backend.running((socket) => {
      eachRequest(socket, () => asked.resolve(() => socket.write(answer(200))));
    });
    await using rig = await Rig.started({ endpoint: backend.url, ...PLAIN });
    const shipment = rig.ship([FIVE]);
    const answerIt = await asked.promise;
    const stop = rig.exporter.stop?.(rig.deadline());
    answerIt();
    expect((await shipment).status).toBe('delivered');
    await stop;
  });
});

describe('configuration', () => {
  test.each([
    ['no endpoint', {}, /write the base URL/],
    ['no scheme', { endpoint: 'localhost:4318' }, /is not a URL/],
    ['a password in the URL', { endpoint: 'http://a:b@c' }, /write them into headers/],
    [
      'a header of its own',
      { endpoint: 'http://a', headers: { 'content-type': 'x' } },
      /leave it out/,
    ],
    ['a broken header', { endpoint: 'http://a', headers: { 'x-a': 'b\nSECRET' } }, /line break/],
    [
      'a level gzip has not',
      { endpoint: 'http://a', compression_params: { level: 12 } },
      /above 9/,
    ],
    ['half a key pair', { endpoint: 'http://a', tls: { cert_file: 'x' } }, /belong together/],
    ['snappy', { endpoint: 'http://a', compression: 'snappy' }, /compression/],
  ])('%s is refused', (_, config, message) => {
    const issues = JSON.stringify(otlpHttp.schema.safeParse(config).error?.issues);
    expect(issues).toMatch(message);
    expect(issues).not.toContain('SECRET');
  });

  test('the Collector’s defaults', () => {
    const config = otlpHttp.schema.parse({ endpoint: 'http://a' });
    expect(config).toMatchObject({ compression: 'gzip', encoding: 'proto', timeout: 30_000 });
    expect(otlpHttp.delivery(config)).toMatchObject({
      timeoutMs: 30_000,
      queue: { consumers: 10 },
    });
  });
});
