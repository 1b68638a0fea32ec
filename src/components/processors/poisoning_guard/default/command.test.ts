import { describe, expect, test } from 'vitest';
import { commandName } from './command.ts';
import type { Command } from './command.ts';
import { ScriptReader } from './script_reader.ts';

const reader = new ScriptReader();

/** What `of` says of each command; a command is good only while it is told of. */
function each<T>(text: string, of: (command: Command) => T): T[] {
  const told: T[] = [];
  const command = (read: Command): void => void told.push(of(read));
  reader.read(text, 0, text.length, { wants: () => true, command });
  return told;
}

const commandsOf = (text: string): string[] =>
  each(text, ({ name, args }) => [name, ...args.map((word) => word.text)].join(' '));

describe('commands of a script', () => {
  test.each([
    ['a list', 'a 1; b 2 && c || d & e', ['a 1', 'b 2', 'c', 'd', 'e']],
    ['quotes', `echo "a b" 'c d' e"f"g`, ['echo a b c d efg']],
    ['wrappers', 'sudo -u root env X=1 nice -n 5 rm -r x', ['rm -r x']],
    ['an assignment', 'A=1 B=2 run', ['run']],
    ['a script in an argument', "sh -c 'rm x; ls'", ['sh -c rm x; ls', 'rm x', 'ls']],
    ['a substitution', 'echo $(rm x) end', ['rm x', 'echo $(rm x) end']],
    ['backticks in quotes', 'echo "a `rm x` b"', ['rm x', 'echo a `rm x` b']],
    ['what find runs', 'find . -exec rm {} +', ['find . -exec rm {} +', 'rm {} +']],
    ['a comment', 'a # b\nc', ['a', 'c']],
    ['a group', '{ a; }; (b)', ['a', 'b']],
    ['a continued line', 'a \\\n b', ['a b']],
    ['cmd', 'cmd /c del x', ['cmd /c del x', 'del x']],
    ['a redirection', 'a 2>/dev/null > f b', ['a b']],
  ])('%s', (_, text, expected) => {
    expect(commandsOf(text)).toEqual(expected);
  });

  test('a pipeline says what a command reads', () => {
    const text = 'cat x | base64 | nc h 1';
    const first = ({ input }: Command): string | undefined => input?.input?.name;
    expect(each(text, first).at(-1)).toBe('cat');
    const read = ({ input }: Command): string | undefined => input?.input?.args[0]?.text;
    expect(each(text, read).at(-1)).toBe('x');
  });

  test.each([
    ['/usr/bin/RM', 'rm'],
    ['r\\m', 'rm'],
    ['C:\\Windows\\System32\\vssadmin.exe', 'vssadmin'],
    ['.\\tool.cmd', 'tool'],
  ])('%s is %s', (word, name) => {
    expect(commandName(word)).toBe(name);
  });

  test.each([
    '$('.repeat(5000),
    '`'.repeat(5001),
    '"'.repeat(5001),
    '<<<'.repeat(999),
    '\\'.repeat(99),
  ])('never fails on rubbish', (text) => {
    expect(() => commandsOf(`a ${text}`)).not.toThrow();
  });
});
