import { strict as assert } from 'node:assert';
import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { numberedArrival, type RecordSet, type SignedTexts } from '../sdk/index.ts';
import {
  encodeRequest,
  indexRequest,
  jsonRequest,
  requestByteLength,
  writeRequest,
} from './index.ts';
import { Dice } from './testing/dice.ts';
import { oddRequest } from './testing/odd-request.ts';
import { plainOfSet } from './testing/plain.ts';

const arrival = numberedArrival('test', 1);
const NAME = 'signed.here';

/** A column of these texts; `undefined`: none for that record. */
function columnOf(texts: readonly (string | undefined)[], attribute = NAME): SignedTexts {
  const starts = new Uint32Array(texts.length);
  const ends = new Uint32Array(texts.length);
  let all = 'before';
  for (const [index, text] of texts.entries()) {
    if (text === undefined) continue;
    starts[index] = Buffer.byteLength(all);
    all += text;
    ends[index] = Buffer.byteLength(all);
    all += '\n';
  }
  return { attribute, buffer: Buffer.from(all), starts, ends };
}

/** The same texts set record by record. */
function patched(set: RecordSet, texts: readonly (string | undefined)[]): RecordSet {
  const records = texts.map((signedText, index) =>
    signedText === undefined
      ? undefined
      : set.at(index).with({ attributes: { [NAME]: signedText }, signedText }),
  );
  return set.replace(records);
}

const same = (set: RecordSet, other: RecordSet) => {
  assert.deepStrictEqual(plainOfSet(set), plainOfSet(other));
  assert.deepStrictEqual(
    Array.from(set, ({ signedText }) => signedText),
    Array.from(other, ({ signedText }) => signedText),
  );
  assert.equal(set.byteLength, other.byteLength);
  assert.equal(requestByteLength([set]), requestByteLength([other]));
  const written = writeRequest([set]);
  assert.equal(written.length, requestByteLength([set]));
  assert.deepStrictEqual(Buffer.from(written), Buffer.from(writeRequest([other])));
  assert.equal(jsonRequest([set]), jsonRequest([other]));
};

describe('a column of signed texts', () => {
  test('is what the records would be with their texts, byte for byte', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const dice = new Dice(seed);
      const set = indexRequest(oddRequest(dice), arrival);
      if (set.count === 0) continue;
      // One text at least: without any, the other set is the request as it came.
      const texts = Array.from(set, (_, index) =>
        index > 0 && dice.once(3) ? undefined : `ä${dice.text()}`,
      );
      const signed = set.sign(columnOf(texts));
      const expected = patched(set, texts);
      same(signed, expected);
      same(signed.own(), expected);
      const kept = Array.from(set, (_, index) => index).filter(() => dice.once(2));
      same(signed.select(kept), expected.select(kept));
      same(signed.select(kept).own(), expected.select(kept));
      const changes = Array.from(set, (_, index) =>
        dice.once(3) ? signed.at(index).with({ attributes: { later: true } }) : undefined,
      );
      const changed = signed.replace(changes);
      same(changed, expected.replace(changes));
      same(changed.own(), expected.replace(changes));
    }
  });

  test.each([0, 1, 126, 127, 128, 16_383, 16_384, 2_097_152])(
    'with a text of %i bytes',
    (length) => {
      const set = indexRequest(
        encodeRequest({ resourceLogs: [{ scopeLogs: [{ records: [{ body: 'x' }] }] }] }),
        arrival,
      );
      const text = length === 0 ? undefined : 'x'.repeat(length);
      same(set.sign(columnOf([text])), patched(set, [text]));
    },
  );

  test('of an own copy outlives the memory of the arrival and of the texts', () => {
    const bytes = Buffer.from(
      encodeRequest({ resourceLogs: [{ scopeLogs: [{ records: [{ body: 'a' }, {}] }] }] }),
    );
    const column = columnOf(['one', 'two']);
    const own = indexRequest(bytes, arrival).sign(column).own();
    bytes.fill(0xff);
    column.buffer.fill(0xff);
    expect(Array.from(own, ({ signedText }) => signedText)).toEqual(['one', 'two']);
    expect(own.at(0).attributes).toEqual([[NAME, 'one']]);
    const { buffer, starts, ends } = own.signed ?? columnOf([]);
    const lines = Buffer.from(buffer).toString('utf8', starts[0], (ends[1] ?? 0) + 1);
    expect(lines).toBe('one\ntwo\n');
  });

  test('does not rename a record, and is there once', () => {
    const set = indexRequest(
      encodeRequest({ resourceLogs: [{ scopeLogs: [{ records: [{}] }] }] }),
      arrival,
    );
    const signed = set.sign(columnOf(['text'], 'countersign.nonce'));
    expect(signed.at(0).identity).toEqual({ kind: 'derived', text: 'test-1-0' });
    expect(signed.own().at(0).identity).toEqual({ kind: 'derived', text: 'test-1-0' });
    expect(() => signed.sign(columnOf(['again']))).toThrow(/one column/);
  });
});
