import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { HealthReport, Host } from '../../../sdk/index.ts';
import { createBearer } from './bearer.ts';
import { bearertokenauth } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'bearer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fakeHost() {
  const time = { ms: 0 };
  const reports: HealthReport[] = [];
  const silent = () => undefined;
  const host: Host = {
    id: 'bearertokenauth',
    log: { error: silent, warn: silent, info: silent, debug: silent },
    clock: {
      wallMs: () => time.ms,
      monotonicMs: () => time.ms,
      after: () => ({ cancel: silent, [Symbol.dispose]: silent }),
    },
    random: () => 0.5,
    report: (health) => reports.push(health),
    extension: () => undefined,
  };
  return { host, time, reports };
}

function bearer(config: unknown, fake = fakeHost()) {
  return { extension: createBearer(bearertokenauth.schema.parse(config), fake.host), ...fake };
}

describe('authenticate', () => {
  const { extension } = bearer({ tokens: ['first-token', 'second'] });
  test.each([
    ['the first token', 'Bearer first-token', true],
    ['the second token', 'Bearer second', true],
    ['another case of the scheme', 'bearer second', true],
    ['a prefix of a token', 'Bearer first', false],
    ['a longer token', 'Bearer second2', false],
    ['another scheme', 'Basic second', false],
    ['no scheme', 'second', false],
    ['an empty token', 'Bearer ', false],
    ['no header', undefined, false],
  ])('%s', (_, authorization, ok) => {
    expect(extension.authenticate?.({ authorization }).ok).toBe(ok);
  });

  test('the refusal never shows a token', () => {
    expect(JSON.stringify(extension.authenticate?.({ authorization: 'Bearer first' }))).not.toMatch(
      /first-token|second/,
    );
  });

  test('another header without a scheme', () => {
    const other = bearer({ token: 'k', scheme: '', header: 'X-Api-Key' }).extension;
    expect(other.authenticate?.({ 'x-api-key': 'k' })).toMatchObject({ ok: true });
    expect(other.credentials?.()).toEqual({ 'X-Api-Key': 'k' });
  });
});

describe('a token file', () => {
  test('is read again when it changed, a second later at the latest', () => {
    const path = join(folder, 'token');
    writeFileSync(path, 'old\n');
    const { extension, time } = bearer({ filename: path });
    void extension.start?.();
    expect(extension.credentials?.()).toEqual({ Authorization: 'Bearer old' });
    writeFileSync(path, 'newer\n');
    time.ms = 999;
    expect(extension.credentials?.()).toEqual({ Authorization: 'Bearer old' });
    time.ms = 1_000;
    expect(extension.credentials?.()).toEqual({ Authorization: 'Bearer newer' });
    expect(extension.authenticate?.({ authorization: 'Bearer old' }).ok).toBe(false);
  });

  test('that vanishes or empties keeps the last tokens and degrades health until it is back', () => {
    const path = join(folder, 'vanishing');
    writeFileSync(path, 'kept');
    const { extension, time, reports } = bearer({ filename: path });
    void extension.start?.();
    rmSync(path);
    time.ms = 1_000;
    expect(extension.authenticate?.({ authorization: 'Bearer kept' }).ok).toBe(true);
    expect(reports.at(-1)?.status).toBe('degraded');
    writeFileSync(path, '\n');
    time.ms = 2_000;
    expect(extension.authenticate?.({ authorization: 'Bearer ' }).ok).toBe(false);
    expect(reports.at(-1)?.status).toBe('degraded');
    writeFileSync(path, 'kept');
    time.ms = 3_000;
    extension.credentials?.();
    expect(reports.at(-1)?.status).toBe('healthy');
  });

  test.each([
    ['missing', undefined],
    ['empty', '\n \n'],
  ])('%s at the start is a start error', (name, text) => {
    const path = join(folder, name);
    if (text !== undefined) writeFileSync(path, text);
    expect(() => bearer({ filename: path }).extension.start?.()).toThrow(/filename: cannot read/);
  });
});

test.each([
  ['nothing', {}],
  ['two ways', { token: 'a', filename: 'b' }],
  ['an empty token', { token: '' }],
  ['a line break', { token: 'a\nb' }],
])('the configuration refuses %s', (_, config) => {
  expect(bearertokenauth.schema.safeParse(config).success).toBe(false);
});
