import type { RecordSet } from '../../sdk/index.ts';

/** What is judged at once and gets one line of output. */
export type Item =
  | { readonly id: string; readonly kind: 'text'; readonly texts: AsyncIterable<TextPiece> }
  /** An encoded LogRecord. */
  | { readonly id: string; readonly kind: 'record'; readonly bytes: Uint8Array }
  /** A request: a line for each of its records. */
  | { readonly id: string; readonly kind: 'request'; readonly records: RecordSet }
  /** What cannot be judged, and does not pass for it. */
  | { readonly id: string; readonly kind: 'unreadable'; readonly reason: UnreadableReason };

export type UnreadableReason = 'malformed_text' | 'guard_budget';

/** A part of a long text; it overlaps with the one before. */
export interface TextPiece {
  readonly text: string;
  /** Where it begins in the whole, in UTF-16 units. */
  readonly offset: number;
}

/** Input that is not what it should be: nobody can say what it would be judged as. */
export interface Fault {
  /** `FILE:LINE`. */
  readonly where: string;
  readonly message: string;
}

/** A text that is there whole. */
export async function* whole(text: string): AsyncGenerator<TextPiece> {
  yield { text, offset: 0 };
}
