/** Units that are kept between texts; more are let go. */
const KEPT_UNITS_MAX = 65_536;

let units = new Uint16Array(4096);
let bytes = Buffer.from(units.buffer);

function make(length: number): void {
  units = new Uint16Array(length);
  bytes = Buffer.from(units.buffer);
}

/**
 * The units of a text and a 0 behind them, until the next text is asked for. Where each of them is looked
 * at, this takes a third of the time of asking the text for one after the other.
 */
export function unitsOf(text: string): Uint16Array {
  const { length } = text;
  if (length >= units.length) make(Math.max(length + 1, 2 * units.length));
  else if (units.length > KEPT_UNITS_MAX && length < 4096) make(4096);
  bytes.write(text, 0, 2 * length, 'utf16le');
  units[length] = 0;
  return units;
}
