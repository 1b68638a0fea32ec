import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

const QUIET = `
service:
  health: {endpoint: "127.0.0.1:0"}
  telemetry: {metrics: {level: none}}
  pipelines:
    logs: {receivers: [RECEIVER], exporters: [nop]}
exporters: {nop: }
`;
const STDIN = `receivers: {stdin: {format: lines}}\n${QUIET.replace('RECEIVER', 'stdin')}`;
const OTLP = `receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}}\n${QUIET.replace('RECEIVER', 'otlp')}`;

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The real process; `said` resolves when its stderr holds a text. */
function daemon(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env } });
  let out = '';
  let err = '';
  const waiting: { text: string; resolve: () => void }[] = [];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    for (const { text, resolve } of waiting) if (err.includes(text)) resolve();
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, out, err }));
  const said = async (text: string) =>
    await new Promise<void>((resolve) => {
      if (err.includes(text)) resolve();
      else waiting.push({ text, resolve });
    });
  return { child, ended, said, stderr: () => err };
}

test('end of input drains, prints the balance and exits 0', async () => {
  const { child, ended } = daemon(['--config', 'env:CONFIG'], { CONFIG: STDIN });
  child.stdin.end('one\ntwo\n');
  const { code, out, err } = await ended;
  expect(err).toMatch(/logs +2 +2 +0 +0 +0\n/);
  expect(err).toContain('the books balance, nothing was lost');
  expect(code).toBe(0);
  expect(out).toBe('');
});

test('a doubled Ctrl-C drains, a SIGHUP is survived', async () => {
  const { child, ended, said } = daemon(['run', '--config', 'env:CONFIG'], { CONFIG: OTLP });
  await said('started');
  child.kill('SIGHUP');
  await said('SIGHUP');
  child.kill('SIGINT');
  child.kill('SIGINT');
  const { code, err } = await ended;
  expect(err).toContain('final balance');
  expect(code).toBe(0);
});

test('a configuration with errors starts nothing and exits 1', async () => {
  const { ended } = daemon(['--config', 'env:CONFIG'], { CONFIG: `${OTLP}\nexporters: {}\n` });
  const { code, err } = await ended;
  expect(code).toBe(1);
  expect(err).toBe(
    'error: the key "exporters" stands twice in the same map, first at env:CONFIG:8:1; one of the two would be lost: merge them (env:CONFIG:10:1)\n' +
      '1 error (CS_CONFIG_INVALID); nothing was started\n',
  );
});

test('an address that was written down and is taken is a start error', async () => {
  const other = createServer();
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const { port } = other.address() as AddressInfo;
  const at = `service.health.endpoint=127.0.0.1:${port}`;
  const { code, err } = await daemon(['--config', 'env:CONFIG', '--set', at], { CONFIG: OTLP })
    .ended;
  other.close();
  expect(code).toBe(1);
  expect(err).toContain('CS_ADDRESS_UNAVAILABLE');
  expect(err).toContain(`health: cannot listen at 127.0.0.1:${port}`);
});

test('the example runs, and the lines it prints do what they say', async () => {
  const door = await freePort();
  const { ended, said, stderr, child } = daemon([
    '--config',
    fileURLToPath(new URL('../../config.example.yaml', import.meta.url)),
    '--set',
    `receivers.otlp.protocols.http.endpoint=127.0.0.1:${door}`,
    '--set',
    'service.health.endpoint=127.0.0.1:0',
    '--set',
    'service.telemetry.metrics.address=127.0.0.1:0',
  ]);
  await said('Metrics: curl');
  expect(stderr()).toContain('The signing key was generated for this run');
  const lines = stderr().matchAll(/^ {2}curl -sS (\S+) -H '([\w-]+): (\S+)' -d '([^']+)'$/gm);
  const answers: string[] = [];
  for (const [, url = '', name = '', value = '', body = ''] of lines) {
    const response = await fetch(url, { method: 'POST', headers: { [name]: value }, body });
    answers.push(`${response.status} ${await response.text()}`);
  }
  expect(answers).toEqual([
    '200 {}',
    expect.stringMatching(
      /^200 .*"rejectedLogRecords":"1".*direct_injection 1; record 0: override\.earlier_instructions in body/,
    ),
  ]);
  const health = /http:\/\/(\S+)\/status/.exec(stderr())?.[1] ?? '';
  expect(await (await fetch(`http://${health}/status`)).json()).toMatchObject({
    status: 'degraded',
    ready: true,
  });
  child.kill('SIGTERM');
  const { code, out, err } = await ended;
  expect(code).toBe(0);
  expect(out.trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(out)).toMatchObject({ specversion: '1.0', agtsignaturealg: 'HMAC-SHA256' });
  expect(err).toMatch(/logs +2 +1 +0 +1 +0 {2}direct_injection 1\n/);
});
