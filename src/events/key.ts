import { randomBytes } from 'node:crypto';
import { CountersignError } from '../sdk/index.ts';
import { Hmac } from './hmac.ts';

/** Shortest key, in bytes: the output of SHA-256 (RFC 2104, 3). */
export const KEY_BYTES_MIN = 32;

/** Strict standard base64 with padding; unused bits of the last symbol must be zero. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const HOW = 'write hmac:<base64 of 32 bytes or more> or raw:<text of 32 bytes or more>';

/** A symmetric signing key. No dump, log or error shows it. */
export class SigningKey {
  readonly #hmac: Hmac;

  /** Throws CS_KEY_INVALID below 32 bytes. The bytes are copied. */
  constructor(bytes: Uint8Array) {
    if (bytes.length < KEY_BYTES_MIN) {
      throw new CountersignError(
        'CS_KEY_INVALID',
        `the signing key has ${bytes.length} bytes and needs ${KEY_BYTES_MIN} or more`,
      );
    }
    this.#hmac = new Hmac(bytes);
  }

  get hmac(): Hmac {
    return this.#hmac;
  }

  toString(): string {
    return '[REDACTED]';
  }

  toJSON(): string {
    return '[REDACTED]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[REDACTED]';
  }
}

/** 32 random bytes. */
export function generateKey(): Uint8Array {
  return randomBytes(KEY_BYTES_MIN);
}

/** The bytes of canonical standard base64, or `undefined` for anything else. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (!BASE64.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/**
 * The key of a configured text: `hmac:<base64>` or `raw:<text>` (its UTF-8 bytes).
 *
 * Throws CS_KEY_MISSING for an empty text; CS_KEY_INVALID for a missing prefix, other than strict
 * base64, fewer than 32 bytes, and bytes that are all equal. Messages never show the text.
 */
export function parseKey(text: string): SigningKey {
  if (text.trim() === '') throw new CountersignError('CS_KEY_MISSING', `there is no key; ${HOW}`);
  const bytes = keyBytes(text);
  if (bytes.length >= KEY_BYTES_MIN && bytes.every((byte) => byte === bytes[0])) {
    throw new CountersignError(
      'CS_KEY_INVALID',
      'the bytes of the key are all equal; make a new one',
    );
  }
  return new SigningKey(bytes);
}

function keyBytes(text: string): Uint8Array {
  if (text.startsWith('raw:')) {
    const raw = text.slice(4);
    if (!raw.isWellFormed())
      throw new CountersignError('CS_KEY_INVALID', 'the raw: key is not UTF-8');
    return Buffer.from(raw, 'utf8');
  }
  if (!text.startsWith('hmac:')) {
    throw new CountersignError(
      'CS_KEY_INVALID',
      `the key has no prefix that says what it is; ${HOW}`,
    );
  }
  const bytes = decodeBase64(text.slice(5));
  if (bytes === undefined) {
    throw new CountersignError(
      'CS_KEY_INVALID',
      'the text after hmac: is not base64 (standard alphabet, padded, no blanks); `openssl rand -base64 32` makes one',
    );
  }
  return bytes;
}
