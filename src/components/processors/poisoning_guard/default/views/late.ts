import { isLetter } from './digits.ts';
import { derivedView, rawView } from './reading.ts';
import type { View } from './reading.ts';
import { TextWriter } from './text_writer.ts';

const writer = new TextWriter();

/** Each letter 13 places further. */
function rotated(unit: number): number {
  if (!isLetter(unit)) return unit;
  const base = unit & 32 ? 97 : 65;
  return ((unit - base + 13) % 26) + base;
}

/**
 * Two readings that nothing in a text gives away: each letter moved by 13 places, and backwards. For
 * texts in which no other view held anything.
 */
export function lateViews(text: string): readonly View[] {
  const raw = rawView(text);
  writer.begin(text.length);
  for (let at = 0; at < text.length; at++) writer.put(rotated(text.charCodeAt(at)), at, at + 1);
  const turned = derivedView(raw, 'rot13', writer.finish());
  writer.begin(text.length);
  writer.copyBackwards(text, 0, text.length);
  return [turned, derivedView(raw, 'reversed', writer.finish())];
}
