import { strict as assert } from 'node:assert';
import { Buffer } from 'node:buffer';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { ExportLogsServiceRequestSchema } from '../../test/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js';
import { CountersignError, numberedArrival, type RecordSet } from '../sdk/index.ts';
import {
  encodeRequest,
  indexRequest,
  jsonRequest,
  requestByteLength,
  TOO_DEEP,
  transcodeJsonRequest,
  VALUE_DEPTH_MAX,
  VALUE_NESTING_MAX,
  writeRequest,
} from './index.ts';
import { Dice } from './testing/dice.ts';
import { oddRequest } from './testing/odd-request.ts';
import { plainOfGenerated, plainOfSet } from './testing/plain.ts';
import { randomRequest } from './testing/random-request.ts';

const arrival = numberedArrival('test', 1);

/** Reads everything there is to read; none of it may throw. */
function readAll(set: RecordSet): unknown {
  for (const record of set) {
    assert.notEqual(record.identity.text, '');
  }
  const whole = [plainOfSet(set), jsonRequest([set])];
  const changed = [...set].map((record) => record.with({ attributes: { key: 'new', added: 5n } }));
  const written = writeRequest([set.replace(changed).own(), set]);
  assert.equal(indexRequest(written, arrival).count, 2 * set.count);
  return whole;
}

/** The set, or `undefined` when the request is refused as it should be. */
function indexOrRefuse(bytes: Uint8Array): RecordSet | undefined {
  try {
    return indexRequest(bytes, arrival);
  } catch (error) {
    assert(error instanceof CountersignError, String(error));
    assert.match(error.code, /^CS_REQUEST_/);
    return undefined;
  }
}

/** Requests of some hundred bytes: small ones are hit where it hurts more often. */
const REQUESTS: readonly Buffer[] = Array.from({ length: 400 }, (_, seed) =>
  Buffer.from(toBinary(ExportLogsServiceRequestSchema, randomRequest(new Dice(seed)))),
).filter((bytes) => bytes.length > 100 && bytes.length < 1500);

function requestOf(seed: number): Buffer {
  return Buffer.from(REQUESTS[seed % REQUESTS.length] ?? []);
}

