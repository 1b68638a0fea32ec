/** No backend holds records back for longer than this. */
export const RETRY_AFTER_MS_MAX = 3_600_000;

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
/** IMF-fixdate (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`. */
const FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;

/**
 * Milliseconds that a Retry-After header asks for, at most {@link RETRY_AFTER_MS_MAX}: a number of
 * seconds or an IMF-fixdate (RFC 9110 §10.2.3). `undefined` for anything else: the own backoff counts.
 */
export function retryAfterMs(header: string | undefined, wallMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, RETRY_AFTER_MS_MAX);
  const at = fixdateMs(text);
  return at === undefined ? undefined : Math.min(Math.max(0, at - wallMs), RETRY_AFTER_MS_MAX);
}

function fixdateMs(text: string): number | undefined {
  const match = FIXDATE.exec(text);
  if (match === null) return undefined;
  const [, day, month = '', year, hour, minute, second] = match;
  const monthIndex = MONTHS.indexOf(month);
  if (monthIndex < 0) return undefined;
  const at = Date.UTC(
    Number(year),
    monthIndex,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  return Number.isNaN(at) ? undefined : at;
}
