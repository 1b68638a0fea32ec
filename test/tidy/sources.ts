import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The checkout. */
export const ROOT = join(import.meta.dirname, '..', '..');

const SKIPPED = new Set(['node_modules', 'dist', 'coverage', '.git', 'gen']);

/** A file of the checkout, its path with `/` and relative to the root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Every file below these folders, sorted; not what is installed, built or generated. */
export function filesBelow(...folders: string[]): SourceFile[] {
  const files: SourceFile[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (SKIPPED.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) {
        files.push({
          path: relative(ROOT, path).split(sep).join('/'),
          text: readFileSync(path, 'utf8'),
        });
      }
    }
  };
  for (const folder of folders) walk(join(ROOT, folder));
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** TypeScript below these folders. */
export function modulesBelow(...folders: string[]): SourceFile[] {
  return filesBelow(...folders).filter(({ path }) => path.endsWith('.ts'));
}

/** True for what runs in tests only. */
export function isForTests({ path }: SourceFile): boolean {
  return path.endsWith('.test.ts') || path.includes('/testing/') || path.startsWith('test/');
}

// A string, a template, a regular expression or a comment, whichever begins first. A slash begins
// a regular expression where a value may stand, which the token before it tells.
const TOKEN =
  /\/\*[^]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[^]|[^`\\])*`|(?<=(?:^|[=(,:[!&|?{};\n]|return|=>)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/g;

/** The text with comments, and with the insides of strings and regular expressions, blanked. */
export function codeOf({ text }: SourceFile): string {
  return text.replace(TOKEN, (token) => {
    const blank = token.replace(/[^\n]/g, ' ');
    return token.startsWith('/*') || token.startsWith('//') ? blank : `'${blank.slice(2)}'`;
  });
}

/** Lines that hold code. */
export function codeLineCount(file: SourceFile): number {
  return codeOf(file)
    .split('\n')
    .filter((line) => line.trim() !== '').length;
}

/** Every specifier that a module imports, exports from or loads later. */
export function importsOf({ text }: SourceFile): string[] {
  const found = text
    .replace(/\/\*[^]*?\*\/|(?<=^\s*)\/\/[^\n]*/gm, '')
    .matchAll(/(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+)'([^'\n]+)'/gm);
  return Array.from(found, ([, specifier = '']) => specifier);
}
