import { describe, expect, test } from 'vitest';
import { closeQuote, isCommandLike, sentenceEnd, TextLine } from './text_line.ts';

/** Line and quotation mark of each `rm` in a text. */
function seenOf(text: string): [string, number][] {
  const line = new TextLine();
  line.open(text);
  const seen: [string, number][] = [];
  for (let at = text.indexOf('rm'); at >= 0; at = text.indexOf('rm', at + 1)) {
    line.find(at);
    seen.push([text.slice(line.start, line.end), line.quoteBefore(at)]);
  }
  return seen;
}

describe('the line of a word', () => {
  test.each<[string, string, [string, number][]]>([
    ['a text of one line', 'a rm', [['a rm', -1]]],
    [
      'lines',
      'rm\n\na rm b\n',
      [
        ['rm', -1],
        ['a rm b', -1],
      ],
    ],
    ['a quotation mark', 'a "rm', [['a "rm', 2]]],
    ['one of the line before', '"\nrm', [['rm', -1]]],
    ['an apostrophe', "don't rm", [["don't rm", -1]]],
    ['a mark too far', `"${'x'.repeat(64)}rm`, [[`"${'x'.repeat(64)}rm`, -1]]],
    [
      'a mark before the second',
      'rm "rm',
      [
        ['rm "rm', -1],
        ['rm "rm', 3],
      ],
    ],
    [
      'one mark for both',
      '"rm rm',
      [
        ['"rm rm', 0],
        ['"rm rm', 0],
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(seenOf(text)).toEqual(expected);
  });

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
