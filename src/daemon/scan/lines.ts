/** Longest line that is read, in bytes. */
export const LINE_BYTES_MAX = 16 * 1024 * 1024;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end; `undefined` for one that is too long. */
  readonly bytes: Buffer | undefined;
}

/** The lines of a stream, one in memory at a time; empty ones are left out. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let pieces: Buffer[] = [];
  let length = 0;
  let number = 1;
  const end = (): Line => {
    const bytes = length > LINE_BYTES_MAX ? undefined : Buffer.concat(pieces);
    pieces = [];
    length = 0;
    return { number: number++, bytes };
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (;;) {
      const at = chunk.indexOf(10, from);
      const piece = chunk.subarray(from, at < 0 ? chunk.length : at);
      length += piece.length;
      if (length <= LINE_BYTES_MAX) pieces.push(piece);
      else pieces = [];
      if (at < 0) break;
      const line = end();
      if (!isBlank(line)) yield line;
      from = at + 1;
    }
  }
  const line = end();
  if (!isBlank(line)) yield line;
}

function isBlank({ bytes }: Line): boolean {
  return bytes?.every((byte) => byte <= 0x20) ?? false;
}
