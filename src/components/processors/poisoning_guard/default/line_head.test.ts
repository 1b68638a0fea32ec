import { describe, expect, test } from 'vitest';
import { LineHead } from './line_head.ts';

const head = new LineHead();

/** What stands where the command of a line begins, `$` before it when a prompt was there. */
function headOf(text: string, from = 0): string {
  head.read(text, from, text.length);
  if (head.at < 0) return '';
  return `${head.prompt ? '$' : ''}${text.slice(head.at)}`;
}

describe('the command of a line', () => {
  test.each([
    ['a name', 'rm x', 'rm x'],
    ['a name in other letters', '  RM x', 'RM x'],
    ['a name in quotes', '"rm" x', '"rm" x'],
    ['a name with a backslash', '\\rm x', '\\rm x'],
    ['a program', 'rm.exe x', 'rm.exe x'],
    ['a folder', '/usr/bin/rm x', '/usr/bin/rm x'],
    ['a folder of Windows', 'C:\\a x', 'C:\\a x'],
    ['a prompt', '$ rm x', '$rm x'],
    ['a prompt with a host', 'me@host:~$ rm x', '$rm x'],
    ['a prompt of Windows', 'PS C:\\> rm x', '$rm x'],
    ['backticks', '`rm x`', '$rm x`'],
    ['an assignment', 'A=1 b', 'A=1 b'],
    ['a group', '( rm x )', '( rm x )'],
    ['a test', '[ -f x ]', '[ -f x ]'],
    ['a substitution', '$(rm x)', '$(rm x)'],
    ['the Kelvin sign in a name', '\u212aill 1', '\u212aill 1'],
  ])('%s', (_, line, expected) => {
    expect(headOf(line)).toBe(expected);
  });

  test.each([
    ['', ''],
    ['a sentence', 'Please rm x'],
    ['a colon', 'note: rm x'],
    ['an item', '- rm x'],
    ['a member of JSON', '{"rm": 1}'],
    ['an address', 'me@host.example wrote'],
    ['a price', '$5'],
  ])('%s begins no command', (_, line) => {
    expect(headOf(line)).toBe('');
  });

  test('what stands before the line is no part of a name', () => {
    expect(headOf('x.rm y', 2)).toBe('rm y');
  });
});
