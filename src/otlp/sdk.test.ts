import { Buffer } from 'node:buffer';
import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import { expect, test } from 'vitest';
import { KeyValueList, numberedArrival } from '../sdk/index.ts';
import {
  encodeResponse,
  indexRequest,
  jsonRequest,
  jsonResponse,
  transcodeJsonRequest,
} from './index.ts';
import { plainOfSet } from './testing/plain.ts';

const arrival = numberedArrival('test', 1);

function emitted() {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': 'sdk', port: 8080 }),
    processors: [new SimpleLogRecordProcessor({ exporter })],
  });
  for (const scope of ['one', 'two']) {
    const logger = provider.getLogger(scope, '1.0');
    logger.emit({
      timestamp: 1_760_000_000_123,
      severityNumber: 17,
      severityText: 'ERROR',
      eventName: 'tool.call',
      body: { text: 'a "body"', list: [1, 2.5, 'x', true] },
      attributes: { text: 'ä😀', int: -5, double: 0.5, flag: false, list: ['a', 'b'] },
    });
    logger.emit({ body: 'plain', attributes: { big: 2 ** 53 - 1 } });
  }
  return exporter.getFinishedLogRecords();
}

test('the SDK’s protobuf and its JSON are read as the same records', () => {
  const records = emitted();
  const protobuf = indexRequest(
    ProtobufLogsSerializer.serializeRequest(records) ?? new Uint8Array(),
    arrival,
  );
  const json = JsonLogsSerializer.serializeRequest(records) ?? new Uint8Array();
  const transcoded = indexRequest(transcodeJsonRequest(json), arrival);
  expect(protobuf.count).toBe(4);
  expect(plainOfSet(protobuf)).toEqual(plainOfSet(transcoded));
  expect(JSON.parse(jsonRequest([protobuf]))).toEqual(JSON.parse(jsonRequest([transcoded])));
  const first = protobuf.at(0);
  expect(first.timeUnixNano).toBe(1_760_000_000_123_000_000n);
  expect(first).toMatchObject({
    severityNumber: 17,
    severityText: 'ERROR',
    eventName: 'tool.call',
  });
  expect(first.group.name).toBe('one');
  expect(first.group.resource.attribute('service.name')).toBe('sdk');
  expect(first.group.resource.attribute('port')).toBe(8080n);
  expect(first.attribute('int')).toBe(-5n);
  expect(first.attribute('double')).toBe(0.5);
  expect(first.attribute('list')).toEqual(['a', 'b']);
  expect(first.body).toBeInstanceOf(KeyValueList);
});

test('answers are read by the SDK', () => {
  const answer = { rejected: 3, message: 'poisoned: 3' };
  expect(ProtobufLogsSerializer.deserializeResponse(encodeResponse(answer))).toMatchObject({
    partialSuccess: { rejectedLogRecords: 3, errorMessage: 'poisoned: 3' },
  });
  expect(JsonLogsSerializer.deserializeResponse(Buffer.from(jsonResponse(answer)))).toMatchObject({
    partialSuccess: { errorMessage: 'poisoned: 3' },
  });
});

// A sender that does not know the time sets only the moment it observed (logs.proto: 0 is unknown).
test('records with an observed time only, and with none', () => {
  const json =
    '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"observedTimeUnixNano":"1760000000987654321"},{}]}]}]}';
  const set = indexRequest(transcodeJsonRequest(Buffer.from(json)), arrival);
  expect([...set].map((each) => [each.timeUnixNano, each.observedTimeUnixNano])).toEqual([
    [0n, 1_760_000_000_987_654_321n],
    [0n, 0n],
  ]);
});
