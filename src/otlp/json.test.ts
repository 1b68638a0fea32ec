import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import {
  type AttributeValue,
  KeyValueList,
  type LogRecord,
  numberedArrival,
} from '../sdk/index.ts';
import {
  encodeRequest,
  indexRequest,
  jsonRequest,
  jsonValue,
  transcodeJsonRequest,
} from './index.ts';

const arrival = numberedArrival('test', 1);

function read(json: string): LogRecord {
  return indexRequest(transcodeJsonRequest(Buffer.from(json)), arrival).at(0);
}

/** A request around the members of one record. */
function around(members: string): string {
  return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{${members}}]}]}]}`;
}

const valueOf = (json: string) => read(around(`"body":${json}`)).body;
const PATH = 'resourceLogs[0].scopeLogs[0].logRecords[0]';

describe('values', () => {
  test.each<[string, AttributeValue]>([
    ['{"intValue":"9007199254740993"}', 9007199254740993n],
    ['{"intValue":9007199254740993}', 9007199254740993n],
    ['{"intValue":"-9223372036854775808"}', -(2n ** 63n)],
    ['{"intValue":9223372036854775807}', 2n ** 63n - 1n],
    ['{"intValue":"1e2"}', 100n],
    ['{"intValue":1E+2}', 100n],
    ['{"intValue":5.0}', 5n],
    ['{"intValue":-0}', 0n],
    ['{"intValue":0.00}', 0n],
    ['{"intValue":1200e-2}', 12n],
    ['{"intValue":0e999999999999}', 0n],
    ['{"doubleValue":5}', 5],
    ['{"doubleValue":"5.25"}', 5.25],
    ['{"doubleValue":-0}', -0],
    ['{"doubleValue":1e308}', 1e308],
    ['{"doubleValue":"NaN"}', Number.NaN],
    ['{"doubleValue":"-Infinity"}', Number.NEGATIVE_INFINITY],
    ['{"boolValue":false}', false],
    ['{"stringValue":""}', ''],
    ['{"stringValue":"\\ud83d\\ude00\\u0000\\/\\b\\f\\n\\r\\t\\"\\\\"}', '😀\0/\b\f\n\r\t"\\'],
    ['{"bytesValue":"-_8="}', Buffer.of(0xfb, 0xff)],
    ['{"bytesValue":"+/8"}', Buffer.of(0xfb, 0xff)],
    ['{"arrayValue":{}}', []],
    ['{"arrayValue":{"values":[{},{"boolValue":true}]}}', [null, true]],
    [
      '{"kvlistValue":{"values":[{"key":"2"},{"key":"1","value":null}]}}',
      new KeyValueList([
        ['2', null],
        ['1', null],
      ]),
    ],
    ['{}', null],
    ['{"stringValue":null}', null],
    ['{"unknown":[{"x":1}],"string_value":"snake"}', 'snake'],
    ['{"\\u0073tringValue":"escaped name"}', 'escaped name'],
  ])('%s', (json, expected) => {
    expect(valueOf(json)).toEqual(expected);
    expect(Object.is(valueOf(json), -0)).toBe(Object.is(expected, -0));
  });

  test.each([
    ['{"intValue":"9223372036854775808"}', 'body.intValue'],
    ['{"intValue":"-9223372036854775809"}', 'body.intValue'],
    ['{"intValue":18446744073709551617}', 'body.intValue'],
    ['{"intValue":1e99}', 'body.intValue'],
    ['{"intValue":1e99999999999999999999}', 'body.intValue'],
    ['{"intValue":1.5}', 'body.intValue'],
    ['{"intValue":"5 "}', 'body.intValue'],
    ['{"intValue":"0x5"}', 'body.intValue'],
    ['{"intValue":""}', 'body.intValue'],
    ['{"intValue":05}', 'body.intValue'],
    ['{"intValue":+5}', 'body.intValue'],
    ['{"intValue":true}', 'body.intValue'],
    ['{"doubleValue":1e999}', 'body.doubleValue'],
    ['{"doubleValue":"nan"}', 'body.doubleValue'],
    ['{"doubleValue":NaN}', 'body.doubleValue'],
    ['{"doubleValue":.5}', 'body.doubleValue'],
    ['{"boolValue":"true"}', 'body.boolValue'],
    ['{"stringValue":5}', 'body.stringValue'],
    ['{"stringValue":"\\ud800"}', 'body.stringValue'],
    ['{"stringValue":"\\udc00\\ud800"}', 'body.stringValue'],
    ['{"stringValue":"\\udc00\\udc00"}', 'body.stringValue'],
    ['{"stringValue":"\\x"}', 'body.stringValue'],
    ['{"stringValue":"\u0001"}', 'body.stringValue'],
    ['{"bytesValue":"a"}', 'body.bytesValue'],
    ['{"bytesValue":"a b="}', 'body.bytesValue'],
    ['{"arrayValue":{"values":[null]}}', 'body.arrayValue.values[0]'],
    ['{"arrayValue":{"values":{}}}', 'body.arrayValue.values'],
    ['{"stringValue":"a","stringValue":"b"}', 'body.stringValue'],
    ['{"stringValue":"a","string_value":"b"}', 'body.stringValue'],
    ['{"stringValue":"a","intValue":"1"}', 'body.intValue'],
    ['{"kvlistValue":{"values":[{"key":"k"},{"key":5}]}}', 'body.kvlistValue.values[1].key'],
    ['[]', 'body'],
    ['"text"', 'body'],
  ])('%s: refused with its path', (json, path) => {
    expect(() => valueOf(json)).toThrow(
      expect.objectContaining({
        code: 'CS_REQUEST_UNDECODABLE',
        message: expect.stringContaining(`${PATH}.${path}: `),
      }),
    );
  });
});

describe('record fields', () => {
  test.each<[string, Partial<LogRecord>]>([
    ['"timeUnixNano":1760000000123456789', { timeUnixNano: 1760000000123456789n }],
    ['"timeUnixNano":1.76e18', { timeUnixNano: 1760000000000000000n }],
    ['"time_unix_nano":"18446744073709551615"', { timeUnixNano: 2n ** 64n - 1n }],
    ['"severityNumber":"SEVERITY_NUMBER_ERROR"', { severityNumber: 17 }],
    ['"severityNumber":"SEVERITY_NUMBER_FATAL4"', { severityNumber: 24 }],
    ['"severityNumber":9', { severityNumber: 9 }],
    ['"severityNumber":"9"', { severityNumber: 9 }],
    ['"severityNumber":null', { severityNumber: 0 }],
    [
      '"traceId":"0AF7651916CD43DD8448EB211C80319C"',
      { traceId: '0af7651916cd43dd8448eb211c80319c' },
    ],
    ['"spanId":"b7ad6b7169203331"', { spanId: 'b7ad6b7169203331' }],
    ['"traceId":"","spanId":""', { traceId: '', spanId: '' }],
    [
      '"flags":4294967295,"droppedAttributesCount":"7"',
      { flags: 4294967295, droppedAttributesCount: 7 },
    ],
    ['"body":null,"attributes":[]', { body: undefined }],
    ['"severityNumber":null,"severityNumber":5', { severityNumber: 5 }],
    [
      ' "eventName" : "e" , "futureField" : {"a":[true,false,null,-1.5e3,"\\u00e4"]} ',
      { eventName: 'e' },
    ],
  ])('%s', (members, expected) => {
    expect(read(around(members))).toMatchObject(expected);
  });

  test.each([
    ['"timeUnixNano":-1', 'timeUnixNano'],
    ['"timeUnixNano":18446744073709551616', 'timeUnixNano'],
    ['"severityNumber":"ERROR"', 'severityNumber'],
    ['"severityNumber":2147483648', 'severityNumber'],
    ['"flags":4294967296', 'flags'],
    ['"flags":-1', 'flags'],
    ['"traceId":"0af7651916cd43dd8448eb211c8031"', 'traceId'],
    ['"traceId":"0af7651916cd43dd8448eb211c80319c00"', 'traceId'],
    ['"traceId":"CvdlGRbNQ92ESOshHIAxnA=="', 'traceId'],
    ['"spanId":"b7ad6b716920333g"', 'spanId'],
    ['"spanId":5', 'spanId'],
    ['"severityText":"a","severityText":"a"', 'severityText'],
    ['"timeUnixNano":1,"time_unix_nano":1', 'timeUnixNano'],
    ['"attributes":[],"attributes":[]', 'attributes'],
    ['"attributes":[{"key":"a"},{"key":"b"},]', 'attributes[2]'],
  ])('%s: refused with its path', (members, path) => {
    expect(() => read(around(members))).toThrow(`${PATH}.${path}: `);
  });
});

describe('the text as a whole', () => {
  test.each([
    ['a byte order mark', '\uFEFF{"resourceLogs":[]}'],
    ['white space', ' \r\n\t{ } \n'],
    ['null lists', '{"resourceLogs":null}'],
    ['snake case', '{"resource_logs":[{"scope_logs":[{"log_records":[],"schema_url":"u"}]}]}'],
  ])('%s: taken', (_, json) => {
    expect(indexRequest(transcodeJsonRequest(Buffer.from(json)), arrival).count).toBe(0);
  });

  test.each([
    ['nothing', ''],
    ['an array', '[]'],
    ['null', 'null'],
    ['two objects', '{}{}'],
    ['a comma too much', '{"resourceLogs":[],}'],
    ['a comment', '{/**/}'],
    ['single quotes', "{'resourceLogs':[]}"],
    ['a form feed between', '{\f}'],
    ['an unknown member that is no JSON', '{"x":01}'],
    ['an unknown member that is a word', '{"x":nul}'],
  ])('%s: refused', (_, json) => {
    expect(() => transcodeJsonRequest(Buffer.from(json))).toThrow(
      expect.objectContaining({ code: 'CS_REQUEST_UNDECODABLE' }),
    );
  });

  test('bytes that are not UTF-8: refused', () => {
    const json = Buffer.concat([Buffer.from('{"x":"'), Buffer.of(0xff), Buffer.from('"}')]);
    expect(() => transcodeJsonRequest(json)).toThrow(/UTF-8/);
  });

  test('what is said of a fault holds no content', () => {
    const json = around('"body":{"stringValue":"secret","secretName":1,"intValue":"hidden"}');
    expect(() => transcodeJsonRequest(Buffer.from(json))).toThrow(/^(?!.*(?:secret|hidden))/);
  });

  test('messages of every size get their length', () => {
    for (const size of [0, 1, 100, 120, 127, 128, 129, 16_300, 16_383, 16_384, 70_000, 2_097_152]) {
      const text = 'x'.repeat(size);
      expect(read(around(`"body":{"stringValue":"${text}"}`)).bodyText).toBe(text);
      expect(
        valueOf(
          `{"arrayValue":{"values":[{"arrayValue":{"values":[{"stringValue":"${text}"}]}}]}}`,
        ),
      ).toEqual([[text]]);
    }
  });
});

describe('written', () => {
  test.each<[AttributeValue, string]>([
    [5n, '{"intValue":"5"}'],
    [5, '{"doubleValue":5}'],
    [-0, '{"doubleValue":-0}'],
    [1e21, '{"doubleValue":1e+21}'],
    [Number.NaN, '{"doubleValue":"NaN"}'],
    [Number.NEGATIVE_INFINITY, '{"doubleValue":"-Infinity"}'],
    [true, '{"boolValue":true}'],
    ['a"\u2028\n', '{"stringValue":"a\\"\u2028\\n"}'],
    [Buffer.of(0xfb, 0xff), '{"bytesValue":"+/8="}'],
    [null, '{}'],
    [[], '{"arrayValue":{}}'],
    [[null, 1n], '{"arrayValue":{"values":[{},{"intValue":"1"}]}}'],
    [
      new KeyValueList([
        ['2', 1n],
        ['1', 'x'],
        ['2', false],
      ]),
      '{"kvlistValue":{"values":[{"key":"2","value":{"intValue":"1"}},{"key":"1","value":{"stringValue":"x"}},{"key":"2","value":{"boolValue":false}}]}}',
    ],
  ])('%o', (value, json) => expect(jsonValue(value)).toBe(json));

  test('bytes that are not UTF-8 are replaced', () => {
    const request = Buffer.from(
      encodeRequest({ resourceLogs: [{ scopeLogs: [{ records: [{ body: 'ab' }] }] }] }),
    );
    request[request.length - 1] = 0xff;
    expect(jsonRequest([indexRequest(request, arrival)])).toContain('"stringValue":"a\uFFFD"');
  });

  test('no sets, and sets without records', () => {
    expect(jsonRequest([])).toBe('{"resourceLogs":[]}');
    expect(jsonRequest([indexRequest(Buffer.alloc(0), arrival)])).toBe('{"resourceLogs":[]}');
  });
});
