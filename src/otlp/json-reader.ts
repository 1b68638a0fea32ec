import { Buffer } from 'node:buffer';
import { CountersignError } from '../sdk/index.ts';
import { VALUE_NESTING_MAX } from './check.ts';
import { doubleOf, integerOf } from './json-number.ts';
import { hexDigit, JSON_DEPTH_MAX, JsonFault, JsonScanner } from './json-scanner.ts';
import {
  ANY_VALUE,
  type FieldSchema,
  type MessageSchema,
  type NamedField,
  nameHash,
  REQUEST,
  SEVERITY_NUMBERS,
} from './json-schema.ts';
import * as tag from './tags.ts';
import { asBuffer, putVarint, varintSize } from './wire.ts';

const QUOTE = 0x22;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

/**
 * The protobuf encoding of an OTLP/JSON ExportLogsServiceRequest.
 *
 * Taken as ProtoJSON and the OTLP specification ("JSON Protobuf Encoding") have it: 64-bit
 * integers as text and as numbers, exact to the digit; `1e2` and `5.0` for integers; ids in hex;
 * severity as number or enum name; names in lowerCamelCase and as in the .proto; null as unset;
 * unknown names ignored; a byte order mark. A name that stands twice in one object is an error,
 * as are two members of one value: readers disagree on which of them counts.
 * @throws CountersignError CS_REQUEST_UNDECODABLE with the path of what is wrong
 */
export function transcodeJsonRequest(bytes: Uint8Array): Uint8Array {
  return transcode(bytes, REQUEST);
}

function transcode(bytes: Uint8Array, schema: MessageSchema): Uint8Array {
  const path: (FieldSchema | number)[] = [];
  try {
    return new JsonReader(asBuffer(bytes), path).read(schema);
  } catch (fault) {
    if (!(fault instanceof JsonFault)) throw fault;
    throw new CountersignError(
      'CS_REQUEST_UNDECODABLE',
      `OTLP/JSON: ${pathText(path)}: ${fault.message}`,
    );
  }
}

function pathText(path: readonly (FieldSchema | number)[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? step.name : `.${step.name}`;
  }
  return text === '' ? 'the request' : text;
}

/**
 * Writes protobuf while it reads JSON, once through both. The length of a message is not known
 * when it begins: some bytes are set aside, and the message moves when it needs another number.
 */
class JsonReader extends JsonScanner {
  readonly #target: Buffer;
  readonly #path: (FieldSchema | number)[];
  #w = 0;
  #nesting = 0;

  constructor(source: Buffer, path: (FieldSchema | number)[]) {
    super(source);
    this.#path = path;
    // No field is longer in protobuf than in JSON; at each depth a length may be set aside too long.
    this.#target = Buffer.allocUnsafeSlow(source.length + 8 * JSON_DEPTH_MAX);
  }

  read(schema: MessageSchema): Uint8Array {
    this.#object(schema);
    if (this.peek() !== -1) throw new JsonFault('something follows the end of the object');
    return this.#target.subarray(0, this.#w);
  }

