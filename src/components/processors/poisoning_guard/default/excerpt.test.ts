import { expect, test } from 'vitest';
import { excerptOf } from './excerpt.ts';

const shown = (text: string): string => excerptOf(text, 0, text.length);

test.each([
  ['a short place', 'rm -rf /', 'rm -rf /'],
  ['what cannot be seen', 'a\u200b\u202eb\n', 'a\\u{200b}\\u{202e}b\\u{a}'],
  ['a tag outside the first plane', '\u{e0041}x', '\\u{e0041}x'],
  ['half a character', '\ud800', '\\u{d800}'],
  ['a password', 'mysql --password=hunter22 -u root', 'mysql --password=*** -u root'],
  ['a header', 'Authorization: Bearer abcdef', 'Authorization: *** abcdef'],
  ['in an address', 'http://joe:secret@host/x', 'http://joe:***@host/x'],
  ['a key', 'use sk4f9a8b7c6d5e4f3a2b1c0d now', 'use sk4f*** now'],
  ['a number of an account', 'to 4111111111111111', 'to 4111***'],
  [
    'a path is no key',
    'cat /home/user/projects/file2/data/raw',
    'cat /home/user/projects/file2/data/raw',
  ],
])('%s', (_, text, wanted) => {
  expect(shown(text)).toBe(wanted);
});

test('of a long place its beginning and its end', () => {
  const text = `begin ${'x '.repeat(500)}end`;
  expect(shown(text)).toMatch(/^begin x .* … .*end$/);
  expect(shown(text).length).toBeLessThan(90);
});

test('only the place', () => {
  expect(excerptOf('before rm -rf / after', 7, 15)).toBe('rm -rf /');
});
