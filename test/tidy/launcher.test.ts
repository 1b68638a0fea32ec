import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from './sources.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign launcher '));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A stand-in for Node that tells its version, or its name, process id and arguments. */
function fakeNode(path: string, version = 'v26.10.0'): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(
    join(folder, path),
    `#!/bin/sh
if [ "$1" = --version ]; then echo ${version}; exit 0; fi
printf '%s\\n' ${path} "$$" "$@"
exit 7
`,
  );
  chmodSync(join(folder, path), 0o755);
}

/** A package with its launcher; `parts` are files that exist in it. */
function install(root: string, ...parts: string[]): void {
  for (const part of ['bin/countersign', ...parts]) {
    const path = join(folder, root, part);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
  }
  copyFileSync(join(ROOT, 'bin', 'countersign'), join(folder, root, 'bin', 'countersign'));
  chmodSync(join(folder, root, 'bin', 'countersign'), 0o755);
}

async function run(command: string, ...given: string[]) {
  const child = spawn(join(folder, command), given, {
    cwd: tmpdir(),
    env: { PATH: `${join(folder, 'path')}:/usr/bin:/bin` },
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  // The first argument is for Node itself: a V8 flag.
  const [node = '', pid = '', , main = '', ...passed] = Buffer.concat(out).toString().split('\n');
  return {
    code,
    node,
    isSameProcess: Number(pid) === child.pid,
    main: main.replace(folder, ''),
    passed: passed.slice(0, -1),
    complaint: Buffer.concat(err).toString(),
  };
}

const MAIN = 'dist/daemon/main.js';

test('becomes the pinned Node of a checkout, with its arguments and its exit code', async () => {
  install('checkout', MAIN);
  fakeNode('checkout/node_modules/node/bin/node');
  fakeNode('path/node');
  const result = await run('checkout/bin/countersign', '--config', 'a file.yaml', '');
  expect(result).toMatchObject({
    code: 7,
    node: 'checkout/node_modules/node/bin/node',
    isSameProcess: true,
    main: `/checkout/${MAIN}`,
    passed: ['--config', 'a file.yaml', ''],
  });
});

test('--dev runs the sources', async () => {
  install('checkout', MAIN, 'src/daemon/main.ts');
  fakeNode('checkout/node_modules/node/bin/node');
  const result = await run('checkout/bin/countersign', '--dev', 'validate');
  expect(result).toMatchObject({ main: '/checkout/src/daemon/main.ts', passed: ['validate'] });
});

test.each([
  ['relative', '../countersign/bin/countersign'],
  ['absolute', ''],
])('is found through a %s link of another project, with that project’s Node', async (_, link) => {
  install('other/node_modules/countersign', MAIN);
  fakeNode('other/node_modules/node/bin/node');
  fakeNode('path/node');
  mkdirSync(join(folder, 'other/node_modules/.bin'));
  const target = link || join(folder, 'other/node_modules/countersign/bin/countersign');
  symlinkSync(target, join(folder, 'other/node_modules/.bin/countersign'));
  symlinkSync('other/node_modules/.bin/countersign', join(folder, 'twice'));
  expect(await run('twice')).toMatchObject({
    code: 7,
    node: 'other/node_modules/node/bin/node',
    main: `/other/node_modules/countersign/${MAIN}`,
  });
});

test.each(['v24.15.0', 'v24.20.1', 'v25.0.0', 'v100.0.0'])(
  'takes Node %s on PATH',
  async (version) => {
    install('package', MAIN);
    fakeNode('path/node', version);
    expect(await run('package/bin/countersign')).toMatchObject({ code: 7, node: 'path/node' });
  },
);

test.each(['v24.14.9', 'v20.20.2', 'v9.0.0', 'nonsense'])('refuses Node %s', async (version) => {
  install('package', MAIN);
  fakeNode('path/node', version);
  const { code, complaint } = await run('package/bin/countersign');
  expect(code).toBe(1);
  expect(complaint).toMatch(/no fitting Node .*npm ci.* 24\.15/);
});

test('passes over a Node of the other project that is too old', async () => {
  install('other/node_modules/countersign', MAIN);
  fakeNode('other/node_modules/node/bin/node', 'v22.0.0');
  fakeNode('path/node');
  expect(await run('other/node_modules/countersign/bin/countersign')).toMatchObject({
    node: 'path/node',
  });
});

test.each([
  ['what is not built', [], /dist\/daemon\/main\.js is missing: run `npm run build`/],
  ['sources that are not there', ['--dev'], /--dev needs a checkout/],
])('says what to do about %s', async (_, given, message) => {
  install('package');
  fakeNode('package/node_modules/node/bin/node');
  const { code, complaint } = await run('package/bin/countersign', ...given);
  expect(code).toBe(1);
  expect(complaint).toMatch(message);
});
