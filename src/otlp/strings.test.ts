import { expect, test } from 'vitest';
import { KeyValueList } from '../sdk/index.ts';
import {
  asBuffer,
  encodeRecord,
  encodeRequest,
  indexRequest,
  tags,
  visitAttributeStrings,
  visitStrings,
} from './index.ts';
import { WireScope } from './group.ts';

test('every string of a record is visited where it stands', () => {
  const bytes = asBuffer(
    encodeRecord({
      severityText: 'WARN',
      eventName: 'event',
      body: new KeyValueList([
        ['outer', ['in a list', new KeyValueList([['inner', 'deep']]), 5n, null]],
        ['bytes', Uint8Array.of(65)],
      ]),
      attributes: [
        ['a', 'one'],
        ['b', 2.5],
        ['c', ['x', 'y'.repeat(200)]],
      ],
    }),
  );
  const seen: string[] = [];
  const complete = visitStrings(bytes, 0, bytes.length, (start, end, place, from, to) => {
    const within = from <= start && end <= to;
    expect(within).toBe(from !== to);
    seen.push(`${place} ${bytes.toString('utf8', start, end)}`);
  });
  expect(complete).toBe(true);
  expect(seen).toEqual([
    'severity_text WARN',
    'key outer',
    'body in a list',
    'key inner',
    'body deep',
    'key bytes',
    'key a',
    'value one',
    'key b',
    'key c',
    'value x',
    `value ${'y'.repeat(200)}`,
    'event_name event',
  ]);
});

test('the strings of a scope’s attributes', () => {
  const scope = { attributes: [['k', ['v', 'w']]] as const };
  const request = encodeRequest({ resourceLogs: [{ scopeLogs: [{ scope, records: [{}] }] }] });
  const { group } = indexRequest(request, { text: 'test' }).at(0);
  const message = group instanceof WireScope ? group.message : undefined;
  const seen: string[] = [];
  if (message !== undefined) {
    const { bytes, start, end } = message;
    visitAttributeStrings(bytes, start, end, tags.SCOPE_ATTRIBUTE, (from, to, place) => {
      seen.push(`${place} ${bytes.toString('utf8', from, to)}`);
    });
  }
  expect(seen).toEqual(['key k', 'value v', 'value w']);
});
