import { codePointAt } from './code_points.ts';
import type { Family } from './family.ts';
import type { TextWriter } from './text_writer.ts';
import { TRIGGER } from './trigger_bits.ts';

const OVERRIDE = 0x202e;

/** Where the override that begins here ends: at its pop, or with the text. */
function overrideEnd(text: string, start: number): number {
  const pop = text.indexOf('\u202c', start);
  return pop < 0 ? text.length : pop;
}

/** Overrides within each other show once; the halves of a character stay in their order. */
function writeBackwards(text: string, from: number, to: number, writer: TextWriter): void {
  let end = to;
  for (let at = to - 1; at >= from; at--) {
    const unit = text.charCodeAt(at);
    const isPair = (unit & 0xfc00) === 0xdc00 && at > from && codePointAt(text, at - 1) > 0xffff;
    if (!isPair && unit !== OVERRIDE) continue;
    writer.copyBackwards(text, at + 1, end);
    if (isPair) writer.copy(text, --at, at + 2);
    end = at;
  }
  writer.copyBackwards(text, from, end);
}

function write(text: string, writer: TextWriter): string | undefined {
  let copied = 0;
  for (let at = text.indexOf('\u202e'); at >= 0; at = text.indexOf('\u202e', copied)) {
    writer.copy(text, copied, at);
    copied = overrideEnd(text, at);
    writeBackwards(text, at, copied, writer);
    // The end of the override is no part of what is seen.
    if (copied < text.length) copied++;
    if (writer.full) break;
  }
  if (copied === 0) return undefined;
  writer.copy(text, copied, text.length);
  return 'bidi';
}

/** What a right-to-left override shows: its characters in the other order. */
export const bidi: Family = { trigger: TRIGGER.bidi, kind: 'decoding', write };