/** LEB128 of a length. */
function sized(tag: number, payload: Buffer): Buffer {
  const length: number[] = [];
  let rest = payload.length;
  while (rest >= 0x80) {
    length.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return Buffer.concat([Buffer.of(tag, ...length, rest), payload]);
}

const requestWith = (record: Buffer) => sized(0x0a, sized(0x12, sized(0x12, record)));

describe('odd but legal encodings', () => {
  test.each([0, 1, 2, 3])('are read as the generated codec reads them, part %i', (part) => {
    for (let seed = part * 1000; seed < part * 1000 + 500; seed += 1) {
      const bytes = oddRequest(new Dice(seed));
      const set = indexRequest(bytes, arrival);
      const expected = plainOfGenerated(fromBinary(ExportLogsServiceRequestSchema, bytes));
      assert.deepStrictEqual(plainOfSet(set), expected, `seed ${seed}`);
      assert.deepStrictEqual(plainOfSet(set.own()), expected, `seed ${seed}`);
      readAll(set);
    }
  });

  test('keep their unknown fields when a part is written', () => {
    let seen = 0;
    for (let seed = 0; seed < 500; seed += 1) {
      const set = indexRequest(oddRequest(new Dice(seed)), arrival);
      if (set.count < 2) continue;
      seen += 1;
      const part = set.select([set.count - 1]);
      const again = indexRequest(writeRequest([part]), arrival);
      assert.deepStrictEqual(again.at(0).bytes, set.at(set.count - 1).bytes);
      assert.deepStrictEqual(again.at(0).group.fields, set.at(set.count - 1).group.fields);
      assert.deepStrictEqual(
        again.at(0).group.resource.fields,
        set.at(set.count - 1).group.resource.fields,
      );
      assert.equal(writeRequest([part]).length, requestByteLength([part]));
    }
    expect(seen).toBeGreaterThan(50);
  });
});

describe('broken requests', () => {
  test('cut at every byte: refused, or fewer records', () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const bytes = requestOf(seed);
      const { count } = indexRequest(bytes, arrival);
      for (let end = 0; end < bytes.length; end += 1) {
        const set = indexOrRefuse(bytes.subarray(0, end));
        // A cut between two fields of the request leaves a shorter request.
        if (set !== undefined) assert(set.count <= count);
      }
    }
  });

  test('10,000 mutations: refused, or read without a fault', () => {
    let refused = 0;
    for (let seed = 0; seed < 10_000; seed += 1) {
      const dice = new Dice(seed);
      const bytes = requestOf(seed);
      for (let change = 0; change <= dice.below(4); change += 1) {
        bytes[dice.below(bytes.length)] = dice.once(2)
          ? dice.below(256)
          : dice.pick([0, 0x7f, 0x80, 0xff]);
      }
      const set = indexOrRefuse(bytes);
      if (set === undefined) refused += 1;
      else readAll(set);
    }
    expect(refused).toBeGreaterThan(500);
  });

  test.each([
    ['a group', requestWith(Buffer.of(0x0b, 0x0c))],
    ['the end of a group', requestWith(Buffer.of(0x0c))],
    ['wire type 6', requestWith(Buffer.of(0x0e, 0x00))],
    ['wire type 7', requestWith(Buffer.of(0x0f, 0x00))],
    ['field number 0', requestWith(Buffer.of(0x00, 0x00))],
    ['field number 0 with a length', requestWith(Buffer.of(0x02, 0x00))],
    ['field number 0 of eight bytes', requestWith(Buffer.of(0x01, 0, 0, 0, 0, 0, 0, 0, 0))],
    ['a tag over 32 bits', requestWith(Buffer.of(0x88, 0x80, 0x80, 0x80, 0x10, 0x00))],
    ['a tag of six bytes', requestWith(Buffer.of(0x88, 0x80, 0x80, 0x80, 0x80, 0x00, 0x00))],
    [
      'a varint that does not end',
      requestWith(Buffer.of(0x10, ...Array<number>(10).fill(0x80), 0)),
    ],
    ['a varint over 64 bits', requestWith(Buffer.of(0x10, ...Array<number>(9).fill(0xff), 2))],
    ['a length past the record', requestWith(Buffer.of(0x1a, 2, 65))],
    ['a time past the record', requestWith(Buffer.of(0x09, 1, 2, 3))],
    ['flags past the record', requestWith(Buffer.of(0x45, 1, 2, 3))],
    ['a key past its attribute', requestWith(Buffer.of(0x32, 4, 0x0a, 9, 65, 65))],
    ['a value past its attribute', requestWith(Buffer.of(0x32, 6, 0x0a, 1, 65, 0x12, 9, 0x0a))],
    [
      'a value that agrees with its text and not with its attribute',
      requestWith(Buffer.of(0x32, 8, 0x0a, 1, 65, 0x12, 9, 0x0a, 7, 65)),
    ],
    [
      'a cut field after the value of an attribute',
      requestWith(Buffer.of(0x32, 9, 0x0a, 1, 65, 0x12, 3, 0x0a, 1, 65, 0x0a)),
    ],
    [
      'a value that ends past the record it is the last of',
      requestWith(Buffer.of(0x32, 12, 0x0a, 1, 65, 0x12, 7, 0x0a, 5, 65)),
    ],
    ['an empty tag at the end of an attribute', requestWith(Buffer.of(0x32, 3, 0x0a, 0, 0x12))],
    ['text past its value', requestWith(Buffer.of(0x2a, 3, 0x0a, 5, 65))],
    ['an int that does not end in its value', requestWith(Buffer.of(0x2a, 2, 0x18, 0x80, 0x01))],
    ['a bool that does not end', requestWith(Buffer.of(0x32, 7, 0x0a, 1, 65, 0x12, 2, 0x10, 0x80))],
    ['a length of 2^35', requestWith(Buffer.of(0x1a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01))],
    ['a broken resource', sized(0x0a, sized(0x0a, Buffer.of(0x0a, 1, 0x0a)))],
    ['a broken scope', sized(0x0a, sized(0x12, sized(0x0a, Buffer.of(0x1a, 1, 0x0a))))],
    ['a cut request', Buffer.of(0x0a)],
    ['text', Buffer.from('hello, this is not protobuf')],
    ['JSON', Buffer.from('{"resourceLogs":[]}')],
  ])('%s: undecodable', (_, bytes) => {
    expect(() => indexRequest(bytes, arrival)).toThrow(
      expect.objectContaining({ code: 'CS_REQUEST_UNDECODABLE' }),
    );
  });
});

