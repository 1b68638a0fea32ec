import { isWord } from './automaton.ts';
import type { Step } from './rule.ts';
import { COMMAND_TRIGGERS, PHRASE_RULES } from './rules/index.ts';
import { needsPipe, PIPED_WORDS } from './rules/quick_look.ts';
import { DISGUISED } from './rules/vocabulary.ts';
import { rankOf } from './common_words_table.ts';

/** What a phrase says of a text in which it stands. Bits, as in look.kernel.as. */
export const DECIDES = 1;
export const COMMAND = 2;
export const PROSE = 4;
/** Of a command: it is nothing without a sign of the shell or a word that is linked to it. */
export const PIPED = 8;
export const LINKED = 16;
/** What a record must not come with. */
export const FORGED = 32;

/**
 * Words by which somebody speaks to somebody. Without one, and without a word of a rule, a text is no
 * order to anybody, and the model is not asked.
 */
const ADDRESSING =
  "you your yours yourself i'm i'll my we our please lets let's must pretend imagine assume act " +
  'ignore forget disregard answer respond translate instruction instructions prompt prompts ai llm gpt ' +
  'disobey generate du dein ihr ich bitte vous votre mon tus por favor meu tuo mio';

/** What holds sentences together. The model is asked of every text that has a few of them. */
const SENTENCES =
  'the to and of a an is are be that this with for in on as by from not all any it its when if or ' +
  'der die und zu le la les et de des el los y que';

/** Attributes of the guard that came in with a record: they are not its own. */
const OWN_NAMES = 'countersign.guard.';

/** Single words that stand in many harmless texts, of logs above all: a step with them is no good screen. */
const COMMON = new Set(
  (
    'log logs list order orders customer customers client server service user users account accounts name ' +
    'file files data database report reports reported request response result results error status start ' +
    'stop begin end done print page image address store stored record records update add remove delete ' +
    'create open close read write send sent sending post posted put push pull load save copy move check ' +
    'return returned received host node worker task job batch process thread session connection message ' +
    'messages event events table key keys value type text content path url link mail email part number code ' +
    'version time date day today next last previous follow run call output input show display share before ' +
    'all any the this first now set get use must need should always never not new my your you it source'
  ).split(' '),
);

/** How often the phrases of a step may stand in ordinary texts; only to be compared. */
function commonness({ any }: Step): number {
  let sum = 0;
  for (const word of any.flatMap(({ words }) => words)) {
    const runs = word.match(/[a-z0-9]+/g) ?? [];
    const isCommon = word === '@' || (runs.length === 1 && COMMON.has(word));
    sum += isCommon ? 1000 : runs.length > 1 ? 1 : rankOf(word) > 1000 ? 40 : 4;
  }
  return sum;
}

/** A phrase that the first look looks for. */
export interface LookPhrase {
  readonly text: string;
  /** No letter may follow. */
  readonly right: boolean;
  /** Bits, above. */
  readonly kind: number;
}

/** Gathers phrases; one text may come from several places. */
class PhraseList {
  readonly #found = new Map<string, LookPhrase>();

  /** What is not ASCII makes a text suspect anyway, and so do signs that phrases consist of. */
  add(text: string, kind: number, isStem = false): void {
    if (!/^[ -~]+$/.test(text) || !/[a-z0-9]/.test(text)) return;
    const known = this.#found.get(text);
    const right = isWord(text.charCodeAt(text.length - 1)) && !isStem;
    this.#found.set(text, {
      text,
      right: right && known?.right !== false,
      kind: (known?.kind ?? 0) | kind,
    });
  }

  get list(): readonly LookPhrase[] {
    return [...this.#found.values()];
  }
}

/**
 * What has to stand in a text for a rule to hold in it: of each rule the phrases of the step that stands
 * in the fewest texts; commands; and words without which the model is not asked. `ownWords` are those
 * of the operator's rules.
 */
export function lookPhrases(ownWords: readonly string[] = []): readonly LookPhrase[] {
  const phrases = new PhraseList();
  for (const { steps } of PHRASE_RULES) {
    const [rarest] = steps.toSorted((a, b) => commonness(a) - commonness(b));
    for (const { words, stem } of rarest?.any ?? []) {
      for (const word of words) phrases.add(word, DECIDES, stem);
    }
  }
  for (const word of COMMAND_TRIGGERS.flatMap(({ words }) => words)) {
    const isName = /^[a-z0-9]+ ?$/.test(word);
    phrases.add(word, isName ? COMMAND | (needsPipe(word.trim()) ? PIPED : 0) : DECIDES);
  }
  for (const word of PIPED_WORDS) phrases.add(word, LINKED);
  for (const word of DISGUISED.words) phrases.add(word, DECIDES);
  for (const word of ADDRESSING.split(' ')) phrases.add(word, DECIDES);
  for (const word of SENTENCES.split(' ')) phrases.add(word, PROSE);
  for (const word of ownWords) phrases.add(word, DECIDES, true);
  phrases.add(OWN_NAMES, FORGED);
  return phrases.list;
}
