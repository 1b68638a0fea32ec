import type { TextFinding } from './score.ts';

/** What an operator lets pass: every condition that is given must hold. */
export interface AllowRule {
  /** Where the text stands; `*` stands for anything. */
  readonly path?: string | undefined;
  /** `service.name` of the resource; `*` stands for anything. */
  readonly sender?: string | undefined;
  /** The whole text; `*` stands for anything. */
  readonly text?: string | undefined;
  /** Ids of rules; `*` stands for anything. Without it: every rule. */
  readonly rules?: readonly string[] | undefined;
}

/**
 * True when the whole text is as the pattern says, in which `*` stands for any characters. Each piece
 * between two stars is looked for once, from where the one before ended: no way back.
 */
export function isLike(text: string, pattern: string): boolean {
  const pieces = pattern.split('*');
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return text === pattern;
  const last = pieces.at(-1) ?? '';
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

/** The findings that no rule lets pass. The same list when that is all of them. */
export function withoutAllowed(
  findings: readonly TextFinding[],
  allow: readonly AllowRule[],
  place: { readonly path: string; readonly sender: string; readonly text: string },
): readonly TextFinding[] {
  const fitting = allow.filter(
    (rule) =>
      (rule.path === undefined || isLike(place.path, rule.path)) &&
      (rule.sender === undefined || isLike(place.sender, rule.sender)) &&
      (rule.text === undefined || isLike(place.text, rule.text)),
  );
  if (fitting.length === 0) return findings;
  const kept = findings.filter(
    ({ rule }) =>
      !fitting.some(({ rules }) => rules === undefined || rules.some((like) => isLike(rule, like))),
  );
  return kept.length === findings.length ? findings : kept;
}
