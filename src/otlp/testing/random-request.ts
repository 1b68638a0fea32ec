import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  type ExportLogsServiceRequest,
  ExportLogsServiceRequestSchema,
} from '../../../test/gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.js';
import type {
  AnyValueSchema,
  KeyValueSchema,
} from '../../../test/gen/opentelemetry/proto/common/v1/common_pb.js';
import type {
  LogRecordSchema,
  SeverityNumber,
} from '../../../test/gen/opentelemetry/proto/logs/v1/logs_pb.js';
import type { Dice } from './dice.ts';

type AnyValueInit = MessageInitShape<typeof AnyValueSchema>;
type KeyValueInit = MessageInitShape<typeof KeyValueSchema>;

const DOUBLES = [0, -0, 5, -1.5, 1e300, 5e-324, Number.NaN, Infinity, -Infinity, 2 ** 53, 0.1];
const INTS = [0n, 1n, -1n, 127n, 128n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];

/** A request of the generated codec with everything in it that a sender can say. */
export function randomRequest(dice: Dice): ExportLogsServiceRequest {
  return create(ExportLogsServiceRequestSchema, {
    resourceLogs: dice.several(3, () => ({
      ...(dice.once(5) ? {} : { resource: resource(dice) }),
      schemaUrl: dice.once(3) ? dice.text() : '',
      scopeLogs: dice.several(3, () => ({
        ...(dice.once(5)
          ? {}
          : {
              scope: {
                name: dice.text(),
                version: dice.text(),
                attributes: keyValues(dice, 3, 0),
                droppedAttributesCount: dice.once(4) ? dice.next() : 0,
              },
            }),
        schemaUrl: dice.once(3) ? dice.text() : '',
        logRecords: dice.several(5, () => record(dice)),
      })),
    })),
  });
}

function resource(dice: Dice) {
  return {
    attributes: keyValues(dice, 4, 0),
    droppedAttributesCount: dice.once(4) ? dice.next() : 0,
    entityRefs: dice.several(1, () => ({
      schemaUrl: dice.text(),
      type: dice.text(),
      idKeys: dice.several(2, () => dice.text()),
      descriptionKeys: dice.several(2, () => dice.text()),
    })),
  };
}

function record(dice: Dice): MessageInitShape<typeof LogRecordSchema> {
  return {
    timeUnixNano: dice.once(4) ? 0n : dice.bits64(),
    observedTimeUnixNano: dice.once(4) ? 0n : dice.bits64(),
    severityNumber: dice.pick<SeverityNumber>([0, 1, 9, 17, 24]),
    severityText: dice.text(),
    eventName: dice.once(2) ? dice.text() : '',
    ...(dice.once(4) ? {} : { body: anyValue(dice, 0) }),
    attributes: keyValues(dice, 8, 0),
    droppedAttributesCount: dice.once(4) ? dice.next() : 0,
    flags: dice.once(2) ? dice.next() : 0,
    traceId: dice.once(3) ? new Uint8Array() : dice.bytes(16),
    spanId: dice.once(3) ? new Uint8Array() : dice.bytes(8),
  };
}

function keyValues(dice: Dice, max: number, depth: number): KeyValueInit[] {
  return dice.several(max, (index) => ({
    key: dice.pick([`key${index}`, 'key0', '7', '', 'service.name', dice.text()]),
    ...(dice.once(8) ? {} : { value: anyValue(dice, depth) }),
  }));
}

function anyValue(dice: Dice, depth: number): AnyValueInit {
  switch (dice.below(depth < 4 ? 9 : 6)) {
    case 0:
      return { value: { case: 'boolValue', value: dice.once(2) } };
    case 1:
      return { value: { case: 'intValue', value: dice.once(2) ? dice.pick(INTS) : signed(dice) } };
    case 2:
      return { value: { case: 'doubleValue', value: dice.pick(DOUBLES) } };
    case 3:
      return { value: { case: 'bytesValue', value: dice.bytes(dice.pick([0, 1, 2, 3, 130])) } };
    case 4:
      return {};
    case 5:
    case 6:
      return { value: { case: 'stringValue', value: dice.text() } };
    case 7: {
      const values = dice.several(3, () => anyValue(dice, depth + 1));
      return { value: { case: 'arrayValue', value: { values } } };
    }
    default:
      return {
        value: { case: 'kvlistValue', value: { values: keyValues(dice, 3, depth + 1) } },
      };
  }
}

function signed(dice: Dice): bigint {
  return BigInt.asIntN(64, dice.bits64());
}
