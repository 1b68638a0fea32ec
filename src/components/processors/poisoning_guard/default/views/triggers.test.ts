import { expect, test } from 'vitest';

import { seenIn } from '../hits.ts';
import { TRIGGER } from './trigger_bits.ts';
import { needsViews, needsViewsBytes, triggersOf } from './triggers.ts';

const BOTH = `a\u202e%69gnore ${'word '.repeat(3000)} i g n o r e it and 1gn0r3 4ll pr3v10u5`;
const ALL = triggersOf(BOTH);
const PLAIN = 'a plain text';

test('the text has reasons far from each other', () => {
  for (const each of [TRIGGER.bidi, TRIGGER.escape, TRIGGER.spaced, TRIGGER.leet])
    expect(ALL & each).toBe(each);
});

test('all reasons are known behind the first', () => {
  expect(needsViews(BOTH)).toBe(true);
  expect(needsViews(BOTH)).toBe(true);
  expect(triggersOf(BOTH)).toBe(ALL);
  expect(triggersOf(BOTH)).toBe(ALL);
});

test.each([
  ['a plain text', (): unknown => needsViews(PLAIN)],
  ['a plain text in bytes', (): unknown => needsViewsBytes(Buffer.from(PLAIN), 0, PLAIN.length)],
  ['another text with reasons', (): unknown => needsViews('1gn0r3 4ll pr3v10u5')],
  ['all reasons of another text', (): unknown => triggersOf('i g n o r e it')],
])('%s between both questions changes nothing', (_, between) => {
  expect(needsViews(BOTH)).toBe(true);
  between();
  expect(triggersOf(BOTH)).toBe(ALL);
  expect(needsViews(PLAIN)).toBe(false);
  expect(triggersOf(PLAIN)).toBe(0);
});

test('another text read for words in between is not taken for the rest', () => {
  // More places than are listed at first.
  const text = `%69gnore ${'$x '.repeat(50)} and i g n o r e it`;
  expect(triggersOf(text)).toBe(TRIGGER.escape | TRIGGER.spaced);
  expect(needsViews(text)).toBe(true);
  seenIn(PLAIN.repeat(30));
  expect(triggersOf(text)).toBe(TRIGGER.escape | TRIGGER.spaced);
});
