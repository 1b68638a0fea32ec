/** One word of a command, its quotes undone. */
export interface Word {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** The mark that the word begins with, if it is quoted as a whole. */
  readonly quote: string;
}

export interface Redirect {
  readonly op: string;
  readonly target: string;
}

/** A simple command with its place in a pipeline. */
export interface Command {
  /** Small letters, without folder, `.exe` and the quoting of its letters. */
  readonly name: string;
  /** All words after the name. */
  readonly args: readonly Word[];
  readonly redirects: readonly Redirect[];
  readonly start: number;
  readonly end: number;
  /** The command whose output this one reads. */
  readonly input: Command | undefined;
  /** What stands around it: `sudo`, `xargs`, `find`, `sh -c`, `$(`. */
  readonly within: readonly string[];
  /** In `$(` or backticks: what it prints becomes part of another command. */
  readonly substituted: boolean;
}

interface Draft {
  words: Word[];
  redirects: Redirect[];
  input: Command | undefined;
}

const WORDS_MAX = 96;
const TEXT_MAX = 512;
const DEPTH_MAX = 4;
/** Nested scripts of one script. */
const NESTED_MAX = 48;

const SHELLS = new Set([
  'sh',
  'bash',
  'zsh',
  'ksh',
  'dash',
  'ash',
  'fish',
  'csh',
  'tcsh',
  'busybox',
]);
const RESERVED = new Set([
  '{',
  '(',
  '!',
  'if',
  'then',
  'else',
  'elif',
  'do',
  'while',
  'until',
  '}',
  ')',
  'fi',
  'done',
  'coproc',
  '&',
]);
/** Words that run the words behind them, with the options of theirs that take a value. */
const WRAPPERS: ReadonlyMap<string, string> = new Map([
  ['sudo', 'ugprtCh'],
  ['doas', 'u'],
  ['env', 'uSC'],
  ['command', ''],
  ['builtin', ''],
  ['exec', 'a'],
  ['nohup', ''],
  ['nice', 'n'],
  ['ionice', 'cn'],
  ['time', 'fo'],
  ['timeout', 'ks'],
  ['stdbuf', 'ioe'],
  ['xargs', 'IiLnPsdEa'],
  ['setsid', ''],
  ['watch', 'n'],
  ['strace', 'oepu'],
  ['chroot', ''],
  ['start', ''],
  ['caffeinate', ''],
  ['unbuffer', ''],
  ['parallel', 'jI'],
  ['chronic', ''],
  ['faketime', ''],
  ['then', ''],
]);
/** Wrappers that take one argument of their own before the command. */
const ARGUMENT_FIRST = new Set(['timeout', 'chroot', 'faketime']);

const CODE = new Set([
  'node',
  'perl',
  'ruby',
  'python',
  'python2',
  'python3',
  'php',
  'deno',
  'bun',
  'lua',
]);

export const isShell = (name: string): boolean => SHELLS.has(name);

/** The name of a command as it is looked up. */
export function commandName(word: string): string {
  let name = word;
  if (/[:.\\]\\|^\\\\|^%/.test(name)) name = name.slice(name.lastIndexOf('\\') + 1);
  else name = name.replaceAll('\\', '');
  name = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  return name.replace(/\.(?:exe|cmd|bat|com)$/, '');
}

/** Letters, digits, blanks and marks that mean nothing to a shell. */
const isPlain = (code: number): boolean =>
  code === 0x20 ||
  code === 9 ||
  code === 0x2d ||
  code === 0x2e ||
  code === 0x2f ||
  (code >= 0x30 && code <= 0x3a) ||
  (code >= 0x40 && code <= 0x5a) ||
  (code >= 0x61 && code <= 0x7a) ||
  code === 0x5f ||
  code === 0x2c ||
  code === 0x3d;

const isBlank = (code: number): boolean => code === 0x20 || code === 9 || code === 13;

