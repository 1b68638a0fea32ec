import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Backend, type Answer } from '../harness/backend.ts';
import { SYNCHRONOUS, toBackend } from '../harness/configs.ts';
import { Daemon, withDaemon } from '../harness/daemon.ts';
import { EarlyBackend } from '../harness/early-backend.ts';
import { summary } from '../harness/ledger-page.ts';
import { poll } from '../harness/poll.ts';
import { protobufAnswer, type SentGroup } from '../harness/wire.ts';

function bodies(...texts: string[]): readonly SentGroup[] {
  return [{ scope: 't', records: texts.map((body) => ({ body })) }];
}

const FIVE = bodies('1', '2', '3', '4', '5');

describe('what the backend says is what the sender is told', () => {
  let backend: Backend;
  let daemon: Daemon;

  beforeAll(async () => {
    backend = await Backend.start();
    // Every case fails on its own: the breaker would answer for the backend after some of them.
    const config = toBackend(`${SYNCHRONOUS}, circuit_breaker: {enabled: false}`);
    daemon = await Daemon.start({ config, env: { BACKEND: backend.url } });
  });

  afterAll(async () => {
    await daemon[Symbol.asyncDispose]();
    await backend[Symbol.asyncDispose]();
  });

  test.each<[string, Answer, number, number]>([
    ['200', {}, 200, 0],
    ['429', { status: 429 }, 503, 0],
    ['502', { status: 502 }, 503, 0],
    ['503', { status: 503 }, 503, 0],
    ['504', { status: 504 }, 503, 0],
    // What the backend refuses for good it would refuse again: the sender must not repeat it.
    ['400', { status: 400 }, 200, 5],
    ['413', { status: 413 }, 200, 5],
    ['a connection cut before the answer', { hangUp: true }, 503, 0],
    ['a 200 cut in its body', { body: protobufAnswer(0, 'x'.repeat(100)), cutAfter: 20 }, 503, 0],
    [
      'a 200 that is no answer',
      { body: 'hello', headers: { 'content-type': 'text/html' } },
      503,
      0,
    ],
    ['2 of 5 rejected', { body: protobufAnswer(2, 'two too old') }, 200, 2],
  ])('%s', async (_, answer, status, rejected) => {
    const before = (await daemon.booksAtRest()).branch('otlp_http');
    const requests = backend.requests.length;
    backend.answer(answer);
    const told = await daemon.post({ groups: FIVE });
    expect([told.status, told.rejected]).toEqual([status, rejected]);
    if (status === 503) expect(Number(told.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(backend.requests.length - requests).toBe(1);
    const after = (await daemon.booksAtRest()).branch('otlp_http');
    const delivered = status === 200 ? 5 - rejected : 0;
    expect(after.submitted - before.submitted).toBe(5);
    expect(after.delivered - before.delivered).toBe(delivered);
  });
});

/** case-007: a partial success with nothing rejected is a success, and is never retried. */
test('empty and warning partial successes deliver everything, once', async () => {
  await using backend = await Backend.start(
    { body: Buffer.from('0a00', 'hex') },
    { body: protobufAnswer(0, 'clock skew of 3 s seen') },
    {},
    { body: protobufAnswer(2, 'two too old') },
  );
  const env = { BACKEND: backend.url };
  await withDaemon({ config: toBackend(), env }, async (daemon) => {
    const rejected: number[] = [];
    for (let n = 0; n < 4; n++) {
      const answer = await daemon.post({ groups: FIVE });
      expect(answer.status).toBe(200);
      rejected.push(answer.rejected);
    }
    expect(rejected).toEqual([0, 0, 0, 2]);
    expect(backend.requests).toHaveLength(4);
    const branch = (await daemon.booksAtRest()).branch('otlp_http');
    expect(summary(branch)).toEqual({ submitted: 20, delivered: 18, rejected_by_backend: 2 });
    expect((await daemon.status()).body).toMatchObject({ ready: true });
  });
});

const PATIENT = 'retry_on_failure: {initial_interval: 100ms, max_interval: 200ms}';

/** case-006: seconds and dates, both honoured; the same bytes each time. */
test('Retry-After is honoured in both its forms', async () => {
  await using backend = await Backend.start({ status: 503, headers: { 'retry-after': '1' } });
  const env = { BACKEND: backend.url };
  const service = '  admission: {answer_within: 20s}\n';
  await withDaemon({ config: toBackend(PATIENT) + service, env }, async (daemon) => {
    const answer = daemon.post({ groups: bodies('wait') });
    await poll('the first request', () => backend.requests.length === 1);
    const dateMs = Math.ceil(Date.now() / 1000) * 1000 + 3000;
    backend.answer({ status: 429, headers: { 'retry-after': new Date(dateMs).toUTCString() } });
    await poll('the third request', () => backend.requests.length === 3);
    const arrivedMs = Date.now();
    expect(await answer).toMatchObject({ status: 200, rejected: 0 });
    const [first, second, third] = backend.requests;
    const waitMs = (second?.atMs ?? 0) - (first?.atMs ?? 0);
    expect(waitMs).toBeGreaterThanOrEqual(990);
    expect(waitMs).toBeLessThan(3000);
    expect(arrivedMs).toBeGreaterThanOrEqual(dateMs);
    expect(second?.bytes.equals(first?.bytes ?? Buffer.of())).toBe(true);
    expect(third?.bytes.equals(first?.bytes ?? Buffer.of())).toBe(true);
    const branch = (await daemon.booksAtRest()).branch('otlp_http');
    expect(summary(branch)).toEqual({ submitted: 1, delivered: 1 });
    expect(branch.attempts).toBe(3);
  });
});

/** case-020: what is refused for good is given up at once and blocks nobody. */
test('one request that is never taken does not hold up those behind it', async () => {
  await using backend = await Backend.start();
  backend.otherwise(({ body }) => {
    if (body.includes('POISON')) return { status: 400 };
    return { status: body.length > 100_000 ? 413 : 200 };
  });
  const env = { BACKEND: backend.url };
  const keys = 'sending_queue: {num_consumers: 1}';
  await withDaemon({ config: toBackend(keys), env }, async (daemon) => {
    const startMs = performance.now();
    const large = Array.from({ length: 200 }, () => 'x'.repeat(1024));
    const answers = await Promise.all([
      daemon.post({ groups: bodies('a', 'POISON', 'c') }),
      daemon.post({ groups: bodies('d', 'e', 'f') }),
      daemon.post({ groups: bodies(...large) }),
      daemon.post({ groups: bodies('g') }),
    ]);
    expect(performance.now() - startMs).toBeLessThan(3000);
    expect(answers.map(({ rejected }) => rejected)).toEqual([3, 0, 200, 0]);
    expect(backend.requests.filter(({ body }) => body.includes('POISON'))).toHaveLength(1);
    const branch = (await daemon.booksAtRest()).branch('otlp_http');
    expect([branch.submitted, branch.delivered]).toEqual([207, 4]);
    expect(branch.inFlight).toBe(0);
  });
});

test('a backend that answers before it has read the body gets the bytes of that request and no other', async () => {
  await using backend = await EarlyBackend.start(4);
  const env = { BACKEND: backend.url };
  const keys = `compression: none, ${SYNCHRONOUS}`;
  await withDaemon({ config: toBackend(keys), env }, async (daemon) => {
    // Large enough that the kernel's buffers do not take a whole body unread.
    const send = (letter: string) =>
      daemon.post({ groups: bodies(...Array.from({ length: 64 }, () => letter.repeat(100_000))) });
    const early = await Promise.all(['a', 'b', 'c', 'd'].map(send));
    for (const { status } of early) expect([200, 503]).toContain(status);
    // Whatever memory those requests gave back is written over by these.
    for (const letter of ['w', 'x', 'y', 'z']) expect((await send(letter)).status).toBe(200);
    await backend.release();
    await daemon.booksAtRest();
    const texts = backend.connections.map((chunks) => Buffer.concat(chunks).toString('latin1'));
    const letters = texts.slice(0, 4).map((text) => {
      const runs = text.matchAll(/([abcdwxyz])\1{99,}/g);
      return [...new Set(runs.map(([, letter = '']) => letter))].join('');
    });
    expect(letters.toSorted((a, b) => a.localeCompare(b))).toEqual(['a', 'b', 'c', 'd']);
  });
});
