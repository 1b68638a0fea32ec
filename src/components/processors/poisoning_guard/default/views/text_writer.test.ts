import { describe, expect, test } from 'vitest';

import { TextWriter } from './text_writer.ts';
import type { Derived } from './text_writer.ts';

const LINE =
  'One line of a text that is longer than what is copied unit by unit, and Ünicode 👍.\n';

function written(write: (writer: TextWriter) => void, lengthMax = 10_000, isWhole = true): Derived {
  const writer = new TextWriter();
  writer.begin(lengthMax, isWhole);
  write(writer);
  return writer.finish();
}

describe('copies', () => {
  test.each([1, 63, 64, 65, 83, 500])('%i units stand as they were', (units) => {
    const original = LINE.repeat(10);
    const { text, origins } = written((writer) => writer.copy(original, 7, 7 + units));
    expect(text).toBe(original.slice(7, 7 + units));
    expect(origins.of(0, 1)).toEqual([7, 8]);
    expect(origins.of(0, units)).toEqual([7, 7 + units]);
  });

  test('lone halves of characters stay', () => {
    const original = `${'x'.repeat(80)}\ud800${'y'.repeat(80)}\udc00`;
    expect(written((writer) => writer.copy(original, 0, original.length)).text).toBe(original);
    expect(written((writer) => writer.putText(original, 0, 1)).text).toBe(original);
  });

  test('a text that need not be whole keeps what is near a change', () => {
    const original = LINE.repeat(40);
    const { text, origins } = written(
      (writer) => {
        writer.copy(original, 0, 2000);
        writer.put(42, 2000, 2001);
        writer.copy(original, 2001, original.length);
      },
      10_000,
      false,
    );
    const changed = text.indexOf('*');
    expect(text.length).toBeLessThan(500);
    expect(origins.of(changed, changed + 1)).toEqual([2000, 2001]);
    expect(origins.of(changed - 1, changed + 2)).toEqual([1999, 2002]);
  });
});

describe('copies backwards', () => {
  const original = 'abc def ghi';

  test('each unit stands for its own', () => {
    const { text, origins } = written((writer) => {
      writer.copyBackwards(original, 4, 7);
      writer.copy(original, 8, 11);
    });
    expect(text).toBe('fedghi');
    expect(origins.of(0, 1)).toEqual([6, 7]);
    expect(origins.of(2, 3)).toEqual([4, 5]);
    expect(origins.of(0, 3)).toEqual([4, 7]);
    expect(origins.of(2, 4)).toEqual([4, 9]);
  });

  test('what does not fit is left out', () => {
    const writer = new TextWriter();
    writer.begin(2);
    writer.copyBackwards(original, 4, 7);
    expect(writer.full).toBe(true);
    expect(writer.finish().text).toBe('fe');
  });

  test('nothing changes nothing', () => {
    const long = LINE.repeat(40);
    const write = (writer: TextWriter): void => {
      writer.copy(long, 0, long.length);
      writer.copyBackwards(long, 9, 9);
    };
    expect(written(write, 10_000, false).text).toBe(long);
  });
});

test('origins of texts stay when others are written', () => {
  const writer = new TextWriter();
  const made = Array.from({ length: 2000 }, (_, number) => {
    writer.begin(100);
    for (let i = 0; i < 1 + (number % 7); i++) writer.put(97, number + 2 * i, number + 2 * i + 1);
    if (number % 3 === 0) writer.begin(100);
    writer.putText('end', number, number + 9);
    return writer.finish();
  });
  for (const [number, { text, origins }] of made.entries()) {
    expect(origins.of(text.length - 1, text.length)).toEqual([number, number + 9]);
    if (number % 3 !== 0) expect(origins.of(0, 1)).toEqual([number, number + 1]);
  }
});
