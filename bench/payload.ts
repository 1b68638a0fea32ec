/**
 * The load: OTLP requests of ordinary log records, about 570 bytes and 10 attributes each.
 *
 * Made by hand and once; what changes from send to send is `log.record.uid`, in place.
 */

const WORDS = (
  'order placed basket updated parcel label printed address checked courier booked warehouse ' +
  'shelf scanned stock counted price list refreshed coupon applied customer notified refund ' +
  'prepared ledger closed report written batch merged index rebuilt page rendered image resized ' +
  'thread idle worker started lease renewed leader elected partition assigned offset stored'
).split(' ');

/** A small linear congruential generator: the same load in every run. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 ≤ result < n. */
  below(n: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * n);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  hex(digits: number): string {
    return Array.from({ length: digits }, () => this.below(16).toString(16)).join('');
  }

  text(length: number): string {
    let text = '';
    while (text.length < length) text += `${this.of(WORDS)} `;
    return text.slice(0, length);
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}

function field(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function fixed64(number: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = number * 8 + 1;
  bytes.writeBigUInt64LE(value, 1);
  return bytes;
}

function anyValue(value: string | number | boolean): Buffer {
  if (typeof value === 'string') return field(1, value);
  if (typeof value === 'boolean') return Buffer.from([0x10, value ? 1 : 0]);
  if (Number.isInteger(value)) return Buffer.concat([Buffer.from([0x18]), varint(value)]);
  const bytes = Buffer.alloc(9);
  bytes[0] = 0x21;
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

function attribute(number: number, key: string, value: string | number | boolean): Buffer {
  return field(number, Buffer.concat([field(1, key), field(2, anyValue(value))]));
}

const UID = 'log.record.uid';
const UID_DIGITS = 32;

function record(dice: Dice, time: bigint): Buffer {
  const item = dice.hex(8);
  const attributes: readonly [string, string | number | boolean][] = [
    ['http.request.method', dice.of(['GET', 'POST', 'PUT'])],
    ['http.route', `/shop/v2/${dice.of(WORDS)}/:item`],
    ['url.path', `/shop/v2/${dice.of(WORDS)}/${item}`],
    ['http.response.status_code', dice.of([200, 200, 201, 304, 404])],
    ['client.address', `10.${dice.below(256)}.${dice.below(256)}.${dice.below(256)}`],
    ['enduser.id', `user-${dice.hex(10)}`],
    ['thread.id', dice.below(512)],
    ['duration_ms', dice.below(1_000_000) / 997],
    ['cache.hit', dice.below(2) === 0],
    [UID, dice.hex(UID_DIGITS)],
  ];
  return Buffer.concat([
    fixed64(1, time),
    Buffer.from([0x10, dice.of([9, 9, 9, 13, 17])]),
    field(3, 'INFO'),
    field(5, anyValue(dice.text(208))),
    ...attributes.map(([key, value]) => attribute(6, key, value)),
    Buffer.from([0x45, 1, 0, 0, 0]),
    field(9, Buffer.from(dice.hex(32), 'hex')),
    field(10, Buffer.from(dice.hex(16), 'hex')),
    fixed64(11, time),
  ]);
}

const RESOURCE: readonly [string, string][] = [
  ['service.name', 'shop-orders'],
  ['service.namespace', 'shop'],
  ['service.version', '3.1.0'],
  ['deployment.environment.name', 'production'],
  ['host.name', 'node-17'],
  ['telemetry.sdk.name', 'opentelemetry'],
  ['telemetry.sdk.language', 'nodejs'],
];

/** An ExportLogsServiceRequest with this many records; another one for another seed. */
export function requestBody(records: number, seed: number): Buffer {
  const dice = new Dice(seed);
  const startNano = BigInt(Date.now()) * 1_000_000n;
  const encoded = Array.from({ length: records }, (_, index) =>
    field(2, record(dice, startNano + BigInt(index) * 1_003n)),
  );
  const resource = Buffer.concat(RESOURCE.map(([key, value]) => attribute(1, key, value)));
  const scope = field(1, Buffer.concat([field(1, 'shop.orders'), field(2, '1.4.0')]));
  return field(
    1,
    Buffer.concat([field(1, resource), field(2, Buffer.concat([scope, ...encoded]))]),
  );
}

const HEX = Buffer.from('0123456789abcdef');

/** Where the uids stand in a frame, so that each send can carry new ones. */
export class FreshIds {
  readonly #frame: Buffer;
  readonly #places: Uint32Array;

  constructor(frame: Buffer) {
    const mark = Buffer.concat([field(1, UID), Buffer.from([0x12, UID_DIGITS + 2])]);
    const places: number[] = [];
    for (let at = frame.indexOf(mark); at >= 0; at = frame.indexOf(mark, at + 1)) {
      places.push(at + mark.length + 2);
    }
    this.#frame = frame;
    this.#places = Uint32Array.from(places);
  }

  get count(): number {
    return this.#places.length;
  }

  /** Writes a counter over the first 12 digits of every uid; returns the counter to go on with. */
  write(counter: number): number {
    let next = counter;
    for (let index = 0; index < this.#places.length; index++) {
      writeHex(this.#frame, this.#places[index] as number, next);
      next += 1;
    }
    return next;
  }
}

function writeHex(frame: Buffer, at: number, value: number): void {
  const high = Math.floor(value / 2 ** 24);
  const low = value % 2 ** 24;
  for (let digit = 0; digit < 6; digit++) {
    frame[at + 5 - digit] = HEX[(high >>> (digit * 4)) & 15] as number;
    frame[at + 11 - digit] = HEX[(low >>> (digit * 4)) & 15] as number;
  }
}

/** The number of log records in an ExportLogsServiceRequest, skipping all that is in them. */
export function countRecords(body: Uint8Array): number {
  let count = 0;
  const cursor = new Cursor(body);
  cursor.each(body.length, 1, (resourceEnd) => {
    cursor.each(resourceEnd, 2, (scopeEnd) => {
      cursor.each(scopeEnd, 2, (recordEnd) => {
        count += 1;
        cursor.at = recordEnd;
      });
    });
  });
  return count;
}

class Cursor {
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Calls for every field of this number up to `end`; skips the others. */
  each(end: number, number: number, call: (end: number) => void): void {
    while (this.at < end) {
      const tag = this.#varint();
      if (tag === number * 8 + 2) call(this.#varint() + this.at);
      else this.#skip(tag & 7);
    }
    if (this.at !== end) throw new Error('truncated request');
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined || scale > 2 ** 42) throw new Error('truncated request');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  #skip(wireType: number): void {
    if (wireType === 0) this.#varint();
    else if (wireType === 1) this.at += 8;
    else if (wireType === 5) this.at += 4;
    else if (wireType === 2) {
      const length = this.#varint();
      this.at += length;
    } else throw new Error(`wire type ${wireType}`);
  }
}
