import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { Backend } from '../harness/backend.ts';
import { SYNCHRONOUS, TO_STDOUT, toBackend } from '../harness/configs.ts';
import { Daemon, freePorts, ROOT, withDaemon } from '../harness/daemon.ts';
import { poll } from '../harness/poll.ts';
import { protobufLogs, type SentGroup } from '../harness/wire.ts';

const ONE: readonly SentGroup[] = [{ scope: 't', records: [{ body: 'one' }] }];

describe('the end', () => {
  test('SIGTERM drains what is on the way, and the balance says so', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using backend = await Backend.start({ after: promise });
    const env = { BACKEND: backend.url };
    await withDaemon({ config: toBackend(SYNCHRONOUS), env }, async (daemon) => {
      const answer = daemon.post({ groups: ONE });
      await poll('the request at the backend', () => backend.requests.length === 1);
      const stopped = daemon.stop();
      await poll('draining', async () => (await daemon.status()).body['phase'] === 'draining');
      const readiness = await fetch(daemon.health('/readyz'));
      expect(readiness.status).toBe(503);
      resolve();
      expect(await answer).toMatchObject({ status: 200, rejected: 0 });
      expect(await stopped).toEqual({ code: 0, signal: null });
      expect(daemon.stderrText).toMatch(/final balance/);
      expect(daemon.stderrText).toMatch(/nothing was lost/);
    });
  });

  test('SIGHUP is said and survived', async () => {
    await withDaemon(TO_STDOUT, async (daemon) => {
      daemon.signal('SIGHUP');
      await daemon.says(/SIGHUP/);
      expect(await daemon.post({ groups: ONE })).toMatchObject({ status: 200 });
      expect(await daemon.stop()).toEqual({ code: 0, signal: null });
    });
  });

  test('a second signal, a second later, ends a drain that does not come to an end', async () => {
    const never = new Promise<void>(() => undefined);
    await using backend = await Backend.start({ after: never });
    const env = { BACKEND: backend.url };
    await withDaemon({ config: toBackend(SYNCHRONOUS), env }, async (daemon) => {
      const answer = daemon.post({ groups: ONE }).catch(() => undefined);
      await poll('the request at the backend', () => backend.requests.length === 1);
      daemon.signal('SIGTERM');
      await poll('draining', async () => (await daemon.status()).body['phase'] === 'draining');
      // Within a second it is the echo of the first (Ctrl-C under npm), and is ignored.
      daemon.signal('SIGTERM');
      const startMs = performance.now();
      const again = setTimeout(() => daemon.signal('SIGTERM'), 1100);
      const exit = await daemon.exited;
      clearTimeout(again);
      expect(performance.now() - startMs).toBeGreaterThan(1000);
      expect(exit.code).toBe(143);
      await answer;
    });
  });

  /** case-016 */
  test('idle, silent and half-sent connections do not hold it up', async () => {
    await withDaemon(TO_STDOUT, async (daemon) => {
      const body = protobufLogs(ONE);
      const head = `POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n`;
      const sockets = await Promise.all(
        Array.from({ length: 50 }, async () => {
          const socket = await connected(daemon);
          socket.write(`${head}Content-Length: ${body.length}\r\n\r\n`);
          socket.write(body);
          const [answer] = (await once(socket, 'data')) as [Buffer];
          expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 200/);
          return socket;
        }),
      );
      sockets.push(await connected(daemon));
      const half = await connected(daemon);
      half.write(head);
      sockets.push(half);
      await daemon.events(50);
      const startMs = performance.now();
      expect(await daemon.stop()).toEqual({ code: 0, signal: null });
      expect(performance.now() - startMs).toBeLessThan(5000);
      expect(daemon.stderrText).toMatch(/logs\s+50\s+50\s+0\s+0\s+0/);
      for (const socket of sockets) socket.destroy();
    });
  });
});

