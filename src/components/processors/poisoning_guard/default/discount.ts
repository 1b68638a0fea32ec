/** Why a hit weighs less, and by how much. */
export interface Lowered {
  readonly reason: 'discussed' | 'quoted' | 'negated' | 'code_sample';
  /** 0–1, what is left. */
  readonly factor: number;
}

const BEFORE = 110;
const AFTER = 70;

/** Words of people who write about attacks. */
const DISCUSSION =
  /\b(?:phrases?|examples?|sample|such as|e\.g\.|detect(?:s|ed|ion|or|ors|ing)?|prompt[- ]injections?|attack(?:s|ers?)?|jailbreaks?|malicious|fixtures?|regression|unit tests?|benchmark|defen[sc]es?|vulnerabilit(?:y|ies)|quotes?|quoted|discuss(?:es|ing|ion)?|documentation|payloads?|corpus|corpora|assert\w*|flagged|classif\w+|refused?|refuses|blog|article|paper|training|awareness|paraphrases?|mentions?|explains?|appears|patterns?|string|risky|slides?|workshop|annotate|report|evidence|red[- ]team|appendix|guardrails?|postmortem|trainer|students|docs|untrusted|changelog|coverage|(?:prompts?|text|words|lines?|messages?) (?:like|says|saying))\b/i;

const NEGATION =
  /\b(?:never|do not|don't|dont|must not|mustn't|should not|shouldn't|cannot|can't|avoid|without|refuse to|not to|won't|will not|warn(?:s|ing)? against|instead of|no need to)\s+(?:\w+\s+){0,3}$/i;

const QUOTES = '\'"`\u201c\u2018\u00ab';

/** What stands around `[start, end)` that makes it less of an order; the strongest reason. */
export function loweredBy(text: string, start: number, end: number): Lowered | undefined {
  const before = text.slice(Math.max(0, start - BEFORE), start);
  if (NEGATION.test(before.slice(-40))) return { reason: 'negated', factor: 0.3 };
  // What is not quoted is an order even among people who discuss some: most end here.
  if (!isQuoted(text, start, end)) return undefined;
  const after = text.slice(end, end + AFTER);
  if (DISCUSSION.test(withoutNames(before)) || DISCUSSION.test(withoutNames(after)))
    return { reason: 'discussed', factor: 0.2 };
  return isMember(text, start) ? undefined : { reason: 'quoted', factor: 0.75 };
}

/** True in a string of JSON or code: its quotation marks quote nobody. */
const isMember = (text: string, start: number): boolean =>
  /[:,[{(=]\s*\\*"[^"]{0,24}$/.test(text.slice(Math.max(0, start - 32), start));

/** Without the names of members of JSON: `payload` and `text` say nothing about what they hold. */
const withoutNames = (text: string): string =>
  text.includes(':') ? text.replaceAll(/"\w{1,40}\\*"\s?:/g, '') : text;

const REFUSAL = /\b(?:must not|never|do not|don't|cannot|should not|may not|no longer)\b/i;

/** True when what stands in `[start, end)` forbids rather than orders. */
export const isRefused = (text: string, start: number, end: number): boolean =>
  REFUSAL.test(text.slice(start, Math.min(end, start + 400)));

/** A quotation mark shortly before, and the same or its mirror shortly after. */
function isQuoted(text: string, start: number, end: number): boolean {
  for (let at = start - 1; at >= Math.max(0, start - 24); at--) {
    const mark = text.charAt(at);
    if (mark === '\n') return false;
    if (!QUOTES.includes(mark)) continue;
    // An apostrophe inside a word.
    if (mark === "'" && /[a-z]/i.test(text.charAt(at - 1))) continue;
    const close =
      mark === '\u201c'
        ? '\u201d'
        : mark === '\u2018'
          ? '\u2019'
          : mark === '\u00ab'
            ? '\u00bb'
            : mark;
    return text.slice(end, end + 80).includes(close);
  }
  return false;
}
