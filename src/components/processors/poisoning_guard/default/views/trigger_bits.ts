/** What in a text gives reason to read it differently. */
export const TRIGGER = {
  /** Something outside ASCII that has another reading: look-alikes, accents, invisible, hidden. */
  unicode: 1,
  /** An escape of a single character. */
  escape: 2,
  /** A run of base64 or hex that decodes to text. */
  run: 4,
  /** A tag, comment or emphasis mark. */
  markup: 8,
  /** Quoting that a shell removes, or a variable. */
  shell: 16,
  /** Letters or words set apart or run together. */
  spacing: 32,
  /** Digits that stand for letters. */
  leet: 64,
} as const;
