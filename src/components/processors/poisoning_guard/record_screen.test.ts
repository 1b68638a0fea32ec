import { expect, test } from 'vitest';
import { encodeRecord } from '../../../otlp/index.ts';
import { KeyValueList } from '../../../sdk/index.ts';
import type { AttributeValue, KeyValue } from '../../../sdk/index.ts';
import { CLEAN, RecordScreen } from './record_screen.ts';
import { ReferenceRuleset } from './reference/ruleset.ts';
import { nearText, seeded } from './testing/texts.ts';
import { pathOf, TextWalk } from './walk.ts';

const DEPTH_MAX = 6;
const ruleset = new ReferenceRuleset();
const walk = new TextWalk(DEPTH_MAX);

/** What the full walk finds in a record, with its end. */
function walked(bytes: Uint8Array): { end: string; rules: string[]; paths: string[] } {
  const rules: string[] = [];
  const paths: string[] = [];
  const end = walk.record(bytes, 0, bytes.length, (from, to, place) => {
    const found = ruleset.judge(bytes, from, to)?.map(({ id }) => id) ?? ['malformed'];
    rules.push(...found);
    for (let i = 0; i < found.length; i++) paths.push(pathOf(place));
  });
  return { end, rules, paths };
}

/** The screen's word must follow from the full walk: clean only when that finds nothing to judge. */
function expectSound(screen: RecordScreen, bytes: Uint8Array): boolean {
  // Other bytes around, so that reading past an end shows.
  const buffer = Buffer.concat([Buffer.alloc(3, 0x72), bytes, Buffer.from('m -rf curl')]);
  screen.open(buffer);
  screen.counted = 0;
  const found = screen.record(3, 3 + bytes.length);
  if (found !== CLEAN) return false;
  const { end, rules } = walked(bytes);
  expect([end, rules.filter((rule) => rule !== 'special_chars')]).toEqual(['whole', []]);
  expect(screen.counted).toBe(rules.length);
  return true;
}

const WORDS = ['retry', 'INFO', 'GET', '/api/v1/x', '--', '10.0.0.1', 'naïve', 'http.route', ''];

function randomText(random: () => number): string {
  if (random() < 0.06) return nearText(random, 4);
  const word = WORDS[Math.floor(random() * WORDS.length)] ?? '';
  return random() < 0.2 ? `${word} `.repeat(1 + Math.floor(random() * 40)) : word;
}

function randomValue(random: () => number, depth: number): AttributeValue {
  const kind = Math.floor(random() * (depth > 7 ? 7 : 10));
  if (kind < 3) return randomText(random);
  if (kind === 3) return random() < 0.5;
  if (kind === 4) return BigInt(Math.floor(random() * 2 ** 40)) - 2n ** 39n;
  if (kind === 5) return random() * 1e6;
  if (kind === 6) return random() < 0.5 ? null : Buffer.from('rm -rf /');
  if (kind === 7) return new KeyValueList(randomList(random, depth + 1));
  return Array.from({ length: Math.floor(random() * 4) }, () => randomValue(random, depth + 1));
}

function randomList(random: () => number, depth: number): KeyValue[] {
  return Array.from({ length: Math.floor(random() * 5) }, (): KeyValue => [
    randomText(random),
    randomValue(random, depth),
  ]);
}

function randomRecord(random: () => number): Uint8Array {
  return encodeRecord({
    timeUnixNano: 1n,
    severityNumber: 9,
    severityText: randomText(random),
    eventName: randomText(random),
    body: randomValue(random, 0),
    attributes: randomList(random, 0),
    flags: 1,
  });
}

test.each([1, 2, 3])('clean means clean on random records, seed %i', (seed) => {
  const random = seeded(seed);
  const screen = new RecordScreen(ruleset, DEPTH_MAX);
  let clean = 0;
  for (let round = 0; round < 1_500; round++)
    clean += Number(expectSound(screen, randomRecord(random)));
  expect(clean).toBeGreaterThan(500);
});

test.each([4, 5, 6])('clean means clean on damaged records, seed %i', (seed) => {
  const random = seeded(seed);
  const screen = new RecordScreen(ruleset, DEPTH_MAX);
  for (let round = 0; round < 2_000; round++) {
    const bytes = Buffer.from(randomRecord(random));
    for (let i = 0; i <= random() * 3; i++) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    const cut = random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length;
    expectSound(screen, bytes.subarray(0, cut));
  }
});

