import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeStatus } from '../../../otlp/index.ts';
import { ACCEPTED, ONE_RECORD, RawClient, requestText, Rig, statuses } from './testing/rig.ts';

const PROTO = { 'Content-Type': 'application/x-protobuf' };
const MEBIBYTE = 1_048_576;
const OK = /^HTTP\/1\.1 200 OK\r\n/;

describe('a body over the limit is answered 413, and the answer can be read', () => {
  const chunk = Buffer.alloc(65_536, 0x20);

  test('with Content-Length: before the body is read', async () => {
    await using rig = await Rig.started();
    const client = await RawClient.to(rig.port);
    await client.write(requestText({ ...PROTO, 'Content-Length': 25 * MEBIBYTE }));
    const head = await client.until(/\r\n\r\n/);
    expect(head).toMatch(/^HTTP\/1\.1 413 /);
    expect(head).toMatch(/Connection: close/i);
    let sent = 0;
    while (sent < 25 * MEBIBYTE && (await client.write(chunk))) sent += chunk.length;
    client.socket.end();
    await client.gone();
    expect([sent, client.broken]).toEqual([25 * MEBIBYTE, undefined]);
    expect(rig.turnedAway).toEqual([['too_large', 25 * MEBIBYTE]]);
    expect(rig.reservedPeak).toBe(0);
  });

  test('in chunks: when the limit is passed, and no more than the limit is kept', async () => {
    await using rig = await Rig.started();
    const client = await RawClient.to(rig.port);
    await client.write(requestText({ ...PROTO, 'Transfer-Encoding': 'chunked' }));
    for (let sent = 0; sent < 25 * MEBIBYTE; sent += chunk.length) {
      if (!(await client.write('10000\r\n'))) break;
      await client.write(chunk);
      await client.write('\r\n');
    }
    await client.write('0\r\n\r\n');
    client.socket.end();
    expect(statuses(await client.gone())).toEqual([413]);
    expect(client.broken).toBeUndefined();
    expect(rig.turnedAway.map(([reason]) => reason)).toEqual(['too_large']);
    expect(rig.reservedPeak).toBeLessThanOrEqual(20 * MEBIBYTE);
    expect(rig.reserved).toBe(0);
  });

  test('and is counted once, although the connection then ends within the body', async () => {
    await using rig = await Rig.started();
    const client = await RawClient.to(rig.port);
    await client.write(requestText({ ...PROTO, 'Content-Length': 25 * MEBIBYTE }, 'x'));
    await client.until(/\r\n\r\n/);
    client.socket.end();
    await once(client.socket, 'close');
    expect(rig.turnedAway).toEqual([['too_large', 25 * MEBIBYTE]]);
  });

  test('from a client of node:http', async () => {
    await using rig = await Rig.started();
    const request = httpRequest(rig.url, { method: 'POST', headers: PROTO });
    request.on('error', () => undefined);
    const answered = once(request, 'response');
    request.end(Buffer.alloc(25 * MEBIBYTE));
    const [response] = await answered;
    expect(response.statusCode).toBe(413);
    response.resume();
    request.destroy();
  });

  const hasCurl = spawnSync('curl', ['--version']).status === 0;
  test.runIf(hasCurl).each([['--data-binary'], ['chunked']])('from curl, %s', async (way) => {
    await using rig = await Rig.started();
    const chunked = way === 'chunked' ? ['-H', 'Transfer-Encoding: chunked'] : [];
    const type = ['-H', 'Content-Type: application/json', '-H', 'Expect:'];
    const format = ['-s', '-o', '/dev/null', '-w', '%{http_code}'];
    const curl = spawn('curl', [...format, ...type, ...chunked, '--data-binary', '@-', rig.url]);
    curl.stdin.on('error', () => undefined);
    curl.stdin.end(Buffer.alloc(25 * MEBIBYTE, 0x20));
    let output = '';
    curl.stdout.on('data', (text: Buffer) => {
      output += text.toString();
    });
    await once(curl, 'close');
    expect(output).toBe('413');
  });

  test('a sender that neither reads nor ends is cut after a while', async () => {
    await using rig = await Rig.started();
    const client = await RawClient.to(rig.port);
    await client.write(requestText({ ...PROTO, 'Content-Length': 25 * MEBIBYTE }));
    await client.until(/\r\n\r\n/);
    expect([client.isGone, rig.clock.pending]).toEqual([false, 1]);
    rig.clock.advance(2_000);
    while (await client.write(chunk)) expect(client.isGone).toBe(false);
    await client.gone();
  });
});

describe('a zip bomb is answered 413 and never fills memory', () => {
  const bomb = Buffer.alloc(64 * MEBIBYTE);
  test.each([
    ['gzip', gzipSync(bomb)],
    ['zstd', zstdCompressSync(bomb)],
    ['gzip', forgedSize(gzipSync(bomb))],
  ])('%s', async (encoding, body) => {
    await using rig = await Rig.started();
    const headers = { ...PROTO, 'content-encoding': encoding };
    const response = await fetch(rig.url, { method: 'POST', headers, body });
    expect(response.status).toBe(413);
    // Twice the limit while chunks are put together, and the compressed body.
    expect(rig.reservedPeak).toBeLessThanOrEqual(2 * 20 * MEBIBYTE + body.length);
    expect([rig.reserved, rig.turnedAway]).toEqual([0, [['too_large', body.length]]]);
  });

  function forgedSize(gzip: Buffer): Buffer {
    const forged = Buffer.from(gzip);
    forged.writeUInt32LE(10, forged.length - 4);
    return forged;
  }
});

