/** Texts made by the grammar of `grammar_table.ts`, always the same for a seed. */
import { SLOTS } from './grammar_table.ts';

/** xorshift32 as a source of numbers in [0, 2^32). */
export function numbersFrom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function expanded(template: string, next: () => number): string {
  return template.replace(/\{(\w+)\}/g, (whole: string, slot: string) => {
    const choices = SLOTS[slot];
    if (choices === undefined) return whole;
    return expanded(choices[next() % choices.length] ?? whole, next);
  });
}

/** `count` different texts of the start symbol `attack` or `harmless`. */
export function grown(
  start: 'attack' | 'harmless',
  count: number,
  seed: number,
): readonly string[] {
  const next = numbersFrom(seed);
  const texts = new Set<string>();
  for (let tries = 0; texts.size < count && tries < 20 * count; tries++) {
    texts.add(expanded(`{${start}}`, next));
  }
  return [...texts];
}