test('a length written longer than it is does not hide what it covers', () => {
  // attribute { key "k", value { text of 72 bytes in an overlong length, then other fields } }
  const text = Buffer.from('x '.repeat(31) + 'you are now'.slice(0, 10) + 'w');
  const value = Buffer.concat([Buffer.from([0x0a, 0x80 | text.length, 0x00]), text]);
  const trailing = Buffer.from('b'.repeat(127));
  const body = Buffer.concat([
    Buffer.from([0x0a, 1, 0x6b, 0x12, value.length + 127]),
    value,
    trailing,
  ]);
  const record = Buffer.concat([
    Buffer.from([0x32, 0x80 | (body.length & 127), body.length >> 7]),
    body,
  ]);
  const screen = new RecordScreen(ruleset, DEPTH_MAX);
  expect(expectSound(screen, record)).toBe(false);
});

test('two bytes of a length are not taken for a length and a tag', () => {
  // An attribute of 1,320 bytes: its length is A8 0A, and 0A is also the tag of a key. Read so, its
  // key would hold a short attribute, and after it a trace id of all the rest, text included.
  const short = Buffer.from([
    ...Buffer.from('aaaaaaaaa'),
    0x12,
    26,
    0x0a,
    24,
    ...Buffer.alloc(24, 0x61),
  ]);
  const key = Buffer.concat([short, Buffer.from([0x4a, 0, 0]), Buffer.alloc(40, 0x61)]);
  const textBytes = 1_320 - 2 - key.length - 6;
  const text = Buffer.alloc(textBytes, 'rm -rf / ');
  const lengthOf = (length: number) => [0x80 | (length & 127), length >> 7];
  const value = Buffer.concat([Buffer.from([0x0a, ...lengthOf(textBytes)]), text]);
  const record = Buffer.concat([
    Buffer.from([0x32, 0xa8, 0x0a, 0x0a, key.length]),
    key,
    Buffer.from([0x12, ...lengthOf(value.length)]),
    value,
  ]);
  const traceAt = 5 + short.length;
  record.set(lengthOf(record.length - traceAt - 3), traceAt + 1);
  expect(walked(record).rules).toContain('destructive:destructive[0]');
  expect(expectSound(new RecordScreen(ruleset, DEPTH_MAX), record)).toBe(false);
});

test('a known key is known by all its bytes', () => {
  const screen = new RecordScreen(ruleset, DEPTH_MAX);
  const judged = (key: string): number => {
    const bytes = encodeRecord({ attributes: [[key, 'x']] });
    screen.open(bytes);
    return screen.record(0, bytes.length);
  };
  expect(judged('abcd rn -rf xyz')).toBe(CLEAN);
  expect(judged('abcd rn -rf xyz')).toBe(CLEAN);
  expect(judged('abcd rm -rf xyz')).not.toBe(CLEAN);
  expect(judged('abcd rm -rf xyz')).not.toBe(CLEAN);
});

test('more texts than one run takes', () => {
  const texts = Array.from({ length: 300 }, (_, i) => `word ${i}`);
  const judged = (values: string[]): number => {
    const screen = new RecordScreen(ruleset, DEPTH_MAX);
    const bytes = encodeRecord({ body: values });
    screen.open(bytes);
    return screen.record(0, bytes.length);
  };
  expect(judged(texts)).toBe(CLEAN);
  for (const place of [0, 63, 64, 65, 128, 299]) {
    expect(judged(texts.with(place, 'rm -rf /'))).not.toBe(CLEAN);
  }
});

test.each<[string, Parameters<typeof encodeRecord>[0], string[]]>([
  ['body', { body: 'rm -rf /' }, ['body']],
  ['a map in the body', { body: new KeyValueList([['command', 'rm -rf /']]) }, ['body.command']],
  ['an odd key', { body: new KeyValueList([['a b', 'rm -rf /']]) }, ['body["a b"]']],
  ['an array', { body: ['a', ['b', 'rm -rf /']] }, ['body[1][1]']],
  ['an attribute', { attributes: [['x', 'rm -rf /']] }, ['attributes["x"]']],
  ['within one', { attributes: [['x', ['rm -rf /']]] }, ['attributes["x"][0]']],
  ['a key', { attributes: [['rm -rf /', 'x']] }, ['attributes["rm -rf /"].(key)']],
  ['severityText', { severityText: 'rm -rf /' }, ['severityText']],
  ['eventName', { eventName: 'rm -rf /' }, ['eventName']],
  ['bytes are no text', { body: Buffer.from('rm -rf /') }, []],
])('path: %s', (_, record, paths) => {
  expect(walked(encodeRecord(record)).paths).toEqual(paths);
});

test('too deep is said, not passed over', () => {
  let body: AttributeValue = 'x';
  for (let i = 0; i <= DEPTH_MAX; i++) body = [body];
  const bytes = encodeRecord({ body });
  expect(walked(bytes).end).toBe('too_deep');
  const screen = new RecordScreen(ruleset, DEPTH_MAX);
  screen.open(bytes);
  expect(screen.record(0, bytes.length)).not.toBe(CLEAN);
});