async function connected(daemon: Daemon): Promise<Socket> {
  const socket = connect(daemon.ports.receiver, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

describe('standard output', () => {
  test('whose reader is gone: the sender is told, the books and the exit code are honest', async () => {
    await withDaemon({ config: TO_STDOUT, stdout: 'broken' }, async (daemon) => {
      const answer = await poll('a refusal', async () => {
        const got = await daemon.post({ groups: ONE });
        return got.status === 503 && got;
      });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      const page = await daemon.booksAtRest();
      const branch = page.branch('stdout');
      expect(branch.delivered).toBe(0);
      expect(branch.submitted).toBe(branch.failed['broken_pipe']);
      // The senders were told "no" and still own every record: nothing is lost.
      expect(page.page.lost).toBe(0);
      expect((await daemon.stop()).code).toBe(0);
    });
  });

  test('that nobody reads holds the senders up, and not a record more is printed or lost', async () => {
    const service = '  admission: {answer_within: 2s}\n';
    await withDaemon({ config: TO_STDOUT + service, stdout: 'hold' }, async (daemon) => {
      const text = 'z'.repeat(50_000);
      const groups: readonly SentGroup[] = [
        { scope: 't', records: Array.from({ length: 40 }, () => ({ body: text })) },
      ];
      const held = await daemon.post({ groups });
      expect(held.status).toBe(503);
      daemon.readStdout();
      const page = await daemon.booksAtRest();
      const { delivered } = page.branch('stdout');
      await daemon.events(delivered);
      expect(await daemon.post({ groups: ONE })).toMatchObject({ status: 200 });
      expect((await daemon.stop()).code).toBe(0);
      expect(daemon.lines).toHaveLength(delivered + 1);
    });
  });
});

describe('a configuration that is wrong', () => {
  test.each([
    ['an unknown key', TO_STDOUT.replace('format:', 'fromat:'), /fromat.*format/s],
    ['a reference to nothing', TO_STDOUT.replace('[stdout]', '[stdoot]'), /stdoot/],
    ['no YAML', 'receivers: [', /yaml/i],
    ['nothing', '', /receivers|pipelines/],
  ])('%s: exit 1 with the place', async (_, config, said) => {
    await using daemon = await Daemon.start({ config, ready: false });
    expect(await daemon.exited).toEqual({ code: 1, signal: null });
    expect(daemon.stderrText).toMatch(said);
    expect(daemon.stderrText).toMatch(/countersign\.yaml|service\.pipelines/);
    expect(daemon.stdoutText).toBe('');
  });

  test('a port that is taken: exit 1, and the address is named', async () => {
    await withDaemon(TO_STDOUT, async (first) => {
      const config = TO_STDOUT.replaceAll('${env:IN}', `${first.ports.receiver}`);
      await using second = await Daemon.start({ config, ready: false });
      expect((await second.exited).code).toBe(1);
      expect(second.stderrText).toContain(`${first.ports.receiver}`);
    });
  });
});

describe('under npm', () => {
  /** `npm start` as shipped, in a terminal of its own; stopped as a person or a supervisor would. */
  async function underNpm(stop: (npm: { pid: number; type: (text: string) => void }) => void) {
    const [port = 0, health = 0, metrics = 0] = await freePorts(3);
    const sets = [
      `receivers.otlp.protocols.http.endpoint=127.0.0.1:${port}`,
      `service.health.endpoint=127.0.0.1:${health}`,
      `service.telemetry.metrics.address=127.0.0.1:${metrics}`,
    ].map((set) => ` --set ${set}`);
    const command = `npm start --silent --${sets.join('')}`;
    // script(1) gives npm a terminal; `exec` makes npm the child that a signal is for.
    const terminal = spawn('script', ['-qefc', `echo npm is $$; exec ${command}`, '/dev/null'], {
      cwd: ROOT,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let output = '';
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const ended = once(terminal, 'close') as Promise<[number]>;
    try {
      await poll('npm start to be ready', async () => {
        return (await fetch(`http://127.0.0.1:${health}/readyz`)).status === 200;
      });
      const sent = await fetch(`http://127.0.0.1:${port}/v1/logs`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body: new Uint8Array(protobufLogs(ONE)),
      });
      expect(sent.status).toBe(200);
      const pid = Number(/npm is (\d+)/.exec(output)?.[1]);
      stop({ pid, type: (text) => terminal.stdin.write(text) });
      const [code] = await ended;
      await poll('the port to be free', async () => {
        return fetch(`http://127.0.0.1:${health}/livez`).then(
          () => false,
          () => true,
        );
      });
      return { code, output };
    } finally {
      terminal.kill('SIGKILL');
    }
  }

  test('Ctrl-C drains and exits cleanly', async () => {
    const { code, output } = await underNpm(({ type }) => type('\u0003'));
    expect(output).toMatch(/final balance/);
    expect(output).toMatch(/nothing was lost/);
    expect(code).toBe(0);
  });

  test('SIGTERM to npm reaches the daemon, which drains', async () => {
    const { output } = await underNpm(({ pid }) => process.kill(pid, 'SIGTERM'));
    expect(output).toMatch(/final balance/);
    expect(output).toMatch(/nothing was lost/);
  });
});
