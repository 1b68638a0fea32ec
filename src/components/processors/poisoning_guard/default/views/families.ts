import { bidi } from './bidi.ts';
import { encodedRuns } from './encoded_runs.ts';
import { escapes } from './escapes.ts';
import type { Family } from './family.ts';
import { hidden } from './hidden.ts';
import { leet } from './leet.ts';
import { markup } from './markup.ts';
import { shell } from './shell.ts';
import { spaced } from './spaced.ts';
import { unicode } from './unicode.ts';
import { wordBreaks } from './word_breaks.ts';

/** Every way to read a text differently, in the order in which they are tried. */
export const families: readonly Family[] = [
  hidden,
  bidi,
  unicode,
  encodedRuns,
  shell,
  escapes,
  spaced,
  markup,
  wordBreaks,
  leet,
];
