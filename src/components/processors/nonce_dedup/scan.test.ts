import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DIGEST_KEY_BYTES, Digests, ODD } from './digest.ts';
import { type FieldNames, FieldScan, wantedNames } from './fields.ts';

// What the kernel finds in a record is what fields.ts finds, or it says that it did not look.

const TIME_MS = 1_800_000_000_000;

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}

function field(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag]), varint(BigInt(content.length)), content]);
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

function fixed64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

const text = (value: string): Buffer => field(0x0a, Buffer.from(value));
const int = (value: bigint): Buffer => Buffer.concat([Buffer.from([0x18]), varint(value)]);
const float = (value: number): Buffer => Buffer.concat([Buffer.from([0x21]), double(value)]);

function attribute(key: string, value: Uint8Array): Buffer {
  return field(0x32, Buffer.concat([field(0x0a, Buffer.from(key)), field(0x12, value)]));
}

const NAMES: FieldNames = {
  nonce: ['countersign.nonce', 'uid', 'both', 'x'.repeat(200)],
  time: ['time', 'timeUnixNano', 'both', 'late'],
  sender: ['who', 'uid', 'agt'],
};

class Reader {
  readonly digests = new Digests(randomBytes(DIGEST_KEY_BYTES));
  readonly fields: FieldScan;

  constructor(names: FieldNames) {
    this.fields = new FieldScan(names);
    this.digests.want(wantedNames(names));
  }

  /** True when the kernel read the record; what it found is compared then. */
  agrees(bytes: Uint8Array, around: number): boolean {
    const { digests, fields } = this;
    // What stands before and behind the record is no part of it.
    digests.load(0, Buffer.alloc(bytes.length + 64, around));
    digests.load(32, bytes);
    digests.record(0, 32, bytes.length);
    digests.scan(1);
    const isWhole = fields.scan(bytes, 0, bytes.length);
    if (digests.rank(0) === ODD) return false;
    expect(isWhole).toBe(true);
    expect(digests.rank(0)).toBe(fields.nonceRank);
    expect(digests.senderLength(0)).toBe(fields.senderLength);
    expect(digests.timeMs(0)).toBe(fields.timeMs(bytes));
    expect(digests.nonceLength(0)).toBe(fields.nonceLength);
    if (fields.nonceLength === 0) return true;
    digests.run(1);
    const found = digests.results.slice(0, 8);
    const { nonceAt, nonceLength, senderAt, senderLength } = fields;
    digests.chosen(0, 32 + senderAt, senderLength, 32 + nonceAt, nonceLength);
    digests.content(0, 32, bytes.length);
    digests.run(1);
    expect(found).toEqual(digests.results.slice(0, 8));
    return true;
  }
}

const reader = new Reader(NAMES);

describe('read by the kernel', () => {
  test.each<[string, Buffer[]]>([
    ['nothing', []],
    ['no attribute', [field(0x2a, text('body')), Buffer.from([0x10, 9, 0x45, 1, 0, 0, 0])]],
    [
      'a nonce, a time and a sender',
      [
        attribute('countersign.nonce', text('n')),
        attribute('time', int(BigInt(TIME_MS))),
        attribute('who', text('me')),
      ],
    ],
    [
      'a time as a double, and one of its own',
      [
        Buffer.concat([Buffer.from([0x09]), fixed64(5n)]),
        attribute('time', float(TIME_MS)),
        attribute('uid', text('u')),
      ],
    ],
    [
      'the time of the record',
      [
        Buffer.concat([Buffer.from([0x09]), fixed64(BigInt(TIME_MS) * 1_000_000n + 999_999n)]),
        attribute('late', int(7n)),
      ],
    ],
    ['a name that is repeated', [attribute('uid', text('a')), attribute('uid', text('b'))]],
    ['a nonce that is a number', [attribute('uid', int(7n))]],
    [
      'a long body and a long attribute',
      [
        field(0x2a, text('x'.repeat(20_000))),
        attribute('long', text('x'.repeat(30_000))),
        attribute('uid', text('x'.repeat(100))),
      ],
    ],
  ])('%s', (_, parts) => {
    expect(reader.agrees(Buffer.concat(parts), 0xff)).toBe(true);
  });
});

