const BLANK = Buffer.from('\r\n\r\n');

/** The value of a header, trimmed and lower-cased; '' without it. */
export function header(head: string, name: string): string {
  const match = new RegExp(`\\r\\n${name}:[ \\t]*([^\\r]*)`, 'i').exec(head);
  return (match?.[1] ?? '').trim().toLowerCase();
}

/** Collects chunks of one connection and cuts them into messages with a Content-Length. */
export class FrameReader {
  #bytes = Buffer.allocUnsafeSlow(1 << 20);
  #length = 0;
  #head: { text: string; bodyStart: number; end: number } | undefined;

  /** Takes a chunk and calls for every message that is whole; `body` is valid during the call. */
  read(chunk: Buffer, call: (head: string, body: Buffer) => void): void {
    this.#room(this.#length + chunk.length);
    chunk.copy(this.#bytes, this.#length);
    this.#length += chunk.length;
    for (;;) {
      const head = (this.#head ??= this.#readHead());
      if (head === undefined) return;
      if (this.#length < head.end) {
        this.#room(head.end);
        return;
      }
      this.#head = undefined;
      call(head.text, this.#bytes.subarray(head.bodyStart, head.end));
      this.#bytes.copyWithin(0, head.end, this.#length);
      this.#length -= head.end;
    }
  }

  #readHead() {
    const blank = this.#bytes.subarray(0, this.#length).indexOf(BLANK);
    if (blank < 0) return undefined;
    const text = this.#bytes.toString('latin1', 0, blank);
    if (header(text, 'transfer-encoding') !== '') throw new Error('chunked message');
    const bodyStart = blank + BLANK.length;
    return { text, bodyStart, end: bodyStart + Number(header(text, 'content-length') || 0) };
  }

  #room(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(bytes, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
