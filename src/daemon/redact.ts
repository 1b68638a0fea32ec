/** Longest text of somebody else's error that is shown. */
const LENGTH_MAX = 300;

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // scheme://user:password@host
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@]{1,300}@/gi, '$1[REDACTED]@'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{4,}/gi, '$1 [REDACTED]'],
  [/\b(hmac|raw):\S+/g, '$1:[REDACTED]'],
  [
    /((?:password|passwd|pwd|secret|token|api[-_]?key|access[-_]?key|credentials?|authorization)["']?\s{0,3}[=:]\s{0,3})(?!\[REDACTED\])(?:"[^"]*"|'[^']*'|[^\s,;&]+(?: \[REDACTED\])?)/gi,
    '$1[REDACTED]',
  ],
];

/**
 * The text of an error that came from outside, fit to be published: passwords in URLs, tokens and
 * keys are taken out, control characters too. What is no recognisable secret stays.
 */
export function withoutSecrets(text: string): string {
  let clean = text.slice(0, LENGTH_MAX * 4).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
  for (const [pattern, replacement] of PATTERNS) clean = clean.replaceAll(pattern, replacement);
  return clean.length > LENGTH_MAX ? `${clean.slice(0, LENGTH_MAX)}…` : clean;
}
