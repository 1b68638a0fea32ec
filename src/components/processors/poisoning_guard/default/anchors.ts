import type { Step } from './rule.ts';
import { COMMAND_TRIGGERS, PHRASE_RULES } from './rules/index.ts';

/** A short text that stands for words of rules. */
export interface Anchor {
  /** Small letters; blanks and `_` are left out, in the texts that are looked at as well. */
  readonly text: string;
  /** Beginnings as they are written, with single blanks. */
  readonly spellings: ReadonlySet<string>;
  /** It begins, or ends, where a word does. */
  readonly left: boolean;
  readonly right: boolean;
  /** A text with it has to be read closely, whatever else there is. */
  readonly decides: boolean;
  /** A small word of sentences: several of them make a text prose. */
  readonly prose: boolean;
  /** The name of a command: what follows is a blank or a sign of the shell. */
  readonly command: boolean;
  /** The steps of phrase rules for which it may stand, as numbers of {@link AnchorSet.steps}. */
  readonly steps: ReadonlySet<number>;
}

/** What the first look goes by. */
export interface AnchorSet {
  readonly anchors: readonly Anchor[];
  /** For each phrase rule the steps that it has, each once. */
  readonly rules: readonly (readonly number[])[];
  /** How many different steps there are. */
  readonly steps: number;
}

/** Letters of a word or phrase that are looked for: more make the tables larger and the look no better. */
const LETTERS_MAX = 10;
/** Of the coarse set, which is looked for in every text. */
const COARSE_LETTERS_MAX = 10;

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

/** How often words of a step may stand in ordinary texts; only to be compared. */
function commonness({ any }: Step): number {
  let sum = 0;
  for (const { words, stem } of any) {
    for (const word of words) {
      const { text } = pieceOf(word, stem, LETTERS_MAX);
      const length = text.length < 4 ? 40 : text.length < 6 ? 4 : 1;
      sum += COMMON.has(word) ? 1000 : length;
    }
  }
  return sum;
}

/**
 * The coarse set: for each rule the words of the step that stands in the fewest texts. A text with one
 * of them is looked at by the whole set.
 */
export function coarseAnchorSet(ownWords: readonly string[] = []): AnchorSet {
  const list = new AnchorList(COARSE_LETTERS_MAX);
  for (const { steps } of PHRASE_RULES) {
    const [rarest] = steps.toSorted((a, b) => commonness(a) - commonness(b));
    for (const { words, stem } of rarest?.any ?? []) {
      for (const word of words) list.add(word, { stem, decides: true });
    }
  }
  addDeciding(list, ownWords);
  return { anchors: list.list(), rules: [], steps: 0 };
}

const reversed = (word: string): string => word.split('').toReversed().join('');

const rotated = (word: string): string =>
  word.replaceAll(/[a-z]/g, (letter) =>
    String.fromCharCode(((letter.charCodeAt(0) - 0x61 + 13) % 26) + 0x61),
  );

function addDeciding(list: AnchorList, ownWords: readonly string[]): void {
  for (const word of ownWords) list.add(word, { decides: true, stem: true });
  for (const { words } of COMMAND_TRIGGERS) {
    for (const name of words) {
      const word = name.trim();
      const command = /^[a-z0-9]+$/.test(word);
      list.add(word, command ? { command } : { decides: true });
      // Read by 13 places further, or backwards, it stands at other places.
      if (command) list.add(rotated(word), { decides: word.length > 3, command });
      if (command && word.length > 1)
        list.add(reversed(word), { decides: word.length > 3, command });
    }
  }
  for (const word of ADDRESSING.split(' ')) {
    list.add(word, { decides: true });
    if (word.length < 3) continue;
    list.add(rotated(word), { decides: true });
    list.add(reversed(word), { decides: true });
  }
  for (const word of SENTENCES.split(' ')) {
    list.add(word, { prose: true });
    list.add(rotated(word), word === 'the' || word === 'and' ? { decides: true } : { prose: true });
    list.add(
      reversed(word),
      word === 'the' || word === 'and' ? { decides: true } : { prose: true },
    );
  }
  list.add('countersign.guard.', { decides: true });
}

/** Gathers anchors; one text may come from several places. */
class AnchorList {
  readonly #found = new Map<string, Anchor>();
  readonly #lettersMax: number;

  constructor(lettersMax: number) {
    this.#lettersMax = lettersMax;
  }

  add(
    word: string,
    more: { stem?: boolean; step?: number; decides?: boolean; command?: boolean; prose?: boolean },
  ) {
    const { text, left, right } = pieceOf(word, more.stem ?? false, this.#lettersMax);
    // What is not ASCII is read closely anyway.
    if (!/^[!-~]+$/.test(text)) return;
    const known = this.#found.get(text);
    const steps = new Set(known?.steps);
    if (more.step !== undefined) steps.add(more.step);
    const { command = false, prose = false } = more;
    this.#found.set(text, {
      text,
      spellings: new Set([...(known?.spellings ?? []), beginning(word), text]),
      left: (known?.left ?? true) && left,
      right: (known?.right ?? true) && right,
      decides: (known?.decides ?? false) || (more.decides ?? false),
      command: (known?.command ?? false) || command,
      prose: (known?.prose ?? false) || prose,
      steps,
    });
  }

  list(): readonly Anchor[] {
    return [...this.#found.values()];
  }
}

/** What a text must have so that a rule may hold in it, or the model be asked. */
export function anchorSet(ownWords: readonly string[] = []): AnchorSet {
  const list = new AnchorList(LETTERS_MAX);
  const numbers = new Map<string, number>();
  const rules = PHRASE_RULES.map(({ steps }) => {
    const own = steps.map(({ any }) => {
      const key = any.map(({ name }) => name).join('+');
      const known = numbers.get(key);
      if (known !== undefined) return known;
      const step = numbers.size;
      numbers.set(key, step);
      for (const { words, stem } of any) for (const word of words) list.add(word, { stem, step });
      return step;
    });
    return [...new Set(own)];
  });
  addDeciding(list, ownWords);
  return { anchors: list.list(), rules, steps: numbers.size };
}

const beginning = (word: string): string => word.trim().replaceAll(/[ _]+/g, ' ');

/** The beginning of a word or phrase, without its blanks. */
function pieceOf(
  word: string,
  stem: boolean,
  lettersMax: number,
): Pick<Anchor, 'text' | 'left' | 'right'> {
  const letters = word.replaceAll(/[ _]/g, '');
  const text = letters.slice(0, lettersMax);
  return {
    text,
    left: /^[a-z0-9]/.test(text) && /^[^ _]/.test(word),
    right: /[a-z0-9]$/.test(text) && text.length === letters.length && !stem,
  };
}
