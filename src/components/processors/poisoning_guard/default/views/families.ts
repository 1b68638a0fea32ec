import { encodedRuns } from './encoded_runs.ts';
import { escapes } from './escapes.ts';
import type { Family } from './family.ts';
import { unicode } from './unicode.ts';

/** Every way to read a text differently, in the order in which they are tried. */
export const families: readonly Family[] = [unicode, escapes, encodedRuns];
