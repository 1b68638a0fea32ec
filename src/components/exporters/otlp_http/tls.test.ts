import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import type { Server } from 'node:https';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { records, Rig } from './testing/backend.ts';

const CERT_FILE = join(import.meta.dirname, 'testing/loopback.pem');
const KEY_FILE = join(import.meta.dirname, 'testing/loopback-key.pem');
const cert = readFileSync(CERT_FILE);
const pair = { cert, key: readFileSync(KEY_FILE) };

async function backend(options: object): Promise<Server> {
  const server = createServer({ ...pair, ...options }, (request, response) => {
    request.on('end', () => response.writeHead(200).end());
    request.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const own = { requestCert: true, rejectUnauthorized: true, ca: cert };
const files = { cert_file: CERT_FILE, key_file: KEY_FILE };

test.each([
  ['an authority of its own', {}, { ca_file: CERT_FILE }, 'delivered'],
  ['no trust', {}, {}, 'retry'],
  ['no check', {}, { insecure_skip_verify: true }, 'delivered'],
  ['another name', {}, { ca_file: CERT_FILE, server_name_override: 'other.test' }, 'retry'],
  ['the right name', {}, { ca_file: CERT_FILE, server_name_override: 'localhost' }, 'delivered'],
  ['a client certificate', own, { ca_file: CERT_FILE, ...files }, 'delivered'],
  [
    'a version too old',
    { maxVersion: 'TLSv1.2' },
    { ca_file: CERT_FILE, min_version: '1.3' },
    'retry',
  ],
])('with %s', async (_, server, tls, status) => {
  const running = await backend(server);
  const { port } = running.address() as AddressInfo;
  await using rig = await Rig.started({
    endpoint: `https://127.0.0.1:${port}`,
    compression: 'none',
    tls,
  });
  expect((await rig.ship([records('a')])).status).toBe(status);
  running.closeAllConnections();
  running.close();
});

test('files that cannot be read are a start error with the setting', async () => {
  const tls = { ca_file: '/nowhere.pem' };
  await expect(Rig.started({ endpoint: 'https://127.0.0.1:1', tls })).rejects.toThrow(
    /exporters\.otlp_http\.tls\.ca_file: cannot read/,
  );
});
