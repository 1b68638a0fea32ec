import { WIRE_ATTRIBUTES_MAX, WireAttributes } from './byte-shape.ts';

/** Tags of `AnyValue` with a wire type each that the transcoder writes; others take the long way. */
export const STRING = 0x0a;
export const BOOL = 0x10;
export const INT = 0x18;
export const DOUBLE = 0x21;

const NOWHERE = -1;

/**
 * Where the fields of one encoded `LogRecord` stand, found in one pass.
 *
 * Only for records as SDKs write them: no field twice, each value with one member of a plain kind.
 * The bytes come from an index that has checked every length; reading past the end of a value is
 * refused all the same.
 */
export class WireRecord {
  readonly attributes = new WireAttributes();
  time = NOWHERE;
  observedTime = NOWHERE;
  severityNumber = NOWHERE;
  severityTextAt = NOWHERE;
  severityTextEnd = NOWHERE;
  bodyAt = NOWHERE;
  bodyEnd = NOWHERE;
  dropped = NOWHERE;
  flags = NOWHERE;
  traceId = NOWHERE;
  spanId = NOWHERE;
  eventNameAt = NOWHERE;
  eventNameEnd = NOWHERE;
  #at = 0;

  /** False for a record that is not of the plain kind. */
  read(bytes: Uint8Array): boolean {
    this.#clear();
    const end = bytes.length;
    let p = 0;
    while (p < end) {
      const tag = bytes[p] as number;
      if (tag === 0x32) {
        p = this.#attribute(bytes, p + 1);
        if (p < 0) return false;
        continue;
      }
      const next = this.#field(bytes, tag, p + 1);
      if (next < 0 || next > end) return false;
      p = next;
    }
    return p === end;
  }

  #clear(): void {
    this.attributes.count = 0;
    this.time = this.observedTime = this.severityNumber = NOWHERE;
    this.severityTextAt = this.severityTextEnd = this.bodyAt = this.bodyEnd = NOWHERE;
    this.dropped = this.flags = this.traceId = this.spanId = NOWHERE;
    this.eventNameAt = this.eventNameEnd = NOWHERE;
  }

  /** One field other than an attribute. Returns where the next begins, or -1. */
  #field(bytes: Uint8Array, tag: number, at: number): number {
    switch (tag) {
      case 0x09:
        if (this.time >= 0) return -1;
        this.time = at;
        return at + 8;
      case 0x59:
        if (this.observedTime >= 0) return -1;
        this.observedTime = at;
        return at + 8;
      case 0x10:
        if (this.severityNumber >= 0 || (bytes[at] as number) >= 0x80) return -1;
        this.severityNumber = at;
        return at + 1;
      case 0x38:
        if (this.dropped >= 0 || (bytes[at] as number) >= 0x80) return -1;
        this.dropped = at;
        return at + 1;
      case 0x45:
        if (this.flags >= 0) return -1;
        this.flags = at;
        return at + 4;
      default:
        return this.#delimited(bytes, tag, at);
    }
  }

  #delimited(bytes: Uint8Array, tag: number, at: number): number {
    const length = this.#length(bytes, at);
    if (length < 0) return -1;
    const start = this.#at;
    const end = start + length;
    switch (tag) {
      case 0x1a:
        if (this.severityTextAt >= 0) return -1;
        this.severityTextAt = start;
        this.severityTextEnd = end;
        return end;
      case 0x2a:
        return this.bodyAt >= 0 ? -1 : this.#body(bytes, start, end);
      case 0x4a:
        if (this.traceId >= 0 || (length !== 16 && length !== 0)) return -1;
        if (length === 16) this.traceId = start;
        return end;
      case 0x52:
        if (this.spanId >= 0 || (length !== 8 && length !== 0)) return -1;
        if (length === 8) this.spanId = start;
        return end;
      case 0x62:
        if (this.eventNameAt >= 0) return -1;
        this.eventNameAt = start;
        this.eventNameEnd = end;
        return end;
      default:
        return -1;
    }
  }

  /** A body that is a string and nothing else. */
  #body(bytes: Uint8Array, start: number, end: number): number {
    if (end > bytes.length || bytes[start] !== STRING) return -1;
    const length = this.#length(bytes, start + 1);
    if (length < 0 || this.#at + length !== end) return -1;
    this.bodyAt = this.#at;
    this.bodyEnd = end;
    return end;
  }

  /** One attribute, from its length on: one key, then one value with one member. */
  #attribute(bytes: Uint8Array, at: number): number {
    const slots = this.attributes;
    const slot = slots.count;
    const length = this.#length(bytes, at);
    const end = this.#at + length;
    if (length < 0 || end > bytes.length || slot === WIRE_ATTRIBUTES_MAX) return -1;
    if (bytes[this.#at] !== 0x0a) return -1;
    const keyLength = this.#length(bytes, this.#at + 1);
    const keyEnd = this.#at + keyLength;
    if (keyLength < 0 || keyEnd >= end || bytes[keyEnd] !== 0x12) return -1;
    slots.keyStarts[slot] = this.#at;
    slots.keyEnds[slot] = keyEnd;
    const valueLength = this.#length(bytes, keyEnd + 1);
    if (valueLength < 2 || this.#at + valueLength !== end) return -1;
    if (!this.#member(bytes, this.#at, end, slot)) return -1;
    slots.count = slot + 1;
    return end;
  }

  #member(bytes: Uint8Array, at: number, end: number, slot: number): boolean {
    const slots = this.attributes;
    const kind = bytes[at] as number;
    let start = at + 1;
    if (kind === STRING) {
      const length = this.#length(bytes, start);
      start = this.#at;
      if (length < 0 || start + length !== end) return false;
    } else if (kind === DOUBLE) {
      if (start + 8 !== end) return false;
    } else if (kind !== BOOL && kind !== INT) return false;
    else if (varintEnd(bytes, start, end) !== end) return false;
    slots.kinds[slot] = kind;
    slots.starts[slot] = start;
    slots.ends[slot] = end;
    return true;
  }

  /** A length of up to 28 bits, or -1; `#at` is then one past it. */
  #length(bytes: Uint8Array, at: number): number {
    let byte = bytes[at] as number;
    if (byte < 0x80) {
      this.#at = at + 1;
      return byte;
    }
    let value = byte & 0x7f;
    for (let shift = 7; shift <= 21; shift += 7) {
      byte = bytes[++at] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.#at = at + 1;
        return value;
      }
    }
    return -1;
  }
}

function varintEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) if ((bytes[at++] as number) < 0x80) return at;
  return -1;
}
