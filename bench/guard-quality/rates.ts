/** Rates with their intervals, and how they are printed. */

/** So many of so many. */
export interface Rate {
  readonly hits: number;
  readonly of: number;
}

const Z_95 = 1.959964;

/** The 95 % Wilson score interval (E. B. Wilson 1927), in [0, 1]. */
export function wilson({ hits, of }: Rate): readonly [low: number, high: number] {
  if (of === 0) return [0, 1];
  const rate = hits / of;
  const z2 = Z_95 * Z_95;
  const centre = rate + z2 / (2 * of);
  const spread = Z_95 * Math.sqrt((rate * (1 - rate)) / of + z2 / (4 * of * of));
  const scale = 1 + z2 / of;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

export function rateOf<T>(items: readonly T[], holds: (item: T) => boolean): Rate {
  return { hits: items.filter(holds).length, of: items.length };
}

export const percent = ({ hits, of }: Rate): number => (of === 0 ? 0 : (100 * hits) / of);

/** For example `71.4 % [62.0, 79.2] of 98`. */
export function spelled(rate: Rate): string {
  const [low, high] = wilson(rate);
  const bounds = `[${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`;
  return `${percent(rate).toFixed(1).padStart(5)} % ${bounds.padEnd(14)} of ${rate.of}`;
}

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

export function row(name: string, ...cells: readonly string[]): void {
  print(`  ${name.padEnd(38)} ${cells.join('   ')}`);
}
