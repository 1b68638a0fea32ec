import { commandName, isShell } from './command.ts';

/** Lines that are the input of a command. */
export interface Heredoc {
  readonly from: number;
  readonly to: number;
  /** A shell reads them: they are run. */
  readonly shell: boolean;
}

const HEREDOCS_MAX = 256;
const UNENDED_MAX = 8;
/** Lines that end a here-document are shorter. */
const LINE_MAX = 128;
const LINE_FEED = 0x0a;
const OPENING = /<<-?\s*(["'\\]?)([A-Za-z_]\w{0,63})\1?/y;

/** Where the here-documents of a text stand. They are looked for once, each after the one before. */
export class Heredocs {
  readonly #list: Heredoc[] = [];
  #next = 0;

  constructor(text: string) {
    let unended = 0;
    let from = text.indexOf('<<');
    while (from >= 0 && this.#list.length < HEREDOCS_MAX && unended < UNENDED_MAX) {
      OPENING.lastIndex = from;
      const match = OPENING.exec(text);
      const found = match === null ? undefined : heredocAt(text, match);
      if (found === undefined && match !== null) unended++;
      if (found !== undefined) this.#list.push(found);
      from = text.indexOf('<<', found?.to ?? from + 2);
    }
  }

  /** The here-document that holds an offset; offsets come in order. */
  holding(at: number): Heredoc | undefined {
    while ((this.#list[this.#next]?.to ?? Infinity) <= at) this.#next++;
    const found = this.#list[this.#next];
    return found !== undefined && at >= found.from ? found : undefined;
  }
}

function heredocAt(text: string, match: RegExpExecArray): Heredoc | undefined {
  const from = text.indexOf('\n', match.index);
  if (from < 0) return undefined;
  const delimiter = match[2] ?? '';
  const to = endOf(text, from + 1, delimiter);
  if (to === undefined) return undefined;
  const line = text.slice(Math.max(0, match.index - 200), match.index);
  const before = line.slice(line.lastIndexOf('\n') + 1);
  const words = before.split(/[\s;|&(]+/).filter((word) => word !== '' && !word.startsWith('-'));
  const reader = text.slice(match.index, from);
  const shell =
    words.some((word) => isShell(commandName(word))) ||
    /\|\s*(?:sudo\s+)?(?:ba|z|k|da)?sh\b/.test(reader);
  return { from: from + 1, to, shell };
}

const isSpace = (code: number): boolean =>
  code === 0x20 ||
  (code >= 9 && code <= 13) ||
  (code >= 0xa0 && /\s/.test(String.fromCharCode(code)));

/** Where the line begins that holds nothing but the delimiter. */
function endOf(text: string, from: number, delimiter: string): number | undefined {
  let at = text.indexOf(delimiter, from);
  for (; at >= 0; at = text.indexOf(delimiter, at + 1)) {
    let start = at;
    while (start > from && start > at - LINE_MAX && isSpaceIn(text, start - 1)) start--;
    let end = at + delimiter.length;
    while (end < text.length && end < at + LINE_MAX && isSpaceIn(text, end)) end++;
    const isAlone =
      (start === from || text.charCodeAt(start - 1) === LINE_FEED) &&
      (end === text.length || text.charCodeAt(end) === LINE_FEED);
    if (isAlone && end - start < LINE_MAX) return start;
  }
  return undefined;
}

/** True for a blank that does not end a line. */
function isSpaceIn(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code !== LINE_FEED && isSpace(code);
}
