import { Buffer } from 'node:buffer';
import { type AttributeValue, type KeyValue, KeyValueList } from '../sdk/index.ts';
import * as tag from './tags.ts';
import { putVarint, varintSize } from './wire.ts';

/**
 * Writes protobuf from the last byte to the first: the length of a message is known when its
 * header is written, so nothing is measured beforehand.
 */
export class BackwardEncoder {
  #buffer: Buffer;
  #at: number;

  constructor(capacity = 4096) {
    this.#buffer = Buffer.allocUnsafeSlow(capacity);
    this.#at = capacity;
  }

  /** Bytes written so far; hand it to {@link close} when the message's fields are written. */
  get length(): number {
    return this.#buffer.length - this.#at;
  }

  /** Forgets all that was written. */
  reset(): void {
    this.#at = this.#buffer.length;
  }

  #room(size: number): number {
    if (this.#at < size) {
      const grown = Buffer.allocUnsafeSlow(2 * this.#buffer.length + size);
      const at = grown.length - this.length;
      this.#buffer.copy(grown, at, this.#at);
      this.#buffer = grown;
      this.#at = at;
    }
    this.#at -= size;
    return this.#at;
  }

  varint(value: number): void {
    const at = this.#room(varintSize(value));
    putVarint(this.#buffer, at, value);
  }

  /** A 64-bit varint; negative numbers as their two's complement, ten bytes. */
  varint64(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    let size = 1;
    for (let left = rest >> 7n; left > 0n; left >>= 7n) size += 1;
    let at = this.#room(size);
    for (; size > 1; size -= 1) {
      this.#buffer[at] = Number(rest & 0x7fn) | 0x80;
      at += 1;
      rest >>= 7n;
    }
    this.#buffer[at] = Number(rest);
  }

  fixed32(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeUInt32LE(value >>> 0, at);
  }

  fixed64(value: bigint): void {
    const at = this.#room(8);
    this.#buffer.writeBigUInt64LE(BigInt.asUintN(64, value), at);
  }

  double(value: number): void {
    const at = this.#room(8);
    this.#buffer.writeDoubleLE(value, at);
  }

  bytes(value: Uint8Array): void {
    const at = this.#room(value.length);
    this.#buffer.set(value, at);
  }

  /** A text field with its tag. */
  text(field: number, value: string): void {
    const size = Buffer.byteLength(value);
    const at = this.#room(size);
    this.#buffer.write(value, at, size, 'utf8');
    this.varint(size);
    this.varint(field);
  }

  /** Length and tag of the message whose fields were written since `length` was `before`. */
  close(field: number, before: number): void {
    this.varint(this.length - before);
    this.varint(field);
  }

  keyValue(field: number, key: string, value: AttributeValue): void {
    const before = this.length;
    this.value(tag.KEY_VALUE_VALUE, value);
    if (key !== '') this.text(tag.KEY_VALUE_KEY, key);
    this.close(field, before);
  }

  /** As {@link keyValue}, for a key that is encoded already. */
  keyedValue(field: number, key: Uint8Array, value: AttributeValue): void {
    const before = this.length;
    this.value(tag.KEY_VALUE_VALUE, value);
    const keyEnd = this.length;
    this.bytes(key);
    this.close(tag.KEY_VALUE_KEY, keyEnd);
    this.close(field, before);
  }

  keyValues(field: number, entries: readonly KeyValue[]): void {
    for (let i = entries.length - 1; i >= 0; i -= 1) {
      const [key, value] = entries[i] as KeyValue;
      this.keyValue(field, key, value);
    }
  }

  value(field: number, value: AttributeValue): void {
    const before = this.length;
    this.member(value);
    this.close(field, before);
  }

  /** The member of an AnyValue that holds the value. */
  member(value: AttributeValue): void {
    switch (typeof value) {
      case 'string':
        return this.text(tag.VALUE_STRING, value);
      case 'boolean':
        this.varint(value ? 1 : 0);
        return this.varint(tag.VALUE_BOOL);
      case 'bigint':
        this.varint64(value);
        return this.varint(tag.VALUE_INT);
      case 'number':
        this.double(value);
        return this.varint(tag.VALUE_DOUBLE);
      default:
        return this.#composite(value);
    }
  }

  #composite(value: Exclude<AttributeValue, string | boolean | bigint | number>): void {
    if (value === null) return;
    const before = this.length;
    if (value instanceof Uint8Array) {
      this.bytes(value);
      this.close(tag.VALUE_BYTES, before);
    } else if (value instanceof KeyValueList) {
      this.keyValues(tag.LIST_ITEM, value.entries);
      this.close(tag.VALUE_KVLIST, before);
    } else {
      for (let i = value.length - 1; i >= 0; i -= 1) {
        this.value(tag.LIST_ITEM, value[i] as AttributeValue);
      }
      this.close(tag.VALUE_ARRAY, before);
    }
  }

  /** Copies what was written to `target`. */
  copyTo(target: Uint8Array, at: number): number {
    return this.#buffer.copy(target, at, this.#at);
  }

  /** What was written, in memory shared with other small things. */
  take(): Buffer {
    const part = Buffer.allocUnsafe(this.length);
    this.copyTo(part, 0);
    return part;
  }

  /** What was written, in memory of its own. */
  finish(): Buffer {
    const whole = Buffer.allocUnsafeSlow(this.length);
    this.copyTo(whole, 0);
    return whole;
  }
}
