import { describe, expect, test } from 'vitest';
import { closeQuote, isCommandLike, quoteBefore, sentenceEnd } from './text_line.ts';

describe('the quotation mark before a word', () => {
  test.each([
    ['none', 'a rm', -1],
    ['a quotation mark', 'a "rm', 2],
    ['a backtick', '`a rm', 0],
    ['an apostrophe in a word', "don't rm", -1],
    ['one before a word', "a 'rm", 2],
    ['behind what is no letter', "1'rm", 1],
    ['the nearest', '"a `b rm', 3],
    ['one at the limit', `"${'x'.repeat(63)}rm`, 0],
    ['one too far', `"${'x'.repeat(64)}rm`, -1],
  ])('%s', (_, text, expected) => {
    expect(quoteBefore(text, text.indexOf('rm'), 0)).toBe(expected);
  });

  test('not in the line before', () => {
    expect(quoteBefore('"\nrm', 2, 2)).toBe(-1);
  });
});

describe('a word like a command', () => {
  test.each([
    ['rm -r', true],
    ['rm /', true],
    ['rm it', false],
    ['rm. It', false],
    ['x/rm', true],
  ])('%s looks like a command: %s', (text, expected) => {
    expect(isCommandLike(text, 0, text.startsWith('x') ? 4 : 2)).toBe(expected);
  });

  test('quoted pieces and sentences end', () => {
    expect(closeQuote('"a\\"b" c', 1, 0x22)).toBe(5);
    expect(closeQuote('"a', 1, 0x22)).toBe(2);
    expect(sentenceEnd('rm -r x. And', 0)).toBe(7);
    expect(sentenceEnd('rm -r x', 0)).toBe(7);
  });
});
