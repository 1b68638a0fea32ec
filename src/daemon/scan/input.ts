import { createReadStream } from 'node:fs';
import { messageOf } from '../../sdk/index.ts';
import type { Fault, Item, TextPiece } from './item.ts';
import { itemOf } from './json_items.ts';
import { linesOf } from './lines.ts';
import type { Line } from './lines.ts';

/** How a file is read. `auto`: by its name, and standard input by how it begins. */
export const FORMS = ['auto', 'ndjson', 'json', 'text', 'lines'] as const;
export type Form = (typeof FORMS)[number];

/** A JSON document is read whole. */
const DOCUMENT_BYTES_MAX = 64 * 1024 * 1024;
/** A long text is judged in pieces of so many units, which share so many. */
const PIECE_UNITS = 262_144;
const OVERLAP_UNITS = 8192;
/** Enough to see whether a stream is JSON. */
const PEEK_BYTES = 65_536;

type Chunks = AsyncIterable<Buffer>;

/** A file to be scanned, or standard input. */
export interface Input {
  /** As it was named; `-` for standard input. */
  readonly name: string;
  readonly chunks: Chunks;
}

export function inputOf(name: string, stdin: Chunks): Input {
  const chunks: Chunks = name === '-' ? stdin : createReadStream(name, { highWaterMark: 262_144 });
  return { name, chunks };
}

/** What is in it, one after the other. Throws when it cannot be read. */
export async function* itemsOf(input: Input, form: Form): AsyncGenerator<Item | Fault> {
  const { name } = input;
  const [first, chunks] = await peeked(input.chunks);
  switch (form === 'auto' ? guessed(name, first) : form) {
    case 'ndjson':
      for await (const line of linesOf(chunks)) yield* jsonLine(name, line);
      return;
    case 'lines':
      for await (const line of linesOf(chunks)) yield textLine(name, line);
      return;
    case 'json':
      yield* document(name, chunks);
      return;
    default:
      yield { id: name, kind: 'text', texts: piecesOf(chunks) };
  }
}

/** The beginning of a stream, and all of it. */
async function peeked(chunks: Chunks): Promise<[first: Buffer, all: Chunks]> {
  const iterator = chunks[Symbol.asyncIterator]();
  const read: Buffer[] = [];
  let length = 0;
  while (length < PEEK_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    read.push(next.value);
    length += next.value.length;
  }
  const all = async function* (): AsyncGenerator<Buffer> {
    yield* read;
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return;
      yield next.value;
    }
  };
  return [Buffer.concat(read), all()];
}

function guessed(name: string, first: Buffer): Exclude<Form, 'auto'> {
  if (/\.(?:jsonl|ndjson)$/i.test(name)) return 'ndjson';
  const isNamedJson = /\.json$/i.test(name);
  if (!isNamedJson && name !== '-') return 'text';
  const begin = first.toString('utf8').trimStart();
  if (!/^[{["]/.test(begin)) return isNamedJson ? 'json' : 'text';
  // A first line that is JSON by itself, with something behind it.
  const end = begin.indexOf('\n');
  if (end > 0 && begin.slice(end).trim() !== '' && parsed(begin.slice(0, end)) !== undefined) {
    return 'ndjson';
  }
  return 'json';
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function* jsonLine(name: string, { number, bytes }: Line): Generator<Item | Fault> {
  const where = `${name}:${number}`;
  if (bytes === undefined) {
    yield { id: where, kind: 'unreadable', reason: 'guard_budget' };
    return;
  }
  yield jsonItem(bytes, where);
}

function jsonItem(bytes: Buffer, where: string): Item | Fault {
  const source = decoded(bytes);
  if (source === undefined) return { id: where, kind: 'unreadable', reason: 'malformed_text' };
  const json = parsed(source);
  if (json === undefined) return { where, message: 'is not JSON; write --input lines for text' };
  try {
    return itemOf(json.value, source, where);
  } catch (thrown) {
    return { where, message: messageOf(thrown) };
  }
}

async function* document(name: string, chunks: Chunks): AsyncGenerator<Item | Fault> {
  const read: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > DOCUMENT_BYTES_MAX) {
      yield { id: name, kind: 'unreadable', reason: 'guard_budget' };
      return;
    }
    read.push(chunk);
  }
  yield jsonItem(Buffer.concat(read), name);
}

function textLine(name: string, { number, bytes }: Line): Item {
  const id = `${name}:${number}`;
  if (bytes === undefined) return { id, kind: 'unreadable', reason: 'guard_budget' };
  const text = decoded(bytes);
  if (text === undefined) return { id, kind: 'unreadable', reason: 'malformed_text' };
  const texts = async function* (): AsyncGenerator<TextPiece> {
    yield* pieces(text.replace(/\r$/, ''), 0, true).pieces;
  };
  return { id, kind: 'text', texts: texts() };
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Throws a TypeError when the text is not UTF-8. */
async function* piecesOf(chunks: Chunks): AsyncGenerator<TextPiece> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let offset = 0;
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    const cut = pieces(text, offset, false);
    yield* cut.pieces;
    ({ text, offset } = cut);
  }
  yield* pieces(text + decoder.decode(), offset, true).pieces;
}

/** Cuts pieces off a text; the last, too, when it is the end. What is left begins at `offset`. */
function pieces(
  text: string,
  offset: number,
  isEnd: boolean,
): { pieces: TextPiece[]; text: string; offset: number } {
  const list: TextPiece[] = [];
  let from = 0;
  while (text.length - from > PIECE_UNITS) {
    list.push({ text: text.slice(from, from + PIECE_UNITS), offset: offset + from });
    from += PIECE_UNITS - OVERLAP_UNITS;
  }
  if (isEnd) list.push({ text: text.slice(from), offset: offset + from });
  return { pieces: list, text: text.slice(from), offset: offset + from };
}
