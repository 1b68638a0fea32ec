/** A class of words or phrases that stand for the same thing in a rule. */
export interface WordClass {
  readonly name: string;
  readonly words: readonly string[];
  /** Words need no boundary at their right: stems. */
  readonly stem: boolean;
}

/** Where a piece ends that begins with a bracket: past the bracket that closes it. */
function groupEnd(pattern: string, from: number): number {
  let depth = 0;
  for (let at = from; at < pattern.length; at++) {
    if ('({'.includes(pattern.charAt(at))) depth++;
    else if (')}'.includes(pattern.charAt(at)) && --depth === 0) return at + 1;
  }
  throw new SyntaxError(`unbalanced brackets in ${pattern}`);
}

/** Splits at a mark that stands in no bracket. */
function split(pattern: string, mark: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < pattern.length; at++) {
    const each = pattern.charAt(at);
    if ('({'.includes(each)) depth++;
    else if (')}'.includes(each)) depth--;
    else if (each === mark && depth === 0) {
      parts.push(pattern.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, pattern.slice(from)];
}

/** `{a,b}` and `(a|b)` are each of them, `(s)` is with and without; they may be nested. */
export function expand(pattern: string): string[] {
  const open = pattern.search(/[({]/u);
  if (open < 0) return [pattern.replace(/ +/gu, ' ')];
  const end = groupEnd(pattern, open);
  const inner = pattern.slice(open + 1, end - 1);
  const parts = split(inner, pattern.charAt(open) === '{' ? ',' : '|');
  const optional = pattern.charAt(open) === '(' && parts.length === 1;
  const before = pattern.slice(0, open);
  return [...parts, ...(optional ? [''] : [])].flatMap((part) =>
    expand(before + part + pattern.slice(end)),
  );
}

function wordsOf(text: string): string[] {
  return [...new Set(split(text, '|').flatMap((part) => expand(part.trim())))]
    .map((word) => word.replace(/\s+/gu, ' ').trim())
    .filter((word) => word !== '');
}

/** Literals keep the spaces at their ends, and brackets have no meaning in them. */
function literalsOf(text: string): string[] {
  return text
    .split('|')
    .map((word) => word.replaceAll('¦', '|'))
    .filter((word) => word.trim() !== '');
}

/** Words of prose, separated by `|`; see {@link expand}. Written small, without marks. */
export const words = (name: string, text: string): WordClass => ({
  name,
  words: wordsOf(text),
  stem: false,
});

/**
 * Literals, separated by `|`, that are only looked for as they are: markup, paths,
 * hosts. `¦` stands for `|`.
 */
export const literals = (name: string, text: string): WordClass => ({
  name,
  words: literalsOf(text),
  stem: false,
});

/** Beginnings of words in languages that inflect. */
export const stems = (name: string, text: string): WordClass => ({
  name,
  words: wordsOf(text),
  stem: true,
});
