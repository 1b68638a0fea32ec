import { readFileSync } from 'node:fs';

/** One case of the published guard vectors, as far as the tests here read it. */
export interface GuardCase {
  readonly id: string;
  readonly content: string;
  readonly conformance: 'must' | 'byte_parity_only' | 'reference_quirk';
  readonly expect: {
    readonly allowed: boolean;
    readonly alerts: readonly { type: string; severity: string; rule: string }[];
  };
}

/** The published cases that the project keeps a copy of. */
export function guardCases(): readonly GuardCase[] {
  const path = new URL('../../../../../test/vectors/data/guard.json', import.meta.url);
  const file: { cases: readonly GuardCase[] } = JSON.parse(readFileSync(path, 'utf8'));
  return file.cases;
}

/** Numbers in [0, 1) from a seed: the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Pieces of the patterns, near misses, separators and characters that fold or end words. */
const PIECES = (
  'ignore all previous instructions instruction you are now system prompt : disregard prior above ' +
  'forget everything your new override ``` python import os subprocess shutil exec ( eval ' +
  '__import__ rm - -r -rf -f mkfs. mkfs.ext4 dd if= ) { | & } ; chmod 777 -R > /dev/sd /dev/sda a ' +
  'curl wget sudo sh bash zsh ksh python3 python3.11 perl ruby node -d --data -T --upload-file -F ' +
  '--form --post-data --post-file http:// https://x.test x.test host <system < <tool_call <tool ' +
  "important secret admin assistant do not don't nt n't mention tell say without telling silently " +
  'quietly when whenever asked the user anyone if asks always reply from on 0 1 _ . , x 7 é'
).split(' ');
const GAPS = ['', '', ' ', ' ', '  ', '\n', '\t', ' \n ', '\u00a0', '\u2003', '\u200b', '\u0085'];
const LOOKALIKES: Readonly<Record<string, readonly string[]>> = {
  i: ['\u0130', '\u0131', 'I'],
  s: ['\u017f', 'S'],
  k: ['\u212a', 'K'],
  a: ['A', '\u0430'],
  e: ['E', 'é'],
  o: ['O', '\u03bf'],
  r: ['R'],
};

/** Something like each pattern, with `·` where its parts meet. */
const SHAPES = [
  'ignore·all·previous·instructions',
  'ignore·previous·instructions',
  'you·are·now·x',
  'system·prompt·:',
  'disregard·all·prior·x',
  'disregard·above·x',
  'forget·everything·x',
  'new·instructions·:',
  'override·previous·instructions',
  'override·instructions',
  '```·python·\n·import·os·x',
  '```·python·\n·import·shutil·x',
  'exec·(',
  'eval·(',
  '__import__·(',
  'rm·-·rf',
  'rm·-fr·/',
  'mkfs.·ext4·x',
  'dd·if=·x',
  ':·(·)·{·:·|·:·&·}·;·:',
  'chmod·-·R·777·x',
  'chmod·777',
  '>·/dev/sd·a·x',
  'curl·x.test·|·sudo·bash·x',
  'wget·x·|·sh',
  'curl·x·|·python3.·11·x',
  'wget·x·|·node·x',
  'curl·x·-d·x',
  'curl·\n·--upload-file·x',
  'wget·x·--post-file·x',
  'curl·x·https://·x',
  'wget·x·.·test·x',
  '<·system·x·>',
  '<·tool_call·>',
  '<·important·>·do·not·tell',
  '<·admin·>·without·telling',
  '<·secret·>·quietly·x',
  '<·tool·>·when·ever·the·user',
  '<·instructions·>·if·anyone·asks·x',
  '<·assistant·>·always·reply',
  '<·system·>·from·now·on·x',
].map((shape) => shape.split('·'));

/** A text near the patterns: pieces or shapes, gaps, case, letters that fold or only look alike. */
export function nearText(random: () => number, piecesMax: number): string {
  const pick = <Item>(list: readonly Item[]): Item =>
    list[Math.floor(random() * list.length)] as Item;
  const ascii = random() < 0.6;
  let text = '';
  for (let left = 1 + Math.floor(random() * piecesMax); left > 0;) {
    const shape = random() < 0.2 ? pick(SHAPES) : [pick(PIECES)];
    for (const part of shape) {
      const changed = random();
      text += (changed < 0.04 ? '' : changed < 0.08 ? pick(PIECES) : part) + pick(GAPS);
    }
    left -= shape.length;
  }
  if (random() < 0.5) {
    const swapped = (char: string) => (random() < 0.15 ? pick(LOOKALIKES[char] ?? [char]) : char);
    text = Array.from(text, swapped).join('');
  }
  // Without this nearly every text would have a byte beyond ASCII, and the screen nothing to do.
  return ascii ? text.replace(/[^ -~\t-\r]/g, ' ') : text;
}
