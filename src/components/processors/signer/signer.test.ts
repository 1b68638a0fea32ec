import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { EventSigner, parseKey } from '../../../events/index.ts';
import { encodeRequest, indexRequest, writeRequest } from '../../../otlp/index.ts';
import { CountersignError, numberedArrival } from '../../../sdk/index.ts';
import type {
  Batch,
  HealthReport,
  Host,
  Judged,
  KeyValue,
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

type Plain = Readonly<{ body?: string; attributes?: readonly KeyValue[] }>;

/** A set of these records, each arrival a key of its own. */
function setOf(...records: readonly Plain[]): RecordSet {
  const request = encodeRequest({ resourceLogs: [{ scopeLogs: [{ records }] }] });
  return indexRequest(request, numberedArrival('test', 1));
}

interface Signed {
  readonly verdicts: readonly Verdict<SignerReason>[];
  /** What passed, as it goes on. */
  readonly set: RecordSet;
}

/** What a signer makes of these records. */
function signedBy(signer: Processor<SignerReason>, records: RecordSet): Signed {
  const verdicts: Verdict<SignerReason>[] = [];
  const judged = {} as Judged<SignerReason>;
  let set = records;
  const batch: Batch<SignerReason> = {
    records,
    judge: () => judged,
    judgeRows: (decide, signed) => {
      for (let index = 0; index < records.count; index += 1) verdicts.push(decide(index));
      const texts = signed?.();
      if (texts !== undefined) set = set.sign(texts);
      set = set.replace(verdicts.map((each) => (each.kind === 'pass' ? each.record : undefined)));
      return judged;
    },
    judgeAsync: () => Promise.resolve(judged),
    passAll: () => judged,
  };
  expect(signer.process(batch)).toBe(judged);
  const passed = verdicts.flatMap(({ kind }, index) => (kind === 'pass' ? [index] : []));
  return { verdicts, set: set.select(passed) };
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
    const [one, other] = [first, second].map((each) => signedBy(each, setOf({ body: 'x' })).set);
    expect(one?.at(0).signedText).not.toBe(other?.at(0).signedText);
  });

  test('is in no message and no report', async () => {
    const host = testHost();
    await started({ key: KEY_TEXT }, host);
    expect(JSON.stringify([host.reports, host.lines])).not.toContain('a key of the tests');
  });
});

describe('a record', () => {
  const verifier = new EventSigner(parseKey(KEY_TEXT));

  test('goes on with its signed text, in place of whatever came in under that name', async () => {
    const signer = await started({ key: KEY_TEXT });
    const plain: Plain = { body: 'x', attributes: [['countersign.nonce', 'n']] };
    const forged: Plain = {
      body: 'x',
      attributes: [
        [ATTRIBUTE, 'forged'],
        ['countersign.nonce', 'n'],
      ],
    };
    const { set } = signedBy(signer, setOf(plain, forged));
    const [first, second] = [...set];
    const text = first?.signedText ?? '';
    expect(verifier.check(text)).toEqual({ verdict: 'valid' });
    expect(second?.signedText).toBe(text);
    expect(first?.attributes).toEqual([
      ['countersign.nonce', 'n'],
      [ATTRIBUTE, text],
    ]);
    expect(second?.attributes).toEqual([
      [ATTRIBUTE, text],
      ['countersign.nonce', 'n'],
    ]);
    expect(second?.body).toBe('x');
    const encoded = indexRequest(writeRequest([set]), numberedArrival('test', 2));
    expect([...encoded].map(({ attributes }) => attributes)).toEqual(
      [...set].map(({ attributes }) => attributes),
    );
  });

  test('that cannot be signed never passes, and says why once', async () => {
    const host = testHost();
    const signer = await started({ key: KEY_TEXT }, host);
    const twice: Plain = {
      attributes: [
        ['a', 'secret text'],
        ['a', 2n],
      ],
    };
    const { verdicts, set } = signedBy(signer, setOf(twice, twice, {}));
    expect(verdicts[0]).toEqual({ kind: 'drop', reason: 'unsignable' });
    expect(verdicts[1]).toBe(verdicts[0]);
    expect(verdicts[2]?.kind).toBe('pass');
    expect([...set].map(({ signedText }) => verifier.verify(signedText))).toEqual([true]);
    expect(host.lines).toEqual([expect.stringMatching(/cannot be signed.*name stands twice/)]);
    expect(host.lines.join()).not.toContain('secret text');
    expect(REASONS.unsignable).toMatchObject({ ending: 'dropped', told: 'rejected' });
  });

  test('carries the text under the configured name', async () => {
    const signer = await started({ key: KEY_TEXT, attribute: 'signed' });
    const { set } = signedBy(signer, setOf({ attributes: [['signed', 'forged']] }, {}));
    for (const record of set) {
      expect(record.attribute('signed')).toBe(record.signedText);
      expect(record.signedText).not.toContain('forged');
    }
  });

  test('that was changed before, or signed before, is signed as it is now', async () => {
    const first = await started({ key: KEY_TEXT, attribute: 'first' });
    const second = await started({ key: KEY_TEXT, attribute: 'second' });
    const set = setOf({ body: 'a' }, { body: 'b' });
    const changed = set.replace([set.at(0).with({ attributes: { screened: true } })]);
    const once = signedBy(first, changed).set;
    expect(once.at(0).attribute('screened')).toBe(true);
    expect(once.at(0).signedText).toContain('"screened":true');
    for (const record of signedBy(second, once).set) {
      const inner = once.at(record.bodyText === 'a' ? 0 : 1).signedText ?? '';
      expect(record.attribute('first')).toBe(inner);
      expect(record.attribute('second')).toBe(record.signedText);
      expect(record.signedText).toContain(JSON.stringify(inner));
      expect(verifier.verify(record.signedText)).toBe(true);
    }
  });
});

describe('the memory of signed texts', () => {
  const textsOf = ({ set }: Signed) => [...set].map(({ signedText }) => signedText);
  const memoryOf = ({ set }: Signed) => set.signed?.buffer.buffer;

  test('is used again once nobody reads it, and not before', async () => {
    const signer = await started({ key: KEY_TEXT });
    const first = signedBy(signer, setOf({ body: 'a' }, { body: 'b' }));
    const texts = textsOf(first);
    const second = signedBy(signer, setOf({ body: 'c' }, { body: 'd' }));
    expect(memoryOf(second)).not.toBe(memoryOf(first));
    expect(textsOf(first)).toEqual(texts);
    signer.released?.(first.set.arrival);
    const third = signedBy(signer, setOf({ body: 'e' }, { body: 'f' }));
    expect(memoryOf(third)).toBe(memoryOf(first));
    signer.released?.(first.set.arrival);
    expect(memoryOf(signedBy(signer, setOf({})))).not.toBe(memoryOf(third));
  });

  test('of a batch that the next one cut short goes to that one', async () => {
    const signer = await started({ key: KEY_TEXT });
    const broken = setOf({ body: 'a' }, { body: 'b' });
    Object.defineProperty(broken, 'at', {
      value: () => {
        throw new Error('broken');
      },
    });
    expect(() => signedBy(signer, broken)).toThrow('broken');
    const { set } = signedBy(signer, setOf({ body: 'c' }));
    expect(set.at(0).signedText).toContain('"body":"c"');
    expect(set.signed?.starts).toEqual(Uint32Array.of(0));
  });
});
