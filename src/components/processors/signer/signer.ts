import assert from 'node:assert/strict';
import { EventSigner, Fault, RecordEvents, TextColumn } from '../../../events/index.ts';
import type { FaultReason } from '../../../events/index.ts';
import { drop, KeyValueList, PASS, pass } from '../../../sdk/index.ts';
import type {
  ArrivalKey,
  Batch,
  Host,
  Judged,
  Processor,
  RecordChanges,
  RecordSet,
  SignedTexts,
  Verdict,
} from '../../../sdk/index.ts';
import type { SignerConfig, SignerReason } from './index.ts';
import { loadKey } from './key-source.ts';

const UNSIGNABLE = drop('unsignable');

/** Signed and verified once at start: healthy then says more than that there is a key. */
const PROBE = new KeyValueList([['id', 'probe']]);

/** Makes a signer. The key is looked for in `start`; an unusable one is a start error. */
export function createSigner(config: SignerConfig, host: Host): Processor<SignerReason> {
  return new Signer(config, host);
}

class Signer implements Processor<SignerReason> {
  readonly #config: SignerConfig;
  readonly #host: Host;
  readonly #events: RecordEvents;
  readonly #texts: TextColumn;
  /** Memory of texts that somebody may still read. */
  readonly #lent = new Map<ArrivalKey, Buffer[]>();
  /** Causes that were logged: once each, how many there are is in the books. */
  readonly #causes = new Set<FaultReason>();
  #signer: EventSigner | undefined;

  constructor(config: SignerConfig, host: Host) {
    this.#config = config;
    this.#host = host;
    this.#events = new RecordEvents({ attribute: config.attribute, source: config.source });
    this.#texts = new TextColumn(config.attribute);
  }

  /** Throws CS_KEY_MISSING or CS_KEY_INVALID; then nothing is ever signed. */
  async start(): Promise<void> {
    const { key, generated } = await loadKey(this.#config, this.#host);
    const signer = new EventSigner(key);
    assert(signer.verify(signer.sign(PROBE)), 'a signature that does not verify');
    this.#signer = signer;
    if (generated) {
      this.#host.report({
        status: 'degraded',
        message:
          'Signs with a key made for this run: nobody can verify the events after it ends. ' +
          'Set key to ${env:NAME} or key_file to keep one.',
      });
    } else this.#host.report({ status: 'healthy', message: 'Signs; a probe verified at start.' });
  }

  process(batch: Batch<SignerReason>): Judged<SignerReason> {
    const signer = this.#signer;
    assert(signer !== undefined, 'a batch before start');
    const { records } = batch;
    this.#texts.begin(records.count);
    return batch.judgeRows(
      (index) => this.#judge(records, index, signer),
      () => this.#lend(records.arrival),
    );
  }

  released(arrival: ArrivalKey): void {
    for (const buffer of this.#lent.get(arrival) ?? []) this.#texts.give(buffer);
    this.#lent.delete(arrival);
  }

  #lend(arrival: ArrivalKey): SignedTexts | undefined {
    const texts = this.#texts.take();
    if (texts === undefined) return undefined;
    const lent = this.#lent.get(arrival);
    if (lent === undefined) this.#lent.set(arrival, [texts.buffer]);
    else lent.push(texts.buffer);
    return texts;
  }

  #judge(records: RecordSet, index: number, signer: EventSigner): Verdict<SignerReason> {
    const record = records.at(index);
    let carriesText: boolean;
    try {
      carriesText = this.#events.signInto(this.#texts, index, record, signer);
    } catch (thrown) {
      if (thrown instanceof Fault) return this.#unsignable(thrown);
      throw thrown;
    }
    const isPlain = records.signed === undefined && records.patches?.[index] === undefined;
    if (isPlain && !carriesText) return PASS;
    const signedText = this.#texts.takeBack(index);
    const attributes: RecordChanges['attributes'] = { [this.#config.attribute]: signedText };
    return pass(record.with({ attributes, signedText }));
  }

  #unsignable(fault: Fault): Verdict<SignerReason> {
    if (!this.#causes.has(fault.reason)) {
      this.#causes.add(fault.reason);
      const fields = { code: 'CS_RECORD_UNSIGNABLE', cause: fault.reason };
      this.#host.log.warn(`A record cannot be signed: ${fault.message}`, fields);
    }
    return UNSIGNABLE;
  }
}
