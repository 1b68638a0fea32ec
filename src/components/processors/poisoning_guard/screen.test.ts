import { describe, expect, test } from 'vitest';
import { encodeRecord } from '../../../otlp/index.ts';
import { KeyValueList } from '../../../sdk/index.ts';
import type { AttributeValue, KeyValue } from '../../../sdk/index.ts';
import { ReferenceRuleset } from './reference/ruleset.ts';
import { CLEAN, COUNTED, countedOf, isUnsure, Screen, SUSPECT, suspectsOf } from './screen.ts';
import { nearText, seeded } from './testing/texts.ts';
import { pathOf, TextWalk } from './walk.ts';

const DEPTH_MAX = 6;
const ruleset = new ReferenceRuleset();
const walk = new TextWalk(DEPTH_MAX);
const newScreen = (): Screen => new Screen(ruleset.screen, DEPTH_MAX, 1 << 20);

/** What the screen says of one record: its counted texts and where its suspects are, or unsure. */
interface Said {
  readonly unsure: boolean;
  readonly counted: number;
  readonly suspects: readonly (readonly [number, number])[];
}

/** Screens the records that stand one behind another in the buffer, 5 bytes apart from its third. */
function screened(screen: Screen, buffer: Uint8Array, lengths: readonly number[]): Said[] {
  const starts = new Uint32Array(lengths.length);
  const ends = new Uint32Array(lengths.length);
  let at = 3;
  for (const [row, length] of lengths.entries()) {
    starts[row] = at;
    ends[row] = at + length;
    at += length + 5;
  }
  const count = lengths.length;
  const all: Said[] = [];
  while (all.length < count) {
    const row = all.length;
    const end = screen.loadRecords({ buffer, starts, ends, count }, row);
    screen.run(end - row);
    let suspect = 0;
    for (const result of screen.results.slice(0, end - row)) {
      const suspects = Array.from({ length: suspectsOf(result) }, () => screen.suspect(suspect++));
      all.push({ unsure: isUnsure(result), counted: countedOf(result), suspects });
    }
  }
  return all;
}

function screenedAlone(screen: Screen, record: Uint8Array): Said {
  // Other bytes around, so that reading past an end shows.
  const buffer = Buffer.concat([Buffer.alloc(3, 0x72), record, Buffer.from('m -rf curl')]);
  return screened(screen, buffer, [record.length])[0] as Said;
}

const isClean = ({ unsure, counted, suspects }: Said): boolean =>
  !unsure && counted === 0 && suspects.length === 0;

/** As `isClean`, or only counted texts. */
const isSettled = ({ unsure, suspects }: Said): boolean => !unsure && suspects.length === 0;

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

/**
 * What the screen says must follow from the full walk: texts that it does not name match no rule but
 * the counted one, as often as it says.
 */
function expectSound(
  screen: Screen,
  record: Uint8Array,
  said = screenedAlone(screen, record),
): Said {
  if (said.unsure) return said;
  const { end, rules } = walked(record);
  expect(end).toBe('whole');
  if (said.suspects.length === 0) {
    expect(rules.filter((rule) => rule !== 'special_chars')).toEqual([]);
    expect(said.counted).toBe(rules.length);
  }
  return said;
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
  const screen = newScreen();
  let settled = 0;
  for (let round = 0; round < 1_500; round++)
    settled += Number(isSettled(expectSound(screen, randomRecord(random))));
  expect(settled).toBeGreaterThan(500);
});

test.each([4, 5, 6])('clean means clean on damaged records, seed %i', (seed) => {
  const random = seeded(seed);
  const screen = newScreen();
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
  const screen = newScreen();
  expect(isSettled(expectSound(screen, record))).toBe(false);
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
  expect(isSettled(expectSound(newScreen(), record))).toBe(false);
});

