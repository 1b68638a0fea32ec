import { Buffer } from 'node:buffer';
import type { AttributeValue, KeyValue, ResourceGroup, ScopeGroup } from '../sdk/index.ts';
import { attributeKey, findAttribute } from './attribute.ts';
import * as tag from './tags.ts';
import { decodeKeyedValue, decodeKeyValues, textAt } from './value.ts';
import { afterValue, afterVarint, messageField, type Range, varintAt } from './wire.ts';

const EMPTY: Range = { bytes: Buffer.alloc(0), start: 0, end: 0 };

/** The stretches of a message that are not its children, joined when asked for. */
export class Remainder {
  readonly #bytes: Buffer;
  /** start, end, start, end … of stretches that do not touch. */
  readonly #bounds: number[] = [];
  #joined: Buffer | undefined;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Adds a stretch that begins at or after the end of the last one. */
  add(start: number, end: number): void {
    if (this.#bounds.at(-1) === start) this.#bounds.pop();
    else this.#bounds.push(start);
    this.#bounds.push(end);
  }

  get joined(): Buffer {
    this.#joined ??= this.#join();
    return this.#joined;
  }

  #join(): Buffer {
    const [start, end] = this.#bounds;
    if (start === undefined) return EMPTY.bytes;
    if (this.#bounds.length === 2) return this.#bytes.subarray(start, end);
    const parts: Buffer[] = [];
    for (let i = 0; i < this.#bounds.length; i += 2) {
      parts.push(this.#bytes.subarray(this.#bounds[i], this.#bounds[i + 1]));
    }
    return Buffer.concat(parts);
  }
}

/** A resource read in place. */
export class WireResource implements ResourceGroup {
  readonly #rest: Remainder | Buffer;
  #resource: Range | undefined;
  #attributes: readonly KeyValue[] | undefined;

  constructor(rest: Remainder | Buffer) {
    this.#rest = rest;
  }

  get fields(): Buffer {
    return this.#rest instanceof Remainder ? this.#rest.joined : this.#rest;
  }

  /** Where the Resource message stands. */
  get message(): Range {
    const { fields } = this;
    this.#resource ??= messageField(fields, 0, fields.length, tag.RESOURCE_LOGS_RESOURCE) ?? EMPTY;
    return this.#resource;
  }

  get attributes(): readonly KeyValue[] {
    const { bytes, start, end } = this.message;
    this.#attributes ??= decodeKeyValues(bytes, start, end, tag.RESOURCE_ATTRIBUTE);
    return this.#attributes;
  }

  attribute(key: string): AttributeValue | undefined {
    const { bytes, start, end } = this.message;
    const at = findAttribute(bytes, start, end, attributeKey(key), tag.RESOURCE_ATTRIBUTE);
    if (at < 0) return undefined;
    const from = afterVarint(bytes, at);
    return decodeKeyedValue(bytes, from, from + varintAt(bytes, at));
  }

  /** The same in memory of its own. */
  own(): WireResource {
    return new WireResource(Buffer.from(this.fields));
  }
}

/** A scope read in place. */
export class WireScope implements ScopeGroup {
  readonly resource: WireResource;
  readonly #rest: Remainder | Buffer;
  #scope: Range | undefined;
  #attributes: readonly KeyValue[] | undefined;

  constructor(resource: WireResource, rest: Remainder | Buffer) {
    this.resource = resource;
    this.#rest = rest;
  }

  get fields(): Buffer {
    return this.#rest instanceof Remainder ? this.#rest.joined : this.#rest;
  }

  /** Where the InstrumentationScope message stands. */
  get message(): Range {
    const { fields } = this;
    this.#scope ??= messageField(fields, 0, fields.length, tag.SCOPE_LOGS_SCOPE) ?? EMPTY;
    return this.#scope;
  }

  get name(): string {
    return textField(this.message, tag.SCOPE_NAME);
  }

  get version(): string {
    return textField(this.message, tag.SCOPE_VERSION);
  }

  get attributes(): readonly KeyValue[] {
    const { bytes, start, end } = this.message;
    this.#attributes ??= decodeKeyValues(bytes, start, end, tag.SCOPE_ATTRIBUTE);
    return this.#attributes;
  }

  /** The same in memory of its own, under a resource that has its own. */
  own(resource: WireResource): WireScope {
    return new WireScope(resource, Buffer.from(this.fields));
  }
}

/** The last text under this tag, '' when there is none. */
export function textField({ bytes, start, end }: Range, wanted: number): string {
  let text = '';
  let p = start;
  while (p < end) {
    const field = varintAt(bytes, p);
    p = afterVarint(bytes, p);
    const next = afterValue(bytes, p, field);
    if (field === wanted) text = textAt(bytes, afterVarint(bytes, p), next);
    p = next;
  }
  return text;
}
