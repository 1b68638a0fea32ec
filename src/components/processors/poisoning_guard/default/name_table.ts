/** Names in small letters, numbered, to be found in a text without cutting them out of it. */
export class NameTable {
  readonly #names: readonly string[];
  readonly #numbers = new Map<string, number>();
  /** Numbers by hash, -1 where none is; a power of two, at most an eighth full. */
  readonly #slots: Int16Array;
  readonly #hashes: Int32Array;
  readonly #lengthMax: number;

  constructor(names: Iterable<string>) {
    this.#names = [...new Set(names)];
    let size = 64;
    while (size < this.#names.length * 8) size *= 2;
    this.#slots = new Int16Array(size).fill(-1);
    this.#lengthMax = Math.max(...this.#names.map(({ length }) => length));
    this.#hashes = Int32Array.from(this.#names, (name) => hashOf(name, 0, name.length));
    for (const [number, name] of this.#names.entries()) {
      this.#numbers.set(name, number);
      let slot = (this.#hashes[number] as number) & (size - 1);
      while ((this.#slots[slot] as number) >= 0) slot = (slot + 1) & (size - 1);
      this.#slots[slot] = number;
    }
  }

  /** The number of what stands in `[start, end)` in letters of any case, or -1. */
  find(text: string, start: number, end: number): number {
    if (end - start > this.#lengthMax || end <= start) return -1;
    const slots = this.#slots;
    const hash = hashOf(text, start, end);
    let slot = hash & (slots.length - 1);
    for (;;) {
      const number = slots[slot] as number;
      if (number < 0) return number;
      // Nearly all words that are no names end above; what has the hash of a name is one.
      const isLike = this.#hashes[number] === hash;
      if (isLike && isAt(this.#names[number] as string, text, start, end)) return number;
      slot = (slot + 1) & (slots.length - 1);
    }
  }

  /** The number of a name in small letters, or -1. */
  numberOf(name: string): number {
    return this.#numbers.get(name) ?? -1;
  }

  name(number: number): string {
    return this.#names[number] as string;
  }

  /** What belongs to each name, by number. */
  each<T>(what: (name: string) => T): readonly T[] {
    return this.#names.map((name) => what(name));
  }

  /** 1 by number for the names in `names`. */
  flags(names: ReadonlySet<string>): Uint8Array {
    return Uint8Array.from(this.#names, (name) => (names.has(name) ? 1 : 0));
  }
}

const small = (code: number): number => (code >= 0x41 && code <= 0x5a ? code + 0x20 : code);

function hashOf(text: string, start: number, end: number): number {
  let hash = end - start;
  for (let at = start; at < end; at++) {
    hash = Math.imul(hash, 31) + small(text.charCodeAt(at));
  }
  return hash ^ (hash >>> 11);
}

function isAt(name: string, text: string, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let at = 0; at < name.length; at++) {
    if (small(text.charCodeAt(start + at)) !== name.charCodeAt(at)) return false;
  }
  return true;
}