describe('limits', () => {
  const limits = { recordsMax: 3, groupsMax: 4 };
  const records = (count: number) => Array.from({ length: count }, () => ({ body: 'x' }));

  test.each([
    ['as many records as allowed', [[3]], true],
    ['one more record', [[2, 2]], false],
    ['as many groups as allowed', [[0], [0]], true],
    ['one more group', [[0], [0, 0]], false],
  ])('%s', (_, counts, fits) => {
    const bytes = encodeRequest({
      resourceLogs: counts.map((scopes) => ({
        scopeLogs: scopes.map((count) => ({ records: records(count) })),
      })),
    });
    const index = () => indexRequest(bytes, arrival, limits);
    if (fits) expect(index().count).toBe(counts.flat().reduce((sum, count) => sum + count, 0));
    else expect(index).toThrow(expect.objectContaining({ code: 'CS_REQUEST_TOO_LARGE' }));
  });

  test('a request of many thousand records', () => {
    const bytes = encodeRequest({ resourceLogs: [{ scopeLogs: [{ records: records(5000) }] }] });
    const set = indexRequest(bytes, arrival);
    expect(set.count).toBe(5000);
    expect(set.at(4999).bodyText).toBe('x');
  });
});

describe('nesting', () => {
  /** A body of arrays within each other with a text at the bottom. */
  function nested(depth: number): Buffer {
    let value: Buffer = Buffer.from([0x0a, 1, 65]);
    for (let i = 0; i < depth; i += 1) value = sized(0x2a, sized(0x0a, value));
    return requestWith(sized(0x2a, value));
  }

  const bottom = (value: unknown): unknown => (Array.isArray(value) ? bottom(value[0]) : value);

  test('to the depth that is read', () => {
    const set = indexRequest(nested(VALUE_DEPTH_MAX), arrival);
    expect(bottom(set.at(0).body)).toBe('A');
  });

  test('deeper: said so, and passed on whole', () => {
    const bytes = nested(VALUE_DEPTH_MAX + 1);
    const set = indexRequest(bytes, arrival);
    expect(bottom(set.at(0).body)).toBe(TOO_DEEP);
    expect(Buffer.from(writeRequest([set]))).toEqual(bytes);
    const json = jsonRequest([set]);
    expect(json).toContain('"stringValue":"A"');
    expect(Buffer.from(transcodeJsonRequest(Buffer.from(json)))).toEqual(bytes);
  });

  test('to the last depth that is taken, and one deeper', () => {
    const set = indexRequest(nested(VALUE_NESTING_MAX), arrival);
    const json = jsonRequest([set]);
    expect(Buffer.from(transcodeJsonRequest(Buffer.from(json)))).toEqual(nested(VALUE_NESTING_MAX));
    expect(() => indexRequest(nested(VALUE_NESTING_MAX + 1), arrival)).toThrow(/LogRecord/);
  });

  test('far deeper: refused', () => {
    expect(indexOrRefuse(nested(3000))).toBeUndefined();
  });
});

describe('hostile JSON', () => {
  test('nested a hundred thousand deep', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
      ['{"resourceLogs":[', ''],
    ]) {
      const text = `{"x":${open?.repeat(100_000)}1${close?.repeat(100_000)}}`;
      expect(() => transcodeJsonRequest(Buffer.from(text))).toThrow(/nested too deep|expected/);
    }
  });

  test('5,000 mutations: refused, or protobuf that is taken', () => {
    let refused = 0;
    for (let seed = 0; seed < 5000; seed += 1) {
      const dice = new Dice(seed);
      const bytes = Buffer.from(jsonRequest([indexRequest(requestOf(seed), arrival)]));
      for (let change = 0; change <= dice.below(3); change += 1) {
        bytes[dice.below(bytes.length)] = dice.once(2)
          ? dice.below(256)
          : dice.pick([34, 92, 123, 125, 44, 48]);
      }
      let transcoded: Uint8Array | undefined;
      try {
        transcoded = transcodeJsonRequest(bytes);
      } catch (error) {
        assert(
          error instanceof CountersignError && error.code === 'CS_REQUEST_UNDECODABLE',
          String(error),
        );
        refused += 1;
        continue;
      }
      // JSON.parse has to agree that it is JSON at all.
      JSON.parse(bytes.toString());
      indexRequest(transcoded, arrival);
    }
    expect(refused).toBeGreaterThan(1000);
  });

  test('cut at every byte: refused', () => {
    const bytes = Buffer.from(jsonRequest([indexRequest(requestOf(4), arrival)]));
    for (let end = 0; end < bytes.length; end += 1) {
      expect(() => transcodeJsonRequest(bytes.subarray(0, end))).toThrow(CountersignError);
    }
  });
});
