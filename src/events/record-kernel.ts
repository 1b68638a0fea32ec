import { isUtf8 } from 'node:buffer';
import { ByteShapeCache } from './byte-shape.ts';
import type { ByteShape } from './byte-shape.ts';
import { LOG_TYPE } from './attribute-names.ts';
import { quote } from './canonical.ts';
import { faultOf } from './fault.ts';
import { pythonFloat } from './float.ts';
import { checked } from './governance.ts';
import { LineBytes, Piece } from './line-bytes.ts';
import { rfc3339Nano } from './time.ts';
import { BOOL, DOUBLE, STRING, WireRecord } from './wire-record.ts';

/** Longest record that is transcoded: its text is at most six times as long (`\u0000`). */
const RECORD_BYTES_MAX = 16_384;

/** Longest parts that do not stand in the record: names of a shape, resource and scope. */
const SHARED_BYTES_MAX = 65_536;

/** The fixed members, an id of 256 characters, an event name counted six times: see the sum. */
const FIXED_BYTES = 4_096;

const LINE_BYTES_MAX =
  RECORD_BYTES_MAX * 6 + // every byte escaped
  SHARED_BYTES_MAX * 2 + // names; resource and scope
  FIXED_BYTES;

const DATA = Piece.of(',"data":{');
const ATTRIBUTES = Piece.of('"attributes":{');
const BODY = Piece.of('"body":');
const DROPPED = Piece.of('"droppedAttributesCount":');
const FLAGS = Piece.of('"flags":');
const SEVERITY_NUMBER = Piece.of('"severityNumber":');
const SEVERITY_TEXT = Piece.of('"severityText":');
const CONTENT_TYPE = Piece.of('},"datacontenttype":"application/json","id":');
const SOURCE = Piece.of(',"source":');
const SPAN = Piece.of(',"spanid":"');
const VERSION = Piece.of(',"specversion":"1.0"');
const TIME = Piece.of(',"time":"');
const TRACE = Piece.of(',"traceid":"');
const TYPE = Piece.of(',"type":');
const LOG_TYPE_END = Piece.of(`,"type":"${LOG_TYPE}"}`);
const TRUE = Piece.of('true');
const FALSE = Piece.of('false');

const COMMA = 0x2c;
const BRACE = 0x7d;
const QUOTE = 0x22;
const POINT = 0x2e;
const ZULU = Piece.of('Z"');

/** The parts of an event that a record shares with its scope, each in canonical form. */
export interface SharedParts {
  /** `,"resource":{…},"scope":{…}`, each only where there is something in it. */
  readonly data: Piece;
  readonly source: Piece;
}

/** What {@link RecordKernel.write} answers for a record that takes the long way. */
export const NOT_PLAIN = -1;

/**
 * Writes the event of a log record straight from its encoding: no value is decoded to text, and
 * the names of attributes are ordered once per shape. The tests hold it to the text that the long
 * way through values writes.
 */
export class RecordKernel {
  readonly line: LineBytes;
  readonly #wire = new WireRecord();
  readonly #shapes: ByteShapeCache;
  readonly #time = new TimeText();
  #hasLeftOut = false;

  /** The text begins after `reserved` bytes of `line`; attributes named `leftOut` are no part of it. */
  constructor(leftOut: string, reserved: number) {
    this.line = new LineBytes(reserved, LINE_BYTES_MAX);
    this.#shapes = new ByteShapeCache(leftOut);
  }

  /** True when the record written last has an attribute of the name that is left out. */
  get hasLeftOut(): boolean {
    return this.#hasLeftOut;
  }

  /**
   * Writes `,"data":…}` and returns where it ends in `line`, or {@link NOT_PLAIN}. `id` is asked
   * for only then. Throws a {@link Fault} for a record that cannot be signed.
   */
  write(bytes: Buffer, shared: SharedParts, id: () => string): number {
    if (shared.data.length + shared.source.length > SHARED_BYTES_MAX) return NOT_PLAIN;
    if (bytes.length > RECORD_BYTES_MAX || !this.#wire.read(bytes)) return NOT_PLAIN;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const shape = this.#shapes.shapeOf(bytes, view, this.#wire.attributes);
    if (shape.hasDomain || shape.heads.length > SHARED_BYTES_MAX) return NOT_PLAIN;
    if (shape.fault !== undefined) throw shape.fault;
    this.#hasLeftOut = shape.order.length < this.#wire.attributes.count;
    const line = this.line;
    line.clear();
    this.#data(view, shape, shared);
    line.put(CONTENT_TYPE);
    line.string(quote(checked(id())));
    line.put(SOURCE);
    line.put(shared.source);
    this.#context(view);
    if (!this.#type(bytes)) return NOT_PLAIN;
    if (line.beyondAscii && !isUtf8(line.written())) throw faultOf('invalid_utf8');
    return line.end;
  }

  #data(view: DataView, shape: ByteShape, shared: SharedParts): void {
    const { line } = this;
    const wire = this.#wire;
    line.put(DATA);
    const start = line.end;
    if (shape.order.length > 0) {
      line.put(ATTRIBUTES);
      this.#attributes(view, shape);
      line.byte(BRACE);
    }
    if (wire.bodyAt >= 0) {
      this.#comma(start);
      line.put(BODY);
      line.text(view, wire.bodyAt, wire.bodyEnd);
    }
    this.#count(DROPPED, wire.dropped < 0 ? 0 : view.getUint8(wire.dropped), start);
    this.#count(FLAGS, wire.flags < 0 ? 0 : view.getUint32(wire.flags, true), start);
    if (shared.data.length > 0)
      line.range(shared.data.view, line.end === start ? 1 : 0, shared.data.length);
    const severity = wire.severityNumber < 0 ? 0 : view.getUint8(wire.severityNumber);
    this.#count(SEVERITY_NUMBER, severity, start);
    if (wire.severityTextAt < wire.severityTextEnd) {
      this.#comma(start);
      line.put(SEVERITY_TEXT);
      line.text(view, wire.severityTextAt, wire.severityTextEnd);
    }
  }

  /** A comma, unless nothing stands in the object that began at `start`. */
  #comma(start: number): void {
    if (this.line.end !== start) this.line.byte(COMMA);
  }

