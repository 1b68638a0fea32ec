/** What the model is trained on: the corpus, texts of the grammar, and attacks set into honest texts. */
import { grown, numbersFrom } from './grammar.ts';
import { exampleOf, OWN } from './train.ts';
import type { Example } from './train.ts';

/** What is needed of a corpus text. */
export interface LabelledText {
  readonly id: string;
  readonly source: string;
  readonly label: 'malicious' | 'benign';
  readonly class: string;
  readonly tier: 'core' | 'extended';
  readonly text: string;
}

const ATTACKS = 2000;
const HARMLESS = 1400;
const CARRIED = 1500;
const CARRIER_CHARS_MIN = 60;
const CARRIER_CHARS_MAX = 460;

/**
 * Core texts, and of the extended those whose malice or innocence is in the words. Commands are no
 * attacks here: of `rm -r` and `rm -rf /` a bag of words sees the same, so they are left to the rules.
 */
export function isForTraining({ tier, source, class: name, label }: LabelledText): boolean {
  if (label === 'malicious' && name.endsWith('_command')) return false;
  return (
    tier === 'core' ||
    source === 'atr-tests' ||
    source === 'cyberseceval-pi' ||
    name === 'tool_poisoning' ||
    name === 'jailbreak'
  );
}

/** Examples that can be had without some of the texts. */
export class TrainingSet {
  readonly #corpus: readonly { text: LabelledText; example: Example }[];
  readonly #own: readonly Example[];
  readonly #carried: readonly { carrier: string; example: Example }[];

  constructor(texts: readonly LabelledText[], bits: number) {
    const ordered = texts.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    this.#corpus = ordered.map((text) => ({ text, example: exampleOf(text, bits) }));
    const own = (text: string, id: string, label: string): Example =>
      exampleOf({ id, source: OWN, label, text }, bits);
    this.#own = [
      ...grown('attack', ATTACKS, 7).map((text, i) => own(text, `own-attack-${i}`, 'malicious')),
      ...grown('harmless', HARMLESS, 11).map((text, i) => own(text, `own-harmless-${i}`, 'benign')),
    ];
    this.#carried = carriedIn(ordered).map(({ carrier, text }, i) => ({
      carrier,
      // A source of its own for the balance; what it teaches is in the attack, which is ours.
      example: { ...own(text, `own-carried-${i}`, 'malicious'), source: `${OWN}-carried` },
    }));
  }

  /** All examples but those of corpus texts that `leftOut` names, and of carriers from their sources. */
  without(leftOut: (text: LabelledText) => boolean): readonly Example[] {
    const sources = new Set(
      this.#corpus.filter(({ text }) => leftOut(text)).map(({ text }) => text.source),
    );
    return [
      ...this.#corpus
        // Without a word there is nothing to learn but the share of such texts.
        .filter(({ example }) => example.starts.length > 1)
        .filter(({ text }) => isForTraining(text) && !leftOut(text))
        .map(({ example }) => example),
      ...this.#own,
      ...this.#carried.filter(({ carrier }) => !sources.has(carrier)).map(({ example }) => example),
    ];
  }
}

/** An attack before or after a piece of an honest text, so that the honest words tell nothing. */
function carriedIn(texts: readonly LabelledText[]): { carrier: string; text: string }[] {
  const carriers = texts.filter(
    ({ label, tier, text }) =>
      label === 'benign' && tier === 'core' && text.length >= CARRIER_CHARS_MIN,
  );
  const next = numbersFrom(5);
  if (carriers.length === 0) return [];
  return grown('attack', CARRIED, 99).flatMap((attack) => {
    const carrier = carriers[next() % carriers.length];
    if (carrier === undefined) return [];
    const chars = CARRIER_CHARS_MIN + (next() % (CARRIER_CHARS_MAX - CARRIER_CHARS_MIN));
    const honest = carrier.text.slice(0, chars);
    const text = next() % 2 === 0 ? `${honest}\n${attack}` : `${attack}\n${honest}`;
    return [{ carrier: carrier.source, text }];
  });
}
