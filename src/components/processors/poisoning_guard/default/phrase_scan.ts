import { PhraseFinder } from './phrase_finder.ts';
import type { PhraseVisitor } from './phrase_finder.ts';
import { PhraseSteps } from './phrase_steps.ts';
import type { PhraseRule } from './rule.ts';
import type { TextMemory } from './text_memory.ts';
import { MARK_DISGUISED, wordsOf } from './tokens.ts';
import type { Word } from './tokens.ts';
import { WordScan } from './word_scan.ts';
import type { WordVisitor } from './word_scan.ts';
import type { WordClass } from './words.ts';

const isPlain = ({ text }: Word): boolean => /^[ -~]*$/.test(text);

const NOBODY: PhraseVisitor = { phrase: () => undefined, trigger: () => undefined };

/** Finds all words of some classes in one pass, and the rules that they make. Not to be entered twice at once. */
export class PhraseScan implements WordVisitor {
  readonly #finder: PhraseFinder;
  /** Words of other alphabets, for texts that have some. */
  readonly #foreign: WordScan;
  readonly #numbers: ReadonlyMap<Word, number>;
  #visitor = NOBODY;
  /** Where the part begins that is scanned for them. */
  #offset = 0;

  /** `more`: classes of words that no rule waits for. `memory`: of this scan alone, among phrases. */
  constructor(rules: readonly PhraseRule[], more: readonly WordClass[], memory: TextMemory) {
    const steps = new PhraseSteps(rules);
    const words = wordsOf([...steps.classes, ...more], (of) => steps.waitingFor(of));
    const foreign = words.filter((word) => !isPlain(word));
    this.#foreign = new WordScan(foreign);
    const plain = words.filter(isPlain);
    this.#numbers = new Map(foreign.map((word, i) => [word, plain.length + i] as const));
    this.#finder = new PhraseFinder(steps, plain, foreign, memory);
  }

  /** Tells of rules and marked words: those of ASCII in the order of the rarest word in them, then others. */
  scan(text: string, visitor: PhraseVisitor): void {
    this.#visitor = visitor;
    const finder = this.#finder;
    finder.find(text, visitor);
    if (!finder.hasForeignLetters) return;
    for (const { from, to } of finder.foreignParts(this.#foreign.lengthMax + 1)) {
      this.#offset = from;
      this.#foreign.scan(text.slice(from, to), this);
    }
  }

  /** True when the last text has a word that is plain when its letters are turned or read backwards. */
  get disguised(): boolean {
    return (this.#finder.marks & MARK_DISGUISED) !== 0;
  }

  /** @inheritdoc */
  word(word: Word, start: number, end: number): void {
    const number = this.#numbers.get(word);
    if (number === undefined) return;
    this.#finder.tell(number, this.#offset + start, this.#offset + end, this.#visitor);
  }
}
