function table(
  values: readonly (readonly [first: string, count: number, value: number])[],
): Int8Array {
  const digits = new Int8Array(128).fill(-1);
  for (const [first, count, value] of values) {
    for (let i = 0; i < count; i++) digits[first.charCodeAt(0) + i] = value + i;
  }
  return digits;
}

/** Values of hex digits, -1 for other units of ASCII. */
export const HEX = table([
  ['0', 10, 0],
  ['a', 6, 10],
  ['A', 6, 10],
]);

/** Values of base64 digits of both alphabets (RFC 4648 §4, §5), -1 for other units. */
export const BASE64 = table([
  ['A', 26, 0],
  ['a', 26, 26],
  ['0', 10, 52],
  ['+', 1, 62],
  ['/', 1, 63],
  ['-', 1, 62],
  ['_', 1, 63],
]);

/** The value of the hex digit at an offset, or -1. */
export function hexAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit < 128 ? (HEX[unit] as number) : -1;
}

/** The value of `count` hex digits from an offset, or -1. */
export function hexNumberAt(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const digit = hexAt(text, at + i);
    if (digit < 0) return -1;
    value = 16 * value + digit;
  }
  return value;
}

/** The value of the base64 digit at an offset, or -1. */
export function base64At(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit < 128 ? (BASE64[unit] as number) : -1;
}

export function isLetter(unit: number): boolean {
  const lower = unit | 32;
  return lower >= 97 && lower <= 122 && unit < 128;
}

export function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

export function isSpace(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13);
}
