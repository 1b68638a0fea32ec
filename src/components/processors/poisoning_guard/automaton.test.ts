import { expect, test } from 'vitest';
import { TokenAutomaton } from './automaton.ts';
import { seeded } from './testing/texts.ts';

function found(tokens: readonly string[], text: string): string[] {
  const list: string[] = [];
  new TokenAutomaton(tokens).scan(Buffer.from(text, 'latin1'), text.length, {
    token: (token, end) => void list.push(`${end}:${tokens[token]}`),
  });
  return list;
}

/** The same by looking at every place for every token. */
function plain(tokens: readonly string[], text: string): string[] {
  const list: string[] = [];
  for (let end = 1; end <= text.length; end++) {
    const here = tokens.filter((token) => text.slice(0, end).endsWith(token));
    list.push(...here.toSorted((a, b) => b.length - a.length).map((token) => `${end}:${token}`));
  }
  return list;
}

test.each([
  ['tokens within tokens', ['he', 'she', 'his', 'hers'], 'ushers'],
  ['a token is the end of another', ['abcd', 'bc', 'c'], 'abcabcd'],
  ['a byte beyond ASCII', ['\xff\xfe'], 'a\xff\xff\xfe'],
  ['nothing', ['x'], ''],
])('%s', (_, tokens, text) => expect(found(tokens, text)).toEqual(plain(tokens, text)));

test('as looking everywhere', () => {
  const random = seeded(5);
  const word = (max: number): string =>
    Array.from({ length: 1 + Math.floor(random() * max) }, () =>
      'abc'.charAt(Math.floor(random() * 3)),
    ).join('');
  for (let round = 0; round < 500; round++) {
    const tokens = [...new Set(Array.from({ length: 6 }, () => word(4)))];
    const text = word(40);
    expect(found(tokens, text)).toEqual(plain(tokens, text));
  }
});
