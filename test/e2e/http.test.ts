import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TO_STDOUT } from '../harness/configs.ts';
import { Daemon, withDaemon } from '../harness/daemon.ts';
import { summary, type DoorBooks } from '../harness/ledger-page.ts';
import { jsonLogs } from '../harness/otlp-json.ts';
import { protobufLogs, readProtobufStatus, type SentGroup } from '../harness/wire.ts';

const ONE: readonly SentGroup[] = [{ scope: 't', records: [{ body: 'one' }] }];

/** case-004: media types are case-insensitive and may carry parameters. */
test('the type of a request is read as RFC 9110 says', async () => {
  await withDaemon(TO_STDOUT, async (daemon) => {
    const json = { body: jsonLogs(ONE) };
    const protobuf = { body: protobufLogs(ONE) };
    const accepted = [
      ['application/json; charset=utf-8', json],
      ['Application/JSON', json],
      ['application/json;charset="UTF-8";v=1', json],
      ['application/json ; charset=utf-8', json],
      ['application/x-protobuf; proto=ExportLogsServiceRequest', protobuf],
      ['APPLICATION/X-PROTOBUF', protobuf],
    ] as const;
    for (const [contentType, body] of accepted) {
      const answer = await daemon.post({ ...body, contentType });
      const bare = contentType.split(';')[0]?.trim().toLowerCase();
      expect([answer.status, answer.headers.get('content-type')], contentType).toEqual([200, bare]);
    }
    for (const contentType of [
      'application/jsonp',
      'text/plain',
      'application/json, text/plain',
      '',
    ]) {
      const answer = await daemon.post({ body: '{}', contentType });
      expect([contentType, answer.status, answer.message === '']).toEqual([
        contentType,
        415,
        false,
      ]);
    }
    const page = await daemon.booksAtRest();
    expect(summary(page.pipeline())).toEqual({ submitted: 6, delivered: 6 });
    expect(page.door().turnedAway['unsupported_media_type']?.requests).toBe(4);
  });
});

describe('what cannot be taken is told apart', () => {
  let daemon: Daemon;
  beforeAll(async () => {
    daemon = await Daemon.start({ config: TO_STDOUT });
  });
  afterAll(() => daemon[Symbol.asyncDispose]());

  test.each([
    ['a path that is not there', { path: '/v1/traces' }, 404],
    ['a method that is not POST', { method: 'GET' }, 405],
    ['truncated protobuf', { body: protobufLogs(ONE).subarray(0, -3) }, 400],
    ['text that is not JSON', { as: 'json', body: '{"resourceLogs": [' }, 400],
    ['JSON of another shape', { as: 'json', body: '{"resourceLogs": 5}' }, 400],
    ['bytes that are not gzip', { headers: { 'content-encoding': 'gzip' } }, 400],
    ['an encoding nobody knows', { headers: { 'content-encoding': 'rot13' } }, 400],
  ] as const)('%s', async (_, request, status) => {
    const { path, ...rest } = { path: '/v1/logs', ...request };
    const before = (await daemon.booksAtRest()).door();
    const answer =
      path === '/v1/logs'
        ? await daemon.post({ groups: ONE, ...rest })
        : await fetch(`${daemon.url}${path}`, { method: 'POST', body: '' });
    expect(answer.status).toBe(status);
    const after = (await daemon.booksAtRest()).door();
    expect([after.received, turnedAway(after)]).toEqual([before.received, turnedAway(before) + 1]);
    expect(await daemon.post({ groups: ONE })).toMatchObject({ status: 200 });
  });
});

function turnedAway(door: DoorBooks): number {
  return Object.values(door.turnedAway).reduce((sum, { requests }) => sum + requests, 0);
}

const LIMIT = 20 * 1024 * 1024;
const LARGE = LIMIT + 5 * 1024 * 1024;

/** Writes a request by hand and reads whatever comes back until the connection ends. */
function rawRequest(daemon: Daemon, head: string, write: (send: (chunk: Buffer) => void) => void) {
  const { promise, resolve } = Promise.withResolvers<{ text: string; sent: number }>();
  const socket = connect(daemon.ports.receiver, '127.0.0.1');
  let text = '';
  let sent = 0;
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.on('close', () => resolve({ text, sent }));
  socket.write(head);
  write((chunk) => {
    sent += chunk.length;
    socket.write(chunk);
  });
  return promise;
}

/** case-005: the answer is there to be read, whatever the sender still has to say. */
test('a body over the limit gets 413, not a reset', async () => {
  await withDaemon(TO_STDOUT, async (daemon) => {
    let warmBytes = 0;
    const chunk = Buffer.alloc(64 * 1024, 0x20);
    const head = 'POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    for (let run = 0; run < 6; run++) {
      if (run === 3) warmBytes = daemon.residentBytes();
      const known = await rawRequest(daemon, `${head}Content-Length: ${LARGE}\r\n\r\n`, (send) => {
        for (let sent = 0; sent < LARGE; sent += chunk.length) send(chunk);
      });
      expect(known.text).toMatch(/^HTTP\/1\.1 413 /);
      expect(known.text).toMatch(/connection: close/i);
      const size = Buffer.from(`${chunk.length.toString(16)}\r\n`);
      const chunked = await rawRequest(
        daemon,
        `${head}Transfer-Encoding: chunked\r\n\r\n`,
        (send) => {
          for (let sent = 0; sent < LARGE; sent += chunk.length) {
            send(Buffer.concat([size, chunk, Buffer.from('\r\n')]));
          }
        },
      );
      expect(chunked.text).toMatch(/^HTTP\/1\.1 413 /);
    }
    expect(await nodeClient(daemon)).toBe(413);
    // Six more bodies of 25 MiB, and not one of them is kept.
    expect(daemon.residentBytes() - warmBytes).toBeLessThan(LARGE * 2);
    const door = (await daemon.booksAtRest()).door();
    expect(door.turnedAway['too_large']?.requests).toBe(13);
    expect(await daemon.post({ groups: ONE })).toMatchObject({ status: 200 });
  });
});

function nodeClient(daemon: Daemon): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const request = httpRequest(`${daemon.url}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-length': LARGE },
  });
  let status = 0;
  request.on('response', (response) => {
    status = response.statusCode ?? 0;
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      const { message } = readProtobufStatus(Buffer.concat(chunks));
      if (message === '') reject(new Error('a 413 without a status message'));
      else resolve(status);
    });
  });
  request.on('error', (error) => {
    // After the answer the connection may end while the rest of the body is on its way.
    if (status === 0) reject(error);
  });
  for (let sent = 0; sent < LARGE; sent += 65_536) request.write(Buffer.alloc(65_536));
  request.end();
  return promise;
}
