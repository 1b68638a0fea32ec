import type { KeyValue } from '../sdk/index.ts';
import { compareCodePoints, quote } from './canonical.ts';
import { faultOf } from './fault.ts';
import type { Fault } from './fault.ts';

/** Records of a sender repeat their attribute names: names are ordered and quoted once per shape. */
export class AttributeShape {
  readonly #names: readonly string[];
  /** Indices into the record's attributes, in canonical order; the left-out name is not among them. */
  readonly order: readonly number[];
  /** `"name":` of each, with a comma before all but the first. */
  readonly heads: readonly string[];
  /** Index of `event.domain`, or -1. */
  readonly domainAt: number;
  /** Names that cannot be signed: one stands twice, or is not well-formed. */
  readonly fault: Fault | undefined;

  constructor(attributes: readonly KeyValue[], leftOut: string) {
    const names = attributes.map(([name]) => name);
    const order = names.flatMap((name, index) => (name === leftOut ? [] : [index]));
    order.sort((a, b) => compareCodePoints(names[a] as string, names[b] as string));
    this.#names = names;
    this.order = order;
    this.domainAt = names.indexOf('event.domain');
    this.fault = faultIn(order.map((index) => names[index] as string));
    this.heads =
      this.fault === undefined
        ? order.map((index, at) => `${at === 0 ? '' : ','}${quote(names[index] as string)}:`)
        : [];
  }

  /** True when these attributes have the names of this shape, in the same order on the wire. */
  fits(attributes: readonly KeyValue[]): boolean {
    const names = this.#names;
    if (names.length !== attributes.length) return false;
    for (let i = 0; i < names.length; i++) {
      if ((attributes[i] as KeyValue)[0] !== names[i]) return false;
    }
    return true;
  }
}

function faultIn(sorted: readonly string[]): Fault | undefined {
  for (let i = 0; i < sorted.length; i++) {
    if (i > 0 && sorted[i] === sorted[i - 1]) return faultOf('duplicate_key');
    if (sorted[i]?.isWellFormed() === false) return faultOf('lone_surrogate');
  }
  return undefined;
}

/** Shapes kept, and names a kept shape may have: 16 × 64 names of a few dozen bytes. */
const SHAPES_MAX = 16;
const NAMES_MAX = 64;

/** The shapes seen last. A record of a new shape costs one sort, whatever its sender does. */
export class ShapeCache {
  readonly #leftOut: string;
  readonly #shapes: AttributeShape[] = [];
  #next = 0;

  /** Attributes named `leftOut` are no part of any shape's order. */
  constructor(leftOut: string) {
    this.#leftOut = leftOut;
  }

  shapeOf(attributes: readonly KeyValue[]): AttributeShape {
    for (const shape of this.#shapes) if (shape.fits(attributes)) return shape;
    const shape = new AttributeShape(attributes, this.#leftOut);
    if (attributes.length <= NAMES_MAX) {
      this.#shapes[this.#next] = shape;
      this.#next = (this.#next + 1) % SHAPES_MAX;
    }
    return shape;
  }
}
