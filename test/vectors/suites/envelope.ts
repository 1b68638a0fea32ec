import { MessageSigner, messageText } from '../../../src/index.ts';
import { each, list, object, same, skipped, text, type CaseResult, type Json } from '../suite.ts';

/** Messages of the reference, with the shifted delimiter refused; the new envelope is not built yet. */
export async function* envelope(file: Json): AsyncGenerator<CaseResult> {
  const reference = object(file, 'mcp_hmac');
  const key = new Uint8Array(Buffer.from(text(reference, 'key_hex'), 'hex'));
  yield* each('mcp_hmac', list(reference, 'vectors'), (item) => {
    const sender = item['sender_id'];
    const message = {
      payload: text(item, 'payload'),
      nonce: text(item, 'nonce'),
      timestampMs: Date.parse(text(item, 'timestamp')),
      senderId: typeof sender === 'string' ? sender : null,
    };
    const signer = new MessageSigner(key, { now: () => message.timestampMs });
    same('canonical', messageText(message), item['canonical']);
    same('signature', signer.signatureOf(message), item['signature']);
    const check = signer.verify({ ...message, signature: text(item, 'signature') });
    same('verdict', check.valid ? 'valid' : 'reject', item['expect']);
  });
  yield skipped('envelope_v1', 'not built yet');
}
