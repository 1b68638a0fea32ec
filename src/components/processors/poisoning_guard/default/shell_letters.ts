// What a letter means inside a word of a shell; 0 for one that goes on with it.

/** Goes on, but no name has it as it stands. */
export const UNUSUAL = 1;
export const BREAK = 2;
/** A quotation mark. */
export const MARK = 3;
export const TICK = 4;
export const DOLLAR = 5;
export const BACKSLASH = 6;

const CLASSES = new Uint8Array(128);
for (const each of ' \t\r\n;|&<>()') CLASSES[each.charCodeAt(0)] = BREAK;
for (const each of '/=%') CLASSES[each.charCodeAt(0)] = UNUSUAL;
for (const each of '"\'') CLASSES[each.charCodeAt(0)] = MARK;
CLASSES[0x60] = TICK;
CLASSES[0x24] = DOLLAR;
CLASSES[0x5c] = BACKSLASH;

export const classOf = (code: number): number => (code < 128 ? (CLASSES[code] as number) : UNUSUAL);

/** Letters, digits, blanks and marks that mean nothing to a shell. */
export const isPlain = (code: number): boolean =>
  code === 0x20 ||
  code === 9 ||
  code === 0x2d ||
  code === 0x2e ||
  code === 0x2f ||
  (code >= 0x30 && code <= 0x3a) ||
  (code >= 0x40 && code <= 0x5a) ||
  (code >= 0x61 && code <= 0x7a) ||
  code === 0x5f ||
  code === 0x2c ||
  code === 0x3d;

export const isBlank = (code: number): boolean => code === 0x20 || code === 9 || code === 13;
