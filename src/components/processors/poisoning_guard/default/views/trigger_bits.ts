/** What in a text gives reason to read it differently. */
export const TRIGGER = {
  /** Text in tag characters, in variation selectors or in zero widths. */
  hidden: 1,
  /** A right-to-left override. */
  bidi: 2,
  /** Something outside ASCII that has another reading: look-alikes, accents, invisible. */
  unicode: 4,
  /** An escape of a single character. */
  escape: 8,
  /** A run of base64 or hex that decodes to text. */
  run: 16,
  /** Letters set apart. */
  spaced: 32,
  /** A tag, comment or emphasis mark. */
  markup: 64,
  /** Quoting that a shell removes, or a variable. */
  shell: 128,
  /** Words run together, broken, or joined by something else than blanks. */
  words: 256,
  /** Digits that stand for letters. */
  leet: 512,
} as const;
