/** Longest nonce and longest sender, in bytes. */
export const TEXT_BYTES_MAX = 256;

/** 2000-01-01 and 2100-01-01 in ms: seconds, microseconds and nanoseconds all fall outside. */
const TIME_MS_MIN = 946_684_800_000;
const TIME_MS_MAX = 4_102_444_800_000;

/** The name that stands for the record's own `time_unix_nano` in a list of time attributes. */
export const TIME_FIELD = 'timeUnixNano';

const NONE = 255;

/** Tags of LogRecord, KeyValue and AnyValue that are looked for. */
const TIME = 0x09;
const ATTRIBUTE = 0x32;
const KEY = 0x0a;
const VALUE = 0x12;
const TEXT = 0x0a;
const INT = 0x18;
const DOUBLE = 0x21;

/** Where the nonce, the time and the sender of a record may stand, first present first. */
export interface FieldNames {
  readonly nonce: readonly string[];
  readonly time: readonly string[];
  readonly sender: readonly string[];
}

/** The names by what they are wanted for. */
export interface WantedNames {
  readonly list: readonly Wanted[];
  /** Place of the record's own time in its list, or 255. */
  readonly timeField: number;
}

interface Wanted {
  readonly name: Uint8Array;
  /** Place in each list, or NONE. */
  readonly nonce: number;
  readonly time: number;
  readonly sender: number;
}

/**
 * Finds nonce, time and sender of one encoded LogRecord in place.
 *
 * One pass over the fields; an attribute whose key has another length than every wanted one is
 * skipped unread. Lengths are checked against what contains them: malformed input ends the pass
 * with `false`, and reads nothing outside. The first attribute of a name counts.
 */
export class FieldScan {
  /** Place of the name under which the nonce was found in the list, or -1. */
  nonceRank = -1;
  nonceAt = 0;
  /** Bytes; 0 also for a value that is not a string. */
  nonceLength = 0;
  /** -1: the record names no sender. */
  senderLength = -1;
  senderAt = 0;

  /** Wanted keys by length; mostly none. */
  readonly #byLength: (readonly Wanted[])[];
  readonly #timeField: number;
  #nonce = NONE;
  #time = NONE;
  #sender = NONE;
  #timeTag = 0;
  #timeAt = 0;
  #timeEnd = 0;
  /** The value last read: tag in its AnyValue, 0 for none; where its payload stands. */
  #valueTag = 0;
  #valueAt = 0;
  #valueEnd = 0;

  constructor(names: FieldNames) {
    const { list, timeField } = wantedNames(names);
    this.#timeField = timeField;
    this.#byLength = Array.from({ length: 256 }, () => []);
    for (const wanted of list) {
      const { length } = wanted.name;
      this.#byLength[length] = [...(this.#byLength[length] ?? []), wanted];
    }
  }

