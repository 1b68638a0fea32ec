import { expect, test } from 'vitest';
import { plainRun } from './arguments.ts';

test.each<[string, string[], object | undefined]>([
  ['as collectors are called', ['--config', 'a.yaml'], { uris: ['a.yaml'], sets: [] }],
  ['with equals signs', ['--config=a.yaml', '--set=a.b=c'], { uris: ['a.yaml'], sets: ['a.b=c'] }],
  ['with run', ['run', '--config', 'a', '--config', 'b'], { uris: ['a', 'b'], sets: [] }],
  ['a value over lines', ['--config=yaml:a: 1\nb: 2'], { uris: ['yaml:a: 1\nb: 2'], sets: [] }],
  ['another command', ['validate', '--config', 'a'], undefined],
  ['help', ['--help'], undefined],
  ['a missing value', ['--config'], undefined],
  ['nothing', [], undefined],
  ['an unknown option', ['--config', 'a', '--confg', 'b'], undefined],
])('%s', (_, argv, expected) => {
  expect(plainRun(argv)).toEqual(expected);
});
