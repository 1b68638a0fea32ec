import { IS_KNOWN, NAMES } from './command_names.ts';
import { KNOWN_COMMANDS } from './rules/known_commands.ts';

/** Characters of a line in which its first word is looked for. */
const HEAD_MAX = 200;

/** Letters, digits, `_`, `.` and `-`. */
const NAME = 1;
/** Ends a word. */
const END = 2;
/** What begins with it may be a command by more than its first word. */
const ODD_BEGINNING = 4;
/** A word with it may be a path, an assignment or a prompt. */
const ODD = 8;

const KINDS = new Uint8Array(128);
const mark = (letters: string, kind: number): void => {
  for (const letter of letters) {
    const code = letter.charCodeAt(0);
    KINDS[code] = (KINDS[code] as number) | kind;
  }
};
mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-', NAME);
mark(' \t\n\v\f\r;|&()<>"\'`', END);
mark('&$%`/~.', ODD_BEGINNING);
mark('/\\=@', ODD);

/** Of letters that are not ASCII only the Kelvin sign is an ASCII letter in small. */
const KELVIN = 0x212a;

const kindOf = (code: number): number =>
  code < 128 ? (KINDS[code] as number) : code === KELVIN ? ODD : isSpace(code) ? END : 0;

const isSpace = (code: number): boolean =>
  code === 0x20 ||
  (code >= 9 && code <= 13) ||
  (code >= 0xa0 && /\s/.test(String.fromCharCode(code)));

function pastSpaces(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** The end of the word that begins at `from`; below zero when only a closer look tells what it is. */
function wordEnd(text: string, from: number, to: number): number {
  let at = from;
  let kinds = 0;
  for (; at < to; at++) {
    const kind = kindOf(text.charCodeAt(at));
    if ((kind & END) !== 0) break;
    kinds |= kind;
  }
  const isProgram = at - 4 > from && text.charCodeAt(at - 4) === 0x2e;
  return (kinds & ODD) === 0 && !isProgram ? at : -1;
}

/**
 * Where the command of a line begins, when the line begins like one. Most lines are told by their
 * first word, without cutting anything out of the text.
 */
export class LineHead {
  /** Below zero when the line is no command line. */
  at = -1;
  /** A prompt stands before it. */
  prompt = false;

  /** Looks at the line `[from, to)`. */
  read(text: string, from: number, to: number): void {
    const end = Math.min(to, from + HEAD_MAX);
    this.at = -1;
    this.prompt = false;
    let at = pastSpaces(text, from, end);
    let code = at < end ? text.charCodeAt(at) : 0;
    if (code === 0x24 || code === 0x3e || code === 0x23) {
      const behind = pastSpaces(text, at + 1, end);
      if (behind > at + 1) {
        this.prompt = true;
        at = behind;
        code = at < end ? text.charCodeAt(at) : 0;
      }
    }
    if (code === 0) return;
    if (code === 0x28 || code === 0x5b || code === 0x7b) {
      if (this.#isGroup(text, at, end, code)) this.at = at;
      return;
    }
    const isQuoted = code === 0x22 || code === 0x27 || code === 0x5c;
    const start = isQuoted ? at + 1 : at;
    const word = wordEnd(text, start, end);
    if (word < 0 || (kindOf(code) & ODD_BEGINNING) !== 0 || text.startsWith('PS ', at)) {
      this.#lookCloser(text, from, end);
    } else if (isKnown(text, start, word)) {
      this.at = at;
    }
  }

  /** `( rm`, `[ -f`: a group or a test, and no list of JSON. */
  #isGroup(text: string, at: number, end: number, code: number): boolean {
    const behind = pastSpaces(text, at + 1, end);
    const next = behind < end ? text.charCodeAt(behind) : 0;
    if (next !== 0x2d && ((kindOf(next) & NAME) !== 0 || next === 0x2f)) return true;
    const word = wordEnd(text, at, end);
    if (code === 0x5b && word === at + 1) return true;
    return word < 0 && isKnownPath(text, at, end);
  }

  /** The same for a line that begins with more than a word. */
  #lookCloser(text: string, from: number, end: number): void {
    const line = text.slice(from, end);
    const prompt = PROMPT.exec(line);
    const skipped = prompt?.[0].length ?? 0;
    this.prompt = (prompt?.[1] ?? '') !== '';
    if (!BEGINNING.test(line.slice(skipped)) && !isKnownPath(text, from + skipped, end)) return;
    this.at = from + skipped;
    if (text.charCodeAt(this.at) !== 0x60) return;
    this.at++;
    this.prompt = true;
  }
}

function isKnown(text: string, start: number, end: number): boolean {
  const number = NAMES.find(text, start, end);
  return number >= 0 && IS_KNOWN[number] === 1;
}

const PROMPT = /^\s*((?:\$|>|#|PS [^>]{0,40}>|[\w.-]{1,30}@[\w.-]{1,30}[:~/\w.-]{0,40}[$#])\s+)?/;
/** An assignment, a path, a call, a substitution. */
const BEGINNING =
  /^[A-Za-z_]\w*\+?=|^[({[]\s*[\w./]|^(?:\.{0,2}|~)\/\w|^\.{1,2}\\\w|^&\s*["'$\w.]|^[a-zA-Z]:\\|^\$\(|^%\w+%|^`|^\$\w+:?\w*\s*=/;

/** True when the first word is a command, its folder and `.exe` aside. */
function isKnownPath(text: string, from: number, to: number): boolean {
  const first = text.charCodeAt(from);
  const start = first === 0x22 || first === 0x27 || first === 0x5c ? from + 1 : from;
  let at = start;
  // Without backslashes the name begins behind the last slash.
  let name = start;
  let isQuoting = false;
  for (; at < to; at++) {
    const code = text.charCodeAt(at);
    if ((kindOf(code) & END) !== 0) break;
    if (code === 0x2f) name = at + 1;
    else if (code === 0x5c || code === KELVIN) isQuoting = true;
  }
  const isProgram = text.charCodeAt(at - 4) === 0x2e;
  if (!isQuoting && !isProgram) return isKnown(text, name, at);
  const word = text
    .slice(start, at)
    .replaceAll('\\', '')
    .toLowerCase()
    .replace(/\.exe$/, '');
  return KNOWN_COMMANDS.has(word.slice(word.lastIndexOf('/') + 1));
}
