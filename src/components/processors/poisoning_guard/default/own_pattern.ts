/** Characters at the beginning of a pattern that must be fixed, so that one pass finds them. */
const ANCHOR_MIN = 3;
const REPEAT_MAX = 256;
const LENGTH_MAX = 1024;

/** A pattern that matches at an offset without ever going back. */
export interface Pattern {
  /** What it begins with, in small letters. */
  readonly anchor: string;
  /** Most characters that a match reads. */
  readonly lengthMax: number;
  /** The last piece takes letters or digits. */
  readonly wordAtEnd: boolean;
  /** Past the match that begins at `start`, or `undefined`. */
  match(text: string, start: number): number | undefined;
}

/** Characters 0–127 that a piece takes, and how many of them. */
interface Piece {
  readonly takes: Uint8Array;
  readonly min: number;
  readonly max: number;
  /** The character itself, when there is only one. */
  readonly fixed: string | undefined;
}

const SHORTHANDS: Readonly<Record<string, string>> = { d: '0-9', w: 'a-zA-Z0-9_', s: ' \t\n\r' };

class PatternError extends Error {}

/** Reads the pattern language: characters, `\d \w \s .`, `[a-z_]`, `{n}`, `{n,m}`, `?`. */
class PatternReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  read(): Piece[] {
    const pieces: Piece[] = [];
    while (this.#at < this.#source.length) pieces.push(this.#piece());
    return pieces;
  }

  #piece(): Piece {
    const from = this.#source.charAt(this.#at++);
    let fixed: string | undefined;
    let set: string;
    if (from === '[') set = this.#set();
    else if (from === '\\') {
      const escaped = this.#source.charAt(this.#at++);
      if (escaped === '') throw new PatternError('it ends in a backslash');
      const shorthand = SHORTHANDS[escaped];
      if (shorthand === undefined) fixed = escaped;
      set = shorthand ?? escaped;
    } else if (from === '.') set = ' -~';
    else if ('(|)'.includes(from)) {
      throw new PatternError(
        `${from} is not known; write two rules, or any: with each way to say it`,
      );
    } else if ('*+'.includes(from)) {
      throw new PatternError(`${from} has no end; write how many at most, for example {1,40}`);
    } else {
      fixed = from;
      set = from;
    }
    const [min, max] = this.#repeat();
    const takes = fixed === undefined ? takesOf(set) : takesOf(set, true);
    return { takes, min, max, fixed: min === 1 && max === 1 ? fixed : undefined };
  }

  #set(): string {
    const end = this.#source.indexOf(']', this.#at);
    if (end < 0) throw new PatternError('a [ has no ]');
    const inner = this.#source.slice(this.#at, end);
    if (inner === '') throw new PatternError('[] takes no character');
    if (inner.startsWith('^'))
      throw new PatternError('[^ is not known; write the characters it takes');
    this.#at = end + 1;
    return inner.replace(/\\([dws])/g, (_, letter: string) => SHORTHANDS[letter] ?? letter);
  }

  #repeat(): [min: number, max: number] {
    const rest = this.#source.slice(this.#at);
    if (rest.startsWith('?')) {
      this.#at++;
      return [0, 1];
    }
    if (rest.startsWith('*') || rest.startsWith('+')) {
      throw new PatternError(
        `${rest.charAt(0)} has no end; write how many at most, for example {1,40}`,
      );
    }
    const match = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(rest);
    if (match === null) return [1, 1];
    this.#at += match[0].length;
    const min = Number(match[1]);
    if (match[2] !== undefined && match[3] === '') {
      throw new PatternError(`${match[0]} has no end; write how many at most`);
    }
    const max = match[2] === undefined ? min : Number(match[3]);
    if (max < min || max === 0) throw new PatternError(`${match[0]} takes nothing`);
    if (max > REPEAT_MAX) throw new PatternError(`${match[0]}: at most ${REPEAT_MAX} of one kind`);
    return [min, max];
  }
}

function takesOf(set: string, single = false): Uint8Array {
  const takes = new Uint8Array(128);
  const add = (code: number): void => {
    if (code > 127) throw new PatternError('characters beyond ASCII can only stand in any:');
    takes[code] = 1;
    const letter = String.fromCharCode(code);
    takes[letter.toLowerCase().charCodeAt(0)] = 1;
    takes[letter.toUpperCase().charCodeAt(0)] = 1;
  };
  for (let i = 0; i < set.length; i++) {
    const code = set.charCodeAt(i);
    const to =
      !single && set.charAt(i + 1) === '-' && i + 2 < set.length ? set.charCodeAt(i + 2) : code;
    if (to < code) throw new PatternError(`${set.slice(i, i + 3)} runs backwards`);
    for (let each = code; each <= to; each++) add(each);
    if (to !== code) i += 2;
  }
  return takes;
}

const overlaps = (a: Uint8Array, b: Uint8Array): boolean =>
  a.some((on, code) => on === 1 && b[code] === 1);

/** What makes a pattern need to go back: what a piece may take the next one may need. */
function goesBack(pieces: readonly Piece[]): string | undefined {
  for (const [i, piece] of pieces.entries()) {
    if (piece.min === piece.max) continue;
    for (const next of pieces.slice(i + 1)) {
      if (overlaps(piece.takes, next.takes)) {
        return `piece ${i + 1} of varying length takes characters that a later piece needs; fix its length or tell them apart`;
      }
      if (next.min > 0) break;
    }
  }
  return undefined;
}

/** Compiles a pattern; what is wrong with it otherwise. */
export function compilePattern(source: string): Pattern | string {
  let pieces: Piece[];
  try {
    pieces = new PatternReader(source).read();
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
  let anchor = '';
  for (const { fixed } of pieces) {
    if (fixed === undefined || fixed === ' ') break;
    anchor += fixed.toLowerCase();
  }
  if (anchor.length < ANCHOR_MIN) {
    return `it must begin with ${ANCHOR_MIN} fixed characters or more, so that it can be found in one pass`;
  }
  const lengthMax = pieces.reduce((sum, { max }) => sum + max, 0);
  if (lengthMax > LENGTH_MAX)
    return `it reads up to ${lengthMax} characters; ${LENGTH_MAX} is the most`;
  const back = goesBack(pieces);
  if (back !== undefined) return back;
  const last = pieces.at(-1);
  const wordAtEnd =
    last !== undefined &&
    last.min !== last.max &&
    (last.takes[0x61] === 1 || last.takes[0x30] === 1);
  return { anchor, lengthMax, wordAtEnd, match: (text, start) => matchAt(pieces, text, start) };
}

function matchAt(pieces: readonly Piece[], text: string, start: number): number | undefined {
  let at = start;
  for (const { takes, min, max } of pieces) {
    let taken = 0;
    while (taken < max && at < text.length) {
      const code = text.charCodeAt(at);
      if (code > 127 || takes[code] !== 1) break;
      taken++;
      at++;
    }
    if (taken < min) return undefined;
  }
  return at;
}
