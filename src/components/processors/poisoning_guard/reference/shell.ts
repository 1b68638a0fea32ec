import { asciiWord, asciiWords, byteTable, NOWHERE } from '../cursor.ts';
import type { Cursor } from '../cursor.ts';
import type { Check, CheckTable, Sightings } from './matcher.ts';

const isLetter = (code: number): boolean => code >= 0x61 && code <= 0x7a;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

const LETTERS = byteTable(isLetter);
const ALNUMS = byteTable((code) => isLetter(code) || isDigit(code));
const HOST = byteTable((code) => isLetter(code) || isDigit(code) || code === 0x2e || code === 0x2d);
const VERSION = byteTable((code) => isDigit(code) || code === 0x2e);
const NOT_R = byteTable((code) => isLetter(code) && code !== 0x72);

const DASH = asciiWord('-');
const IF = asciiWord('if=');
const MODE = asciiWord('777');
const BOMB = asciiWords('( ) { : | : & } ; :');
const GREATER = 0x3e;
const DOT = 0x2e;

const bit = (index: number, offset: number): number => (offset === NOWHERE ? 0 : 1 << index);

/** Notes destructive pattern `index` when its token begins a word and the rest came through. */
const destroys =
  (index: number, rest: (text: Cursor, end: number) => number): Check =>
  (text, start, end, seen) => {
    if (text.isWordStart(start)) seen.destructive |= bit(index, rest(text, end));
  };

/** Behaviours G7. */
const DESTRUCTIVE_CHECKS: CheckTable = {
  rm: destroys(0, (text, end) => {
    const flags = text.word(text.spaces1(end), DASH);
    const r = text.run(flags, NOT_R);
    const after = text.run(flags, LETTERS);
    return r < after ? text.wordEnd(after) : NOWHERE;
  }),
  'mkfs.': destroys(1, (text, end) => text.wordEnd(text.run1(end, ALNUMS))),
  dd: destroys(2, (text, end) => text.word(text.spaces1(end), IF)),
  ':'(text, _, end, seen) {
    let at = end;
    for (const mark of BOMB) at = text.word(text.spaces0(at), mark);
    seen.destructive |= bit(3, at);
  },
  chmod: destroys(4, (text, end) => {
    const flags = text.spaces1(end);
    const dash = text.word(flags, DASH);
    const letters = text.run(dash === NOWHERE ? flags : dash, LETTERS);
    return text.wordEnd(text.word(text.spaces0(letters), MODE));
  }),
  '/dev/sd'(text, start, end, seen) {
    if (!isLetter(text.at(end)) || text.isWord(end + 1)) return;
    if (text.at(text.spacesBack(start) - 1) === GREATER) seen.destructive |= 1 << 5;
  },
};

const HTTP = asciiWords('http:// https://');
const SUDO = asciiWord('sudo');
const SHELLS = asciiWords('sh bash zsh ksh');
const PYTHON = asciiWord('python');
const INTERPRETERS = asciiWords('perl ruby node');

/** Behaviours G9, 0: a scheme anywhere in the word that begins here. */
function hasScheme(text: Cursor, from: number): boolean {
  for (let at = from; text.at(at) >= 0 && !text.isSpace(at); at++) {
    text.work++;
    if (text.at(at) === 0x68 && text.oneOf(at, HTTP) !== NOWHERE) return true;
  }
  return false;
}

/** Behaviours G9, 1: in the host characters that begin here, a dot with a name before and after. */
function hasHost(text: Cursor, from: number): boolean {
  const end = text.run(from, HOST);
  for (let at = from + 1; at < end; at++) {
    if (text.at(at) !== DOT) continue;
    const after = text.run(at + 1, LETTERS);
    if (after - at > 2 && !text.isWord(after)) return true;
    at = after - 1;
  }
  return false;
}

function fetches(text: Cursor, end: number, seen: Sightings): void {
  const target = text.spaces1(end);
  if (target === NOWHERE) return;
  if ((seen.network & 1) === 0 && hasScheme(text, target)) seen.network |= 1;
  if ((seen.network & 2) === 0 && hasHost(text, target)) seen.network |= 2;
}

/** Behaviours G8, 0 and 1: what a pipe may lead to. */
function pipesTo(text: Cursor, end: number): number {
  const program = text.spaces0(end);
  const shell = text.oneOf(text.optional(program, SUDO), SHELLS);
  // Without sudo the same place is tried again: `sudo` alone is no shell.
  const found = text.wordEnd(shell) === NOWHERE ? 0 : 1;
  const python = text.word(program, PYTHON);
  if (python !== NOWHERE) return found | (isPythonEnd(text, python) ? 2 : 0);
  return found | (text.wordEnd(text.oneOf(program, INTERPRETERS)) === NOWHERE ? 0 : 2);
}

/** After `python`, digits and dots, some of them, up to a boundary. */
function isPythonEnd(text: Cursor, from: number): boolean {
  const end = text.run(from, VERSION);
  // A boundary may stand anywhere within "3.11": before and after every dot that has a digit beside it.
  for (let at = from; at <= end; at++) {
    if (text.isWord(at - 1) !== text.isWord(at)) return true;
  }
  return false;
}

/** Behaviours G8, 2 and 3: a flag after white space, on the line of its command. */
const flag =
  (index: number, command: 'curlEnd' | 'wgetEnd'): Check =>
  (text, start, end, seen) => {
    const space = start - 1;
    // The white space may be the newline itself: then the one before it ends the line.
    const newline = seen.newline === space ? seen.newlineBefore : seen.newline;
    const commandEnd = seen[command];
    if (commandEnd === NOWHERE || commandEnd > space || newline >= commandEnd) return;
    if (text.isSpace(space)) seen.exfil |= bit(index, text.wordEnd(end));
  };

const fetcher =
  (command: 'curlEnd' | 'wgetEnd'): Check =>
  (text, start, end, seen) => {
    if (!text.isWordStart(start) || text.isWord(end)) return;
    seen[command] = end;
    fetches(text, end, seen);
  };

const uploads = flag(2, 'curlEnd');
const posts = flag(3, 'wgetEnd');

/** Behaviours G8 and G9. */
const TRANSFER_CHECKS: CheckTable = {
  curl: fetcher('curlEnd'),
  wget: fetcher('wgetEnd'),
  '\n'(_text, start, _end, seen) {
    seen.newlineBefore = seen.newline;
    seen.newline = start;
  },
  '|'(text, start, end, seen) {
    const command = Math.max(seen.curlEnd, seen.wgetEnd);
    const barrier = Math.max(seen.newline, seen.pipe);
    seen.pipe = start;
    if (command !== NOWHERE && barrier < command) seen.exfil |= pipesTo(text, end);
  },
  '-d': uploads,
  '--data': uploads,
  '-t': uploads,
  '--upload-file': uploads,
  '-f': uploads,
  '--form': uploads,
  '--post-data': posts,
  '--post-file': posts,
};

/** The checks of everything that is written for a shell. */
export const SHELL_CHECKS: CheckTable = { ...DESTRUCTIVE_CHECKS, ...TRANSFER_CHECKS };
