import {
  canonicalText,
  EventSigner,
  jcsText,
  KeyValueList,
  parseJson,
} from '../../../src/index.ts';
import { each, list, same, text, type CaseResult, type Json } from '../suite.ts';

const fromHex = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const toHex = (value: string) => Buffer.from(value, 'utf8').toString('hex');

/** CloudEvents on the wire that a strict verifier takes, refuses, or does not read at all. */
export async function* agtHmac(file: Json): AsyncGenerator<CaseResult> {
  const signer = new EventSigner(fromHex(text(file, 'key_hex')));
  yield* each('verify', list(file, 'verify'), (item) => {
    const wire = text(item, 'wire');
    same('verdict', signer.check(wire).verdict, item['expect']);
    if (typeof item['canonical_hex'] === 'string' && item['expect'] !== 'reject') {
      checkCanonical(signer, wire, item);
    }
  });
  yield* each('sign', list(file, 'sign'), (item) => {
    const event = eventOf(text(item, 'event_json'));
    same('canonical', toHex(signer.canonicalOf(event)), item['canonical_hex']);
    same('agtsignature', signer.sign(event).get('agtsignature'), item['agtsignature']);
  });
}

/** The canonical text covers the members as they came, the algorithm among them. */
function checkCanonical(signer: EventSigner, wire: string, item: Json): void {
  const event = eventOf(wire);
  const unsigned = new KeyValueList(event.entries.filter(([name]) => name !== 'agtsignature'));
  same('canonical', toHex(canonicalText(unsigned)), item['canonical_hex']);
  if (item['expect'] === 'valid') {
    same('canonical to sign', toHex(signer.canonicalOf(event)), item['canonical_hex']);
  }
}

function eventOf(json: string): KeyValueList {
  const parsed = parseJson(json);
  if (!parsed.ok || !(parsed.value instanceof KeyValueList)) throw new Error('not an event');
  return parsed.value;
}

/** RFC 8785 over strict input. The reason of a refusal is advisory. */
export async function* jcs(file: Json): AsyncGenerator<CaseResult> {
  yield* each('vectors', list(file, 'vectors'), (item) => {
    const parsed = parseJson(fromHex(text(item, 'input_hex')));
    if (item['expect'] !== 'ok') {
      same('refused', parsed.ok, false);
      return;
    }
    if (!parsed.ok) throw new Error(`refused: ${parsed.reason}`);
    same('text', toHex(jcsText(parsed.value)), item['jcs_hex']);
  });
}
