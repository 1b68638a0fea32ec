import type { Family } from './family.ts';
import type { TextWriter } from './text_writer.ts';
import { TRIGGER } from './trigger_bits.ts';

const INVISIBLE = /^[\p{Cf}\p{Mn}\p{Me}\u034f\u115f\u1160\u3164\uffa0]$/u;
const CYRILLIC = 'асеіорѕхујһԁӏАВСЕНІКМОРЅТХҮ';
const LATIN = 'aceiopsxyjhdlABCEHIKMOPSTXY';

function write(text: string, writer: TextWriter): string | undefined {
  let changed = false;
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0;
    const end = at + (code > 0xffff ? 2 : 1);
    if (code < 128) writer.copy(text, at, end);
    else {
      const point = String.fromCodePoint(code);
      changed = true;
      if (!INVISIBLE.test(point)) {
        const look = CYRILLIC.indexOf(point);
        const plain = look < 0 ? point.normalize('NFKD').replace(/\p{M}/gu, '') : LATIN[look];
        writer.putText(plain ?? '', at, end);
      }
    }
    at = end;
  }
  return changed ? 'unicode' : undefined;
}

/** Look-alikes, accents and invisible characters as plain letters. */
export const unicode: Family = { trigger: TRIGGER.unicode, isDecoding: true, write };
