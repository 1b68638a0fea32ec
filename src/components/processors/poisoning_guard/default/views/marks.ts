import { unitsOf } from './units.ts';

/** Units that are looked at one by one before the text is asked where the next mark stands. */
const NEAR = 24;

/** Which units of ASCII are marks. */
export class MarkSet {
  readonly marks: readonly string[];
  /** By unit of ASCII: 1 for marks. */
  readonly isMark = new Uint8Array(128);

  constructor(marks: string) {
    this.marks = Array.from(marks);
    for (const mark of marks) this.isMark[mark.charCodeAt(0)] = 1;
  }
}

/** Finds the marks of a text one after the other: what lies between is not read where it is long. */
export class Marks {
  readonly #set: MarkSet;
  readonly #text: string;
  readonly #units: Uint16Array;
  /** Where each mark stands next, if it is not before what is asked for. */
  readonly #next: number[];

  constructor(set: MarkSet, text: string) {
    this.#set = set;
    this.#text = text;
    this.#units = unitsOf(text);
    this.#next = set.marks.map(() => -1);
  }

  /** The first mark from `from` on; the end of the text when there is none. */
  from(from: number): number {
    const units = this.#units;
    const { isMark } = this.#set;
    const near = Math.min(from + NEAR, this.#text.length);
    let at = from;
    for (; at < near; at++) {
      const unit = units[at] as number;
      if (unit < 128 && isMark[unit] === 1) return at;
    }
    return at >= this.#text.length ? this.#text.length : this.#far(at);
  }

  #far(from: number): number {
    let first = this.#text.length;
    for (const [number, mark] of this.#set.marks.entries()) {
      let next = this.#next[number] as number;
      if (next < from) {
        const found = this.#text.indexOf(mark, from);
        next = found < 0 ? this.#text.length : found;
        this.#next[number] = next;
      }
      if (next < first) first = next;
    }
    return first;
  }
}
