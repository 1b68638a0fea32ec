import { CountersignError } from '../sdk/index.ts';
import { wellFormed } from './canonical.ts';
import { equalText } from './event-signer.ts';
import { decodeBase64, SigningKey } from './key.ts';
import { MemoryNonceStore } from './nonce-store.ts';
import type { NonceStore } from './nonce-store.ts';

/** A message with what proves who sent it and that it is new. */
export interface SignedMessage {
  readonly payload: string;
  readonly nonce: string;
  /** Ms since the epoch; a fraction is not signed. */
  readonly timestampMs: number;
  readonly senderId: string | null;
  /** Padded standard base64 of the HMAC-SHA256. */
  readonly signature: string;
}

/** Why a message was not accepted, in the order of the checks. */
export type MessageFault =
  | 'malformed'
  | 'outside_window'
  | 'duplicate_nonce'
  | 'invalid_signature'
  | 'ambiguous_delimiter'
  | 'capacity';

/** A failed check carries nothing of the message. */
export type MessageCheck =
  | { readonly valid: true; readonly payload: string; readonly senderId: string | null }
  | { readonly valid: false; readonly reason: MessageFault };

export interface MessageSignerOptions {
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
  /** How old, and how far in the future, a message may be; both ends inclusive. Default 5 min. */
  readonly replayWindowMs?: number;
  /** Default 10 min. */
  readonly cleanupIntervalMs?: number;
  /** Capacity of the own store; default 10,000. */
  readonly maxNonces?: number;
  /** Default: an own {@link MemoryNonceStore}. One store may serve several signers. */
  readonly store?: NonceStore;
  /** Makes a nonce for each message signed; 32 random hex digits by default. */
  readonly newNonce?: () => string;
  /**
   * `reference`: also accepts `|` in nonce and sender, where a shifted delimiter gives one
   * signature two meanings (weakness W1). Default `strict`.
   */
  readonly delimiters?: 'strict' | 'reference';
}

/** Whitespace as Python's str.strip sees it: neither U+FEFF nor U+200B, but U+001C–U+001F, U+0085. */
const SPACES: ReadonlySet<string> = new Set(
  '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006' +
    '\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
);

function isBlank(text: string): boolean {
  for (const character of text) if (!SPACES.has(character)) return false;
  return true;
}

/** The text a signature is made over: `nonce|ms|sender|payload`, nothing escaped (behaviours S6). */
export function messageText(message: Omit<SignedMessage, 'signature'>): string {
  const ms = String(Math.trunc(message.timestampMs) + 0);
  return wellFormed(`${message.nonce}|${ms}|${message.senderId ?? ''}|${message.payload}`);
}

/**
 * Signs messages and accepts each once, in the form of the reference (behaviours 2).
 *
 * Fails closed: what cannot be checked is not valid. Nonces are one namespace; a known nonce is
 * reported before the signature is looked at, a forged one is never remembered.
 */
export class MessageSigner {
  readonly #key: SigningKey;
  readonly #now: () => number;
  readonly #windowMs: number;
  readonly #cleanupIntervalMs: number;
  readonly #store: NonceStore;
  readonly #newNonce: () => string;
  readonly #strict: boolean;
  #cleanedAtMs: number;

  /** Throws CS_KEY_INVALID (fewer than 32 bytes) and CS_CONFIG_INVALID (a size that is not > 0). */
  constructor(key: SigningKey | Uint8Array, options: MessageSignerOptions) {
    this.#key = key instanceof SigningKey ? key : new SigningKey(key);
    this.#now = options.now;
    this.#windowMs = positive('replayWindowMs', options.replayWindowMs ?? 300_000);
    this.#cleanupIntervalMs = positive('cleanupIntervalMs', options.cleanupIntervalMs ?? 600_000);
    const maxEntries = positive('maxNonces', options.maxNonces ?? 10_000);
    this.#store = options.store ?? new MemoryNonceStore({ now: options.now, maxEntries });
    this.#newNonce = options.newNonce ?? (() => crypto.randomUUID().replaceAll('-', ''));
    this.#strict = options.delimiters !== 'reference';
    this.#cleanedAtMs = options.now();
  }

