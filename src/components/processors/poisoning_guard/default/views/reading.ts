import type { Derived } from './text_writer.ts';

/** One way to read a text: as it stands, decoded, cleaned. Case is kept as it was. */
export interface View {
  /**
   * How this text came out of the original, outermost first: `[]` as it stands,
   * `['base64', 'percent']` for percent escapes inside base64.
   */
  readonly chain: readonly string[];
  readonly text: string;
  /** Start and end in the original text, in UTF-16 units, of `[start, end)` here. */
  origin(start: number, end: number): readonly [start: number, end: number];
}

/** The text as it stands. */
export function rawView(text: string): View {
  return { chain: [], text, origin: (start, end) => [start, end] };
}

/** A view made of another one. */
export function derivedView(parent: View, step: string, { text, origins }: Derived): View {
  return {
    chain: [...parent.chain, step],
    text,
    origin: (start, end) => parent.origin(...origins.of(start, end)),
  };
}
