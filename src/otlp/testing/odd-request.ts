import { Buffer } from 'node:buffer';
import type { Dice } from './dice.ts';

/**
 * Requests that no encoder writes and every decoder must read: fields in any order and any number,
 * singular ones several times, lengths and tags with more bytes than needed, unknown fields.
 */
export function oddRequest(dice: Dice): Buffer {
  return message(dice, [
    [1, () => framed(dice, resourceLogs(dice))],
    [9, () => unknown(dice)],
  ]);
}

type Maker = readonly [number: number, payload: () => Buffer];

function resourceLogs(dice: Dice): Buffer {
  return message(dice, [
    [1, () => framed(dice, attributesUnder(dice, 1))],
    [2, () => framed(dice, scopeLogs(dice))],
    [2, () => framed(dice, scopeLogs(dice))],
    [3, () => text(dice)],
  ]);
}

function scopeLogs(dice: Dice): Buffer {
  return message(dice, [
    [1, () => framed(dice, scope(dice))],
    [2, () => framed(dice, oddRecord(dice))],
    [2, () => framed(dice, oddRecord(dice))],
    [3, () => text(dice)],
  ]);
}

function scope(dice: Dice): Buffer {
  return message(dice, [
    [1, () => text(dice)],
    [2, () => text(dice)],
    [3, () => framed(dice, keyValue(dice, 0))],
  ]);
}

function attributesUnder(dice: Dice, number: number): Buffer {
  return message(dice, [[number, () => framed(dice, keyValue(dice, 0))]]);
}

/** A LogRecord of that kind. */
export function oddRecord(dice: Dice): Buffer {
  return message(dice, [
    [1, () => fixed(dice, 8)],
    [2, () => varint(dice, BigInt(dice.below(25)))],
    [3, () => text(dice)],
    [5, () => framed(dice, anyValue(dice, 0))],
    [6, () => framed(dice, keyValue(dice, 0))],
    [6, () => framed(dice, keyValue(dice, 0))],
    [7, () => varint(dice, BigInt(dice.next()))],
    [8, () => fixed(dice, 4)],
    [9, () => framed(dice, Buffer.from(dice.bytes(dice.pick([0, 16]))))],
    [10, () => framed(dice, Buffer.from(dice.bytes(dice.pick([0, 8]))))],
    [11, () => fixed(dice, 8)],
    [12, () => text(dice)],
  ]);
}

function keyValue(dice: Dice, depth: number): Buffer {
  return message(dice, [
    [1, () => text(dice)],
    [2, () => framed(dice, anyValue(dice, depth))],
  ]);
}

function anyValue(dice: Dice, depth: number): Buffer {
  const nested: Maker[] = [
    [5, () => framed(dice, message(dice, [[1, () => framed(dice, anyValue(dice, depth + 1))]]))],
    [6, () => framed(dice, message(dice, [[1, () => framed(dice, keyValue(dice, depth + 1))]]))],
  ];
  return message(dice, [
    [1, () => text(dice)],
    [2, () => varint(dice, BigInt(dice.below(3)))],
    [3, () => varint(dice, dice.bits64())],
    [4, () => fixed(dice, 8)],
    [7, () => text(dice)],
    ...(depth < 3 ? nested : []),
  ]);
}

const WIRE_TYPES: Readonly<Record<string, number>> = { varint: 0, fixed8: 1, framed: 2, fixed4: 5 };

/** Fields of these kinds, each 0 … 3 times, with unknown ones between. */
function message(dice: Dice, makers: readonly Maker[]): Buffer {
  const fields = dice.several(5, () => {
    const [number, payload] = dice.once(8)
      ? ([dice.pick([15, 16, 3000, 0x1fff_ffff]), () => unknown(dice)] as const)
      : dice.pick(makers);
    const [kind, bytes] = split(payload());
    const tag = BigInt(number) * 8n + BigInt(WIRE_TYPES[kind] ?? 0);
    return Buffer.concat([tagBytes(dice, tag), bytes]);
  });
  return Buffer.concat(fields);
}

const KINDS = ['varint', 'fixed8', 'framed', 'fixed4'];

/** A payload goes with its wire type in front, as one byte. */
function split(payload: Buffer): readonly [kind: string, bytes: Buffer] {
  return [KINDS[payload[0] ?? 0] ?? '', payload.subarray(1)];
}

function kinded(kind: string, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(KINDS.indexOf(kind)), bytes]);
}

function framed(dice: Dice, bytes: Buffer): Buffer {
  return kinded('framed', Buffer.concat([varintBytes(dice, BigInt(bytes.length), 5), bytes]));
}

function text(dice: Dice): Buffer {
  return framed(
    dice,
    Buffer.from(dice.pick(['', 'a', 'key', 'service.name', 'ä😀', 'x'.repeat(130)])),
  );
}

function varint(dice: Dice, value: bigint): Buffer {
  return kinded('varint', varintBytes(dice, value, 10));
}

function fixed(dice: Dice, size: 4 | 8): Buffer {
  return kinded(size === 8 ? 'fixed8' : 'fixed4', Buffer.from(dice.bytes(size)));
}

function unknown(dice: Dice): Buffer {
  switch (dice.below(4)) {
    case 0:
      return varint(dice, dice.bits64());
    case 1:
      return fixed(dice, 8);
    case 2:
      return fixed(dice, 4);
    default:
      return text(dice);
  }
}

function tagBytes(dice: Dice, tag: bigint): Buffer {
  return varintBytes(dice, tag, 5);
}

/** A varint, now and then with bytes that it does not need. */
function varintBytes(dice: Dice, value: bigint, sizeMax: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  } while (rest > 0n);
  while (dice.once(6) && bytes.length < sizeMax) bytes.push(0x80);
  bytes.push((bytes.pop() ?? 0) & 0x7f);
  return Buffer.from(bytes);
}