  #count(head: Piece, value: number, start: number): void {
    if (value === 0) return;
    this.#comma(start);
    this.line.put(head);
    this.line.digits(value);
  }

  #attributes(view: DataView, shape: ByteShape): void {
    const { line } = this;
    const { order, heads, headEnds } = shape;
    const { kinds, starts, ends } = this.#wire.attributes;
    let head = 0;
    for (let i = 0; i < order.length; i++) {
      const slot = order[i] as number;
      const headEnd = headEnds[i] as number;
      line.range(heads.view, head, headEnd);
      head = headEnd;
      const start = starts[slot] as number;
      const kind = kinds[slot] as number;
      if (kind === STRING) line.text(view, start, ends[slot] as number);
      else if (kind === BOOL) line.put(isZero(view, start) ? FALSE : TRUE);
      else if (kind === DOUBLE) line.ascii(doubleText(view, start));
      else writeInteger(line, view, start);
    }
  }

  #context(view: DataView): void {
    const { line } = this;
    const wire = this.#wire;
    this.#id(SPAN, view, wire.spanId, 8);
    line.put(VERSION);
    let time = wire.time;
    if (time < 0 || isZero64(view, time)) time = wire.observedTime;
    if (time >= 0 && !isZero64(view, time)) {
      line.put(TIME);
      this.#time.write(line, view, time);
      line.put(ZULU);
    }
    this.#id(TRACE, view, wire.traceId, 16);
  }

  #id(head: Piece, view: DataView, at: number, size: number): void {
    if (at < 0 || (isZero64(view, at) && (size === 8 || isZero64(view, at + 8)))) return;
    this.line.put(head);
    this.line.hex(view, at, at + size);
    this.line.byte(QUOTE);
  }

  /** The last member; false where the name must be looked at byte by byte. */
  #type(bytes: Buffer): boolean {
    const wire = this.#wire;
    if (wire.eventNameAt === wire.eventNameEnd) {
      this.line.put(LOG_TYPE_END);
      return true;
    }
    const name = bytes.toString('utf8', wire.eventNameAt, wire.eventNameEnd);
    if (name.includes('\ufffd')) return false;
    this.line.put(TYPE);
    this.line.string(quote(checked(name)));
    this.line.byte(BRACE);
    return true;
  }
}

/** The time of one record after the other: those of a batch fall into few seconds. */
class TimeText {
  #high = 0;
  #low = 0;
  #second: Piece | undefined;

  write(line: LineBytes, view: DataView, at: number): void {
    const low = view.getUint32(at, true);
    const high = view.getUint32(at + 4, true);
    let nano = (high - this.#high) * 2 ** 32 + (low - this.#low);
    if (this.#second === undefined || !(nano >= 0 && nano < 1e9)) nano = this.#turn(high, low);
    if (this.#second !== undefined) line.put(this.#second);
    if (nano === 0) return;
    line.byte(POINT);
    line.nineDigits(nano);
  }

  /** Begins the second that this time falls into; returns the nanoseconds in it. */
  #turn(high: number, low: number): number {
    const time = (BigInt(high) << 32n) | BigInt(low);
    const nano = time % 1_000_000_000n;
    const start = time - nano;
    this.#high = Number(start >> 32n);
    this.#low = Number(start & 0xffff_ffffn);
    this.#second = Piece.of(rfc3339Nano(start).slice(0, -1));
    return Number(nano);
  }
}

function isZero64(view: DataView, at: number): boolean {
  return view.getInt32(at, true) === 0 && view.getInt32(at + 4, true) === 0;
}

function isZero(view: DataView, start: number): boolean {
  let at = start;
  while (view.getUint8(at) >= 0x80) if ((view.getUint8(at++) & 0x7f) !== 0) return false;
  return view.getUint8(at) === 0;
}

function doubleText(view: DataView, at: number): string {
  const value = view.getFloat64(at, true);
  return Number.isFinite(value) ? pythonFloat(value) : `"${value}"`;
}

/** Digits of a varint as int64; up to 2^49 without a bigint. */
function writeInteger(line: LineBytes, view: DataView, start: number): void {
  let value = 0;
  let factor = 1;
  for (let i = 0; i < 7; i++) {
    const byte = view.getUint8(start + i);
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      line.digits(value);
      return;
    }
    factor *= 128;
  }
  line.ascii(String(BigInt.asIntN(64, longVarint(view, start))));
}

function longVarint(view: DataView, start: number): bigint {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = view.getUint8(start + i);
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) break;
  }
  return value;
}
