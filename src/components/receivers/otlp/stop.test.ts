import { describe, expect, test } from 'vitest';
import { ACCEPTED, ONE_RECORD, RawClient, requestText, Rig } from './testing/rig.ts';

const HEADERS = {
  'Content-Type': 'application/x-protobuf',
  'Content-Length': ONE_RECORD.length,
};
const one = requestText(HEADERS, ONE_RECORD);

test('idle, silent and half-said connections do not hold up the stop (case-016)', async () => {
  await using rig = await Rig.started();
  const idle = await Promise.all(Array.from({ length: 50 }, () => RawClient.to(rig.port)));
  for (const client of idle) await client.write(one);
  for (const client of idle) await client.until(/\r\n\r\n/);
  const silent = await RawClient.to(rig.port);
  const half = await RawClient.to(rig.port);
  await half.write(one.subarray(0, 30));
  // No timer fires here: whatever waits for one hangs this test.
  await rig.stop();
  for (const client of [...idle, silent, half]) await client.gone();
  expect(rig.ended).toBe(true);
  expect(rig.arrivals).toHaveLength(50);
});

test('what was brought in is answered before the connections end', async () => {
  await using rig = await Rig.started();
  rig.outcome = undefined;
  const client = await RawClient.to(rig.port);
  await client.write(one);
  await rig.until(() => rig.arrivals.length === 1);
  let stopped = false;
  const stop = rig.stop().then(() => {
    stopped = true;
  });
  await new Promise(setImmediate);
  expect([rig.ended, stopped]).toEqual([true, false]);
  const [arrival] = rig.arrivals;
  if (arrival !== undefined) rig.settle(arrival, ACCEPTED);
  await stop;
  const answer = await client.gone();
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer).toMatch(/Connection: close/i);
});

test('a half-sent body is answered 503, and a sender that ignores it is cut', async () => {
  await using rig = await Rig.started();
  const client = await RawClient.to(rig.port);
  await client.write(one.subarray(0, one.length - 10));
  await rig.until(() => rig.reserved > 0);
  const stop = rig.stop(5_000);
  expect(await client.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 2/);
  expect([rig.reserved, rig.turnedAway]).toEqual([0, [['draining', expect.any(Number)]]]);
  client.socket.end();
  await stop;
});

test('an unanswered request is cut at the deadline', async () => {
  await using rig = await Rig.started();
  rig.outcome = undefined;
  const client = await RawClient.to(rig.port);
  await client.write(one);
  await rig.until(() => rig.arrivals.length === 1);
  const stop = rig.stop(5_000);
  rig.clock.advance(5_000);
  await stop;
  expect(await client.gone()).toBe('');
});

test('while the daemon drains, requests are answered 503 and the connection ends', async () => {
  await using rig = await Rig.started();
  rig.draining = true;
  const client = await RawClient.to(rig.port);
  await client.write(one);
  const answer = await client.gone();
  expect(answer).toMatch(/^HTTP\/1\.1 503 /);
  expect(answer).toMatch(/Connection: close/i);
  expect(rig.turnedAway).toEqual([['draining', ONE_RECORD.length]]);
});

test('a body that ends after the drain began is answered 503', async () => {
  await using rig = await Rig.started();
  const client = await RawClient.to(rig.port);
  await client.write(one.subarray(0, one.length - 10));
  await rig.until(() => rig.reserved > 0);
  rig.draining = true;
  await client.write(one.subarray(one.length - 10));
  expect(await client.gone()).toMatch(/^HTTP\/1\.1 503 /);
  expect([rig.arrivals.length, rig.reserved]).toEqual([0, 0]);
});

describe('stop', () => {
  test('without a start, and twice', async () => {
    const rig = new Rig();
    await rig.stop();
    await rig.stop();
    expect(rig.ended).toBe(true);
  });
});
