/** Grammar of a JSON number; ProtoJSON takes the same between quotes. */
const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Longest number read, in characters: no double and no 64-bit integer needs more to be exact. */
export const NUMBER_LENGTH_MAX = 1100;

/** The exact integer a number stands for: `5`, `5.0`, `1e2`; `undefined` when it is none or huge. */
export function integerOf(text: string): bigint | undefined {
  const match = NUMBER.exec(text);
  if (match === null || text.length > NUMBER_LENGTH_MAX) return undefined;
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return 0n;
  const significant = digits.replace(/0+$/, '');
  const zeros = digits.length - significant.length + Number(exponentText) - fraction.length;
  // 20 digits hold every 64-bit integer; more are out of range whatever they say.
  if (zeros < 0 || significant.length + zeros > 20) return undefined;
  const value = BigInt(significant) * 10n ** BigInt(zeros);
  return sign === '-' ? -value : value;
}

/** The double nearest to a number, `undefined` when it is no number or too large for a double. */
export function doubleOf(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
