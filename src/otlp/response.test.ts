import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import {
  decodeResponse,
  decodeStatus,
  encodeResponse,
  encodeStatus,
  jsonResponse,
  jsonStatus,
  parseJsonResponse,
  parseJsonStatus,
} from './index.ts';

const unreadable = expect.objectContaining({ code: 'CS_ANSWER_UNREADABLE' });

describe('answers in protobuf', () => {
  test.each([
    ['nothing: success', '', { rejected: 0, message: '' }],
    ['an empty partial success: success', '0a00', { rejected: 0, message: '' }],
    ['a warning', '0a0512036f6c64', { rejected: 0, message: 'old' }],
    ['three rejected', '0a0708031203746f6f', { rejected: 3, message: 'too' }],
    ['unknown fields', '0a040803180915070000007a0161', { rejected: 3, message: '' }],
    ['in two parts', '0a0208030a0512036f6c64', { rejected: 3, message: 'old' }],
  ])('%s', (_, hex, expected) => expect(decodeResponse(Buffer.from(hex, 'hex'))).toEqual(expected));

  test.each([
    ['cut in the partial success', '0a0708031203746f'],
    ['cut in its length', '0a'],
    ['cut inside', '0a050803120374'],
    ['a group', '0b0c'],
    ['a negative count', '0a0b08ffffffffffffffffff01'],
    ['partial_success as a number', '0805'],
    ['the count as text', '0a030a0133'],
    ['HTML', Buffer.from('<html>502 Bad Gateway</html>').toString('hex')],
    ['JSON', Buffer.from('{"partialSuccess":{}}').toString('hex')],
    ['text', Buffer.from('OK').toString('hex')],
  ])('%s: unreadable', (_, hex) => {
    expect(() => decodeResponse(Buffer.from(hex, 'hex'))).toThrow(unreadable);
  });

  test.each([
    { rejected: 0, message: '' },
    { rejected: 0, message: 'warning ä' },
    { rejected: 1_000_000, message: '' },
    { rejected: Number.MAX_SAFE_INTEGER, message: 'x'.repeat(300) },
  ])('there and back: %o', (response) => {
    expect(decodeResponse(encodeResponse(response))).toEqual(response);
    expect(parseJsonResponse(jsonResponse(response))).toEqual(response);
  });
});

describe('answers in JSON', () => {
  test.each([
    ['', { rejected: 0, message: '' }],
    ['{}', { rejected: 0, message: '' }],
    ['{"partialSuccess":{}}', { rejected: 0, message: '' }],
    ['{"partialSuccess":null}', { rejected: 0, message: '' }],
    [
      '{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"old"},"x":1}',
      { rejected: 2, message: 'old' },
    ],
    ['{"partial_success":{"rejected_log_records":2}}', { rejected: 2, message: '' }],
  ])('%s', (json, expected) => expect(parseJsonResponse(json)).toEqual(expected));

  test.each([
    '{',
    '[]',
    'null',
    '"ok"',
    '<html>',
    '{"partialSuccess":[]}',
    '{"partialSuccess":{"rejectedLogRecords":"x"}}',
    '{"partialSuccess":{"rejectedLogRecords":-1}}',
    '{"partialSuccess":{"rejectedLogRecords":1.5}}',
    '{"partialSuccess":{"errorMessage":5}}',
  ])('%s: unreadable', (json) => expect(() => parseJsonResponse(json)).toThrow(unreadable));
});

describe('status', () => {
  test.each([
    { code: 0, message: '' },
    { code: 3, message: 'the body is cut' },
    { code: 14, message: '' },
  ])('there and back: %o', (status) => {
    expect(decodeStatus(encodeStatus(status))).toEqual(status);
    expect(parseJsonStatus(jsonStatus(status))).toEqual(status);
  });

  test('what is no status is none', () => {
    expect(decodeStatus(Buffer.from('Bad Gateway'))).toBeUndefined();
    expect(parseJsonStatus('Bad Gateway')).toBeUndefined();
    expect(parseJsonStatus('[]')).toBeUndefined();
  });
});
