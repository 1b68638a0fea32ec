import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KERNEL, KERNEL_SOURCE_SHA256 } from './screen.kernel.wasm.ts';

// KERNEL_UPDATE=1 with assemblyscript installed writes screen.kernel.wasm.ts anew:
//   npm i --no-save assemblyscript@0.28.20 && KERNEL_UPDATE=1 npx vitest run screen.kernel

const SOURCE = new URL('./screen.kernel.as', import.meta.url);
const GENERATED = new URL('./screen.kernel.wasm.ts', import.meta.url);
const FLAGS = '--runtime stub --enable simd -O3 --noAssert --initialMemory 4';

interface Compiler {
  main(
    args: readonly string[],
    options: {
      readFile(name: string): string | null;
      writeFile(name: string, contents: Uint8Array): void;
    },
  ): Promise<{ error: Error | null; stderr: { toString(): string } }>;
}

async function compiler(): Promise<Compiler | undefined> {
  const name: string = 'assemblyscript/asc';
  try {
    const loaded: { default?: Compiler } & Compiler = await import(name);
    return loaded.default ?? loaded;
  } catch {
    return undefined;
  }
}

async function compile(asc: Compiler, source: string): Promise<string> {
  let wasm: Uint8Array = new Uint8Array();
  const { error, stderr } = await asc.main(
    ['kernel.ts', '--outFile', 'kernel.wasm', ...FLAGS.split(' ')],
    {
      readFile: (name) => (name === 'kernel.ts' ? source : null),
      writeFile: (_name, contents) => {
        wasm = contents;
      },
    },
  );
  if (error !== null) throw new Error(stderr.toString());
  return Buffer.from(wasm).toString('base64');
}

function generated(source: string, wasm: string): string {
  const lines = (wasm.match(/.{1,90}/g) ?? []).map((line) => `  '${line}'`).join(' +\n');
  return `// Generated from screen.kernel.as by screen.kernel.test.ts; do not edit.
// asc 0.28.20 ${FLAGS}

/** SHA-256 of the source that was compiled. */
export const KERNEL_SOURCE_SHA256 =
  '${hash('sha256', source)}';

/** The compiled kernel, base64. */
export const KERNEL =
${lines};
`;
}

test('the compiled kernel belongs to the source beside it', async () => {
  const source = readFileSync(SOURCE, 'utf8');
  const asc = await compiler();
  if (asc !== undefined && process.env['KERNEL_UPDATE'] === '1') {
    writeFileSync(GENERATED, generated(source, await compile(asc, source)));
    return;
  }
  expect(KERNEL_SOURCE_SHA256, 'screen.kernel.as was changed: compile it').toBe(
    hash('sha256', source),
  );
  // Where the compiler is installed, the bytes are checked too.
  if (asc !== undefined) expect(KERNEL).toBe(await compile(asc, source));
});
