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

function endOf(text: string, from: number, delimiter: string): number | undefined {
  let at = from;
  while (at <= text.length) {
    const next = text.indexOf('\n', at);
    const line = text.slice(at, next < 0 ? text.length : next);
    if (line.length < 128 && line.trim() === delimiter) return at;
    if (next < 0) return undefined;
    at = next + 1;
  }
  return undefined;
}
