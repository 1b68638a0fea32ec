import { describe, expect, test } from 'vitest';
import { KeyValueList } from '../../../sdk/index.ts';
import { type LineFormat, readLine } from './line.ts';

const read = (text: string, format: LineFormat = 'auto') => readLine(Buffer.from(text), format);
const record = (fields: object) => ({ kind: 'record', record: fields });

describe('a record', () => {
  test('with every key', () => {
    const line = read(
      JSON.stringify({
        body: 'hello',
        attributes: { a: 'b', n: 1, d: 1.5, t: true, z: null, list: ['x', 2] },
        eventName: 'greeting',
        severity: 'warn',
        time: '2026-02-03T04:05:06.123456789Z',
        observedTimeUnixNano: '1770091506123456790',
        traceId: '0AF7651916CD43DD8448EB211C80319C',
        spanId: 'b7ad6b7169203331',
      }),
    );
    expect(line).toEqual(
      record({
        body: 'hello',
        attributes: [
          ['a', 'b'],
          ['n', 1n],
          ['d', 1.5],
          ['t', true],
          ['z', null],
          ['list', ['x', 2n]],
        ],
        eventName: 'greeting',
        severityNumber: 13,
        severityText: 'warn',
        timeUnixNano: 1_770_091_506_123_456_789n,
        observedTimeUnixNano: 1_770_091_506_123_456_790n,
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
      }),
    );
  });

  test.each([
    ['a number beyond 2^53', '{"body":9007199254740993}', { body: 9_007_199_254_740_993n }],
    ['the largest integer', '{"body":9223372036854775807}', { body: 9_223_372_036_854_775_807n }],
    ['one more', '{"body":9223372036854775808}', { body: 9_223_372_036_854_775_808 }],
    ['the smallest integer', '{"body":-9223372036854775808}', { body: -(2n ** 63n) }],
    ['a double', '{"body":5.0}', { body: 5 }],
    [
      'a time as a number',
      '{"body":1,"timeUnixNano":1770091506123456789}',
      {
        body: 1n,
        timeUnixNano: 1_770_091_506_123_456_789n,
      },
    ],
    ['only a name', '{"eventName":"e"}', { eventName: 'e' }],
    ['a severity by number', '{"body":"a","severity":17}', { body: 'a', severityNumber: 17 }],
    [
      'an unknown severity',
      '{"body":"a","severity":"loud"}',
      {
        body: 'a',
        severityNumber: 0,
        severityText: 'loud',
      },
    ],
    [
      'severity text and number apart',
      '{"severityText":"X","severityNumber":2,"body":null}',
      {
        body: null,
        severityNumber: 2,
        severityText: 'X',
      },
    ],
  ])('with %s', (_, text, fields) => {
    expect(read(text)).toEqual(record(fields));
  });
});

describe('any other object is the body as a whole', () => {
  test.each([
    '{"level":"info","msg":"a"}',
    '{}',
    '{"attributes":{"a":"b"}}',
    '{"body":"a","extra":1}',
    '{"body":"a","time":"yesterday"}',
    '{"body":"a","timeUnixNano":-1}',
    '{"body":"a","severityNumber":25}',
    '{"body":"a","severityText":1}',
    '{"body":"a","attributes":[]}',
    '{"body":"a","traceId":"12"}',
    '{"body":"a","spanId":"zzzzzzzzzzzzzzzz"}',
    '{"body":"a","constructor":1}',
    '{"body":"a","__proto__":1}',
  ])('%s', (text) => {
    const line = read(text);
    expect(line.kind === 'record' && Object.keys(line.record)).toEqual(['body']);
    expect(line.kind === 'record' && line.record.body).toBeInstanceOf(KeyValueList);
  });
});

describe('an OTLP request', () => {
  test.each([
    '{"resourceLogs":[]}',
    ' { "resourceLogs" : [ {} ] }',
    '{"unknown":1,"resourceLogs":[]}',
  ])('%s', (text) => {
    expect(read(text).kind).toBe('request');
  });

  test('that is none is undecodable', () => {
    expect(read('{"resourceLogs":[{"scopeLogs":7}]}').kind).toBe('undecodable');
  });
});

describe('formats', () => {
  test.each<[string, LineFormat, unknown]>([
    ['plain', 'auto', record({ body: 'plain' })],
    ['  plain', 'auto', record({ body: '  plain' })],
    ['[1]', 'auto', record({ body: '[1]' })],
    [' {"body":1}', 'auto', record({ body: 1n })],
    ['{"body":', 'auto', { kind: 'undecodable' }],
    ['plain', 'ndjson', { kind: 'undecodable' }],
    ['[1]', 'ndjson', record({ body: [1n] })],
    ['"a"', 'ndjson', record({ body: 'a' })],
    ['{"body":', 'lines', record({ body: '{"body":' })],
    ['{"body":1}', 'lines', record({ body: '{"body":1}' })],
    ['{"a":1,"a":2}', 'ndjson', { kind: 'undecodable' }],
    ['{"body":"\\ud800"}', 'ndjson', { kind: 'undecodable' }],
    ['{"body":1e999}', 'ndjson', { kind: 'undecodable' }],
    ['['.repeat(5_000), 'ndjson', { kind: 'undecodable' }],
  ])('%j as %s', (text, format, expected) => {
    expect(read(text, format)).toEqual(expected);
  });

  test.each(['auto', 'ndjson', 'lines'] as const)('%s takes UTF-8 only', (format) => {
    expect(readLine(Buffer.from('caf\xe9', 'latin1'), format).kind).toBe('undecodable');
  });
});
