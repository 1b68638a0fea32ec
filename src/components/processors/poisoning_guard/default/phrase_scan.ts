import { PhraseFinder } from './phrase_finder.ts';
import { classesOf, tokenOf } from './tokens.ts';
import type { Token } from './tokens.ts';
import { WordScan } from './word_scan.ts';
import type { WordVisitor } from './word_scan.ts';
import type { WordClass } from './words.ts';

const NOBODY: WordVisitor = { token: () => undefined };

const isPlain = (word: string): boolean => /^[ -~]*$/.test(word);

/** The classes, each with some of its words only. */
function only(
  classes: readonly WordClass[],
  isWanted: (word: string) => boolean,
): ReadonlyMap<WordClass, WordClass> {
  return new Map(classes.map((each) => [{ ...each, words: each.words.filter(isWanted) }, each]));
}

/** Finds all words and phrases of some classes in one pass. Not to be entered twice at once. */
export class PhraseScan {
  readonly #finder: PhraseFinder;
  readonly #tokens: readonly Token[];
  /** Words of other alphabets, for texts that have some. */
  readonly #foreign: WordScan;
  #visitor = NOBODY;

  /** `listeners`: what {@link Token.listeners} is made of. */
  constructor(
    classes: readonly WordClass[],
    listeners: (of: ReadonlySet<WordClass>) => Int32Array,
  ) {
    const words = [...classesOf(classes)].filter(([word]) => isPlain(word));
    this.#tokens = words.map(([word, of]) => tokenOf(word, of, listeners));
    this.#finder = new PhraseFinder(
      words.map(([word]) => word),
      this.#tokens.map(({ right }) => right),
    );
    const foreign = only(classes, (word) => !isPlain(word));
    this.#foreign = new WordScan([...foreign.keys()], (of) =>
      listeners(new Set([...of].map((each) => foreign.get(each) ?? each))),
    );
  }

  /** Tells of the words: those of ASCII in the order of the rarest word in them, then others. */
  scan(text: string, visitor: WordVisitor): void {
    this.#visitor = visitor;
    this.#finder.find(text, this.#tell);
    if (this.#finder.hasForeignLetters) this.#foreign.scan(text, visitor);
  }

  readonly #tell = (token: number, start: number, end: number): void => {
    this.#visitor.token(this.#tokens[token] as Token, start, end);
  };
}