test('a varint is read as the full walk reads it', () => {
  const screen = newScreen();
  for (let length = 1; length <= 13; length++) {
    for (const last of [0x01, 0x80]) {
      for (const behind of [[], [0x01]]) {
        const varint = [...Array.from({ length: length - 1 }, () => 0x80), last, ...behind];
        const value = [0x12, varint.length + 1, 0x18, ...varint];
        const attribute = [0x32, value.length + 3, 0x0a, 1, 0x6b, ...value];
        const number = [0x10, ...varint];
        for (const record of [attribute, number]) {
          const { unsure } = screenedAlone(screen, Uint8Array.from(record));
          const { end } = walked(Uint8Array.from(record));
          expect([record, unsure]).toEqual([record, end !== 'whole']);
        }
      }
    }
  }
});

test('a known key is known by all its bytes', () => {
  const screen = newScreen();
  const judged = (key: string): boolean =>
    isClean(screenedAlone(screen, encodeRecord({ attributes: [[key, 'x']] })));
  for (const [clean, not] of [
    ['abcd rn -rf xyz', 'abcd rm -rf xyz'],
    ['abcdefgh rn -rf ijklmnopqrstuvwx', 'abcdefgh rm -rf ijklmnopqrstuvwx'],
    ['rn -', 'rm -'],
    ['abc.d rn -', 'abc.d rm -'],
  ] as const) {
    expect([judged(clean), judged(clean), judged(not), judged(not)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  }
});

test('every suspect of a record is named', () => {
  const texts = Array.from({ length: 300 }, (_, i) => `word ${i}`);
  const screen = newScreen();
  const said = (values: string[]): Said => screenedAlone(screen, encodeRecord({ body: values }));
  expect(isClean(said(texts))).toBe(true);
  for (const place of [0, 63, 64, 65, 128, 299]) {
    const record = encodeRecord({ body: texts.with(place, 'rm -rf /') });
    const { unsure, suspects } = screenedAlone(screen, record);
    expect([unsure, suspects.length]).toEqual([false, 1]);
    const [start, end] = suspects[0] ?? [0, 0];
    expect(Buffer.from(record.subarray(start - 3, end - 3)).toString()).toBe('rm -rf /');
  }
  expect(said(Array.from({ length: 1_024 }, () => 'rm -rf /')).suspects.length).toBe(1_024);
  expect(said(Array.from({ length: 1_025 }, () => 'rm -rf /')).unsure).toBe(true);
});

test('more counted texts than a result has room for', () => {
  const said = (count: number): Said =>
    screenedAlone(newScreen(), encodeRecord({ body: Array.from({ length: count }, () => '--') }));
  expect(said(65_535)).toEqual({ unsure: false, counted: 65_535, suspects: [] });
  expect(said(65_536).unsure).toBe(true);
});

test('a record above the limit is unsure, one of the limit is not', () => {
  const record = encodeRecord({ body: 'x'.repeat(200_000) });
  const screenOf = (bytesMax: number): Screen => new Screen(ruleset.screen, DEPTH_MAX, bytesMax);
  expect(isClean(screenedAlone(screenOf(record.length), record))).toBe(true);
  expect(screenedAlone(screenOf(record.length - 1), record).unsure).toBe(true);
});

test.each([7, 8])('many records at once are each judged as alone, seed %i', (seed) => {
  const random = seeded(seed);
  const records = Array.from({ length: 1_500 }, () => Buffer.from(randomRecord(random)));
  records[700] = Buffer.from(encodeRecord({ body: `${'x'.repeat(150_000)} rm -rf / ` }));
  records[701] = Buffer.from(encodeRecord({ body: '--' }));
  const buffer = Buffer.concat([
    Buffer.alloc(3),
    ...records.flatMap((record) => [record, Buffer.alloc(5, 'r')]),
  ]);
  const screen = newScreen();
  // Texts beyond ASCII are suspects in the run in which the first comes.
  screen.load(Buffer.from('é'), 0, 2);
  screen.look(0, 2);
  const all = screened(
    screen,
    buffer,
    records.map((record) => record.length),
  );
  let at = 3;
  for (const [row, record] of records.entries()) {
    const { unsure, counted, suspects } = expectSound(screen, record, all[row]);
    const alone = screenedAlone(screen, record);
    const moved = suspects.map(([start, end]) => [start - at + 3, end - at + 3]);
    expect([row, unsure, counted, moved]).toEqual([
      row,
      alone.unsure,
      alone.counted,
      alone.suspects,
    ]);
    at += record.length + 5;
  }
});

describe('a text beyond ASCII', () => {
  const screen = newScreen();
  const said = (bytes: Uint8Array): number => {
    screen.load(bytes, 0, bytes.length);
    return screen.look(0, bytes.length);
  };
  const rulesOf = (bytes: Uint8Array): string[] =>
    ruleset.judge(bytes, 0, bytes.length)?.map(({ id }) => id) ?? ['malformed'];
  /** Exact: a suspect only where the judge finds something. */
  const expectExact = (bytes: Uint8Array): void => {
    const rules = rulesOf(bytes);
    const wanted =
      rules.length === 0 ? CLEAN : rules.join() === 'special_chars' ? COUNTED : SUSPECT;
    expect([bytes, said(bytes)]).toEqual([bytes, wanted]);
  };

  test('every code point, alone and between others', () => {
    for (let code = 0x80; code < 0x11_0000; code += code < 0x3000 ? 1 : 37) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const char = String.fromCodePoint(code);
      expectExact(Buffer.from(char));
      expectExact(Buffer.from(`Привет, ${char} мир`));
      expectExact(Buffer.from(`the length ${char} is ${char.repeat(3)}`));
    }
  });

  test('not well-formed', () => {
    const random = seeded(9);
    const seeds = [
      'a€\u{1f600}ß',
      'long enough for a block and €\u{1f600}ß',
      'é\u{10ffff}\ud7ff\ue000',
    ];
    for (let round = 0; round < 20_000; round++) {
      const bytes = Buffer.from(seeds[round % seeds.length] ?? '');
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const cut = random() < 0.2 ? Math.floor(random() * bytes.length) : bytes.length;
      expectExact(bytes.subarray(0, cut));
    }
  });

  test.each([
    ['French', 'La réunion est reportée à mardi prochain ; le rapport arrivera à temps.', CLEAN],
    ['German', 'Die Sitzung wurde auf nächsten Dienstag verschoben – für alle.', CLEAN],
    ['Polish', 'Żądanie zakończyło się błędem, spróbuj później', CLEAN],
    ['Russian', 'Заказ отправлен на склад 17', CLEAN],
    ['Chinese', '订单已发货', CLEAN],
    ['marks', '“—…”', COUNTED],
    ['a look-alike', 'p\u0430ypal', SUSPECT],
    ['a command', 'é : rm -rf /', SUSPECT],
    ['letters that fold', 'w\u0131th di\u017fregard prior', SUSPECT],
    ['blanks that fold', 'rm\u2003-rf /', SUSPECT],
  ])('%s', (_, text, wanted) => expect(said(Buffer.from(text))).toBe(wanted));
});

test('a window is found at every place of a text', () => {
  const screen = newScreen();
  for (const wanted of [
    'curl x|sh',
    'rm -r /',
    '<system>',
    '```\npython',
    'dd  if=a',
    ': ( ) { : | : & } ; :',
  ]) {
    for (let before = 0; before < 40; before++) {
      for (const after of [0, 1, 2, 15, 16, 17]) {
        const text = Buffer.from(`${' '.repeat(before)}${wanted}${' '.repeat(after)}`);
        screen.load(text, 0, text.length);
        expect([before, after, screen.look(0, text.length)]).toEqual([before, after, SUSPECT]);
      }
    }
  }
});

test('what stands around a text is not part of it', () => {
  const screen = newScreen();
  const bytes = Buffer.from('curl x|sh; rm -rf / ; <system> --------');
  screen.load(bytes, 0, bytes.length);
  expect(screen.look(1, 6)).toBe(CLEAN);
  expect(screen.look(0, 3)).toBe(CLEAN);
  expect(screen.look(12, 19)).toBe(CLEAN);
  expect(screen.look(23, 30)).toBe(CLEAN);
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
  expect(screenedAlone(newScreen(), bytes).unsure).toBe(true);
});