describe('bodies that do not come whole', () => {
  test.each([
    ['half of a declared length', { ...PROTO, 'Content-Length': ONE_RECORD.length }],
    ['half of a chunk', { ...PROTO, 'Transfer-Encoding': 'chunked' }],
  ])('%s: counted as aborted, and the room is free again', async (_, headers) => {
    await using rig = await Rig.started();
    const client = await RawClient.to(rig.port);
    const body = 'Transfer-Encoding' in headers ? `${ONE_RECORD.length.toString(16)}\r\n` : '';
    await client.write(requestText(headers, body));
    await client.write(ONE_RECORD.subarray(0, 20));
    client.socket.destroy();
    await rig.until(() => rig.turnedAway.length > 0);
    await rig.until(() => rig.reserved === 0);
    expect(rig.turnedAway).toEqual([['aborted', 20]]);
    expect(rig.arrivals).toHaveLength(0);
  });

  test('a connection that is reset within a body: the same', async () => {
    await using rig = await Rig.started();
    const client = await RawClient.to(rig.port);
    const headers = { ...PROTO, 'Content-Length': ONE_RECORD.length };
    await client.write(requestText(headers, ONE_RECORD.subarray(0, 20)));
    await rig.until(() => rig.reserved > 0);
    client.socket.resetAndDestroy();
    await rig.until(() => rig.turnedAway.length > 0 && rig.reserved === 0);
    expect(rig.turnedAway.map(([reason]) => reason)).toEqual(['aborted']);
  });

  test('a sender that goes away before its answer loses nothing', async () => {
    await using rig = await Rig.started();
    rig.outcome = undefined;
    const client = await RawClient.to(rig.port);
    const headers = { ...PROTO, 'Content-Length': ONE_RECORD.length };
    await client.write(requestText(headers, ONE_RECORD));
    await rig.until(() => rig.arrivals.length === 1);
    client.socket.destroy();
    await client.gone();
    const [arrival] = rig.arrivals;
    if (arrival !== undefined) rig.settle(arrival, ACCEPTED);
    expect([rig.reserved, rig.turnedAway]).toEqual([0, []]);
  });

  test('a malformed chunk is answered 400 and counted once', async () => {
    await using rig = await Rig.started();
    const client = await RawClient.to(rig.port);
    await client.write(requestText({ ...PROTO, 'Transfer-Encoding': 'chunked' }, 'zz\r\nno'));
    await client.until(/\r\n\r\n/);
    client.socket.end();
    expect(statuses(client.received)).toEqual([400]);
    expect(rig.turnedAway).toEqual([['undecodable', 0]]);
    expect(rig.reserved).toBe(0);
  });

  test.each([
    ['not HTTP', 400, 'hello\r\n\r\n'],
    ['TLS on a plain port', 400, Buffer.from('1603010200010001fc0303', 'hex')],
    ['both lengths', 400, requestText({ 'Content-Length': 1, 'Transfer-Encoding': 'chunked' })],
    ['a negative length', 400, requestText({ ...PROTO, 'Content-Length': -1 })],
    ['headers without end', 431, requestText({ 'X-Long': 'x'.repeat(20_000) })],
  ])('%s is answered %i and counted', async (_, status, bytes) => {
    await using rig = await Rig.started();
    const client = await RawClient.to(rig.port);
    await client.write(bytes);
    client.socket.end();
    expect(statuses(await client.gone())).toEqual([status]);
    expect(rig.turnedAway).toEqual([['undecodable', 0]]);
  });
});

