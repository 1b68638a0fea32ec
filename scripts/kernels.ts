/**
 * The kernels in WebAssembly: `*.kernel.as` (AssemblyScript) and beside it the compiled bytes in
 * `*.kernel.wasm.ts`. Compiles those whose source has changed:
 *
 *     npm install --no-save assemblyscript@0.28.20 && node scripts/kernels.ts
 *
 * The compiler is no dependency: it is needed only here. `test/tidy/kernels.test.ts` holds the bytes
 * against their sources.
 */
import { hash } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FLAGS = '--runtime stub --enable simd --enable relaxed-simd -O3 --noAssert';

interface Compiler {
  main(
    args: readonly string[],
    options: {
      readFile(name: string): string | null;
      writeFile(name: string, contents: Uint8Array): void;
    },
  ): Promise<{ error: Error | null; stderr: { toString(): string } }>;
}

/** A kernel's source and the file with its compiled bytes. */
export interface KernelFiles {
  readonly source: string;
  readonly compiled: string;
}

/** The source of a kernel with the parts that it names in lines `// include: FILE`, which come first. */
export function sourceOf(path: string): string {
  const source = readFileSync(path, 'utf8');
  const parts = [...source.matchAll(/^\/\/ include: (\S+)$/gm)].map(([, part = '']) =>
    readFileSync(join(dirname(path), part), 'utf8'),
  );
  return [...parts, source].join('\n');
}

/** All kernels of the project, absolute paths. */
export function kernelFiles(): readonly KernelFiles[] {
  return globSync('src/**/*.kernel.as', { cwd: ROOT })
    .toSorted()
    .map((path) => ({
      source: ROOT + path,
      compiled: ROOT + path.replace(/\.as$/, '.wasm.ts'),
    }));
}

/** SHA-256 of a source, as it stands beside the compiled bytes. */
export const sourceHash = (source: string): string => hash('sha256', source);

/** The compiler, if it is installed. */
export async function compiler(): Promise<Compiler | undefined> {
  const name: string = 'assemblyscript/asc';
  try {
    const loaded: { default?: Compiler } & Compiler = await import(name);
    return loaded.default ?? loaded;
  } catch {
    return undefined;
  }
}

/**
 * Pages of memory, which a source names in a line `// memory: 4` (grows), `// memory: 24 fixed` or
 * `// memory: 64 shared` (given to it when it is made).
 */
function memoryFlags(source: string): string {
  const [, pages = '4', kind] = /^\/\/ memory: (\d+)(?: (fixed|shared))?$/m.exec(source) ?? [];
  const initial = `--initialMemory ${pages}`;
  if (kind === 'fixed') return `${initial} --maximumMemory ${pages}`;
  return kind === 'shared' ? `${initial} --importMemory` : initial;
}

/** The compiled bytes of a source, in base64. */
export async function compiledBytes(asc: Compiler, source: string): Promise<string> {
  let wasm: Uint8Array = new Uint8Array();
  const flags = `${FLAGS} ${memoryFlags(source)}`.split(' ');
  const { error, stderr } = await asc.main(['kernel.ts', '--outFile', 'kernel.wasm', ...flags], {
    readFile: (name) => (name === 'kernel.ts' ? source : null),
    writeFile: (_name, contents) => {
      wasm = contents;
    },
  });
  if (error !== null) throw new Error(stderr.toString());
  return Buffer.from(wasm).toString('base64');
}

function generated(name: string, source: string, wasm: string): string {
  const lines = (wasm.match(/.{1,90}/g) ?? []).map((line) => `  '${line}'`).join(' +\n');
  return `// Generated from ${name} by scripts/kernels.ts; do not edit.
// asc 0.28.20 ${FLAGS} ${memoryFlags(source)}
// source ${sourceHash(source)}

/** The compiled kernel, base64. */
export const KERNEL =
${lines};
`;
}

async function compileAll(): Promise<void> {
  const asc = await compiler();
  if (asc === undefined) throw new Error('assemblyscript is not installed; see scripts/kernels.ts');
  for (const { source: path, compiled } of kernelFiles()) {
    const source = sourceOf(path);
    const name = path.slice(path.lastIndexOf('/') + 1);
    writeFileSync(compiled, generated(name, source, await compiledBytes(asc, source)));
    process.stdout.write(`${name}\n`);
  }
}

if (import.meta.main) await compileAll();
