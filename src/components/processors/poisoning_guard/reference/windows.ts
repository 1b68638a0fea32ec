import { pairTable } from '../pairs.ts';
import type { ByteSet, PairTable, Window } from '../pairs.ts';
import { ASCII_KIND, OTHER } from './text.ts';

const isSpace: ByteSet = (code) => (code >= 9 && code <= 13) || (code >= 28 && code <= 32);
const isWord: ByteSet = (code) => /\w/.test(String.fromCharCode(code));
/** Also of a folded text. A text with a byte beyond ASCII that is not folded is a suspect anyway. */
const notWord: ByteSet = (code) => code === OTHER || (code < 128 && !isWord(code));

/** The bytes of a text in either case. */
function letters(text: string): Window {
  return Array.from(text, (char): ByteSet => {
    const lower = char.toLowerCase().charCodeAt(0);
    const upper = char.toUpperCase().charCodeAt(0);
    return (code) => code === lower || code === upper;
  });
}

/** Any byte of the text, in either case, or white space. */
const spaceOr = (text: string): ByteSet => {
  const sets = letters(text);
  return (code) => isSpace(code) || sets.some((set) => set(code));
};

const any: ByteSet = () => true;

/**
 * Windows such that each alert of the reference about an ASCII text needs one of them in it. Each is
 * the rarest piece of its pattern in prose and logs; they are put together where their mixtures (see
 * pairs.ts) are rare as well: tried out on English and on log lines.
 */
const WIDE: readonly (readonly Window[])[] = [
  [
    [...letters('xec'), spaceOr('(')], // exec (
    letters('hmod'), // chmod 777
    letters('rt__'), // __import__ (
  ],
  [
    letters('curl'), // every pattern of G8 and G9
    letters('wget'),
    letters('kfs.'), // mkfs.
    letters('v/sd'), // > /dev/sd
    letters('eval'), // eval (
  ],
  [
    [isSpace, ...letters('now')], // you are now
    letters('isre'), // disregard
    [isSpace, ...letters('if=')], // dd if=
  ],
  [
    letters('forg'), // forget
    letters('nstr'), // ignore, override, new: instructions
    letters('romp'), // system prompt
  ],
];

const NARROW: readonly (readonly Window[])[] = [
  [
    letters('```'), // ``` python
    [...letters('<'), spaceOr('isat'), any], // a tag
  ],
  [
    [spaceOr(':'), ...letters('&'), spaceOr('}')], // the fork bomb
    [notWord, ...letters('rm')], // rm -r
  ],
];

/** The screen of the reference ruleset. */
export function referenceScreen(): PairTable {
  const isSpecial: ByteSet = (code) => code < 128 && ASCII_KIND[code] === 1;
  return pairTable({ wide: WIDE, narrow: NARROW }, isSpecial);
}