  #object(schema: MessageSchema): void {
    this.expect(0x7b);
    this.enter();
    let seen = 0;
    if (!this.take(0x7d)) {
      do {
        const field = this.#name(schema);
        this.expect(0x3a);
        if (field === undefined) {
          this.skipValue();
          continue;
        }
        this.#path.push(field);
        const bit = 1 << field.index;
        if ((seen & bit) !== 0) throw new JsonFault('stands twice in one object');
        if (this.peek() === 0x6e && this.takeWord('null')) {
          this.#path.pop();
          continue;
        }
        if (schema.oneof && seen !== 0)
          throw new JsonFault('another kind of value is there already');
        seen |= bit;
        if (field.repeated) this.#list(field);
        else this.#value(field);
        this.#path.pop();
      } while (this.take(0x2c));
      this.expect(0x7d);
    }
    this.leave();
  }

  /** Consumes a member's name; `undefined` when the schema does not know it. */
  #name(schema: MessageSchema): FieldSchema | undefined {
    this.expect(QUOTE);
    const { source } = this;
    const start = this.at;
    let p = start;
    let byte = source[p] as number;
    while (byte !== QUOTE && byte !== 0x5c && byte >= 0x20) {
      p += 1;
      byte = source[p] as number;
    }
    if (byte !== QUOTE) {
      this.at = start - 1;
      const name = Buffer.from(this.text());
      return name.length === 0 ? undefined : fieldNamed(schema, name, 0, name.length);
    }
    this.at = p + 1;
    return p === start ? undefined : fieldNamed(schema, source, start, p);
  }

  #list(field: FieldSchema): void {
    this.expect(0x5b);
    this.enter();
    if (!this.take(0x5d)) {
      const step = this.#path.push(0) - 1;
      let index = 0;
      do {
        this.#path[step] = index;
        this.#value(field);
        index += 1;
      } while (this.take(0x2c));
      this.#path.pop();
      this.expect(0x5d);
    }
    this.leave();
  }

  #value(field: FieldSchema): void {
    switch (field.kind) {
      case 'message':
        return this.#message(field);
      case 'text':
        return this.#text(field);
      case 'fixed64':
        return this.#fixed64(field);
      case 'int64':
        return this.#int64(field);
      case 'double':
        return this.#double(field);
      case 'bool':
        return this.#bool(field);
      case 'uint32':
      case 'fixed32':
        return this.#uint32(field);
      case 'severity':
        return this.#severity(field);
      case 'id':
        return this.#id(field);
      case 'bytes':
        return this.#bytes(field);
      default:
        field.kind satisfies never;
    }
  }

  #message(field: FieldSchema): void {
    const isList = field === ARRAY || field === KVLIST;
    const start = this.#open(field);
    if (isList) {
      this.#nesting += 1;
      if (this.#nesting > VALUE_NESTING_MAX) {
        throw new JsonFault(`values are nested more than ${VALUE_NESTING_MAX} deep`);
      }
    }
    this.#object(field.message as MessageSchema);
    if (isList) this.#nesting -= 1;
    this.#close(start);
  }

  /** Bytes set aside for the length of the message or text that is open. */
  #open(field: FieldSchema): number {
    this.#target[this.#w] = field.tag;
    // A message cannot be larger than the text that is left. Where messages stand deep within each
    // other, moving them again and again would cost depth times size: there this bound is used.
    const aside = this.#nesting > 2 ? varintSize(this.source.length - this.at) : field.size;
    const start = this.#w + 1;
    this.#w = start + aside;
    // Where the length goes, and how many bytes are set aside for it, in one number.
    return start * 8 + aside;
  }

  #close(opened: number): void {
    const aside = opened & 7;
    const start = (opened - aside) / 8;
    const from = start + aside;
    const size = this.#w - from;
    const needed = varintSize(size);
    if (needed !== aside) {
      this.#target.copyWithin(start + needed, from, this.#w);
      this.#w = start + needed + size;
    }
    putVarint(this.#target, start, size);
  }

  #text(field: FieldSchema): void {
    if (!this.take(QUOTE)) throw this.#wrongKind('a string');
    const opened = this.#open(field);
    this.#w = this.stringInto(this.#target, this.#w);
    this.#close(opened);
  }

  #wrongKind(wanted: string): JsonFault {
    return new JsonFault(`is not ${wanted}`);
  }

  /** Consumes a number, quoted or bare. */
  #number(wanted: string): string {
    const byte = this.peek();
    if (byte === QUOTE) return this.text();
    if (byte !== 0x2d && !(byte >= 0x30 && byte <= 0x39)) throw this.#wrongKind(wanted);
    return this.numberText();
  }

  #integer(min: bigint, max: bigint, wanted: string): bigint {
    const text = this.#number(wanted);
    const value = integerOf(text);
    if (value === undefined || value < min || value > max) {
      throw this.#wrongKind(`${wanted}, or does not fit one`);
    }
    return value;
  }

  #fixed64(field: FieldSchema): void {
    const at = this.at;
    if (!this.shortInteger() || this.negative) {
      this.at = at;
      this.#setHalves(this.#integer(0n, UINT64_MAX, 'an unsigned 64-bit integer'));
    }
    this.#target[this.#w] = field.tag;
    putFixed32(this.#target, this.#w + 1, this.low);
    putFixed32(this.#target, this.#w + 5, this.high);
    this.#w += 9;
  }

  #int64(field: FieldSchema): void {
    // The smallest integer has no positive twin; it goes the long way, as do those out of range.
    const at = this.at;
    if (!this.shortInteger() || this.high >= 0x8000_0000) {
      this.at = at;
      this.#setHalves(this.#integer(INT64_MIN, INT64_MAX, 'a 64-bit integer'));
    } else if (this.negative) {
      this.low = -this.low >>> 0;
      this.high = (~this.high + (this.low === 0 ? 1 : 0)) >>> 0;
    }
    this.#varint64(field);
  }

  #setHalves(value: bigint): void {
    const bits = BigInt.asUintN(64, value);
    this.high = Number(bits >> 32n);
    this.low = Number(bits & 0xffff_ffffn);
  }

  /** Writes the halves as a varint. */
  #varint64(field: FieldSchema): void {
    const target = this.#target;
    let { low, high } = this;
    let w = this.#w;
    target[w] = field.tag;
    w += 1;
    while (high !== 0 || low >= 0x80) {
      target[w] = (low & 0x7f) | 0x80;
      w += 1;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    target[w] = low;
    this.#w = w + 1;
  }

  #uint32(field: FieldSchema): void {
    const at = this.at;
    if (!this.shortInteger() || this.negative || this.high !== 0) {
      this.at = at;
      this.#setHalves(this.#integer(0n, 0xffff_ffffn, 'an unsigned 32-bit integer'));
    }
    this.#target[this.#w] = field.tag;
    if (field.kind === 'uint32') {
      this.#w = putVarint(this.#target, this.#w + 1, this.low);
    } else {
      putFixed32(this.#target, this.#w + 1, this.low);
      this.#w += 5;
    }
  }

  #severity(field: FieldSchema): void {
    const at = this.at;
    if (!this.shortInteger() || this.negative || this.high !== 0 || this.low >= 0x8000_0000) {
      this.at = at;
      const text = this.#number('a severity number');
      const named = SEVERITY_NUMBERS.get(text);
      const value = named === undefined ? integerOf(text) : BigInt(named);
      if (value === undefined || value < -(2n ** 31n) || value >= 2n ** 31n) {
        throw this.#wrongKind('a severity number');
      }
      this.#setHalves(value);
    }
    this.#varint64(field);
  }

  #double(field: FieldSchema): void {
    const quoted = this.peek() === QUOTE;
    const text = this.#number('a number');
    const value = (quoted ? NON_FINITE.get(text) : undefined) ?? doubleOf(text);
    if (value === undefined) throw this.#wrongKind('a number, or does not fit a double');
    this.#target[this.#w] = field.tag;
    this.#target.writeDoubleLE(value, this.#w + 1);
    this.#w += 9;
  }

  #bool(field: FieldSchema): void {
    const value = this.takeWord('true');
    if (!value && !this.takeWord('false')) throw this.#wrongKind('true or false');
    this.#target[this.#w] = field.tag;
    this.#target[this.#w + 1] = value ? 1 : 0;
    this.#w += 2;
  }

  #id(field: FieldSchema): void {
    if (!this.take(QUOTE)) throw this.#wrongKind('a string of hex digits');
    const { source } = this;
    const { size } = field;
    if (source[this.at] === QUOTE) {
      this.at += 1;
      return;
    }
    this.#target[this.#w] = field.tag;
    this.#target[this.#w + 1] = size;
    for (let i = 0; i < size; i += 1) {
      const high = hexDigit(source[this.at + 2 * i]);
      const low = hexDigit(source[this.at + 2 * i + 1]);
      if (high < 0 || low < 0) throw this.#wrongKind(`${2 * size} hex digits`);
      this.#target[this.#w + 2 + i] = high * 16 + low;
    }
    this.at += 2 * size;
    if (source[this.at] !== QUOTE) throw this.#wrongKind(`${2 * size} hex digits`);
    this.at += 1;
    this.#w += 2 + size;
  }

  #bytes(field: FieldSchema): void {
    if (this.peek() !== QUOTE) throw this.#wrongKind('base64 text');
    const text = this.text();
    if (!isBase64(text)) throw this.#wrongKind('base64 text');
    const opened = this.#open(field);
    this.#w += this.#target.write(text, this.#w, 'base64');
    this.#close(opened);
  }
}

