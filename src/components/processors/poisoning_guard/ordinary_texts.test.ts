import { expect, test } from 'vitest';
import { scanText } from './guard.ts';

/* Joiners, selectors and tags are how these texts are spelled (UTS #51, Persian orthography). */
test.each([
  ['a zero-width joiner between pictographs', 'Deploy by \u{1F469}\u200D\u{1F527} went well'],
  ['a family', 'Plan for \u{1F468}\u200D\u{1F469}\u200D\u{1F466}\u200D\u{1F466} is active'],
  ['variation selectors', 'Build \u2714\uFE0F docs \u2714\uFE0F deploy \u26A0\uFE0F'],
  [
    'a flag made of tags',
    'Office \u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} London opens',
  ],
  ['a non-joiner inside a Persian word', 'گزارش\u200Cهای امروز آماده است'],
])('%s is not blocked', (_, text) => {
  expect(scanText(text).filter(({ severity }) => severity !== 'medium')).toEqual([]);
});
