import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter } from './splitter.ts';

/** What comes of these chunks: lines as text, and lengths of lines that were too long. */
function split(chunks: readonly Uint8Array[], limitBytes = 100): (string | number)[] {
  const found: (string | number)[] = [];
  const splitter = new LineSplitter(limitBytes, {
    line: (bytes) => found.push(Buffer.from(bytes).toString('latin1')),
    tooLong: (byteLength) => found.push(byteLength),
  });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return found;
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const MARK = '\xef\xbb\xbf';

describe('lines', () => {
  test.each([
    ['nothing', '', []],
    ['only line ends', '\n\r\n\n', []],
    ['a last line without its end', 'a\nb', ['a', 'b']],
    ['a last line with its end', 'a\nb\n', ['a', 'b']],
    ['CRLF', 'a\r\nb\r\n', ['a', 'b']],
    ['a return inside a line is data', 'a\rb\n', ['a\rb']],
    ['one of two returns is data', 'a\r\r\n', ['a\r']],
    ['a mark at the start', `${MARK}a\n`, ['a']],
    ['a mark and nothing', MARK, []],
    ['a mark anywhere else is data', `a${MARK}\n${MARK}b\n`, [`a${MARK}`, `${MARK}b`]],
    ['a mark after an empty line is data', `\n${MARK}b`, [`${MARK}b`]],
    ['as long as allowed', `${'x'.repeat(100)}\r\n`, ['x'.repeat(100)]],
    ['a mark does not count', `${MARK}${'x'.repeat(100)}\r\n`, ['x'.repeat(100)]],
    ['one too long', `${'x'.repeat(101)}\nb`, [101, 'b']],
    ['far too long, last', `a\n${'x'.repeat(1_000)}`, ['a', 1_000]],
  ])('%s', (_, text, expected) => {
    expect(split([bytes(text)])).toEqual(expected);
  });

  test('are the same however the input is cut', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b\n', '\r\n', '\n', MARK, 'x'.repeat(60), '\xc3\xa9'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(80)), (whole, cuts) => {
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const length of cuts) {
          chunks.push(bytes(whole.slice(at, at + length)));
          at += length;
        }
        chunks.push(bytes(whole.slice(at)));
        expect(split(chunks)).toEqual(split([bytes(whole)]));
      }),
      { seed: 19 },
    );
  });

  test('may be as long as allowed in pieces too', () => {
    const line = 'x'.repeat(100);
    expect(split([bytes(`${MARK}${line}\r`), bytes('\n')])).toEqual([line]);
    expect(split([bytes(`${MARK}${line}x`), bytes('\r\n')])).toEqual([105]);
  });

  test('do not depend on memory that the reader uses again', () => {
    const chunk = bytes('ab');
    const found: string[] = [];
    const splitter = new LineSplitter(100, {
      line: (line) => found.push(Buffer.from(line).toString('latin1')),
      tooLong: () => {},
    });
    splitter.push(chunk);
    chunk.fill(0x7a);
    splitter.push(bytes('c\n'));
    expect(found).toEqual(['abc']);
  });

  test('the open line is known', () => {
    const splitter = new LineSplitter(100, { line: () => {}, tooLong: () => {} });
    splitter.push(bytes('a\nbcd'));
    expect(splitter.openBytes).toBe(3);
  });
});
