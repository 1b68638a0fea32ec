import { timingSafeEqual } from 'node:crypto';
import { KeyValueList } from '../sdk/index.ts';
import { canonicalText } from './canonical.ts';
import { Fault, faultOf } from './fault.ts';
import type { FaultReason } from './fault.ts';
import { PAD_BYTES } from './hmac.ts';
import { parseJson } from './json.ts';
import { SigningKey } from './key.ts';

/** The one algorithm; a verifier takes no other, whatever an event asks for. */
export const SIGNATURE_ALGORITHM = 'HMAC-SHA256';

const SIGNATURE = 'agtsignature';
const ALGORITHM = 'agtsignaturealg';
const ALGORITHM_MEMBER = `"${ALGORITHM}":"${SIGNATURE_ALGORITHM}"`;

const HEAD = Buffer.from(`{${ALGORITHM_MEMBER}`);
const SIGNATURE_HEAD = Buffer.from(`{"${SIGNATURE}":"`);
const SIGNATURE_CHARS = 44;
const QUOTE = 0x22;
const COMMA = 0x2c;

/**
 * Where a text that was signed in place begins: its signature member takes the place of the brace
 * and most of the pad before it.
 */
const SIGNED_START = PAD_BYTES + 1 - (SIGNATURE_HEAD.length + SIGNATURE_CHARS + 2);

/** Room for what comes before the rest of an event that is signed where it stands. */
export const SIGNING_HEAD_BYTES = PAD_BYTES + HEAD.length;

/** What a check of a signed event came to. `reject`: not an event whose text means one thing. */
export type SignatureCheck =
  | { readonly verdict: 'valid' }
  | {
      readonly verdict: 'invalid';
      readonly reason: 'missing_signature' | 'unsupported_algorithm' | 'signature_mismatch';
    }
  | { readonly verdict: 'reject'; readonly reason: FaultReason };

/**
 * Signs CloudEvents so that the reference verifies them, and verifies the reference's
 * (behaviours 5): HMAC-SHA256 over the canonical text of all members but `agtsignature`.
 */
export class EventSigner {
  readonly #key: SigningKey;

  /** Bytes: 32 or more, else CS_KEY_INVALID. */
  constructor(key: SigningKey | Uint8Array) {
    this.#key = key instanceof SigningKey ? key : new SigningKey(key);
  }

  /**
   * A signed copy: old signature left out, algorithm set, new signature appended. Signing again
   * gives the same. Throws a {@link Fault} for an event that has no unambiguous text.
   */
  sign(event: KeyValueList): KeyValueList {
    const { members, text } = toSign(event);
    return new KeyValueList([...members, [SIGNATURE, this.#key.hmac.base64(text)]]);
  }

  /** The text the signature of this event is made over. */
  canonicalOf(event: KeyValueList): string {
    return toSign(event).text;
  }

  /** The canonical text of the signed event. Throws as {@link sign}, and for what is not JSON. */
  signText(text: string): string {
    const parsed = parseJson(text);
    if (!parsed.ok) throw faultOf(parsed.reason);
    if (!(parsed.value instanceof KeyValueList)) throw faultOf('json');
    return canonicalText(this.sign(parsed.value));
  }

  /**
   * The canonical text of a signed event from the rest of one: all members but the two of the
   * signature, in canonical form, each with a comma before it, closed by `}`. Both sort before
   * every other member that a CloudEvent of ours has.
   */
  signCanonical(rest: string): string {
    const signed = `{${ALGORITHM_MEMBER}${rest}`;
    return `{"${SIGNATURE}":"${this.#key.hmac.base64(signed)}",${ALGORITHM_MEMBER}${rest}`;
  }

  /**
   * As {@link signCanonical} for a rest that stands in `memory` as UTF-8, from
   * {@link SIGNING_HEAD_BYTES} to `end`. Afterwards the signed text stands there, up to `end`;
   * returns where it begins.
   */
  signInPlace(memory: Buffer, end: number): number {
    memory.set(HEAD, PAD_BYTES);
    const signature = this.#key.hmac.base64In(memory, end);
    memory.set(SIGNATURE_HEAD, SIGNED_START);
    const at = SIGNED_START + SIGNATURE_HEAD.length;
    memory.write(signature, at, 'latin1');
    memory[at + SIGNATURE_CHARS] = QUOTE;
    memory[at + SIGNATURE_CHARS + 1] = COMMA;
    return SIGNED_START;
  }

  /** True for an event with the right signature; false for everything else. Never throws. */
  verify(event: unknown): boolean {
    try {
      if (typeof event === 'string') return this.check(event).verdict === 'valid';
      return event instanceof KeyValueList && this.#checkEvent(event).verdict === 'valid';
    } catch {
      return false;
    }
  }

  /** The verdict on an event's text, with a reason. Never throws. */
  check(text: string | Uint8Array): SignatureCheck {
    const parsed = parseJson(text);
    if (!parsed.ok) return { verdict: 'reject', reason: parsed.reason };
    if (!(parsed.value instanceof KeyValueList)) return { verdict: 'reject', reason: 'json' };
    try {
      return this.#checkEvent(parsed.value);
    } catch (thrown) {
      if (thrown instanceof Fault) return { verdict: 'reject', reason: thrown.reason };
      throw thrown;
    }
  }

  #checkEvent(event: KeyValueList): SignatureCheck {
    const signature = event.get(SIGNATURE);
    if (typeof signature !== 'string') return { verdict: 'invalid', reason: 'missing_signature' };
    if (event.get(ALGORITHM) !== SIGNATURE_ALGORITHM) {
      return { verdict: 'invalid', reason: 'unsupported_algorithm' };
    }
    const members = event.entries.filter(([name]) => name !== SIGNATURE);
    if (event.entries.length - members.length !== 1) throw faultOf('duplicate_key');
    const expected = this.#key.hmac.base64(canonicalText(new KeyValueList(members)));
    return equalText(signature, expected)
      ? { verdict: 'valid' }
      : { verdict: 'invalid', reason: 'signature_mismatch' };
  }
}

function toSign(event: KeyValueList) {
  const members = event.entries.filter(([name]) => name !== SIGNATURE && name !== ALGORITHM);
  members.push([ALGORITHM, SIGNATURE_ALGORITHM]);
  return { members, text: canonicalText(new KeyValueList(members)) };
}

/**
 * Compares texts, not what they decode to (two spellings of one signature are two signatures), in
 * a time that tells nothing but whether the lengths differ.
 */
export function equalText(a: string, b: string): boolean {
  const left = Buffer.from(a, 'utf8');
  const right = Buffer.from(b, 'utf8');
  return left.length === right.length && timingSafeEqual(left, right);
}
