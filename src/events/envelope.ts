import { hash } from 'node:crypto';
import { CountersignError } from '../sdk/index.ts';
import { wellFormed } from './canonical.ts';
import { equalText } from './event-signer.ts';
import { SigningKey } from './key.ts';
import type { NonceStore } from './nonce-store.ts';

/** What a sender puts its name to: every field is covered, and none can be shifted into another. */
export interface EnvelopeFields {
  /** Which key signed. */
  readonly keyId: string;
  readonly sender: string;
  /** Whom it is for (cluster, pipeline): another one with another store refuses it. */
  readonly audience: string;
  /** 1–256 bytes of UTF-8. */
  readonly nonce: string;
  /** Ms since the epoch, unsigned 64-bit. */
  readonly timestampMs: bigint;
  readonly payload: Uint8Array;
}

export interface Envelope extends EnvelopeFields {
  /** Unpadded base64url of the HMAC-SHA256. */
  readonly signature: string;
}

/** Why an envelope was not accepted, in the order of the checks. */
export type EnvelopeFault =
  | 'malformed'
  | 'unknown_key'
  | 'wrong_audience'
  | 'stale'
  | 'future'
  | 'invalid_signature'
  | 'duplicate_nonce'
  | 'capacity';

export type EnvelopeCheck =
  | { readonly valid: true; readonly sender: string; readonly payload: Uint8Array }
  | { readonly valid: false; readonly reason: EnvelopeFault };

export interface EnvelopeSignerOptions {
  readonly keyId: string;
  readonly audience: string;
  readonly store: NonceStore;
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
  /** How old an envelope may be; inclusive. Default 5 min. */
  readonly windowMs?: number;
  /** How far ahead of this clock; inclusive. Default 60 s. */
  readonly skewMs?: number;
  readonly newNonce?: () => string;
}

/** Separates this form from every other text signed with the same key (weakness W16). */
const DOMAIN = Buffer.from('countersign/envelope/v1\n');

const NONCE_BYTES_MAX = 256;
const U64_MAX = 2n ** 64n - 1n;

/** Length-prefixed: u32be length, then the bytes. */
function prefixed(text: string): Buffer {
  const bytes = Buffer.from(wellFormed(text), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/**
 * The bytes an envelope's signature is made over (envelope v1): domain, then key id, sender,
 * audience and nonce length-prefixed, u64be ms, SHA-256 of the payload. Injective.
 */
export function envelopeBytes(fields: EnvelopeFields): Uint8Array {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(fields.timestampMs);
  return Buffer.concat([
    DOMAIN,
    prefixed(fields.keyId),
    prefixed(fields.sender),
    prefixed(fields.audience),
    prefixed(fields.nonce),
    time,
    hash('sha256', fields.payload, 'buffer'),
  ]);
}

/** The name of a nonce in a store: 32 hex digits over scope, sender and nonce. */
export function envelopeStoreKey(scope: string, sender: string, nonce: string): string {
  const bytes = Buffer.concat([prefixed(scope), prefixed(sender), prefixed(nonce)]);
  return hash('sha256', bytes, 'hex').slice(0, 32);
}

/**
 * Signs envelopes and accepts each once: the default form for messages of one's own.
 *
 * Unlike {@link MessageSigner} the signature comes before the nonce, so that a stranger learns
 * nothing of nonces, and nonces are per audience and sender. Both may share one store.
 */
export class EnvelopeSigner {
  readonly #key: SigningKey;
  readonly #options: Required<EnvelopeSignerOptions>;

  constructor(key: SigningKey | Uint8Array, options: EnvelopeSignerOptions) {
    this.#key = key instanceof SigningKey ? key : new SigningKey(key);
    this.#options = {
      windowMs: 300_000,
      skewMs: 60_000,
      newNonce: () => crypto.randomUUID(),
      ...options,
    };
    if (!(this.#options.windowMs > 0 && this.#options.skewMs >= 0)) {
      throw new CountersignError('CS_CONFIG_INVALID', 'windowMs must be above 0, skewMs 0 or more');
    }
  }

  /** An envelope of now. */
  sign(sender: string, payload: Uint8Array): Envelope {
    const { keyId, audience, newNonce, now } = this.#options;
    const timestampMs = BigInt(Math.trunc(now()));
    const fields = { keyId, sender, audience, nonce: newNonce(), timestampMs, payload };
    return { ...fields, signature: this.signatureOf(fields) };
  }

  /** The signature of these fields. Throws a Fault for half a surrogate pair. */
  signatureOf(fields: EnvelopeFields): string {
    return this.#key.hmac.ofBytes(envelopeBytes(fields), 'base64url');
  }

  /** Accepts an envelope once. Never throws. */
  verify(envelope: Envelope): EnvelopeCheck {
    try {
      const reason = isEnvelope(envelope) ? this.#faultOf(envelope) : 'malformed';
      if (reason !== undefined) return { valid: false, reason };
      return { valid: true, sender: envelope.sender, payload: envelope.payload };
    } catch {
      return { valid: false, reason: 'malformed' };
    }
  }

  #faultOf(envelope: Envelope): EnvelopeFault | undefined {
    const { keyId, audience, windowMs, skewMs, now, store } = this.#options;
    if (envelope.keyId !== keyId) return 'unknown_key';
    if (envelope.audience !== audience) return 'wrong_audience';
    const sentMs = Number(envelope.timestampMs);
    const ageMs = now() - sentMs;
    if (!(ageMs <= windowMs)) return 'stale';
    if (ageMs < -skewMs) return 'future';
    if (!equalText(envelope.signature, this.signatureOf(envelope))) return 'invalid_signature';
    const key = envelopeStoreKey(audience, envelope.sender, envelope.nonce);
    switch (store.checkAndInsert(key, sentMs + windowMs)) {
      case 'fresh':
        return undefined;
      case 'duplicate':
        return 'duplicate_nonce';
      case 'stale':
        return 'stale';
      default:
        return 'capacity';
    }
  }
}

/** What came over a wire is not what its type says. */
function isEnvelope(envelope: Envelope): boolean {
  const nonceBytes = Buffer.byteLength(envelope.nonce, 'utf8');
  return (
    nonceBytes >= 1 &&
    nonceBytes <= NONCE_BYTES_MAX &&
    typeof envelope.sender === 'string' &&
    typeof envelope.signature === 'string' &&
    typeof envelope.timestampMs === 'bigint' &&
    envelope.timestampMs >= 0n &&
    envelope.timestampMs <= U64_MAX &&
    envelope.payload instanceof Uint8Array
  );
}