describe('one connection', () => {
  const one = requestText({ ...PROTO, 'Content-Length': ONE_RECORD.length }, ONE_RECORD);

  test('pipelined requests are answered in order', async () => {
    await using rig = await Rig.started();
    rig.outcome = undefined;
    const client = await RawClient.to(rig.port);
    const wrong = requestText({ 'Content-Type': 'text/plain', 'Content-Length': 2 }, '{}');
    await client.write(Buffer.concat([one, wrong, one]));
    await rig.until(() => rig.arrivals.length === 2);
    expect(client.received).toBe('');
    for (const arrival of rig.arrivals.toReversed()) rig.settle(arrival, ACCEPTED);
    expect(await client.answers(3)).toEqual([200, 415, 200]);
    client.socket.destroy();
  });

  test('garbage behind a request does not take its answer away', async () => {
    await using rig = await Rig.started();
    rig.outcome = undefined;
    const client = await RawClient.to(rig.port);
    await client.write(Buffer.concat([one, Buffer.from('garbage\r\n\r\n')]));
    await rig.until(() => rig.arrivals.length === 1 && rig.turnedAway.length === 1);
    await client.write('more garbage\r\n\r\n');
    // By the time another connection is answered, the garbage has come in.
    const other = await RawClient.to(rig.port);
    await other.write('garbage\r\n\r\n');
    await other.gone();
    rig.turnedAway.pop();
    const [arrival] = rig.arrivals;
    if (arrival !== undefined) rig.settle(arrival, ACCEPTED);
    expect(statuses(await client.gone())).toEqual([200]);
    expect(rig.turnedAway).toEqual([['undecodable', 0]]);
  });

  test('a large refusal behind a request that waits leaves that answer whole', async () => {
    await using rig = await Rig.started();
    rig.outcome = undefined;
    const client = await RawClient.to(rig.port);
    await client.write(
      Buffer.concat([one, requestText({ ...PROTO, 'Content-Length': 25 * MEBIBYTE })]),
    );
    await rig.until(() => rig.arrivals.length === 1 && rig.turnedAway.length === 1);
    const [arrival] = rig.arrivals;
    if (arrival !== undefined) rig.settle(arrival, ACCEPTED);
    await client.until(/413[^]*\r\n\r\n/);
    expect(statuses(client.received)).toEqual([200, 413]);
    client.socket.destroy();
  });

  test('Expect: 100-continue is said for a body that is wanted only', async () => {
    await using rig = await Rig.started();
    const client = await RawClient.to(rig.port);
    const expecting = { ...PROTO, Expect: '100-continue' };
    await client.write(requestText({ ...expecting, 'Content-Length': ONE_RECORD.length }));
    expect(await client.until(/\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    await client.write(ONE_RECORD);
    await client.until(/200 OK[^]*\r\n\r\n/);
    await client.write(requestText({ ...expecting, 'Content-Length': 25 * MEBIBYTE }));
    await client.until(/413/);
    expect(statuses(client.received)).toEqual([100, 200, 413]);
    client.socket.destroy();
  });

  test('bodies in chunks of any size come in whole', async () => {
    await using rig = await Rig.started();
    const client = await RawClient.to(rig.port);
    await client.write(requestText({ ...PROTO, 'Transfer-Encoding': 'chunked' }));
    for (const byte of ONE_RECORD) await client.write(Buffer.from([0x31, 13, 10, byte, 13, 10]));
    await client.write('0\r\n\r\n');
    expect(await client.until(/\r\n\r\n/)).toMatch(OK);
    expect(rig.arrivals[0]?.records.at(0).bodyText).toBe('ct');
    expect(rig.reserved).toBe(0);
    client.socket.destroy();
  });

  test('a large body in chunks grows its room and no further than it must', async () => {
    await using rig = await Rig.started();
    const large = Buffer.concat(Array.from({ length: 3_000 }, () => ONE_RECORD));
    const client = await RawClient.to(rig.port);
    await client.write(requestText({ ...PROTO, 'Transfer-Encoding': 'chunked' }));
    await client.write(`${large.length.toString(16)}\r\n`);
    await client.write(large);
    await client.write('\r\n0\r\n\r\n');
    expect(await client.until(/\r\n\r\n/)).toMatch(OK);
    expect(rig.arrivals[0]?.records.count).toBe(3_000);
    expect(rig.arrivals[0]?.bytes).toBe(large.length);
    expect(rig.reservedPeak).toBeLessThan(2 * large.length);
    client.socket.destroy();
  });
});

test('ten thousand mutations of a request: an answer to each, the room free, the books right', async () => {
  await using rig = await Rig.started();
  const client = await RawClient.to(rig.port);
  let seed = 42;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const rounds = 10_000;
  for (let round = 0; round < rounds; round += 1) {
    let body: Buffer = Buffer.from(ONE_RECORD);
    for (let times = 1 + random(4); times > 0; times -= 1) {
      body[random(body.length)] = random(256);
      if (random(8) === 0) body = body.subarray(0, 1 + random(body.length));
    }
    const headers = { ...PROTO, 'Content-Length': body.length };
    await client.write(requestText(headers, body));
    if (round % 100 === 99) {
      const answers = await client.answers(100);
      expect(answers).toHaveLength(100);
      expect(answers.filter((status) => status !== 200 && status !== 400)).toEqual([]);
      client.received = '';
    }
  }
  const undecodable = rig.turnedAway.filter(([reason]) => reason === 'undecodable').length;
  expect(undecodable).toBe(rig.turnedAway.length);
  expect(undecodable).toBeGreaterThan(100);
  expect(rig.arrivals.length).toBeGreaterThan(100);
  expect(rig.reserved).toBe(0);
});

test('a refusal in protobuf is a google.rpc.Status without the content', async () => {
  await using rig = await Rig.started();
  const body = Buffer.from(ONE_RECORD);
  body[body.length - 3] = 0x7f;
  const response = await fetch(rig.url, { method: 'POST', headers: PROTO, body });
  const status = decodeStatus(Buffer.from(await response.arrayBuffer()));
  expect([response.status, status?.code]).toEqual([400, 3]);
  expect(status?.message).not.toContain('case');
});