  /** Reads the record at `bytes[start … end - 1]`. False: it is not a well-formed message. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    this.#nonce = NONE;
    this.#time = NONE;
    this.#sender = NONE;
    this.nonceLength = 0;
    this.senderLength = -1;
    let timeAt = -1;
    let p = start;
    while (p < end) {
      const tag = bytes[p] as number;
      p += 1;
      // Nearly every field: a tag of one byte, and a length of one byte or a fixed one.
      if (tag === ATTRIBUTE && p + 2 < end) {
        const length = bytes[p] as number;
        const keyLength = bytes[p + 2] as number;
        if (length < 0x80 && bytes[p + 1] === KEY && keyLength < 0x80 && keyLength + 2 <= length) {
          const next = p + 1 + length;
          if (next > end) return false;
          const wanted = this.#byLength[keyLength] as readonly Wanted[];
          if (wanted.length > 0 && !this.#match(wanted, bytes, p + 3, p + 3 + keyLength, next)) {
            return false;
          }
          p = next;
          continue;
        }
      }
      const next = skip(bytes, p, end, tag);
      if (next < 0) return false;
      if (tag === ATTRIBUTE && !this.#oddAttribute(bytes, after(bytes, p), next)) return false;
      if (tag === TIME) timeAt = p;
      p = next;
    }
    this.nonceRank = this.#nonce === NONE ? -1 : this.#nonce;
    if (timeAt >= 0 && this.#timeField < this.#time) {
      this.#time = this.#timeField;
      this.#timeTag = TIME;
      this.#timeAt = timeAt;
    }
    return true;
  }

  /**
   * The time of the record last read, in integer ms since the epoch, or NaN when it has none, or
   * one that is not an integer between 2000 and 2100. An int, a double without fraction (some SDKs
   * write every number so), or the field; text is no time.
   */
  timeMs(bytes: Uint8Array): number {
    if (this.#time === NONE) return Number.NaN;
    if (this.#time === this.#timeField) return saneTime(fieldTimeMs(bytes, this.#timeAt));
    if (this.#timeTag === INT) return saneTime(varintAt(bytes, this.#timeAt, this.#timeEnd));
    if (this.#timeTag !== DOUBLE) return Number.NaN;
    const at = bytes.byteOffset + this.#timeAt;
    return saneTime(new DataView(bytes.buffer, at, 8).getFloat64(0, true));
  }

  #match(
    list: readonly Wanted[],
    bytes: Uint8Array,
    keyAt: number,
    rest: number,
    end: number,
  ): boolean {
    for (let i = 0; i < list.length; i++) {
      const wanted = list[i] as Wanted;
      if (!isAt(wanted.name, bytes, keyAt)) continue;
      if (wanted.nonce < this.#nonce || wanted.time < this.#time || wanted.sender < this.#sender) {
        if (!this.#readValue(bytes, rest, end)) return false;
        this.#take(wanted);
      }
      return true;
    }
    return true;
  }

  /** An attribute of 128 bytes or more, or one whose key does not stand first or is empty. */
  #oddAttribute(bytes: Uint8Array, start: number, end: number): boolean {
    let p = start;
    while (p < end) {
      const tag = bytes[p] as number;
      p += 1;
      const next = skip(bytes, p, end, tag);
      if (next < 0) return false;
      if (tag === KEY) {
        const keyAt = after(bytes, p);
        const wanted = this.#byLength[next - keyAt];
        return wanted === undefined || this.#match(wanted, bytes, keyAt, start, end);
      }
      p = next;
    }
    return true;
  }

  /** Finds the value among the fields of a KeyValue from `p` on; the last field of it counts. */
  #readValue(bytes: Uint8Array, from: number, end: number): boolean {
    this.#valueTag = 0;
    let p = from;
    while (p < end) {
      const tag = bytes[p] as number;
      p += 1;
      const next = skip(bytes, p, end, tag);
      if (next < 0) return false;
      if (tag === VALUE && !this.#readAnyValue(bytes, after(bytes, p), next)) return false;
      p = next;
    }
    return true;
  }

  #readAnyValue(bytes: Uint8Array, from: number, end: number): boolean {
    let p = from;
    while (p < end) {
      const tag = bytes[p] as number;
      p += 1;
      const next = skip(bytes, p, end, tag);
      if (next < 0) return false;
      if (tag >>> 3 >= 1 && tag >>> 3 <= 7) {
        this.#valueTag = tag;
        this.#valueAt = (tag & 7) === 2 ? after(bytes, p) : p;
        this.#valueEnd = next;
      }
      p = next;
    }
    return true;
  }

  #take(wanted: Wanted): void {
    const isText = this.#valueTag === TEXT;
    if (wanted.nonce < this.#nonce) {
      this.#nonce = wanted.nonce;
      this.nonceAt = this.#valueAt;
      this.nonceLength = isText ? this.#valueEnd - this.#valueAt : 0;
    }
    if (wanted.time < this.#time) {
      this.#time = wanted.time;
      this.#timeTag = this.#valueTag;
      this.#timeAt = this.#valueAt;
      this.#timeEnd = this.#valueEnd;
    }
    if (wanted.sender < this.#sender && isText) {
      this.#sender = wanted.sender;
      this.senderAt = this.#valueAt;
      this.senderLength = this.#valueEnd - this.#valueAt;
    }
  }
}

/** Each name once, with its place in each list. */
export function wantedNames(names: FieldNames): WantedNames {
  const keys = new Set([...names.nonce, ...names.time, ...names.sender]);
  return {
    timeField: placeIn(names.time, TIME_FIELD),
    list: Array.from(keys, (key) => ({
      name: Buffer.from(key, 'utf8'),
      nonce: placeIn(names.nonce, key),
      time: key === TIME_FIELD ? NONE : placeIn(names.time, key),
      sender: placeIn(names.sender, key),
    })),
  };
}

/** Exact ms of a fixed64 of ns, rounded down. */
function fieldTimeMs(bytes: Uint8Array, at: number): number {
  const low = uint32At(bytes, at);
  const high = uint32At(bytes, at + 4);
  // 2^32 = 4294 * 10^6 + 967296, so that every step stays below 2^53.
  return high * 4294 + Math.floor((high * 967_296 + low) / 1_000_000);
}

function placeIn(list: readonly string[], key: string): number {
  const place = list.indexOf(key);
  return place < 0 ? NONE : place;
}

function saneTime(ms: number): number {
  return Number.isInteger(ms) && ms >= TIME_MS_MIN && ms <= TIME_MS_MAX ? ms : Number.NaN;
}

function isAt(name: Uint8Array, bytes: Uint8Array, at: number): boolean {
  // Keys of one length mostly differ in their first or last byte.
  const last = name.length - 1;
  if (bytes[at] !== name[0] || bytes[at + last] !== name[last]) return false;
  for (let i = 1; i < last; i++) if (bytes[at + i] !== name[i]) return false;
  return true;
}

function uint32At(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}

/** An unsigned value; exact below 2^53, and at least 2^53 for all others. */
function varintAt(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  let scale = 1;
  for (let p = at; p < end; p++) {
    value += ((bytes[p] as number) & 0x7f) * scale;
    scale *= 128;
  }
  return value;
}

/** The length that stands at `p`, or -1 when it does not end or what it measures passes `end`. */
function lengthAt(bytes: Uint8Array, p: number, end: number): number {
  let value = 0;
  let scale = 1;
  for (let q = p; q < end && q < p + 5; q++) {
    const byte = bytes[q] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return q + 1 + value <= end ? value : -1;
    scale *= 128;
  }
  return -1;
}

/** The byte after the varint at `p`, which ends. */
function after(bytes: Uint8Array, p: number): number {
  let q = p;
  while ((bytes[q] as number) >= 0x80) q += 1;
  return q + 1;
}

/** The byte after the payload of a field whose first tag byte is `tag`, or -1. */
function skip(bytes: Uint8Array, p: number, end: number, tag: number): number {
  let q = p;
  if (tag >= 0x80) {
    // A field number above 15: the rest of the tag is one varint more.
    while (q < end && (bytes[q] as number) >= 0x80) q += 1;
    q += 1;
  }
  switch (tag & 7) {
    case 0:
      while (q < end && (bytes[q] as number) >= 0x80) q += 1;
      q += 1;
      break;
    case 1:
      q += 8;
      break;
    case 2: {
      const first = q < end ? (bytes[q] as number) : 0x80;
      if (first < 0x80) q += 1 + first;
      else {
        const length = lengthAt(bytes, q, end);
        if (length < 0) return -1;
        q = after(bytes, q) + length;
      }
      break;
    }
    case 5:
      q += 4;
      break;
    default:
      return -1;
  }
  return q <= end ? q : -1;
}
