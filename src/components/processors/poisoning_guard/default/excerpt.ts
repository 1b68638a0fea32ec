/** Longest excerpt, in characters of the text that was matched. */
const SHOWN_MAX = 80;
/** Of a longer place so many characters at its end are shown. */
const TAIL = 20;

/** What names a secret, and the secret behind it. */
const NAMED_SECRET =
  /((?:pass(?:word|wd|phrase)?|secret|token|api[-_]?key|access[-_]?key|authorization|bearer|basic|cookie)["']?(?:\s*[:=]\s*|\s+)["']?)([^\s"'&;,]{4,})/gi;
/** The part before `@` of an address with a password. */
const IN_ADDRESS = /(\/\/[^\s/:@]{1,64}:)[^\s/@]{1,128}(?=@)/g;
/** Keys, hashes, numbers of accounts: long runs that have a digit. */
const LONG_RUN = /(?=[A-Za-z+/_=-]{0,200}\d)[A-Za-z0-9+/_=-]{20,}|\d{9,}/g;
/** What cannot be seen or turns the line around, and unpaired surrogates. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\ufe00-\ufe0f\u034f\u3164]/gu;

const masked = (run: string): string =>
  /[/\\]/.test(run.slice(1, 8)) ? run : `${run.slice(0, 4)}***`;

/**
 * The characters in `[start, end)` for people: at most 80, of a longer place the first 60 and the last
 * 20. Masked with `***`: what follows the name of a secret, passwords in addresses, and all but the
 * first 4 characters of runs that look like a key or a number of an account. What cannot be seen is
 * written as `\u{…}`.
 */
export function excerptOf(text: string, start: number, end: number): string {
  const length = end - start;
  if (length <= SHOWN_MAX) return shown(text.slice(start, end));
  const head = text.slice(start, start + SHOWN_MAX - TAIL);
  return `${shown(head)} … ${shown(text.slice(end - TAIL, end))}`;
}

function shown(piece: string): string {
  return piece
    .replace(IN_ADDRESS, '$1***')
    .replace(NAMED_SECRET, '$1***')
    .replace(LONG_RUN, masked)
    .replace(UNSEEN, (unit) => `\\u{${(unit.codePointAt(0) ?? 0).toString(16)}}`);
}
