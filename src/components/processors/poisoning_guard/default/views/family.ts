import type { TextWriter } from './text_writer.ts';

/** One way to read a text differently. */
export interface Family {
  /** The bits of `triggersOf` that give reason to try it. */
  readonly trigger: number;
  /** True when what comes out may be encoded again. */
  readonly isDecoding: boolean;
  /**
   * Writes the other reading; its name in the chain, or undefined when there is none. Linear in the
   * text.
   */
  write(text: string, writer: TextWriter): string | undefined;
}
