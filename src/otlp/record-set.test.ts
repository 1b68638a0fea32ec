import { strict as assert } from 'node:assert';
import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import {
  type ArrivalKey,
  type LogRecord,
  numberedArrival,
  type RecordSet,
  resendableArrival,
} from '../sdk/index.ts';
import {
  encodeRecord,
  encodeRequest,
  indexRequest,
  requestByteLength,
  writeRequest,
} from './index.ts';
import { Dice } from './testing/dice.ts';
import { oddRequest } from './testing/odd-request.ts';
import { plainOfSet } from './testing/plain.ts';

const arrival = numberedArrival('test', 1);
const attributeBytes = (record: LogRecord, name: string) =>
  record.attributes.flatMap(([key, value]) => (key === name ? [] : [[key, value]]));

function requestOf(...scopes: readonly (readonly string[])[]): Uint8Array {
  return encodeRequest({
    resourceLogs: scopes.map((bodies, resource) => ({
      resource: { attributes: [['r', BigInt(resource)]] },
      scopeLogs: [{ scope: { name: `s${resource}` }, records: bodies.map((body) => ({ body })) }],
    })),
  });
}

const bodies = (set: RecordSet) =>
  [...set].map((record) => `${record.group.name}:${record.bodyText}`);

describe('with', () => {
  test('sets what it names and leaves every other byte', () => {
    for (let seed = 0; seed < 600; seed += 1) {
      const dice = new Dice(seed);
      for (const record of indexRequest(oddRequest(dice), arrival)) {
        const before = Buffer.from(record.bytes);
        const name = dice.pick(['key', 'a', 'service.name', 'fresh', 'ä😀', '']);
        const changed = record.with({ attributes: { [name]: 'new' } });
        assert.equal(changed.attribute(name), 'new');
        assert.equal(changed.attributes.filter(([key]) => key === name).length, 1);
        assert.deepStrictEqual(attributeBytes(changed, name), attributeBytes(record, name));
        assert.deepStrictEqual(plainRest(changed), plainRest(record));
        assert.deepStrictEqual(Buffer.from(record.bytes), before);
        assert.equal(changed.identity, record.identity);
        const again = changed.with({ attributes: { [name]: 'newer', other: 1n } });
        assert.equal(again.attribute(name), 'newer');
        assert.equal(again.attribute('other'), 1n);
        assert.equal(changed.attribute(name), 'new');
      }
    }
  });

  /** Everything but the attributes. */
  function plainRest(record: LogRecord): unknown {
    const { timeUnixNano, observedTimeUnixNano, severityNumber, severityText } = record;
    const { eventName, body, traceId, spanId, flags, droppedAttributesCount } = record;
    return [
      timeUnixNano,
      observedTimeUnixNano,
      severityNumber,
      severityText,
      eventName,
      body,
      traceId,
      spanId,
      flags,
      droppedAttributesCount,
    ];
  }

  test('appends a new name byte for byte', () => {
    const record = indexRequest(requestOf(['x']), arrival).at(0);
    const expected = Buffer.concat([record.bytes, encodeRecord({ attributes: [['k', 5n]] })]);
    expect(Buffer.from(record.with({ attributes: { k: 5n } }).bytes)).toEqual(expected);
  });

  test('replaces in the first place where the name stood', () => {
    const attributes = [
      ['a', 1n],
      ['b', 2n],
      ['a', 3n],
      ['c', 4n],
    ] as const;
    const set = indexRequest(
      encodeRequest({ resourceLogs: [{ scopeLogs: [{ records: [{ attributes }] }] }] }),
      arrival,
    );
    expect(set.at(0).with({ attributes: { a: 'x' } }).attributes).toEqual([
      ['a', 'x'],
      ['b', 2n],
      ['c', 4n],
    ]);
  });

  test('signed text stays with the record and off the wire', () => {
    const record = indexRequest(requestOf(['x']), arrival).at(0);
    const signed = record.with({ signedText: 'text' });
    expect(record.signedText).toBeUndefined();
    expect(signed.signedText).toBe('text');
    expect(signed.with({ attributes: { a: true } }).signedText).toBe('text');
    expect(Buffer.from(signed.bytes)).toEqual(Buffer.from(record.bytes));
  });

  test('never renames a record', () => {
    const record = indexRequest(requestOf(['x']), arrival).at(0);
    const renamed = record.with({ attributes: { 'countersign.nonce': 'mine' } });
    expect(renamed.identity).toEqual({ kind: 'derived', text: 'test-1-0' });
  });
});

