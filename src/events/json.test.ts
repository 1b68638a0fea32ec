import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { KeyValueList } from '../sdk/index.ts';
import { canonicalText, jcsText, parseJson, pythonFloat } from './index.ts';

function reasonOf(input: string | Uint8Array): string {
  const parsed = parseJson(input);
  return parsed.ok ? 'ok' : parsed.reason;
}

function canonicalOf(input: string): string {
  const parsed = parseJson(input);
  return parsed.ok ? canonicalText(parsed.value) : parsed.reason;
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

test.each([
  ['{"a":1}', 'ok'],
  [' [1 , 2] \n', 'ok'],
  ['"\\ud83d\\ude00"', 'ok'],
  [nested(128), 'ok'],
  [nested(129), 'too_deep'],
  [`${'[['.repeat(50_000)}`, 'too_deep'],
  ['', 'json'],
  ['\ufeff{}', 'json'],
  ['{} {}', 'json'],
  ['{"a":1,}', 'json'],
  ['[1,]', 'json'],
  ['{a:1}', 'json'],
  ["'a'", 'json'],
  ['01', 'json'],
  ['+1', 'json'],
  ['.5', 'json'],
  ['1.', 'json'],
  ['1e', 'json'],
  ['0x1', 'json'],
  ['tru', 'json'],
  ['"a', 'json'],
  ['"\n"', 'json'],
  ['"\\x"', 'json'],
  ['"\\u12g4"', 'json'],
  ['"\\constructor"', 'json'],
  ['[1\u00a0]', 'json'],
  ['NaN', 'non_json_number'],
  ['[-Infinity]', 'non_json_number'],
  ['1e400', 'non_finite'],
  ['9'.repeat(4301), 'number_too_long'],
  ['{"a":1,"b":{"a":1,"a":2}}', 'duplicate_key'],
  ['{"\\u0061":1,"a":2}', 'duplicate_key'],
  ['{"__proto__":1,"__proto__":2}', 'duplicate_key'],
  ['"\\ud800"', 'lone_surrogate'],
  ['{"\\udc00":1}', 'lone_surrogate'],
  // What is not JSON at all outweighs what is JSON and ambiguous; a name twice outweighs the rest.
  ['{"a":"\\ud800","a":1e400}', 'duplicate_key'],
  ['{"a":1e400,"b":"\\ud800"}', 'lone_surrogate'],
  ['{"a":1,"a":2', 'json'],
])('%j is %s', (text, expected) => {
  expect(reasonOf(text)).toBe(expected);
});

test('bytes that are not UTF-8 are refused before anything else', () => {
  expect(reasonOf(Buffer.from([0x22, 0xff, 0x22]))).toBe('invalid_utf8');
  expect(reasonOf(Buffer.from([0xed, 0xa0, 0x80]))).toBe('invalid_utf8');
});

test.each([
  ['{"b":1,"a":1.0,"10":-0,"9":-0.0}', '{"10":0,"9":-0.0,"a":1.0,"b":1}'],
  ['[123456789012345678901234567890, 1E2, 2.50]', '[123456789012345678901234567890,100.0,2.5]'],
  [
    '{"\\u007f\\u2028\\u001F\\/":"\\b\\f\\n\\r\\t\\u0000"}',
    '{"\u007f\u2028\\u001f/":"\\b\\f\\n\\r\\t\\u0000"}',
  ],
  ['{"__proto__":{"__proto__":1}}', '{"__proto__":{"__proto__":1}}'],
  ['{"\ue000":1,"\u{1f600}":2,"\u{1f600}a":3,"\u{1f600}":4}', 'duplicate_key'],
  ['{"\u{1f600}":2,"\ue000":1,"\u{1f601}":3}', '{"\ue000":1,"\u{1f600}":2,"\u{1f601}":3}'],
])('canonical text of %j', (text, expected) => {
  expect(canonicalOf(text)).toBe(expected);
});

test('canonical text refuses what has none', () => {
  expect(() => canonicalText('\ud800')).toThrow(/surrogate/);
  expect(() => canonicalText('\ud800\n')).toThrow(/surrogate/);
  expect(() =>
    canonicalText(
      new KeyValueList([
        ['a', 1n],
        ['a', 1n],
      ]),
    ),
  ).toThrow(/twice/);
  expect(() => jcsText(NaN)).toThrow(/double/);
});

describe('floats', () => {
  const table = readFileSync(new URL('testing/float-table.txt', import.meta.url), 'utf8');
  const rows = table.split('\n').filter((row) => row !== '' && !row.startsWith('#'));

  test(`print as CPython prints them: ${rows.length} doubles`, () => {
    expect(rows.length).toBe(500);
    for (const row of rows) {
      const [bits = '', text = ''] = row.split(' ');
      expect(pythonFloat(Buffer.from(bits, 'hex').readDoubleBE(0))).toBe(text);
    }
  });
});
