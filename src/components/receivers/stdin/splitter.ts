const NEWLINE = 0x0a;
const RETURN = 0x0d;
const EMPTY = new Uint8Array(0);
/** A byte order mark and a \r: whether they are there is known when the line has ended. */
const UNCOUNTED_BYTES = 4;

/** Told of each line as it ends. */
export interface LineSink {
  /** A line without its end, never empty. A view: valid during the call. */
  line(bytes: Uint8Array): void;
  /** A line that was longer than the limit; `byteLength` bytes were passed over. */
  tooLong(byteLength: number): void;
}

/**
 * Cuts a stream of bytes into lines.
 *
 * A line ends with \n or \r\n; the last one may end with the input. Empty lines are none. A byte
 * order mark at the very start is passed over (RFC 8259 §8.1 lets a parser ignore it), anywhere
 * else it is data. It cuts bytes and never decodes, so that no character is split.
 */
export class LineSplitter {
  readonly #limitBytes: number;
  readonly #sink: LineSink;
  /** The line so far; grown as needed, up to the limit. */
  #kept = EMPTY;
  #length = 0;
  #tooLong = false;
  #begun = false;

  constructor(limitBytes: number, sink: LineSink) {
    this.#limitBytes = limitBytes;
    this.#sink = sink;
  }

  /** Bytes of a line that has begun and not ended. */
  get openBytes(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end === -1) break;
      this.#endLine(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** The input has ended: what has begun is a line. */
  end(): void {
    if (this.#length > 0) this.#endLine(EMPTY);
  }

  #keep(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#limitBytes + UNCOUNTED_BYTES) {
      this.#tooLong = true;
      this.#kept = EMPTY;
    } else {
      if (length > this.#kept.length) {
        const grown = new Uint8Array(Math.max(length, this.#kept.length * 2));
        grown.set(this.#kept.subarray(0, this.#length));
        this.#kept = grown;
      }
      this.#kept.set(piece, this.#length);
    }
    this.#length = length;
  }

  #endLine(tail: Uint8Array): void {
    let line = tail;
    if (this.#length > 0) {
      if (!this.#tooLong) this.#keep(tail);
      else this.#length += tail.length;
      line = this.#kept.subarray(0, this.#length);
    }
    const length = Math.max(this.#length, tail.length);
    const passedOver = this.#tooLong;
    const isFirst = !this.#begun;
    this.#begun = true;
    this.#kept = EMPTY;
    this.#length = 0;
    this.#tooLong = false;
    if (passedOver) return this.#sink.tooLong(length);
    const bytes = withoutEnd(isFirst ? withoutMark(line) : line);
    if (bytes.length > this.#limitBytes) this.#sink.tooLong(length);
    else if (bytes.length > 0) this.#sink.line(bytes);
  }
}

function withoutMark(line: Uint8Array): Uint8Array {
  return line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? line.subarray(3) : line;
}

function withoutEnd(line: Uint8Array): Uint8Array {
  return line[line.length - 1] === RETURN ? line.subarray(0, -1) : line;
}
