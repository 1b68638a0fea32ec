/** One word of a command, its quotes undone. */
export interface Word {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** The mark that the word begins with, if any. */
  readonly quote: string;
}

export interface Redirect {
  readonly op: string;
  readonly target: string;
}

/** A simple command with its place in a pipeline. Good only while it is being told of. */
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

export const SHELLS: ReadonlySet<string> = new Set(
  'sh bash zsh ksh dash ash fish csh tcsh busybox'.split(' '),
);

export const isShell = (name: string): boolean => SHELLS.has(name);

export const isPowerShell = (name: string): boolean => name === 'powershell' || name === 'pwsh';

/** The name of a command as it is looked up. */
export function commandName(word: string): string {
  let name = word;
  if (name.includes('\\')) {
    if (/[:.\\]\\|^\\\\|^%/.test(name)) name = name.slice(name.lastIndexOf('\\') + 1);
    else name = name.replaceAll('\\', '');
  }
  name = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  if (name.charCodeAt(name.length - 4) !== 0x2e) return name;
  return name.replace(/\.(?:exe|cmd|bat|com)$/, '');
}
