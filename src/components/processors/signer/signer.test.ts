import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { EventSigner, parseKey } from '../../../events/index.ts';
import { logRecord } from '../../../events/testing/record.ts';
import { CountersignError } from '../../../sdk/index.ts';
import type {
  Batch,
  HealthReport,
  Host,
  Judged,
  LogRecord,
  Processor,
  RecordSet,
  Verdict,
} from '../../../sdk/index.ts';
import { REASONS, signerProcessor } from './index.ts';
import type { SignerReason } from './index.ts';

const KEY_TEXT = 'raw:a key of the tests, 32 bytes or more';
const ATTRIBUTE = 'agt.audit.meta.cloudevent';

interface TestHost extends Host {
  readonly reports: HealthReport[];
  readonly lines: string[];
}

function testHost(): TestHost {
  const reports: HealthReport[] = [];
  const lines: string[] = [];
  const write = (message: string) => void lines.push(message);
  return {
    id: 'signer',
    log: { error: write, warn: write, info: write, debug: write },
    clock: {
      wallMs: () => 0,
      monotonicMs: () => 0,
      after: () => ({ cancel() {}, [Symbol.dispose]() {} }),
    },
    random: () => 0.5,
    report: (health) => void reports.push(health),
    extension: () => undefined,
    reports,
    lines,
  };
}

async function started(config: object, host = testHost()): Promise<Processor<SignerReason>> {
  const signer = await signerProcessor.create(signerProcessor.schema.parse(config), host);
  await signer.start?.();
  return signer;
}

/** The verdicts of a signer on these records. */
function verdictsOn(
  signer: Processor<SignerReason>,
  records: readonly LogRecord[],
): Verdict<SignerReason>[] {
  const verdicts: Verdict<SignerReason>[] = [];
  const judged = {} as Judged<SignerReason>;
  const batch: Batch<SignerReason> = {
    records: {} as RecordSet,
    judge: (decide) => {
      for (const [index, record] of records.entries()) verdicts.push(decide(record, index));
      return judged;
    },
    judgeRows: () => judged,
    judgeAsync: () => Promise.resolve(judged),
    passAll: () => judged,
  };
  expect(signer.process(batch)).toBe(judged);
  return verdicts;
}

async function errorOf(config: object): Promise<CountersignError> {
  try {
    await started(config);
  } catch (thrown) {
    if (thrown instanceof CountersignError) return thrown;
    throw thrown;
  }
  throw new Error('started');
}

describe('the key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signer-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string, mode = 0o600) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  };

  test.each<[string, object, string, RegExp]>([
    ['no key', {}, 'CS_KEY_MISSING', /\$\{env:NAME\}.*key_file.*generate/],
    ['null, as an unset variable leaves it', { key: null }, 'CS_KEY_MISSING', /signer: no key/],
    ['empty', { key: '' }, 'CS_KEY_MISSING', /signer: no key/],
    ['no prefix', { key: 'x'.repeat(32) }, 'CS_KEY_INVALID', /signer: key: .*hmac:.*raw:/],
    ['short', { key: 'raw:abc' }, 'CS_KEY_INVALID', /3 bytes/],
    ['both', { key: KEY_TEXT, key_file: '/x' }, 'CS_KEY_INVALID', /not both/],
    ['no such file', { key_file: '/nowhere/key' }, 'CS_KEY_MISSING', /key_file \/nowhere\/key/],
    ['empty file', { key_file: file('empty', '\n') }, 'CS_KEY_MISSING', /key_file .*empty/],
    [
      'bare file',
      { key_file: file('bare', 'secretsecretsecretsecretsecretsecret') },
      'CS_KEY_INVALID',
      /prefix/,
    ],
  ])('%s is a start error', async (_, config, code, message) => {
    const error = await errorOf(config);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/secretsecret|xxxxxx/);
  });

  test('from a file, with a warning when others can read it', async () => {
    const host = testHost();
    await started({ key_file: file('good', `${KEY_TEXT}\n`) }, host);
    expect(host.reports.at(-1)?.status).toBe('healthy');
    expect(host.lines).toEqual([]);
    await started({ key_file: file('open', KEY_TEXT, 0o644) }, host);
    expect(host.lines).toEqual([expect.stringMatching(/can be read by others/)]);
  });

  test('made for this run: degraded, and another one each time', async () => {
    const host = testHost();
    const [first, second] = [
      await started({ key: 'generate' }, host),
      await started({ key: 'generate' }),
    ];
    expect(host.reports.at(-1)).toEqual({
      status: 'degraded',
      message: expect.stringMatching(/key made for this run/) as string,
    });
    const record = logRecord({ body: 'x' });
    expect(signedText(verdictsOn(first, [record])[0])).not.toBe(
      signedText(verdictsOn(second, [record])[0]),
    );
  });

  test('is in no message and no report', async () => {
    const host = testHost();
    await started({ key: KEY_TEXT }, host);
    expect(JSON.stringify([host.reports, host.lines])).not.toContain('a key of the tests');
  });
});

function signedText(verdict: Verdict<SignerReason> | undefined): string | undefined {
  return verdict?.kind === 'pass' ? verdict.record?.signedText : undefined;
}

describe('a record', () => {
  const verifier = new EventSigner(parseKey(KEY_TEXT));

  test('goes on with its signed text, in place of whatever came in under that name', async () => {
    const signer = await started({ key: KEY_TEXT });
    const plain = logRecord({ body: 'x', attributes: [['a', 1n]] });
    const forged = logRecord({
      body: 'x',
      attributes: [
        [ATTRIBUTE, 'forged'],
        ['a', 1n],
      ],
    });
    const [first, second] = verdictsOn(signer, [plain, forged]);
    expect(verifier.check(signedText(first) ?? '')).toEqual({ verdict: 'valid' });
    expect(signedText(second)).toBe(signedText(first));
    if (second?.kind !== 'pass' || second.record === undefined) throw new Error('not passed');
    expect(second.record.attributes).toEqual([
      ['a', 1n],
      [ATTRIBUTE, signedText(first)],
    ]);
    expect(second.record.body).toBe('x');
  });

  test('that cannot be signed never passes, and says why once', async () => {
    const host = testHost();
    const signer = await started({ key: KEY_TEXT }, host);
    const twice = logRecord({
      attributes: [
        ['a', 'secret text'],
        ['a', 2n],
      ],
    });
    const [first, second, third] = verdictsOn(signer, [twice, twice, logRecord()]);
    expect(first).toEqual({ kind: 'drop', reason: 'unsignable' });
    expect(second).toBe(first);
    expect(third?.kind).toBe('pass');
    expect(host.lines).toEqual([expect.stringMatching(/cannot be signed.*name stands twice/)]);
    expect(host.lines.join()).not.toContain('secret text');
    expect(REASONS.unsignable).toMatchObject({ ending: 'dropped', told: 'rejected' });
  });

  test('carries the text under the configured name', async () => {
    const signer = await started({ key: KEY_TEXT, attribute: 'signed' });
    const [verdict] = verdictsOn(signer, [logRecord({ attributes: [['signed', 'forged']] })]);
    if (verdict?.kind !== 'pass') throw new Error('not passed');
    expect(verdict.record?.attribute('signed')).toBe(signedText(verdict));
    expect(signedText(verdict)).not.toContain('forged');
  });
});
