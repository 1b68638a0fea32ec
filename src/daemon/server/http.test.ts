import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { PageServer, splitEndpoint, text } from './http.ts';

const servers: PageServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => await server.close()));
});

async function started(): Promise<string> {
  const server = new PageServer('test', {
    '/page': (query) => text(200, `q=${query.get('q') ?? ''}`),
  });
  servers.push(server);
  return await server.listen('127.0.0.1:0');
}

test.each<[string, RequestInit, number, string]>([
  ['/page?q=1', {}, 200, 'q=1'],
  ['/page', { method: 'HEAD' }, 200, ''],
  ['/page', { method: 'POST', body: 'x' }, 405, 'GET only\n'],
  ['/other', {}, 404, 'not found; there is /page\n'],
  ['/__proto__', {}, 404, 'not found; there is /page\n'],
  ['/page/', {}, 404, 'not found; there is /page\n'],
])('%s %j', async (path, init, status, body) => {
  const response = await fetch(`http://${await started()}${path}`, init);
  expect(response.status).toBe(status);
  expect(await response.text()).toBe(body);
});

test('a taken address is named', async () => {
  const address = await started();
  const second = new PageServer('health', {});
  await expect(second.listen(address)).rejects.toThrow(
    new RegExp(`^health: cannot listen at ${address.replaceAll('.', '\\.')}: .*EADDRINUSE`),
  );
});

test('closing does not wait for idle connections', async () => {
  const address = await started();
  const socket = connect(splitEndpoint(address));
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.on('connect', resolve));
  await servers[0]?.close();
  await closed;
});

test.each([
  ['127.0.0.1:80', '127.0.0.1', 80],
  ['[::1]:4318', '::1', 4318],
  [':13133', '127.0.0.1', 13_133],
])('%s', (endpoint, host, port) => {
  expect(splitEndpoint(endpoint)).toEqual({ host, port });
});
