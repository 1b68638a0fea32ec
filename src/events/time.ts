const NS_PER_S = 1_000_000_000n;

let lastSecond = NaN;
let lastText = '';

/**
 * A moment as RFC 3339 in UTC with nanoseconds (`2025-10-09T08:53:20.123456789Z`), never rounded;
 * a whole second has no fraction. `unixNano` is unsigned 64-bit: up to the year 2554.
 */
export function rfc3339Nano(unixNano: bigint): string {
  const second = Number(unixNano / NS_PER_S);
  const fraction = Number(unixNano % NS_PER_S);
  if (second !== lastSecond) {
    // Records of one batch fall into few seconds; a Date costs more than all the rest.
    lastText = new Date(second * 1000).toISOString().slice(0, 19);
    lastSecond = second;
  }
  if (fraction === 0) return `${lastText}Z`;
  return `${lastText}.${String(fraction + 1_000_000_000).slice(1)}Z`;
}
