import { describe, expect, test } from 'vitest';
import { compilePattern } from './own_pattern.ts';
import { ownRuleSchema } from './own_rule_schema.ts';
import { OwnRules, OwnRulesError } from './own_rules.ts';
import { TextJudge } from './score.ts';

const spec = (rule: object) => ownRuleSchema.parse({ id: 'mine', ...rule });
const found = (rule: object, text: string): string[] =>
  new OwnRules([spec(rule)]).hits(text).map(({ start, end }) => text.slice(start, end));

function problems(...rules: object[]): readonly string[] {
  try {
    new OwnRules(rules.map(spec));
  } catch (error) {
    if (error instanceof OwnRulesError) return error.problems;
    throw error;
  }
  return [];
}

describe('own rules', () => {
  test.each([
    ['a word', { any: ['Project Falcon'] }, 'about PROJECT  falcon today', ['PROJECT  falcon']],
    ['not inside a word', { any: ['falcon'] }, 'falconry', []],
    [
      'a pair',
      { first: ['wire'], next: ['iban'], within: 20 },
      'wire it to IBAN 1',
      ['wire it to IBAN'],
    ],
    ['a pair too far apart', { first: ['wire'], next: ['iban'], within: 3 }, 'wire it to IBAN', []],
    ['a pair in order', { first: ['wire'], next: ['iban'] }, 'iban wire', []],
    [
      'a pair in any order',
      { first: ['wire'], next: ['iban'], any_order: true },
      'iban, wire',
      ['iban, wire'],
    ],
    ['a pattern', { pattern: 'acme_[a-z0-9]{8}' }, 'key ACME_ab12cd34!', ['ACME_ab12cd34']],
    ['a pattern with a range', { pattern: 'tok-[0-9]{2,4};' }, 'tok-123; x', ['tok-123;']],
    ['a pattern that is longer', { pattern: 'tok-[0-9]{2,4}' }, 'tok-12345', []],
    ['a pattern with an option', { pattern: 'abcs?:' }, 'abc: abcs:', ['abc:']],
    ['a pattern with a class', { pattern: 'id=\\d{3}' }, 'id=42 id=421', ['id=421']],
  ] as const)('%s', (_, rule, text, expected) => {
    expect(found(rule, text)).toEqual(expected);
  });

  test.each([
    ['no shape', {}, 'one of any, pattern'],
    ['two shapes', { any: ['ab'], pattern: 'abc' }, 'one of any, pattern'],
    ['half a pair', { first: ['ab'] }, 'belong together'],
    ['no end', { pattern: 'abc.*' }, 'no end'],
    ['no upper limit', { pattern: 'abc\\d{2,}' }, 'no end'],
    ['too many', { pattern: 'abc\\d{1,9999}' }, 'at most 256'],
    ['no anchor', { pattern: '[a-z]{3}x' }, 'fixed characters'],
    ['alternatives', { pattern: 'abc(d|e)' }, 'any:'],
    ['must go back', { pattern: 'abc[a-z]{1,9}z' }, 'later piece'],
    ['open bracket', { pattern: 'abc[x' }, 'no ]'],
  ])('%s is refused with what to do', (_, rule, message) => {
    expect(problems(rule).join()).toContain(message);
    expect(problems(rule).join()).toContain('mine');
  });

  test('two rules of one name are refused', () => {
    expect(problems({ any: ['ab'] }, { any: ['cd'] })).toEqual([
      'rule mine: there are two of that name',
    ]);
  });

  test('say what they cost', () => {
    expect(new OwnRules([spec({ any: ['ab', 'cd'] })]).costs).toEqual([
      { rule: 'own.mine', words: 2, readMax: 0 },
    ]);
    expect(new OwnRules([spec({ pattern: 'abc\\d{4,8}' })]).costs[0]).toMatchObject({
      readMax: 11,
    });
  });

  test('count beside the ruleset', () => {
    const judge = new TextJudge(undefined, {
      own: new OwnRules([spec({ any: ['falcon'], weight: 2 })]),
    });
    expect(judge.judge('the falcon flies')).toMatchObject({ verdict: 'block' });
    expect(judge.judge('the hawk flies')).toMatchObject({ verdict: 'allow' });
  });
});

test('a pattern reads a bounded number of characters', () => {
  const pattern = compilePattern('abc[x]{1,200}y');
  expect(typeof pattern === 'string' ? pattern : pattern.lengthMax).toBe(204);
});
