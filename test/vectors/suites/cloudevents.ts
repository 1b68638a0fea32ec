import {
  auditRecordOf,
  canonicalText,
  EventSigner,
  governanceCloudEvent,
  governanceEventOf,
  KeyValueList,
  parseJson,
  type AttributeValue,
} from '../../../src/index.ts';
import { attributeValue, parseExact } from '../exact.ts';
import { each, list, same, Skip, text, throws, type CaseResult, type Json } from '../suite.ts';

/** Governance events as CloudEvents, their signatures, and what a verifier says of changed ones. */
export async function* cloudevents(file: Json, source: string): AsyncGenerator<CaseResult> {
  // Numbers matter here: 1 and 1.0 sign differently.
  const exact = parseExact(source) as Json;
  const signer = signerOf(text(file, 'signing_key_hex'));
  yield* each('cases', list(exact, 'cases'), (item) => checkEvent(item, signer));
  yield* each('tamper_cases', list(file, 'tamper_cases'), (item) => {
    const key = item['key_hex'];
    const verifier = typeof key === 'string' ? signerOf(key) : signer;
    const { verdict } = verifier.check(text(item, 'envelope_json'));
    same('verdict', String(verdict === 'valid'), item['expect']);
  });
  yield* each('sign_idempotence', list(file, 'sign_idempotence'), (item) => {
    same(
      'agtsignature',
      signatureIn(signer.signText(text(item, 'input_json'))),
      item['expect_agtsignature'],
    );
  });
  yield* each('error_cases', list(file, 'error_cases'), checkError);
  yield* each('otlp_cases', list(exact, 'otlp_cases'), (item) => checkRecord(item, signer));
}

function signerOf(keyHex: string): EventSigner {
  return new EventSigner(new Uint8Array(Buffer.from(keyHex, 'hex')));
}

function checkEvent(item: Json, signer: EventSigner): void {
  const expect = item['expect'] as Json;
  const source = typeof item['source_argument'] === 'string' ? item['source_argument'] : '';
  const build = () =>
    governanceCloudEvent(governanceEventOf(attributeValue(item['event'])), source);
  if ('error' in expect) {
    same('refused', throws(build), true);
    return;
  }
  const unsigned = build();
  same(
    'cloudevent',
    canonicalText(unsigned),
    canonicalText(attributeValue(expect['cloudevent_unsigned'])),
  );
  same('canonical text', signer.canonicalOf(unsigned), expect['canonical']);
  const signed = signer.sign(unsigned);
  same('agtsignaturealg', signed.get('agtsignaturealg'), expect['agtsignaturealg']);
  same('agtsignature', signed.get('agtsignature'), expect['agtsignature']);
  const line = expect['stdout_sink_line'];
  if (typeof line === 'string')
    same('the line of the reference verifies', signer.verify(line), true);
}

function signatureIn(signedText: string): AttributeValue | undefined {
  const parsed = parseJson(signedText);
  return parsed.ok && parsed.value instanceof KeyValueList
    ? parsed.value.get('agtsignature')
    : undefined;
}

/** Keys that are too short, and events that have no text: each is an error and nothing worse. */
const HOSTILE: Readonly<Record<string, () => AttributeValue>> = {
  lone_surrogate_value: () => '\ud800',
  deep_nesting_100000: () => {
    let value: AttributeValue = null;
    for (let depth = 0; depth < 100_000; depth++) value = [value];
    return value;
  },
  cyclic_attributes: () => {
    const cycle: AttributeValue[] = [];
    cycle.push(cycle);
    return cycle;
  },
};

function checkError(item: Json): Skip | undefined {
  const name = text(item, 'class');
  const refused = !String(item['expect_reference']).startsWith('ok');
  const length = /^key_(\d+|null)$/.exec(name)?.[1];
  if (length !== undefined) {
    // `null` is what an untyped caller may pass.
    const key =
      length === 'null' ? (null as unknown as Uint8Array) : new Uint8Array(Number(length));
    same(
      'refused',
      throws(() => new EventSigner(key)),
      refused,
    );
    return undefined;
  }
  const value = HOSTILE[name];
  if (value === undefined) return new Skip('has no counterpart in JavaScript');
  const signer = new EventSigner(new Uint8Array(32));
  const sign = () => signer.sign(new KeyValueList([['data', value()]]));
  same('refused', throws(sign), refused);
  return undefined;
}

function checkRecord(item: Json, signer: EventSigner): Skip | undefined {
  const expected = item['log_record'] as Json | undefined;
  if (expected === undefined) return new Skip('a state of the OpenTelemetry SDK, not a record');
  const event = governanceEventOf(attributeValue(item['event']));
  const record = auditRecordOf(event, signer);
  same('body', record.body, expected['body']);
  same('severity text', record.severityText, expected['severity_text']);
  same('severity number', BigInt(record.severityNumber), expected['severity_number']);
  same(
    'attributes',
    canonicalText(new KeyValueList(record.attributes)),
    canonicalText(attributeValue(expected['attributes'])),
  );
  return undefined;
}
