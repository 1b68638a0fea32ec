/**
 * A finite double as Python's `repr` writes it: `1.0`, `0.0001`, `1e-05`, `1e+16`, `-0.0`.
 *
 * Both languages print the shortest digits that read back as the same double; only the layout
 * differs. Python: exponent form below 1e-4 and from 1e16 on, two exponent digits at least.
 */
export function pythonFloat(value: number): string {
  const size = value < 0 ? -value : value;
  if (size >= 1e16 || (size < 1e-4 && size !== 0)) return exponentForm(value);
  if (!Number.isInteger(value)) return String(value);
  return Object.is(value, -0) ? '-0.0' : `${value}.0`;
}

function exponentForm(value: number): string {
  const text = value.toExponential();
  const at = text.indexOf('e') + 2;
  return text.length - at >= 2 ? text : `${text.slice(0, at)}0${text.slice(at)}`;
}