  /** From strict standard base64 of 32 bytes or more, else CS_KEY_INVALID (behaviours S2). */
  static fromBase64Key(base64: string, options: MessageSignerOptions): MessageSigner {
    const bytes = decodeBase64(base64);
    if (bytes === undefined || bytes.length === 0) {
      throw new CountersignError(
        'CS_KEY_INVALID',
        'the key must be standard base64 with padding and without blanks',
      );
    }
    return new MessageSigner(bytes, options);
  }

  /** A signed message of now. Throws CS_EVENT_INVALID for a blank payload or half a surrogate pair. */
  sign(payload: string, senderId: string | null = null): SignedMessage {
    if (typeof payload !== 'string' || isBlank(payload)) {
      throw new CountersignError('CS_EVENT_INVALID', 'the payload must not be empty or blank');
    }
    const fields = { payload, nonce: this.#newNonce(), timestampMs: this.#now(), senderId };
    if (this.#strict && isAmbiguous(fields)) {
      throw new CountersignError('CS_EVENT_INVALID', 'nonce and sender must not contain "|"');
    }
    return { ...fields, signature: this.signatureOf(fields) };
  }

  /** The signature of these fields, whatever they are. Throws for half a surrogate pair. */
  signatureOf(fields: Omit<SignedMessage, 'signature'>): string {
    return this.#key.hmac.base64(messageText(fields));
  }

  /** Accepts a message once, within the window. Never throws. */
  verify(message: SignedMessage): MessageCheck {
    try {
      return isMessage(message) ? this.#check(message) : refused('malformed');
    } catch {
      return refused('malformed');
    }
  }

  /** Forgets expired nonces and says how many. */
  cleanup(): number {
    this.#cleanedAtMs = this.#now();
    return this.#store.cleanup();
  }

  /** Nonces held. */
  count(): number {
    return this.#store.count();
  }

  #check(message: SignedMessage): MessageCheck {
    const now = this.#now();
    const ageMs = now - message.timestampMs;
    if (!(Math.abs(ageMs) <= this.#windowMs)) return refused('outside_window');
    if (now - this.#cleanedAtMs >= this.#cleanupIntervalMs) this.cleanup();
    if (this.#store.has(message.nonce)) return refused('duplicate_nonce');
    if (/[^\0-\x7f]/.test(message.signature)) return refused('malformed');
    if (!equalText(message.signature, this.signatureOf(message))) {
      return refused('invalid_signature');
    }
    if (this.#strict && isAmbiguous(message)) return refused('ambiguous_delimiter');
    return this.#remember(message);
  }

  #remember(message: SignedMessage): MessageCheck {
    const verdict = this.#store.checkAndInsert(message.nonce, message.timestampMs + this.#windowMs);
    switch (verdict) {
      case 'fresh':
        return { valid: true, payload: message.payload, senderId: message.senderId };
      case 'duplicate':
        return refused('duplicate_nonce');
      case 'stale':
        return refused('outside_window');
      case 'full':
        return refused('capacity');
      default:
        return verdict satisfies never;
    }
  }
}

function refused(reason: MessageFault): MessageCheck {
  return { valid: false, reason };
}

function isAmbiguous(fields: { nonce: string; senderId: string | null }): boolean {
  return fields.nonce.includes('|') || (fields.senderId?.includes('|') ?? false);
}

/** What came over a wire is not what its type says. */
function isMessage(message: SignedMessage): boolean {
  return (
    typeof message.payload === 'string' &&
    typeof message.nonce === 'string' &&
    typeof message.signature === 'string' &&
    (message.senderId === null || typeof message.senderId === 'string') &&
    Number.isFinite(message.timestampMs)
  );
}

function positive(name: string, value: number): number {
  if (!(value > 0))
    throw new CountersignError('CS_CONFIG_INVALID', `${name} must be greater than 0`);
  return value;
}
