import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './sources.ts';

const FOLDER = join(ROOT, 'src', 'components');
const KINDS = ['receivers', 'processors', 'exporters', 'extensions'] as const;

const components = KINDS.flatMap((kind) =>
  readdirSync(join(FOLDER, kind), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ kind, name, id: `${kind}/${name}` })),
);

test('there are components of every kind', () => {
  expect(components.length).toBeGreaterThan(8);
  expect(new Set(components.map(({ kind }) => kind))).toEqual(new Set(KINDS));
});

test('folders of the tree are the four kinds', () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(folders.map(({ name }) => name).sort()).toEqual([...KINDS].sort());
});

describe.each(components)('$id', ({ kind, name }) => {
  const folder = join(FOLDER, kind, name);
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

  test('is named as it is written in YAML', () => {
    expect(name).toMatch(/^[a-z][a-z0-9_]{0,62}$/);
    expect(read('index.ts')).toMatch(new RegExp(`\\btype: '${name}'`));
    expect(read('index.ts')).toMatch(new RegExp(`\\bkind: '${kind.slice(0, -1)}'`));
  });

  test('explains itself and is tested', () => {
    expect(existsSync(join(folder, 'README.md'))).toBe(true);
    expect(read('README.md').length).toBeGreaterThan(200);
    const files = readdirSync(folder, { recursive: true }).map(String);
    expect(files.filter((file) => file.endsWith('.test.ts'))).not.toEqual([]);
  });

  test('is a line of the registry', () => {
    const registry = readFileSync(join(FOLDER, 'index.ts'), 'utf8');
    expect(registry).toContain(`'./${kind}/${name}/index.ts'`);
  });

  test('its definition loads nothing that its configuration may not need', () => {
    // The work is behind `create`: what a pipeline does not use costs neither time nor memory.
    const imports = Array.from(
      read('index.ts').matchAll(/^(?:import|export) (?!type\b)[^;]*from '([^']+)';/gm),
      ([, specifier]) => specifier,
    );
    const light =
      /\/sdk\/index\.ts$|\/events\/attribute-names\.ts$|^\.\/(?:\w+\/)?\w*(?:config|schema|reasons)\w*\.ts$/;
    expect(imports.filter((specifier) => !light.test(specifier ?? ''))).toEqual([]);
  });
});
