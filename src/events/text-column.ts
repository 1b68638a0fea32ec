import type { SignedTexts } from '../sdk/index.ts';
import { TextSlabs } from './text-slabs.ts';

const NOTHING = Buffer.alloc(0);

const LINE_FEED = 0x0a;

/** What a text is taken to need before the first was seen. */
const TEXT_BYTES_FIRST = 1_024;

/** More than the texts of the last batch took: those of the next may be a little longer. */
const RESERVE = 1.125;

/**
 * Collects the signed texts of one batch after the other, each batch in a slab of its own: see
 * {@link SignedTexts}. The slab is held for the texts until they are given back.
 */
export class TextColumn {
  readonly #attribute: string;
  readonly #slabs = new TextSlabs();
  #slab: Buffer = NOTHING;
  #length = 0;
  #starts = new Uint32Array();
  #ends = new Uint32Array();
  /** Bytes a text took in the last batch, on average. */
  #textBytes = TEXT_BYTES_FIRST;

  /** @param attribute see {@link SignedTexts.attribute} */
  constructor(attribute: string) {
    this.#attribute = attribute;
  }

  /** Begins a batch of `count` records, none of which has a text. */
  begin(count: number): void {
    if (this.#slab !== NOTHING) this.#slabs.give(this.#slab);
    this.#slab = this.#slabs.take(Math.ceil(count * this.#textBytes * RESERVE));
    this.#length = 0;
    this.#starts = new Uint32Array(count);
    this.#ends = new Uint32Array(count);
  }

  /** Sets the text of record `index`, copied from where it stands as UTF-8. Once for each record. */
  add(index: number, source: Buffer, start: number, end: number): void {
    const at = this.#length;
    const next = at + end - start;
    if (next >= this.#slab.length) this.#grow(next + 1);
    source.copy(this.#slab, at, start, end);
    this.#slab[next] = LINE_FEED;
    this.#starts[index] = at;
    this.#ends[index] = next;
    this.#length = next + 1;
  }

  /** Takes out the text that was added last, which was that of record `index`. */
  takeBack(index: number): string {
    const start = this.#starts[index] as number;
    const text = this.#slab.toString('utf8', start, this.#ends[index]);
    this.#length = start;
    this.#starts[index] = this.#ends[index] = 0;
    return text;
  }

  /** The texts of the batch; `undefined` when no record has one. */
  take(): (SignedTexts & { readonly buffer: Buffer }) | undefined {
    if (this.#length === 0) return undefined;
    const buffer = this.#slab;
    const starts = this.#starts;
    this.#slab = NOTHING;
    this.#textBytes = this.#length / starts.length;
    return { attribute: this.#attribute, buffer, starts, ends: this.#ends };
  }

  /** Gives back the `buffer` of texts that nobody reads any more. */
  give(buffer: Buffer): void {
    this.#slabs.give(buffer);
  }

  #grow(needed: number): void {
    const slab = this.#slabs.take(Math.max(needed, this.#slab.length * 2));
    this.#slab.copy(slab, 0, 0, this.#length);
    this.#slabs.give(this.#slab);
    this.#slab = slab;
  }
}