const ARRAY = ANY_VALUE.fields.find((field) => field.tag === tag.VALUE_ARRAY);
const KVLIST = ANY_VALUE.fields.find((field) => field.tag === tag.VALUE_KVLIST);

const NON_FINITE: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** Base64 in either alphabet, padded or not. */
function isBase64(text: string): boolean {
  const match = /^([A-Za-z0-9+/_-]*)(={0,2})$/.exec(text);
  if (match === null) return false;
  const digits = (match[1] as string).length;
  const padding = (match[2] as string).length;
  return digits % 4 !== 1 && (padding === 0 || (digits + padding) % 4 === 0);
}

function putFixed32(target: Uint8Array, at: number, value: number): void {
  target[at] = value;
  target[at + 1] = value >>> 8;
  target[at + 2] = value >>> 16;
  target[at + 3] = value >>> 24;
}

function fieldNamed(
  schema: MessageSchema,
  bytes: Uint8Array,
  start: number,
  end: number,
): FieldSchema | undefined {
  const size = end - start;
  const hash = nameHash(size, bytes[start] as number, bytes[end - 1] as number);
  const candidates = schema.byName[hash];
  if (candidates === undefined) return undefined;
  for (let candidate = 0; candidate < candidates.length; candidate += 1) {
    const { name, field } = candidates[candidate] as NamedField;
    if (name.length !== size) continue;
    let i = 0;
    while (i < size && bytes[start + i] === name[i]) i += 1;
    if (i === size) return field;
  }
  return undefined;
}