/**
 * Reads shell text into commands: pipelines, lists, groups, quotes, `$(…)`, wrappers such as `sudo`
 * and scripts in arguments such as `sh -c '…'`. Reads each character at most {@link DEPTH_MAX} times.
 */
export class ScriptReader {
  readonly #text: string;
  readonly commands: Command[] = [];
  #at = 0;
  #to = 0;
  #nested = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(from: number, to: number, within: readonly string[] = [], substituted = false): void {
    const saved = [this.#at, this.#to] as const;
    this.#at = from;
    this.#to = to;
    this.#list(within, substituted);
    [this.#at, this.#to] = saved;
  }

  #list(within: readonly string[], substituted: boolean): void {
    const text = this.#text;
    let draft: Draft = { words: [], redirects: [], input: undefined };
    const close = (piped: boolean): void => {
      const made = this.#close(draft, within, substituted);
      draft = { words: [], redirects: [], input: piped ? made : undefined };
    };
    while (this.#at < this.#to) {
      const code = text.charCodeAt(this.#at);
      if (isBlank(code)) this.#at++;
      else if (code === 0x5c && text.charCodeAt(this.#at + 1) === 0x0a) this.#at += 2;
      else if (code === 0x23) this.#comment();
      else if (code === 0x7c || code === 0x26 || code === 0x3b || code === 0x0a) {
        close(this.#operator(code));
      } else if (code === 0x28 || code === 0x29) {
        this.#at++;
        close(false);
      } else if (code === 0x3e || code === 0x3c) this.#redirect(draft, within);
      else this.#take(draft, within);
    }
    close(false);
  }

  #comment(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 || end > this.#to ? this.#to : end;
  }

  /** Past an operator; true when it is a pipe. */
  #operator(code: number): boolean {
    const next = this.#text.charCodeAt(this.#at + 1);
    this.#at++;
    if (code === 0x26 && next === 0x3e) return false;
    if (next === code || (code === 0x7c && next === 0x26)) this.#at++;
    return code === 0x7c && next !== code;
  }

  #redirect(draft: Draft, within: readonly string[]): void {
    const from = this.#at;
    const text = this.#text;
    while (this.#at < this.#to && (text[this.#at] === '<' || text[this.#at] === '>')) this.#at++;
    const op = text.slice(from, Math.min(this.#at, from + 3));
    if (text[this.#at] === '(') return;
    if (text[this.#at] === '&') this.#at++;
    while (this.#at < this.#to && isBlank(text.charCodeAt(this.#at))) this.#at++;
    const word = this.#word(within);
    // `2>`: the number belongs to the operator.
    const last = draft.words.at(-1);
    if (last !== undefined && last.end === from && /^\d$/.test(last.text)) draft.words.pop();
    draft.redirects.push({ op, target: word.text });
  }

  #take(draft: Draft, within: readonly string[]): void {
    const word = this.#word(within);
    if (draft.words.length < WORDS_MAX) draft.words.push(word);
    else this.#skipPlain();
  }

  /** Words beyond the limit are not kept: past all that is plain. */
  #skipPlain(): void {
    const text = this.#text;
    let at = this.#at;
    while (at < this.#to && isPlain(text.charCodeAt(at))) at++;
    this.#at = at;
  }

  #word(within: readonly string[]): Word {
    const text = this.#text;
    const start = this.#at;
    const mark = text.charAt(start);
    const quote = mark === '"' || mark === "'" ? mark : '';
    const parts: string[] = [];
    let from = start;
    const push = (to: number): void => {
      if (to > from) parts.push(text.slice(from, Math.min(to, from + TEXT_MAX)));
    };
    while (this.#at < this.#to) {
      const code = text.charCodeAt(this.#at);
      if (isBlank(code) || code === 0x0a || code === 0x3b || code === 0x7c || code === 0x26) break;
      if (code === 0x3c || code === 0x3e || code === 0x28 || code === 0x29) break;
      if (code === 0x22 || code === 0x27) {
        push(this.#at);
        this.#quoted(code, parts, within);
        from = this.#at;
      } else if (code === 0x60 || (code === 0x24 && text[this.#at + 1] === '(')) {
        this.#substitution(code, this.#to, within);
      } else if (code === 0x5c && this.#at + 1 < this.#to) {
        this.#at += 2;
      } else {
        this.#at++;
      }
    }
    push(this.#at);
    if (this.#at === start) this.#at++;
    const joined = parts.join('').slice(0, TEXT_MAX);
    return { start, end: this.#at, text: joined, quote };
  }

  /** Past a quoted part; its content becomes part of the word. */
  #quoted(mark: number, parts: string[], within: readonly string[]): void {
    const text = this.#text;
    const from = this.#at + 1;
    let at = from;
    while (at < this.#to && text.charCodeAt(at) !== mark) {
      const code = text.charCodeAt(at);
      if (mark === 0x22 && code === 0x5c) at += 2;
      else if (mark === 0x22 && (code === 0x60 || (code === 0x24 && text[at + 1] === '('))) {
        this.#at = at;
        this.#substitution(code, this.#to, within);
        at = this.#at;
      } else at++;
    }
    at = Math.min(at, this.#to);
    parts.push(text.slice(from, Math.min(at, from + TEXT_MAX)));
    this.#at = Math.min(at + 1, this.#to);
  }

  /** Reads what stands in `$(…)` or backticks as a script, and goes past it. */
  #substitution(code: number, to: number, within: readonly string[]): void {
    const text = this.#text;
    const from = this.#at + (code === 0x60 ? 1 : 2);
    let at = from;
    let open = 1;
    for (; at < to; at++) {
      const each = text.charCodeAt(at);
      if (code === 0x60) {
        if (each === 0x60) break;
      } else if (each === 0x28) open++;
      else if (each === 0x29 && --open === 0) break;
    }
    this.#nest(from, Math.min(at, to), [...within, '$('], true);
    this.#at = Math.min(at + 1, to);
  }

  #nest(from: number, to: number, within: readonly string[], substituted: boolean): void {
    if (within.length > DEPTH_MAX || this.#nested >= NESTED_MAX) return;
    this.#nested++;
    this.read(from, to, within, substituted);
  }

  /** Makes a command of what was read, and looks into what it runs in turn. */
  #close(draft: Draft, within: readonly string[], substituted: boolean): Command | undefined {
    const { words } = draft;
    const around = [...within];
    let at = 0;
    while (at < words.length) {
      const word = words[at] as Word;
      const name = commandName(word.text);
      if (RESERVED.has(word.text) || /^[a-z_]\w*\+?=/i.test(word.text)) at++;
      else if (WRAPPERS.has(name) && word.quote === '' && at + 1 < words.length) {
        around.push(name);
        at = pastWrapper(words, at, name);
      } else break;
    }
    const head = words[at];
    if (head === undefined) {
      const bare = draft.redirects.length > 0;
      if (bare)
        this.#add('', [], draft, around, substituted, words[0]?.start ?? this.#at, this.#at);
      return undefined;
    }
    const args = words.slice(at + 1);
    const end = words.at(-1)?.end ?? head.end;
    const name = commandName(head.text);
    const command = this.#add(name, args, draft, around, substituted, head.start, end);
    this.#scripts(command, around);
    return command;
  }

  #add(
    name: string,
    args: readonly Word[],
    draft: Draft,
    within: readonly string[],
    substituted: boolean,
    start: number,
    end: number,
  ): Command {
    const { redirects, input } = draft;
    const command = { name, args, redirects, input, within, substituted, start, end };
    this.commands.push(command);
    return command;
  }

  /** Scripts and commands among the arguments. */
  #scripts(command: Command, around: readonly string[]): void {
    const { name, args } = command;
    const inner = [...around, name];
    if (isShell(name) || name === 'su' || name === 'eval' || name === 'cmd' || isPowerShell(name)) {
      const script = scriptWord(name, args);
      if (script !== undefined) this.#nestWord(script, inner);
      if (script === undefined || script.quote === '') this.#rest(command, script, inner);
    } else if (name === 'ssh' || name === 'docker' || name === 'kubectl' || name === 'podman') {
      for (const word of args)
        if (word.quote !== '' && word.text.includes(' ')) this.#nestWord(word, inner);
    } else if (CODE.has(name)) {
      for (const word of args) if (word.quote !== '') this.#strings(word, inner);
    } else if (name === 'find' || name === 'fd') {
      const at = args.findIndex(({ text }) => /^-(?:exec|execdir|ok|okdir|x)$/i.test(text));
      if (at >= 0) this.#again(args.slice(at + 1), command, inner);
    }
    for (const { op, target } of command.redirects) {
      if (op === '<<<' && isShell(name)) this.#herestring(command, target, inner);
    }
  }

  /** The strings in a piece of code may be scripts. */
  #strings(word: Word, within: readonly string[]): void {
    const text = this.#text;
    let opened = -1;
    for (let at = word.start + 1; at < word.end - 1; at++) {
      const mark = text.charAt(at);
      if (mark !== "'" && mark !== '"' && mark !== '`') continue;
      if (opened >= 0 && text.charAt(opened) === mark) {
        this.#nest(opened + 1, at, within, false);
        opened = -1;
      } else if (opened < 0) opened = at;
    }
  }

  /** `cmd /c del …`: the words behind are the command. */
  #rest(command: Command, script: Word | undefined, inner: readonly string[]): void {
    if (script === undefined) return;
    const at = command.args.indexOf(script);
    if (at >= 0) this.#again(command.args.slice(at), command, inner);
  }

  #again(words: readonly Word[], { input }: Command, within: readonly string[]): void {
    if (within.length > DEPTH_MAX || words.length === 0 || this.#nested >= NESTED_MAX) return;
    this.#nested++;
    this.#close({ words: [...words], redirects: [], input }, within, false);
  }

  #nestWord(word: Word, within: readonly string[]): void {
    const pad = word.quote === '' ? 0 : 1;
    if (pad === 1) this.#nest(word.start + 1, word.end - 1, within, false);
  }

  #herestring(command: Command, target: string, within: readonly string[]): void {
    const at = this.#text.indexOf(target, command.start);
    if (at >= 0 && at < command.end + 16) this.#nest(at, at + target.length, within, false);
  }
}

const isPowerShell = (name: string): boolean => name === 'powershell' || name === 'pwsh';

function pastWrapper(words: readonly Word[], at: number, name: string): number {
  const valued = WRAPPERS.get(name) ?? '';
  let next = at + 1;
  for (; next < words.length - 1; next++) {
    const { text } = words[next] as Word;
    if (/^[a-z_]\w*=/i.test(text)) continue;
    if (!text.startsWith('-') || text === '-') break;
    if (text === '--') {
      next++;
      break;
    }
    if (text.length === 2 && valued.includes(text.charAt(1))) next++;
  }
  if (ARGUMENT_FIRST.has(name) && next < words.length - 1) next++;
  return Math.min(next, words.length - 1);
}

/** The argument that is a script: after `-c`, `/c`, `-Command`, or all of `eval`. */
function scriptWord(name: string, args: readonly Word[]): Word | undefined {
  if (name === 'eval') return args[0];
  const flag =
    name === 'cmd' ? /^\/[ck]$/i : isPowerShell(name) ? /^[-/]c(?:ommand|o|om)?$/i : /^-[a-z]*c$/;
  const at = args.findIndex(({ text }) => flag.test(text));
  return at >= 0 ? args[at + 1] : undefined;
}
