import { describe, expect, test } from 'vitest';
import { codeLineCount, codeOf, isForTests, modulesBelow, type SourceFile } from './sources.ts';

const everything = modulesBelow('src', 'test', 'bench', 'scripts');
const product = modulesBelow('src').filter((module) => !isForTests(module));

const CODE_LINES_TO_THINK_AGAIN = 250;
const CODE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
/** The formatter keeps code within 100; a comment may end its word. */
const COMMENT_COLUMNS_MAX = 120;

/** Long because they are tables, not because they do much. */
const TABLES: readonly RegExp[] = [/\/tables?\//, /(?:table|tables|unicode)[^/]*\.ts$/];
const isTable = ({ path }: SourceFile): boolean => TABLES.some((table) => table.test(path));

test('there is something to look at', () => {
  expect(product.length).toBeGreaterThan(60);
});

test('files stay short enough to be read at once', async ({ annotate }) => {
  const lengths = everything
    .filter((module) => !isTable(module))
    .map((module) => ({ path: module.path, lines: codeLineCount(module) }));
  for (const { path, lines } of lengths) {
    if (lines > CODE_LINES_TO_THINK_AGAIN) await annotate(`${path} has ${lines} lines of code`);
  }
  // The cases of a test are a table too.
  const tooLong = lengths.filter(
    ({ path, lines }) => lines > CODE_LINES_MAX && !path.endsWith('.test.ts'),
  );
  expect(tooLong).toEqual([]);
});

/** Blocks that begin like a function, by the indentation that the formatter gives them. */
function functionsOf(module: SourceFile): { line: number; length: number }[] {
  const lines = codeOf(module).split('\n');
  const found: { line: number; length: number }[] = [];
  for (const [index, line] of lines.entries()) {
    if (!/(?:\)|\): [^=]+|=>) \{$/.test(line)) continue;
    if (/^\s*(?:\}|if|for|while|switch|try|do|using|describe|test)\b/.test(line)) continue;
    const indent = /^ */.exec(line)?.[0] ?? '';
    const end = lines.findIndex((later, at) => at > index && later.startsWith(`${indent}}`));
    found.push({ line: index + 1, length: end - index + 1 });
  }
  return found;
}

test('functions stay under 70 lines', () => {
  const all = product.flatMap((module) =>
    functionsOf(module).map(({ line, length }) => ({ at: `${module.path}:${line}`, length })),
  );
  expect(all.length).toBeGreaterThan(200);
  expect(all.filter(({ length }) => length > FUNCTION_LINES_MAX)).toEqual([]);
});

test('comments stay within 120 columns', () => {
  // An address cannot be broken.
  const long = everything.flatMap((module) =>
    module.text
      .split('\n')
      .map((line, index) => ({ at: `${module.path}:${index + 1}`, line }))
      .filter(({ line }) => line.length > COMMENT_COLUMNS_MAX)
      .filter(({ line }) => /^\s*(?:\/\/|\/?\*)/.test(line) && !line.includes('://')),
  );
  expect(long.map(({ at }) => at)).toEqual([]);
});

interface Ban {
  readonly name: string;
  readonly pattern: RegExp;
  /** Looks at comments too. */
  readonly inText?: boolean;
  readonly applies: (module: SourceFile) => boolean;
}

const always = (): boolean => true;
const inProduct = (module: SourceFile): boolean =>
  module.path.startsWith('src/') && !isForTests(module);
const outsideDaemon = (module: SourceFile): boolean =>
  inProduct(module) && !module.path.startsWith('src/daemon/');

const BANS: readonly Ban[] = [
  { name: 'any', pattern: /(?:[:<|&]|\bas)\s*any\b(?!\s*:)/, applies: always },
  { name: 'non-null assertion', pattern: /[\w)\]]!(?=[.[;,)\s])(?!\s*=)/, applies: always },
  { name: 'enum', pattern: /\benum\s+\w+\s*\{/, applies: always },
  { name: 'namespace', pattern: /^\s*(?:export\s+)?namespace\s+\w+\s*\{/m, applies: always },
  {
    name: 'unfinished work',
    // In two parts, so that this line is not a find.
    pattern: new RegExp(`\\b(?:TO${'DO'}|FIX${'ME'}|X${'XX'})\\b`),
    inText: true,
    applies: always,
  },
  {
    name: 'a silenced checker',
    pattern: new RegExp(`@ts-${'ignore'}|@ts-${'nocheck'}|(?:ox|es)lint-${'disable'}`),
    inText: true,
    applies: always,
  },
  { name: 'console', pattern: /\bconsole\./, applies: inProduct },
  { name: 'the environment', pattern: /\bprocess\.env\b/, applies: outsideDaemon },
  {
    name: 'a clock or timer of its own',
    pattern:
      /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bset(?:Timeout|Interval|Immediate)\(/,
    applies: outsideDaemon,
  },
  // Keys are drawn by node:crypto: what must be unguessable does not come from the host.
  { name: 'dice of its own', pattern: /\bMath\.random\(/, applies: outsideDaemon },
];

function findsOf(ban: Ban, module: SourceFile): string[] {
  if (!ban.applies(module)) return [];
  const text = ban.inText === true ? module.text : codeOf(module);
  return text.split('\n').flatMap((line, index) => {
    return ban.pattern.test(line) ? [`${module.path}:${index + 1}`] : [];
  });
}

test.each(BANS)('no $name', (ban) => {
  expect(everything.flatMap((module) => findsOf(ban, module))).toEqual([]);
});

describe('the bans find what they ban', () => {
  test.each([
    ['any', 'const a: any = 1;'],
    ['any', 'const a = b as any;'],
    ['any', 'const a: Array<any> = c;'],
    ['non-null assertion', 'const a = b[0]!;'],
    ['non-null assertion', 'a!.b = 1;'],
    ['enum', 'enum A { B }'],
    ['unfinished work', `// TO${'DO'} later`],
    ['a silenced checker', `// @ts-${'ignore'}`],
    ['console', 'console.log(1);'],
    ['the environment', 'const a = process.env.HOME;'],
    ['a clock or timer of its own', 'const now = Date.now();'],
    ['a clock or timer of its own', 'setTimeout(a, 1);'],
    ['dice of its own', 'const a = Math.random();'],
  ])('%s in %s', (name, text) => {
    const ban = BANS.find((candidate) => candidate.name === name);
    expect(ban && findsOf(ban, { path: 'src/otlp/probe.ts', text })).toHaveLength(1);
  });

  test.each([
    "const a = 'process.env';",
    'if (a !== b && !c) return;',
    '/** Any of them: any value. */',
    'const a = /console\\./;',
    'const company: Company = 1;',
  ])('but not %s', (text) => {
    const found = BANS.flatMap((ban) => findsOf(ban, { path: 'src/otlp/probe.ts', text }));
    expect(found).toEqual([]);
  });
});
