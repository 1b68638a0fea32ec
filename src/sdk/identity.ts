import { hash } from 'node:crypto';
import type { LogRecord } from './record.ts';

/**
 * What a source can say about one arrival so that it is recognised when it is sent again.
 *
 * The text is computed when first asked for: most arrivals carry nonces of their own.
 */
export interface ArrivalKey {
  /** 1–64 characters of `[0-9a-f-]`; equal exactly for the same arrival sent again. */
  readonly text: string;
}

/** The name of a record towards replay protection and, as `id`, towards CloudEvents readers. */
export interface RecordIdentity {
  /** `chosen`: the sender's; `derived`: from the arrival's bytes and the index in it. */
  readonly kind: 'chosen' | 'derived';
  readonly text: string;
}

/** Where a sender may write a record's nonce, first present wins (signing design 2c, OTel semconv). */
export const NONCE_ATTRIBUTES = ['countersign.nonce', 'audit.record.id', 'log.record.uid'] as const;

/** Longest nonce taken, in characters; a longer one is not a nonce. */
export const NONCE_LENGTH_MAX = 256;

/** The key of an arrival that a sender may send again: SHA-256 of the decoded request, 128 bits of it. */
export function resendableArrival(bytes: Uint8Array): ArrivalKey {
  let text: string | undefined;
  return {
    get text() {
      text ??= hash('sha256', bytes, 'hex').slice(0, 32);
      return text;
    },
  };
}

/** The key of an arrival from a source that cannot send again: the run's name and a number. */
export function numberedArrival(run: string, number: number): ArrivalKey {
  return { text: `${run}-${number}` };
}

/** The identity of a record: the nonce its sender chose, else one derived from arrival and row. */
export function identityOf(record: LogRecord, arrival: ArrivalKey, row: number): RecordIdentity {
  for (const key of NONCE_ATTRIBUTES) {
    const nonce = record.attribute(key);
    if (typeof nonce === 'string' && nonce !== '' && nonce.length <= NONCE_LENGTH_MAX) {
      return { kind: 'chosen', text: nonce };
    }
  }
  return { kind: 'derived', text: `${arrival.text}-${row}` };
}
