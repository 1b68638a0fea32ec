import { isUtf8 } from 'node:buffer';
import type { KeyValue } from '../sdk/index.ts';
import { AttributeShape } from './attribute-shape.ts';
import { faultOf } from './fault.ts';
import type { Fault } from './fault.ts';
import { Piece } from './line-bytes.ts';

/** Attributes of one record that {@link WireAttributes} has room for. */
export const WIRE_ATTRIBUTES_MAX = 64;

/** Where the parts of a record's attributes stand in its encoding, in wire order. */
export class WireAttributes {
  count = 0;
  readonly keyStarts = new Int32Array(WIRE_ATTRIBUTES_MAX);
  readonly keyEnds = new Int32Array(WIRE_ATTRIBUTES_MAX);
  /** The tag of the one member the value has. */
  readonly kinds = new Int32Array(WIRE_ATTRIBUTES_MAX);
  readonly starts = new Int32Array(WIRE_ATTRIBUTES_MAX);
  readonly ends = new Int32Array(WIRE_ATTRIBUTES_MAX);
}

/** The names of records of one kind, as bytes: compared in place, written without looking again. */
export class ByteShape {
  readonly #names: Piece;
  readonly #ends: Int32Array;
  /** Indices into the attributes, in canonical order. */
  readonly order: Int32Array;
  /** `"name":` of each, one after the other, with a comma before all but the first. */
  readonly heads: Piece;
  readonly headEnds: Int32Array;
  /** True when the record may stand for a governance event. */
  readonly hasDomain: boolean;
  readonly fault: Fault | undefined;

  constructor(bytes: Buffer, at: WireAttributes, leftOut: string) {
    const names = Array.from({ length: at.count }, (_, i) =>
      Buffer.from(bytes.subarray(at.keyStarts[i], at.keyEnds[i])),
    );
    const texts = names.map((name): KeyValue => [name.toString('utf8'), null]);
    const shape = new AttributeShape(texts, leftOut);
    const heads = shape.heads.map((head) => Buffer.from(head, 'utf8'));
    this.#names = new Piece(Buffer.concat(names));
    this.#ends = endsOf(names);
    this.order = Int32Array.from(shape.order);
    this.heads = new Piece(Buffer.concat(heads));
    this.headEnds = endsOf(heads);
    this.hasDomain = shape.domainAt >= 0;
    this.fault = names.every((name) => isUtf8(name)) ? shape.fault : faultOf('invalid_utf8');
  }

  /** True when these attributes have the names of this shape, in the same order. */
  fits(view: DataView, at: WireAttributes): boolean {
    const ends = this.#ends;
    if (ends.length !== at.count) return false;
    const names = this.#names.view;
    let from = 0;
    for (let i = 0; i < ends.length; i++) {
      const end = ends[i] as number;
      const shift = (at.keyStarts[i] as number) - from;
      if ((at.keyEnds[i] as number) !== end + shift) return false;
      for (; from + 4 <= end; from += 4) {
        if (view.getInt32(from + shift, true) !== names.getInt32(from, true)) return false;
      }
      for (; from < end; from++) {
        if (view.getUint8(from + shift) !== names.getUint8(from)) return false;
      }
    }
    return true;
  }
}

function endsOf(parts: readonly Uint8Array[]): Int32Array {
  let end = 0;
  return Int32Array.from(parts, (part) => (end += part.length));
}

/** Shapes kept: each has a few hundred bytes. */
const SHAPES_MAX = 16;

/** The shapes seen last. A record of a new shape costs one sort, whatever its sender does. */
export class ByteShapeCache {
  readonly #leftOut: string;
  readonly #shapes: ByteShape[] = [];
  #next = 0;

  constructor(leftOut: string) {
    this.#leftOut = leftOut;
  }

  shapeOf(bytes: Buffer, view: DataView, at: WireAttributes): ByteShape {
    for (const shape of this.#shapes) if (shape.fits(view, at)) return shape;
    const shape = new ByteShape(bytes, at, this.#leftOut);
    this.#shapes[this.#next] = shape;
    this.#next = (this.#next + 1) % SHAPES_MAX;
    return shape;
  }
}
