import { TokenAutomaton } from '../automaton.ts';
import { byteTable, Cursor, NOWHERE } from '../cursor.ts';
import { PROSE_CHECKS } from './prose.ts';
import { SHELL_CHECKS } from './shell.ts';
import { WORD } from './text.ts';

/** What a check finds out, and what it may ask about the text before it. */
export class Sightings {
  /** Bit i: pattern i of the family stands in the text. */
  injection = 0;
  code = 0;
  destructive = 0;
  exfil = 0;
  network = 0;
  markup = 0;
  standing = 0;
  /** End of the last `curl` or `wget` that is a word, or `NOWHERE`. */
  curlEnd = NOWHERE;
  wgetEnd = NOWHERE;
  /** The last newline, the one before it and the last pipe so far, or `NOWHERE`. */
  newline = NOWHERE;
  newlineBefore = NOWHERE;
  pipe = NOWHERE;
  /** The last `>` of the whole text, or `NOWHERE`. */
  lastClosing = NOWHERE;
}

/** Looks at one token in `[start, end)` and notes what its pattern came to. */
export type Check = (text: Cursor, start: number, end: number, seen: Sightings) => void;
/** The checks by token. In every match of every pattern stands the token of one of its checks. */
export type CheckTable = Readonly<Record<string, Check>>;

const isLetter = (code: number): boolean => code >= 0x61 && code <= 0x7a;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

const SPACES = byteTable((code) => (code >= 9 && code <= 13) || (code >= 28 && code <= 32));
const WORDS = byteTable(
  (code) => isLetter(code) || isDigit(code) || code === 0x5f || code === WORD,
);

const CHECKS: readonly (readonly [token: string, check: Check])[] = Object.entries({
  ...PROSE_CHECKS,
  ...SHELL_CHECKS,
});

/**
 * The reference's patterns over one folded text. One pass: the automaton finds tokens, and at each a
 * small check reads on from there.
 *
 * Linear: a check reads fixed words and at most nine maximal runs (white space, letters, a host name)
 * that follow its token, and a run is read again only by the checks whose tokens stand within the
 * few words before it. What spans a line (`[^\n]*`) is not read on but remembered: where the last
 * `curl`, newline and pipe were. `work` counts the bytes read; a test holds it to a multiple of the
 * length on texts made to drive it up.
 */
export class ReferenceMatcher {
  seen = new Sightings();
  readonly #automaton = new TokenAutomaton(CHECKS.map(([token]) => token));
  readonly #cursor = new Cursor({ spaces: SPACES, words: WORDS });

  /** Bytes that the checks of the last match read, besides one look-up per byte. */
  get work(): number {
    return this.#cursor.work;
  }

  /** What stands in the folded text `bytes[0..length)`. */
  match(bytes: Uint8Array, length: number): Sightings {
    this.seen = new Sightings();
    this.seen.lastClosing = length === 0 ? NOWHERE : bytes.lastIndexOf(0x3e, length - 1);
    this.#cursor.open(bytes, length);
    this.#automaton.scan(bytes, length, this);
    return this.seen;
  }

  /** Called by the automaton. */
  token(token: number, end: number): void {
    const [text, check] = CHECKS[token] as (typeof CHECKS)[number];
    check(this.#cursor, end - text.length, end, this.seen);
  }
}
