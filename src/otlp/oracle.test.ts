import { strict as assert } from 'node:assert';
import { Buffer } from 'node:buffer';
import { fromBinary, type JsonValue, toBinary, toJson } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import {
  type ExportLogsServiceRequest,
  ExportLogsServiceRequestSchema,
} from '../../test/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js';
import { numberedArrival } from '../sdk/index.ts';
import { indexRequest, jsonRequest, transcodeJsonRequest, writeRequest } from './index.ts';
import { Dice } from './testing/dice.ts';
import { plainOfGenerated, plainOfSet } from './testing/plain.ts';
import { randomRequest } from './testing/random-request.ts';

const MESSAGES = 1500;
const arrival = numberedArrival('test', 1);
const parse = (bytes: Uint8Array) => fromBinary(ExportLogsServiceRequestSchema, bytes);

/** The messages without groups that hold no record: those belong to nobody and are not written. */
function withoutEmptyGroups(request: ExportLogsServiceRequest): ExportLogsServiceRequest {
  for (const resourceLogs of request.resourceLogs) {
    resourceLogs.scopeLogs = resourceLogs.scopeLogs.filter((scope) => scope.logRecords.length > 0);
  }
  request.resourceLogs = request.resourceLogs.filter((each) => each.scopeLogs.length > 0);
  return request;
}

/** ProtoJSON as OTLP has it: ids in hex instead of base64. */
function otlpJson(request: ExportLogsServiceRequest): JsonValue {
  return hexIds(toJson(ExportLogsServiceRequestSchema, request, { enumAsInteger: true }));
}

function hexIds(json: JsonValue, key = ''): JsonValue {
  if (Array.isArray(json)) return json.map((item) => hexIds(item));
  if (typeof json === 'object' && json !== null) {
    return Object.fromEntries(
      Object.entries(json).map(([name, value]) => [name, hexIds(value, name)]),
    );
  }
  const isId = key === 'traceId' || key === 'spanId';
  return isId ? Buffer.from(String(json), 'base64').toString('hex') : json;
}

/** JSON.stringify forgets the sign of -0; ProtoJSON takes it as text. */
function textOf(json: JsonValue): string {
  return JSON.stringify(json, (_, value: unknown) => (Object.is(value, -0) ? '-0' : value), 1);
}

/** Compared in their encodings: in the messages, NaN would not equal itself. */
function assertSame(actual: Uint8Array, expected: ExportLogsServiceRequest): void {
  const again = toBinary(ExportLogsServiceRequestSchema, parse(actual));
  assert.deepStrictEqual(again, toBinary(ExportLogsServiceRequestSchema, expected));
}

describe.each(Array.from({ length: 10 }, (_, part) => part))('random messages, part %i', (part) => {
  const each = (check: (request: ExportLogsServiceRequest, bytes: Uint8Array) => void) => {
    for (let seed = part * 1000; seed < part * 1000 + MESSAGES / 10; seed += 1) {
      const request = randomRequest(new Dice(seed));
      const bytes = toBinary(ExportLogsServiceRequestSchema, request);
      try {
        check(request, bytes);
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  };

  test('read as the generated codec reads them', () => {
    each((request, bytes) => {
      assert.deepStrictEqual(plainOfSet(indexRequest(bytes, arrival)), plainOfGenerated(request));
    });
  });

  test('written so that the generated codec reads the same', () => {
    each((request, bytes) => {
      const set = indexRequest(bytes, arrival);
      const everySecond = [...set].flatMap((_, index) => (index % 2 === 0 ? [index] : []));
      const rest = [...set].flatMap((_, index) => (index % 2 === 1 ? [index] : []));
      const written = writeRequest([set.select(everySecond), set.select(rest)]);
      const all = plainOfGenerated(request);
      assert.deepStrictEqual(
        plainOfGenerated(parse(written)),
        [...everySecond, ...rest].map((index) => all[index]),
      );
      const whole = writeRequest([set.own()]);
      assertSame(whole, withoutEmptyGroups(request));
    });
  });

  test('JSON out is the generated codec’s', () => {
    each((request, bytes) => {
      const json = JSON.parse(jsonRequest([indexRequest(bytes, arrival)])) as JsonValue;
      const expected = otlpJson(withoutEmptyGroups(request));
      assert.deepStrictEqual(json, { resourceLogs: [], ...(expected as object) });
    });
  });

  test('JSON in is the message again', () => {
    each((request) => {
      const transcoded = transcodeJsonRequest(Buffer.from(textOf(otlpJson(request))));
      assertSame(transcoded, request);
    });
  });
});

test('the messages differ', () => {
  const bytes = new Set(
    Array.from({ length: 50 }, (_, seed) =>
      Buffer.from(toBinary(ExportLogsServiceRequestSchema, randomRequest(new Dice(seed)))).toString(
        'hex',
      ),
    ),
  );
  expect(bytes.size).toBeGreaterThan(30);
});
