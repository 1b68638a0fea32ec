import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow, ROOT } from './sources.ts';

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

const lock: { readonly packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
  readFileSync(join(ROOT, 'package-lock.json'), 'utf8'),
);
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

test('the lock file names no server and has the hash of every package', () => {
  expect(packages.length).toBeGreaterThan(100);
  const wrong = packages.filter(
    ([, { resolved, integrity, link }]) =>
      (resolved !== undefined && /^[a-z+]+:/.test(resolved)) ||
      (integrity === undefined && link !== true),
  );
  expect(wrong.map(([path]) => path)).toEqual([]);
});

test('dependencies are pinned to one version', () => {
  const manifest: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  );
  const ranges = Object.entries({ ...manifest['dependencies'], ...manifest['devDependencies'] });
  expect(ranges.length).toBeGreaterThan(15);
  expect(ranges.filter(([, range]) => !/^\d+\.\d+\.\d+$/.test(range))).toEqual([]);
});

test('no file names a folder of the machine it was written on', () => {
  const files = [
    ...filesBelow('src', 'test', 'bench', 'scripts', 'docs', 'bin', 'pipelines', '.ci'),
    ...['README.md', 'CHANGELOG.md', 'Dockerfile', 'package.json', 'config.example.yaml'].map(
      (path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }),
    ),
  ];
  expect(files.length).toBeGreaterThan(100);
  // Folders that only one machine has; in parts, so that this line is not a find.
  const local = new RegExp(
    `/(?:${'work'})/(?:main|shared)\\b|/${'tmp'}/w/|/home/\\w+/|/Users/\\w+/`,
  );
  // What the guard judges are commands of others, home folders and all.
  const ours = files.filter(({ path }) => !path.includes('poisoning_guard/default/'));
  expect(ours.filter(({ text }) => local.test(text)).map(({ path }) => path)).toEqual([]);
});
