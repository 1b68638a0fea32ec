import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, isForTests, modulesBelow, type SourceFile } from './sources.ts';

/** Who may import whom. `components` stands for a component's own folder only. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  sdk: ['sdk'],
  otlp: ['sdk', 'otlp'],
  events: ['sdk', 'events'],
  components: ['sdk', 'otlp', 'events', 'own'],
  runtime: ['sdk', 'otlp', 'runtime'],
  reference: ['sdk', 'reference'],
};

/** One package, one door. The first name that a specifier begins with counts. */
const DOORS: Readonly<Record<string, RegExp>> = {
  zod: /^src\/sdk\/schema\.ts$/,
  rxjs: /^src\/(?:runtime\/.*|sdk\/(?:arrivals|component)\.ts)$/,
  yaml: /^src\/daemon\/config\//,
  pino: /^src\/daemon\/(?:host|log)[^/]*(?:\/.*)?\.ts$/,
  commander: /^src\/daemon\//,
  '@opentelemetry/': /^src\/daemon\/telemetry/,
};

const modules = modulesBelow('src');

interface Step {
  readonly from: string;
  readonly specifier: string;
}

const steps: Step[] = modules
  .filter((module) => !isForTests(module))
  .flatMap((module) => importsOf(module).map((specifier) => ({ from: module.path, specifier })));

const isRelative = ({ specifier }: Step): boolean => specifier.startsWith('.');
const targetOf = ({ from, specifier }: Step): string =>
  posix.normalize(posix.join(posix.dirname(from), specifier));

/** The layer of a module below `src`, and for a component's module its folder. */
function placeOf(path: string): { layer: string; component: string | undefined } {
  const [, layer = '', kind = '', type = ''] = path.split('/');
  const component = layer === 'components' && type !== '' ? `${kind}/${type}` : undefined;
  return { layer, component };
}

function breaksLayers(step: Step): boolean {
  const from = placeOf(step.from);
  const allowed = LAYERS[from.layer];
  // The registry lists the components; the daemon and the public API stand above everything.
  if (allowed === undefined || step.from === 'src/components/index.ts') return false;
  const to = placeOf(targetOf(step));
  if (to.layer === 'components') {
    return !(allowed.includes('own') && to.component === from.component);
  }
  return !allowed.includes(to.layer);
}

function breaksDoors({ from, specifier }: Step): boolean {
  const door = Object.entries(DOORS).find(
    ([name]) => specifier === name || specifier.startsWith(name.endsWith('/') ? name : `${name}/`),
  );
  return door !== undefined && !door[1].test(from);
}

const shown = ({ from, specifier }: Step): string => `${from} → ${specifier}`;

test('the walk sees the whole tree', () => {
  // A walk that found nothing would find nothing wrong.
  expect(modules.length).toBeGreaterThan(60);
  expect(steps.length).toBeGreaterThan(200);
  expect(new Set(steps.map(({ from }) => placeOf(from).layer))).toEqual(
    new Set(['index.ts', 'sdk', 'otlp', 'events', 'components', 'runtime', 'reference', 'daemon']),
  );
});

test('every relative import names a module that is there', () => {
  const paths = new Set(modules.map(({ path }) => path));
  const missing = steps.filter((step) => isRelative(step) && !paths.has(targetOf(step)));
  expect(missing.map(shown)).toEqual([]);
});

test('layers are kept', () => {
  expect(steps.filter((step) => isRelative(step) && breaksLayers(step)).map(shown)).toEqual([]);
});

test('one package, one door', () => {
  expect(steps.filter((step) => !isRelative(step) && breaksDoors(step)).map(shown)).toEqual([]);
});

test('every door is used, or it is a door of something that is gone', () => {
  for (const name of Object.keys(DOORS)) {
    const uses = steps.filter(({ specifier }) => `${specifier}/`.startsWith(name));
    expect(uses.length, name).toBeGreaterThan(0);
  }
});

describe('the check itself', () => {
  const module = (path: string, text: string): SourceFile => ({ path, text });
  const stepsOf = (path: string, text: string): Step[] =>
    importsOf(module(path, text)).map((specifier) => ({ from: path, specifier }));

  test.each([
    ['sdk → otlp', 'src/sdk/a.ts', "import { x } from '../otlp/index.ts';"],
    ['events → otlp', 'src/events/a.ts', "export * from '../otlp/index.ts';"],
    ['runtime → component', 'src/runtime/a.ts', "import '../components/index.ts';"],
    ['reference → daemon', 'src/reference/a.ts', "import type { X } from '../daemon/x.ts';"],
    [
      'component → runtime, loaded later',
      'src/components/exporters/nop/a.ts',
      "await import('../../../runtime/ledger.ts')",
    ],
    ['component → component', 'src/components/exporters/nop/a.ts', "import '../stdout/index.ts';"],
  ])('sees %s', (_, path, text) => {
    expect(stepsOf(path, text).filter(breaksLayers)).toHaveLength(1);
  });

  test.each([
    ['sdk', 'src/otlp/a.ts', "import { x } from '../sdk/index.ts';"],
    ['own folder', 'src/components/exporters/nop/index.ts', "import('./nop.ts')"],
    ['registry', 'src/components/index.ts', "import { x } from './exporters/nop/index.ts';"],
    ['daemon', 'src/daemon/a.ts', "import '../components/index.ts';"],
  ])('allows %s', (_, path, text) => {
    expect(stepsOf(path, text).filter((step) => breaksLayers(step))).toEqual([]);
  });

  test.each([
    ['zod in a component', 'src/components/exporters/nop/a.ts', "import { z } from 'zod';"],
    ['a subpath of rxjs', 'src/otlp/a.ts', "import { map } from 'rxjs/operators';"],
    ['telemetry in runtime', 'src/runtime/a.ts', "import api from '@opentelemetry/api';"],
    ['pino in the CLI', 'src/daemon/cli.ts', "import { pino } from 'pino';"],
  ])('sees %s', (_, path, text) => {
    expect(stepsOf(path, text).filter(breaksDoors)).toHaveLength(1);
  });
});
