import type { ByteSet, ScreenTables, Window } from '../screen_tables.ts';
import { ASCII_KIND, codePointClasses, OTHER, WORD } from './text.ts';

const isSpace: ByteSet = (code) => (code >= 9 && code <= 13) || (code >= 28 && code <= 32);
const isWord: ByteSet = (code) =>
  code === WORD || (code < 128 && /\w/.test(String.fromCharCode(code)));

/** The bytes of an item: any of its characters in either case; a blank is white space, `~` no word. */
function byteSet(item: string): ByteSet {
  const codes = new Set(
    Array.from(item).flatMap((char) => [
      char.toLowerCase().charCodeAt(0),
      char.toUpperCase().charCodeAt(0),
    ]),
  );
  return (code) =>
    (item.includes(' ') && isSpace(code)) || (item.includes('~') ? !isWord(code) : codes.has(code));
}

/** Each part as a text, a character for a place, or as a list of items. */
const window = (
  before: string | readonly string[],
  core: string | readonly string[],
  after: string | readonly string[],
): Window => ({
  before: Array.from(before, byteSet),
  core: Array.from(core, byteSet),
  after: Array.from(after, byteSet),
});

/**
 * Windows such that each alert of the reference about a text needs one of them in it, its characters
 * apart. The core of each is the rarest piece of its pattern in prose and logs, and groups are put
 * together where mixtures of cores (see screen_tables.ts) are rare as well: tried out on both.
 */
const WINDOWS: readonly (readonly Window[])[] = [
  [
    window('e', 'xec', [' (']), // exec (
    window('~c', 'url', '~'), // every pattern of G8 and G9
  ],
  [
    window('c', 'hmo', 'd '), // chmod 777
    window('~', 'wge', 't~'), // as curl
    window('fo', 'rge', ['t', ' ', ' eay']), // forget everything, all, your
    window('~', 'rm ', [' -']), // rm -r
  ],
  [
    window('po', 'rt_', ['_', ' (']), // __import__ (
    window('d', 'isr', 'ega'), // disregard
    window([' d', ' '], 'if=', ''), // dd if=
  ],
  [
    window('', 'eva', ['l', ' (']), // eval (
    window('st', 'ruc', 'tio'), // ignore, override, new: instructions
  ],
  [
    window('~m', 'kfs', '.'), // mkfs.
    window('ro', 'mpt', [' :']), // system prompt:
    window('', '```', [' p']), // ``` python
  ],
  [
    window('', ['<', 'isat', 'mynedso'], ['pscmo', 'otril']), // a tag
    window('', ['<', ' ', ' isat'], ''),
  ],
  [
    window('de', 'v/s', 'd'), // > /dev/sd
    window([' e', ' '], 'now', '~'), // you are now
  ],
  [window([' |:', ' |:'], [' :', '&', ' }'], [' };'])], // the fork bomb
];

const isCounted: ByteSet = (code) => code === OTHER || ASCII_KIND[code] === 1;

/** What the reference's screen looks for. */
export const REFERENCE_SCREEN: ScreenTables = {
  windows: WINDOWS,
  isCounted,
  codePoints: codePointClasses,
};