const value = fc.oneof(
  fc.string({ maxLength: 6 }).map(text),
  fc.constantFrom('x'.repeat(119), 'x'.repeat(130), 'x'.repeat(300)).map(text),
  fc.constantFrom(0n, 5n, BigInt(TIME_MS), -1n, 2n ** 53n + 1n, 2n ** 56n, 2n ** 63n).map(int),
  fc.constantFrom(TIME_MS, TIME_MS + 0.5, Number.NaN, Number.POSITIVE_INFINITY, -1).map(float),
  fc.constantFrom(
    Buffer.from([]),
    Buffer.from([0x10, 1]),
    field(0x3a, Buffer.from('bytes')),
    field(0x2a, text('list')),
    Buffer.concat([text('a'), int(5n)]),
    Buffer.from([0x18, 0x85, 0x00]),
    // The time, and far above it one bit more.
    Buffer.from([0x18, 0x80, 0xa0, 0xf1, 0xc2, 0xb1, 0xb4, 0x80, 0x80, 0x80, 0x80, 0x01]),
    Buffer.from([0x0a, 0x81, 0x00, 0x61]),
    Buffer.from([0x18]),
    Buffer.from([0x0a]),
  ),
);

const key = fc.constantFrom(
  'countersign.nonce',
  'uid',
  'both',
  'time',
  'late',
  'who',
  'agt',
  'timeUnixNano',
  '',
  'u',
  'uxd',
  'other',
  'x'.repeat(127),
  'x'.repeat(130),
  'x'.repeat(200),
);

const part = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(key, value).map(([k, v]) => attribute(k, v)) },
  {
    weight: 1,
    arbitrary: fc.tuple(key, value, value).map(([k, v, w]) => {
      const name = field(0x0a, Buffer.from(k));
      return field(0x32, Buffer.concat([field(0x12, v), name, field(0x12, w)]));
    }),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      Buffer.concat([Buffer.from([0x09]), fixed64(BigInt(TIME_MS) * 1_000_000n)]),
      Buffer.concat([Buffer.from([0x09]), fixed64(2n ** 64n - 1n)]),
      Buffer.concat([Buffer.from([0x59]), fixed64(1n)]),
      Buffer.from([0x10, 0x89, 0x80, 0x00]),
      Buffer.from([0x45, 1, 2, 3, 4]),
      Buffer.from([0x85, 0x01, 1, 2, 3, 4]),
      Buffer.from([0x32, 0x00]),
      Buffer.from([0x32, 0x80, 0x00]),
      Buffer.from([0x2a, 0x80, 0x80, 0x80, 0x80, 0x00]),
      field(0x2a, text('x'.repeat(17_000))),
    ),
  },
);

test('whatever a record holds and wherever it breaks off, both find the same', () => {
  let read = 0;
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 5 }),
      fc.option(fc.record({ at: fc.nat(), byte: fc.nat(255), isCut: fc.boolean() })),
      fc.constantFrom(0x00, 0x01, 0x80, 0xff),
      (parts, harm, around) => {
        let bytes = Buffer.concat(parts);
        if (harm !== null && bytes.length > 0) {
          const at = harm.at % bytes.length;
          if (harm.isCut) bytes = bytes.subarray(0, at);
          else bytes[at] = harm.byte;
        }
        if (reader.agrees(bytes, around)) read += 1;
      },
    ),
    { seed: 20_260_105, numRuns: 4_000 },
  );
  expect(read).toBeGreaterThan(1_000);
});

test('three lists of sixteen names', () => {
  const names = (list: string): string[] => Array.from({ length: 16 }, (_, i) => `${list}${i}`);
  const many = new Reader({ nonce: names('n'), time: names('t'), sender: names('s') });
  for (let i = 0; i < 16; i++) {
    const parts = [
      attribute(`s${i}`, text('me')),
      attribute(`t${i}`, int(BigInt(TIME_MS + i))),
      attribute(`n${i}`, text(`nonce${i}`)),
    ];
    expect(many.agrees(Buffer.concat(parts), 0)).toBe(true);
    expect(many.digests.rank(0)).toBe(i);
    expect(many.digests.timeMs(0)).toBe(TIME_MS + i);
  }
});
