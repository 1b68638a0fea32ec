/** How a walk ended. `malformed`: not the encoding of what it should be. `too_deep`: past the limit. */
export type WalkEnd = 'whole' | 'malformed' | 'too_deep';

/** Where a text stands: a step and the way to it. Rendered only when something was found there. */
export interface Place {
  readonly parent: Place | undefined;
  /** A name of the format (`body`), an index, or a key with its bytes. */
  readonly step: string | number | Uint8Array;
}

/** Told of every text: its bytes stand in `[start, end)`. */
export type TextVisitor = (start: number, end: number, place: Place) => void;

/** Longest part of a key that a path shows, in characters. */
const KEY_CHARACTERS_MAX = 64;

/** A key as text that cannot be mistaken for anything else in a path. */
function keyText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 4 * KEY_CHARACTERS_MAX)).toString('utf8');
  return text.slice(0, KEY_CHARACTERS_MAX).toWellFormed();
}

/** The place as people write it: `body.command`, `attributes["x"]`, `body[2].text`. */
export function pathOf(place: Place): string {
  const { parent, step } = place;
  const before = parent === undefined ? '' : pathOf(parent);
  if (typeof step === 'number') return `${before}[${step}]`;
  if (typeof step === 'string') return before === '' ? step : `${before}.${step}`;
  const key = keyText(step);
  const inAttributes = parent?.step === 'attributes';
  const plain = !inAttributes && /^[A-Za-z_][A-Za-z0-9_]*$/.test(key);
  return plain ? `${before}.${key}` : `${before}[${JSON.stringify(key)}]`;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** Thrown inside a walk only, to leave all its levels at once. */
class WalkStopped {
  readonly end: WalkEnd;

  constructor(end: WalkEnd) {
    this.end = end;
  }
}

const MALFORMED = new WalkStopped('malformed');
const TOO_DEEP = new WalkStopped('too_deep');

/** Called with each field of a message that has a length. */
type FieldVisitor = (field: number, start: number, end: number) => void;

/** Finds the texts of encoded records, resources and scopes, with their places. */
export class TextWalk {
  readonly #depthMax: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #visit: TextVisitor = () => {};

  /** `depthMax`: arrays and maps within each other, at most. */
  constructor(depthMax: number) {
    this.#depthMax = depthMax;
  }

  /** severityText, eventName, body and attributes of the `LogRecord` in `[start, end)`. */
  record(bytes: Uint8Array, start: number, end: number, visit: TextVisitor): WalkEnd {
    const severityText: Place = { parent: undefined, step: 'severityText' };
    const eventName: Place = { parent: undefined, step: 'eventName' };
    const body: Place = { parent: undefined, step: 'body' };
    const attributes: Place = { parent: undefined, step: 'attributes' };
    return this.#walk(bytes, visit, () =>
      this.#fields(start, end, (field, from, to) => {
        if (field === 3) visit(from, to, severityText);
        else if (field === 5) this.#value(from, to, body, 0);
        else if (field === 6) this.#keyValue(from, to, attributes, 0);
        else if (field === 12) visit(from, to, eventName);
      }),
    );
  }

  /** The attributes and the schema address in the fields of a `ResourceLogs`. */
  resource(bytes: Uint8Array, visit: TextVisitor): WalkEnd {
    const resource: Place = { parent: undefined, step: 'resource' };
    const attributes: Place = { parent: resource, step: 'attributes' };
    return this.#walk(bytes, visit, () =>
      this.#fields(0, bytes.length, (field, from, to) => {
        if (field === 3) visit(from, to, { parent: resource, step: 'schemaUrl' });
        if (field !== 1) return;
        this.#fields(from, to, (inner, start, end) => {
          if (inner === 1) this.#keyValue(start, end, attributes, 0);
        });
      }),
    );
  }

  /** Name, version, attributes and the schema address in the fields of a `ScopeLogs`. */
  scope(bytes: Uint8Array, visit: TextVisitor): WalkEnd {
    const scope: Place = { parent: undefined, step: 'scope' };
    const attributes: Place = { parent: scope, step: 'attributes' };
    return this.#walk(bytes, visit, () =>
      this.#fields(0, bytes.length, (field, from, to) => {
        if (field === 3) visit(from, to, { parent: scope, step: 'schemaUrl' });
        if (field !== 1) return;
        this.#fields(from, to, (inner, start, end) => {
          if (inner === 1) visit(start, end, { parent: scope, step: 'name' });
          else if (inner === 2) visit(start, end, { parent: scope, step: 'version' });
          else if (inner === 3) this.#keyValue(start, end, attributes, 0);
        });
      }),
    );
  }

  #walk(bytes: Uint8Array, visit: TextVisitor, walk: () => void): WalkEnd {
    this.#bytes = bytes;
    this.#visit = visit;
    try {
      walk();
      return 'whole';
    } catch (stopped) {
      if (stopped instanceof WalkStopped) return stopped.end;
      throw stopped;
    }
  }

  #keyValue(start: number, end: number, map: Place, depth: number): void {
    let key: Place = { parent: map, step: new Uint8Array(0) };
    // The key may stand behind its value: the wire allows any order. Then it is read first.
    this.#fields(start, end, (field, from, to) => {
      if (field === 1) key = { parent: map, step: this.#bytes.subarray(from, to) };
    });
    this.#fields(start, end, (field, from, to) => {
      if (field === 1) this.#visit(from, to, { parent: key, step: '(key)' });
      else if (field === 2) this.#value(from, to, key, depth);
    });
  }

  #value(start: number, end: number, place: Place, depth: number): void {
    this.#fields(start, end, (field, from, to) => {
      if (field === 1) this.#visit(from, to, place);
      else if (field === 5) this.#array(from, to, place, depth);
      else if (field === 6) this.#map(from, to, place, depth);
    });
  }

  #array(start: number, end: number, place: Place, depth: number): void {
    if (depth >= this.#depthMax) throw TOO_DEEP;
    let index = 0;
    this.#fields(start, end, (field, from, to) => {
      if (field === 1) this.#value(from, to, { parent: place, step: index++ }, depth + 1);
    });
  }

  #map(start: number, end: number, place: Place, depth: number): void {
    if (depth >= this.#depthMax) throw TOO_DEEP;
    this.#fields(start, end, (field, from, to) => {
      if (field === 1) this.#keyValue(from, to, place, depth + 1);
    });
  }

  /** Every field of a message; those without a length are passed over. */
  #fields(start: number, end: number, visit: FieldVisitor): void {
    let at = start;
    while (at < end) {
      const tag = this.#varint(at, end);
      at = this.#next;
      const wire = tag % 8;
      if (tag < 8) throw MALFORMED;
      let to = at;
      if (wire === VARINT) {
        this.#varint(at, end);
        to = this.#next;
      } else if (wire === FIXED64) to = at + 8;
      else if (wire === FIXED32) to = at + 4;
      else if (wire === LENGTH) {
        const length = this.#varint(at, end);
        at = this.#next;
        to = at + length;
      } else throw MALFORMED;
      if (to > end) throw MALFORMED;
      if (wire === LENGTH) visit((tag - wire) / 8, at, to);
      at = to;
    }
  }

  #next = 0;

  /** A varint of at most 10 bytes; above 2^53 inexact, which no length reaches. Sets `#next`. */
  #varint(start: number, end: number): number {
    let value = 0;
    let factor = 1;
    for (let at = start; at < end && at < start + 10; at++) {
      const byte = this.#bytes[at] as number;
      value += (byte & 127) * factor;
      factor *= 128;
      if (byte < 128) {
        this.#next = at + 1;
        return value;
      }
    }
    throw MALFORMED;
  }
}
