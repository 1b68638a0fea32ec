import {
  MessageSigner,
  messageText,
  type MessageCheck,
  type SignedMessage,
} from '../../../src/index.ts';
import {
  each,
  list,
  number,
  object,
  same,
  text,
  throws,
  type CaseResult,
  type Json,
} from '../suite.ts';

const KEY = new Uint8Array(32).fill(7);

/** Signatures of messages, inputs that must be refused, and sequences of checks. */
export async function* signer(file: Json): AsyncGenerator<CaseResult> {
  yield* each('sign_cases', list(file, 'sign_cases'), checkSignature);
  yield* each('input_error_cases', list(file, 'input_error_cases'), (item) => {
    const accepted = !throws(() => tryInput(object(item, 'input')));
    same('outcome', accepted ? 'ok' : 'rejected', item['expect']);
  });
  yield* each('verify_scenarios', list(file, 'verify_scenarios'), runScenario);
}

function messageOf(item: Json): Omit<SignedMessage, 'signature'> {
  const microseconds = item['timestamp_epoch_us'];
  return {
    payload: text(item, 'payload'),
    nonce: text(item, 'nonce'),
    timestampMs:
      typeof microseconds === 'number' ? microseconds / 1000 : number(item, 'timestamp_ms'),
    senderId: typeof item['sender_id'] === 'string' ? item['sender_id'] : null,
  };
}

function checkSignature(item: Json): void {
  const key = new Uint8Array(Buffer.from(text(item, 'key_hex'), 'hex'));
  const message = messageOf(item);
  same('canonical', messageText(message), item['canonical']);
  const maker = new MessageSigner(key, { now: () => message.timestampMs });
  same('signature', maker.signatureOf(message), item['signature']);
}

/** Throws where the input of a case is refused. */
function tryInput(input: Json): void {
  const options = {
    now: () => 0,
    ...ifNumber(input, 'replay_window_ms', 'replayWindowMs'),
    ...ifNumber(input, 'nonce_cache_cleanup_interval_ms', 'cleanupIntervalMs'),
    ...ifNumber(input, 'max_nonce_cache_size', 'maxNonces'),
  };
  if ('base64_key' in input) {
    MessageSigner.fromBase64Key(text(input, 'base64_key'), options);
    return;
  }
  if ('key' in input) {
    new MessageSigner(input['key'] as Uint8Array, options);
    return;
  }
  const bytes = input['key_bytes'];
  const key = typeof bytes === 'number' ? new Uint8Array(bytes).fill(7) : KEY;
  const maker = new MessageSigner(key, options);
  const units = input['payload_utf16_units'];
  if (Array.isArray(units)) maker.sign(String.fromCharCode(...(units as number[])));
  // What an untyped caller may pass: the signer must refuse it, not the compiler.
  else if ('payload' in input) maker.sign(input['payload'] as string);
}

function ifNumber(input: Json, key: string, option: string): Record<string, number> {
  const value = input[key];
  return typeof value === 'number' ? { [option]: value } : {};
}

function runScenario(scenario: Json): void {
  let nowMs = number(scenario, 'start_ms');
  const config = object(scenario, 'config');
  const create = () =>
    new MessageSigner(new Uint8Array(Buffer.from(text(scenario, 'key_hex'), 'hex')), {
      now: () => nowMs,
      replayWindowMs: number(config, 'replay_window_ms'),
      cleanupIntervalMs: number(config, 'nonce_cache_cleanup_interval_ms'),
      maxNonces: number(config, 'max_nonce_cache_size'),
    });
  let verifier = create();
  for (const [index, step] of list(scenario, 'steps').entries()) {
    const op = text(step, 'op');
    switch (op) {
      case 'set_clock':
        nowMs = number(step, 'now_ms');
        break;
      case 'verify': {
        const envelope = object(step, 'envelope');
        const check = verifier.verify({
          ...messageOf(envelope),
          signature: text(envelope, 'signature'),
        });
        same(`step ${index}`, outcomeOf(check), expectedOf(object(step, 'expect')));
        if ('nonce_count_after' in step) {
          same(`step ${index} count`, verifier.count(), step['nonce_count_after']);
        }
        break;
      }
      case 'cleanup':
        same(`step ${index} cleanup`, verifier.cleanup(), step['expect_removed']);
        break;
      case 'restart_losing_memory':
        verifier = create();
        break;
      case 'count':
        same(`step ${index} count`, verifier.count(), step['expect']);
        break;
      default:
        throw new Error(`unknown operation ${op}`);
    }
  }
}

function outcomeOf(check: MessageCheck): Json {
  if (check.valid) {
    const { payload, senderId } = check;
    return { outcome: 'valid', reason_class: 'ok', payload, sender_id: senderId };
  }
  const reason = check.reason === 'malformed' ? 'error' : check.reason;
  return { outcome: 'rejected', reason_class: reason };
}

function expectedOf(expect: Json): Json {
  const { outcome, reason_class, payload, sender_id } = expect;
  return { outcome, reason_class, ...(outcome === 'valid' && { payload, sender_id }) };
}
