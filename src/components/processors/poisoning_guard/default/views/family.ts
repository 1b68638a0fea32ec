import type { TextWriter } from './text_writer.ts';

/** One way to read a text differently. */
export interface Family {
  /** The bits of `triggersOf` that give reason to try it. */
  readonly trigger: number;
  /**
   * `folding`: the same text, plainer; whatever else can be read is read from it instead.
   * `decoding`: what comes out may be encoded again.
   * `cleaning`: what comes out is looked at as it is.
   */
  readonly kind: 'folding' | 'decoding' | 'cleaning';
  /**
   * Writes the other reading; its name in the chain, or undefined when there is none. Linear in the
   * text.
   */
  write(text: string, writer: TextWriter): string | undefined;
}