describe('sets', () => {
  test('select, replace and write keep order, groups and rows', () => {
    const set = indexRequest(requestOf(['a', 'b'], [], ['c', 'd', 'e']), arrival);
    const part = set.select([1, 2, 4]).select([0, 2]);
    expect(bodies(part)).toEqual(['s0:b', 's2:e']);
    expect([part.row(0), part.row(1)]).toEqual([1, 4]);
    expect(part.at(1).identity.text).toBe('test-1-4');
    const changed = part.replace([undefined, part.at(1).with({ attributes: { k: 1n } })]);
    const written = indexRequest(writeRequest([changed, set]), arrival);
    expect(bodies(written)).toEqual(['s0:b', 's2:e', ...bodies(set)]);
    expect(written.at(1).attribute('k')).toBe(1n);
    expect(changed.byteLength).toBe([...changed].reduce((sum, each) => sum + each.bytes.length, 0));
    expect(set.select([0, 1, 2, 3, 4])).toBe(set);
    expect(part.select([]).count).toBe(0);
    expect(writeRequest([part.select([])]).length).toBe(0);
  });

  test('a whole request is written as it came, without a copy', () => {
    const bytes = requestOf(['a'], ['b']);
    const set = indexRequest(bytes, arrival);
    expect(writeRequest([set])).toBe(set.buffer);
    expect(writeRequest([set, set]).length).toBe(2 * bytes.length);
    expect(requestByteLength([set])).toBe(bytes.length);
  });

  test('what is written has the length that was said', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const dice = new Dice(seed);
      const set = indexRequest(oddRequest(dice), arrival);
      const kept = [...set].flatMap((_, index) => (dice.once(2) ? [index] : []));
      const some = set.select(kept);
      const changed = some.replace(
        [...some].map((record) =>
          dice.once(2)
            ? record.with({ attributes: { [dice.pick(['a', 'key'])]: dice.text() } })
            : undefined,
        ),
      );
      const sets = [changed, set, changed.own()];
      const written = writeRequest(sets);
      assert.equal(written.length, requestByteLength(sets));
      assert.deepStrictEqual(
        plainOfSet(indexRequest(written, arrival)),
        [changed, set, changed].flatMap(plainOfSet),
      );
    }
  });

  test('an own copy outlives the bytes, with identities and signed text', () => {
    const bytes = Buffer.from(requestOf(['a', 'b'], ['c']));
    const set = indexRequest(bytes, resendableArrival(bytes));
    const changed = set
      .replace([
        undefined,
        set.at(1).with({ signedText: 'signed', attributes: { k: 'v' } }),
        undefined,
      ])
      .select([1, 2]);
    const before = plainOfSet(changed);
    const own = changed.own();
    bytes.fill(0xff);
    expect(plainOfSet(own)).toEqual(before);
    expect(own.at(0).signedText).toBe('signed');
    const texts = [...own].map((record) => record.identity.text);
    expect(texts[0]).toMatch(/^[0-9a-f]{32}-1$/);
    expect(texts[1]).toBe(texts[0]?.replace(/1$/, '2'));
    expect(own.row(1)).toBe(2);
    expect(writeRequest([own]).length).toBe(requestByteLength([own]));
  });

  test('an own copy of unchanged records keeps the identities of its arrival', () => {
    const bytes = Buffer.from(requestOf(['a', 'b']));
    const own = indexRequest(bytes, resendableArrival(bytes)).own();
    const expected = `${resendableArrival(Buffer.from(bytes)).text}-1`;
    bytes.fill(0xff);
    expect(own.at(1).identity).toEqual({ kind: 'derived', text: expected });
  });

  test('an arrival is not hashed while every record has its own nonce', () => {
    const faulty: ArrivalKey = {
      get text(): string {
        throw new Error('hashed');
      },
    };
    const records = [{ attributes: [['countersign.nonce', 'n']] as const }];
    const bytes = encodeRequest({ resourceLogs: [{ scopeLogs: [{ records }] }] });
    expect(indexRequest(bytes, faulty).own().at(0).identity).toEqual({ kind: 'chosen', text: 'n' });
  });

  test('bytes in memory that is shared with others are read in their place', () => {
    const bytes = requestOf(['a']);
    const slab = new Uint8Array(bytes.length + 20);
    slab.set(bytes, 7);
    const set = indexRequest(slab.subarray(7, 7 + bytes.length), arrival);
    expect(bodies(set)).toEqual(['s0:a']);
    expect(writeRequest([set])).toEqual(Buffer.from(bytes));
  });

  test('a record that is not there', () => {
    expect(() => indexRequest(requestOf(['a']), arrival).at(1)).toThrow(RangeError);
  });
});
