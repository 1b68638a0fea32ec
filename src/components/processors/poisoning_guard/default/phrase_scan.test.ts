import { beforeEach, describe, expect, test } from 'vitest';
import { seeded } from '../testing/texts.ts';
import type { WordLine } from './phrase_finder.ts';
import { PhraseScan } from './phrase_scan.ts';
import { first, next } from './rule.ts';
import type { PhraseRule } from './rule.ts';
import { COMMAND_TRIGGERS } from './rules/index.ts';
import { TextMemory } from './text_memory.ts';
import type { WordClass } from './words.ts';

const words = (name: string, ...list: string[]): WordClass => ({ name, words: list, stem: false });
const rule = (id: string, part: Pick<PhraseRule, 'steps'> & Partial<PhraseRule>): PhraseRule => ({
  id,
  class: 'direct_injection',
  severity: 'low',
  weight: 1,
  meaning: '',
  ...part,
});

const OPEN = words('open', 'open', 'gently push');
const DOOR = words('door', 'door', 'vieille porte');
const CLOSED = words(
  'closed',
  'дверь',
  'три двери',
  'すべての扉',
  'the only one: дом',
  'дом to the left',
);
const RULES = [
  rule('opens', { steps: [first(OPEN), next(20, DOOR, CLOSED)] }),
  rule('far', { steps: [first(OPEN), next(60, DOOR)], acrossSentences: true }),
  rule('either', { steps: [first(CLOSED), next(8, OPEN)], anyOrder: true }),
  rule('alone', { steps: [first(CLOSED)] }),
];
const ids = RULES.map(({ id }) => id);

describe('rules of phrases', () => {
  let found: string[] = [];
  const scan = new PhraseScan(RULES, [], new TextMemory());
  const visitor = {
    phrase: (number: number, start: number, end: number): void => {
      found.push(`${ids[number]} ${start}-${end}`);
    },
    trigger: (): void => undefined,
  };
  const all = (text: string): string[] => {
    found = [];
    scan.scan(text, visitor);
    return found.toSorted();
  };

  beforeEach(() => {
    // What the text before left must not matter.
    scan.scan('open', visitor);
  });

  test.each([
    ['both words', 'open the door', ['far 0-13', 'opens 0-13']],
    ['the other order', 'the door is open', []],
    ['a phrase over lines, without case', 'Gently\n  PUSH it: door', ['far 0-22', 'opens 0-22']],
    ['further than the window', `open ${'.'.repeat(30)} door`, ['far 0-40']],
    ['a sentence between', 'open it. The door', ['far 0-17']],
    ['an ideographic stop between', 'open。 door', ['far 0-10']],
    ['statements between', 'open};door', ['far 0-10']],
    ['texts in a list', '["open", "door"]', ['far 2-14']],
    ['members of a list without a blank', '"open","door"', ['far 1-12']],
    ['no sentence ends at a name', 'open v1.2 door', ['far 0-14', 'opens 0-14']],
    ['letters around', 'reopen the doors', []],
    ['accents', 'öpen the dóor', ['far 0-13', 'opens 0-13']],
  ])('%s', (_name, text, expected) => {
    expect(all(text)).toEqual(expected);
  });

  test.each([
    ['at the beginning', 'дверь', ['alone 0-5']],
    ['after a word of ASCII', 'open дверь', ['alone 5-10', 'either 0-10', 'opens 0-10']],
    ['with blanks', 'три   \n двери', ['alone 0-13']],
    ['without blanks around', 'はすべての扉を', ['alone 1-6']],
    ['in a longer word', 'дверью', []],
    ['behind ASCII', 'x the only   one: дом', ['alone 2-21']],
    ['before ASCII', 'дом to\nthe left x', ['alone 0-15']],
    ['before other ASCII', 'дом to the lefty', []],
  ])('letters of other alphabets: %s', (_name, text, expected) => {
    expect(all(text)).toEqual(expected);
  });

  test.each([0, 1, 9, 10, 11, 300, 5000])('with %d characters around them', (length) => {
    const around = 'x '.repeat(length);
    const at = around.length;
    expect(all(`${around}дверь ${around}три  двери ${around}ж`)).toEqual(
      [`alone ${at}-${at + 5}`, `alone ${2 * at + 6}-${2 * at + 16}`].toSorted(),
    );
  });

  test('all of many', () => {
    const count = 20_000;
    expect(all('open the door! '.repeat(count))).toHaveLength(2 * count);
  });

  test('texts by the thousand do not reach into each other', () => {
    const text = 'x '.repeat(60_000);
    // Places are counted on from text to text, and from the beginning again in one of the last ones.
    for (let i = 0; i < 4280; i++) scan.scan(text, visitor);
    for (let i = 0; i < 3000; i++) {
      if (all('123456789 door').length > 0) throw new Error(found.join());
    }
    expect(all('open the door')).toHaveLength(2);
  });
});

describe('words of commands', () => {
  const found: { readonly word: string; readonly line: string; readonly mayBeQuoted: boolean }[] =
    [];
  let text = '';
  const scan = new PhraseScan([], COMMAND_TRIGGERS, new TextMemory());
  const visitor = {
    phrase: (): void => undefined,
    trigger: (start: number, end: number, line: WordLine): void => {
      const { mayBeQuoted } = line;
      found.push({
        word: text.slice(start, end),
        line: text.slice(line.start, line.end),
        mayBeQuoted,
      });
    },
  };

  test.each<[string, number, number]>([
    ['short lines', 3, 10],
    ['long lines', 40, 30],
    ['many lines', 3, 400],
  ])('are told of with their lines: %s', (_name, words, lines) => {
    const random = seeded(words * lines);
    for (let turn = 0; turn < 50; turn++) {
      const all = Array.from({ length: lines }, (_, number) => {
        const line = Array.from<unknown, string>({ length: Math.floor(random() * words) }, () =>
          random() < 0.1 ? '"' : random() < 0.1 ? 'é' : 'word',
        );
        if (random() < 0.5) line.push(`curl x${number}`);
        return line.join(' ');
      });
      text = all.join('\n');
      found.length = 0;
      scan.scan(text, visitor);
      const expected = all.filter((line) => line.includes('curl'));
      expect(found.map(({ line }) => line)).toEqual(expected);
      for (const { word, line, mayBeQuoted } of found) {
        expect(word).toBe('curl');
        const at = line.indexOf('curl');
        if (/["'`]/.test(line.slice(Math.max(0, at - 64), at))) expect(mayBeQuoted).toBe(true);
      }
    }
  });

  test('nothing is quoted where no mark stands near', () => {
    text = `"${'x'.repeat(64)} curl x`;
    found.length = 0;
    scan.scan(text, visitor);
    text = `"${'x'.repeat(62)} curl x`;
    scan.scan(text, visitor);
    expect(found.map(({ mayBeQuoted }) => mayBeQuoted)).toEqual([false, true]);
  });
});
