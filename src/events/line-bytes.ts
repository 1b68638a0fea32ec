const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const HEX = Buffer.from('0123456789abcdef');

/** Bytes of a word: what is copied and compared at a time. */
const WORD = 4;

/** Two hex digits of each byte, as they stand in memory read as little-endian. */
const HEX_PAIRS = Uint16Array.from({ length: 256 }, (_, byte) => {
  return (HEX[byte >>> 4] as number) | ((HEX[byte & 15] as number) << 8);
});

/** The letter of the short escape for `\b \t \n \f \r`, by code; 0: none. */
const SHORT_ESCAPES = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0x62, 0x74, 0x6e, 0, 0x66, 0x72);

/** A piece of text that is written again and again, with room to be read by whole words. */
export class Piece {
  readonly view: DataView;
  readonly length: number;

  constructor(bytes: Uint8Array) {
    const padded = new Uint8Array(bytes.length + WORD);
    padded.set(bytes);
    this.view = new DataView(padded.buffer);
    this.length = bytes.length;
  }

  static of(text: string): Piece {
    return new Piece(Buffer.from(text, 'utf8'));
  }
}

/**
 * One line of JSON as bytes, written into memory that is used again. The writer must know that
 * there is room: an event of a record of N bytes takes 6 N and its fixed parts at most.
 *
 * Copies by words of four bytes: a loop over bytes took twice the time of the whole line.
 */
export class LineBytes {
  readonly memory: Buffer;
  readonly #view: DataView;
  readonly #reserved: number;
  #at: number;
  /** All bytes copied by {@link text}, or-ed: 0x80 is set when one is not ASCII. */
  #seen = 0;

  /** The line begins after `reserved` bytes that its owner fills. */
  constructor(reserved: number, length: number) {
    this.memory = Buffer.alloc(reserved + length + WORD);
    this.#view = new DataView(this.memory.buffer, this.memory.byteOffset, this.memory.length);
    this.#reserved = reserved;
    this.#at = reserved;
  }

  get end(): number {
    return this.#at;
  }

  /** True when a text held other than ASCII: only then can it be other than UTF-8. */
  get beyondAscii(): boolean {
    return (this.#seen & 0x8080_8080) !== 0;
  }

  clear(): void {
    this.#at = this.#reserved;
    this.#seen = 0;
  }

  /** What was written, as a view. */
  written(): Uint8Array {
    return this.memory.subarray(this.#reserved, this.#at);
  }

  byte(value: number): void {
    this.memory[this.#at++] = value;
  }

  /** A piece as it is. */
  put(piece: Piece): void {
    this.range(piece.view, 0, piece.length);
  }

  /** Bytes of a range as they are; after the range stands room for a word. */
  range(source: DataView, start: number, end: number): void {
    const view = this.#view;
    const shift = this.#at - start;
    for (let i = start; i < end; i += WORD) {
      view.setInt32(i + shift, source.getInt32(i, true), true);
    }
    this.#at = end + shift;
  }

  /** JSON or other text as UTF-8, nothing escaped. */
  string(text: string): void {
    this.#at += this.memory.write(text, this.#at, 'utf8');
  }

  /** Short ASCII text, nothing escaped. */
  ascii(text: string): void {
    const { memory } = this;
    let at = this.#at;
    for (let i = 0; i < text.length; i++) memory[at++] = text.charCodeAt(i);
    this.#at = at;
  }

  /** UTF-8 bytes as a JSON string. */
  text(source: DataView, start: number, end: number): void {
    const view = this.#view;
    let seen = this.#seen;
    let at = this.#at;
    view.setUint8(at++, QUOTE);
    let i = start;
    for (; i + WORD <= end; i += WORD, at += WORD) {
      const word = source.getInt32(i, true);
      if (needsEscape(word)) {
        this.#seen = seen;
        this.#slowText(source, i, end, at);
        return;
      }
      seen |= word;
      view.setInt32(at, word, true);
    }
    this.#seen = seen;
    this.#slowText(source, i, end, at);
  }

  /** The rest of a text byte by byte, and the quote after it. */
  #slowText(source: DataView, start: number, end: number, from: number): void {
    const { memory } = this;
    let at = from;
    for (let i = start; i < end; i++) {
      const byte = source.getUint8(i);
      this.#seen |= byte;
      if (byte < 0x20 || byte === QUOTE || byte === BACKSLASH) at = escape(memory, at, byte);
      else memory[at++] = byte;
    }
    memory[at++] = QUOTE;
    this.#at = at;
  }

  /** Bytes as lower-case hex digits. */
  hex(source: DataView, start: number, end: number): void {
    const view = this.#view;
    let at = this.#at;
    for (let i = start; i < end; i++, at += 2) {
      view.setUint16(at, HEX_PAIRS[source.getUint8(i)] as number, true);
    }
    this.#at = at;
  }

  /** An integer from 0 to 2^53 as decimal digits. */
  digits(value: number): void {
    if (value < 10) this.byte(0x30 + value);
    else this.ascii(String(value));
  }

  /** Nine digits, zeros in front. */
  nineDigits(value: number): void {
    const { memory } = this;
    let rest = value;
    for (let at = this.#at + 8; at >= this.#at; at--) {
      const tenth = (rest / 10) | 0;
      memory[at] = 0x30 + rest - tenth * 10;
      rest = tenth;
    }
    this.#at += 9;
  }
}

/**
 * True when one of the four bytes must be escaped; may be true for a byte beyond ASCII next to one.
 * Subtracting borrows into the top bit of a byte that is below (Bit Twiddling Hacks, "hasless").
 */
function needsEscape(word: number): boolean {
  const quotes = word ^ 0x2222_2222;
  const backslashes = word ^ 0x5c5c_5c5c;
  const below =
    ((word - 0x2020_2020) & ~word) |
    ((quotes - 0x0101_0101) & ~quotes) |
    ((backslashes - 0x0101_0101) & ~backslashes);
  return (below & 0x8080_8080) !== 0;
}

function escape(bytes: Uint8Array, from: number, byte: number): number {
  let at = from;
  bytes[at++] = BACKSLASH;
  const letter = byte < SHORT_ESCAPES.length ? (SHORT_ESCAPES[byte] as number) : 0;
  if (byte >= 0x20) bytes[at++] = byte;
  else if (letter !== 0) bytes[at++] = letter;
  else {
    bytes[at++] = 0x75;
    bytes[at++] = 0x30;
    bytes[at++] = 0x30;
    bytes[at++] = HEX[byte >>> 4] as number;
    bytes[at++] = HEX[byte & 15] as number;
  }
  return at;
}
