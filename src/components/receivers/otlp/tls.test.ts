import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ONE_RECORD, Rig } from './testing/rig.ts';

const CERT_FILE = join(import.meta.dirname, 'testing/loopback.pem');
const KEY_FILE = join(import.meta.dirname, 'testing/loopback-key.pem');
const cert = readFileSync(CERT_FILE);
const key = readFileSync(KEY_FILE);
const files = { cert_file: CERT_FILE, key_file: KEY_FILE };

async function statusOf(rig: Rig, options: RequestOptions): Promise<number | undefined> {
  const headers = { 'content-type': 'application/x-protobuf', 'content-length': ONE_RECORD.length };
  const where = { host: '127.0.0.1', port: rig.port, path: '/v1/logs', method: 'POST' };
  const outgoing = request({ ...where, headers, agent: false, ...options });
  outgoing.end(ONE_RECORD);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

describe('TLS', () => {
  test('with a client that trusts the certificate, and one that does not', async () => {
    await using rig = await Rig.started({ tls: files });
    expect(rig.reports[0]?.message).toMatch(/^listening on https:/);
    expect(await statusOf(rig, { ca: cert })).toBe(200);
    await expect(statusOf(rig, {})).rejects.toThrow(/self.signed/);
  });

  test('an authority for clients lets only those in that it signed', async () => {
    await using rig = await Rig.started({ tls: { ...files, client_ca_file: CERT_FILE } });
    expect(await statusOf(rig, { ca: cert, cert, key })).toBe(200);
    await expect(statusOf(rig, { ca: cert })).rejects.toThrow();
    expect(rig.arrivals).toHaveLength(1);
  });

  test('an old version is refused', async () => {
    await using rig = await Rig.started({ tls: { ...files, min_version: '1.3' } });
    await expect(statusOf(rig, { ca: cert, maxVersion: 'TLSv1.2' })).rejects.toThrow();
  });

  test('plain HTTP on a TLS port is cut and counted', async () => {
    await using rig = await Rig.started({ tls: files });
    const socket = connect(rig.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('POST /v1/logs HTTP/1.1\r\n\r\n');
    await once(socket, 'close');
    expect(rig.turnedAway).toEqual([['undecodable', 0]]);
  });

  test('a stop does not wait for idle connections or half a handshake', async () => {
    await using rig = await Rig.started({ tls: files });
    const silent = connect(rig.port, '127.0.0.1');
    await once(silent, 'connect');
    expect(await statusOf(rig, { ca: cert })).toBe(200);
    await rig.stop();
    silent.destroy();
  });

  test('files that cannot be read are a start error with the setting', async () => {
    const rig = new Rig({ tls: { ...files, key_file: '/nowhere.pem' } });
    await expect(rig.receiver.start?.()).rejects.toThrow(/http\.tls\.key_file: cannot read/);
  });
});
