import { isWord } from './automaton.ts';
import type { Hit } from './hits.ts';
import { compilePattern } from './own_pattern.ts';
import type { Pattern } from './own_pattern.ts';
import { folded, ownRuleProblems } from './own_rule_schema.ts';
import type { OwnRuleSpec } from './own_rule_schema.ts';
import { PhraseMatcher } from './phrases.ts';
import type { PhraseRule } from './rule.ts';
import { first, next } from './rule.ts';
import { wordsOf } from './tokens.ts';
import type { Word } from './tokens.ts';
import { WordScan } from './word_scan.ts';
import type { WordVisitor } from './word_scan.ts';
import type { WordClass } from './words.ts';

/** What a rule costs at most, for each place where one of its words stands. */
export interface OwnRuleCost {
  readonly rule: string;
  /** Words that the one pass looks for in addition. */
  readonly words: number;
  /** Characters that are read again at such a word; 0 for a comparison of offsets. */
  readonly readMax: number;
}

/** What is wrong with own rules: one line each, with what to do. */
export class OwnRulesError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.name = 'OwnRulesError';
    this.problems = problems;
  }
}

const classOf = (name: string, words: readonly string[]): WordClass => ({
  name,
  words: [...new Set(words.map(folded))].filter((word) => word !== ''),
  stem: false,
});

interface Compiled {
  readonly spec: OwnRuleSpec;
  readonly phrase: PhraseRule;
  readonly pattern: Pattern | undefined;
}

function compiledOf(spec: OwnRuleSpec): Compiled {
  const { id, severity, weight, meaning, within } = spec;
  const compiled = spec.pattern === undefined ? undefined : compilePattern(spec.pattern);
  const pattern = typeof compiled === 'string' ? undefined : compiled;
  const anchors = spec.any ?? spec.first ?? [pattern?.anchor ?? ''];
  const start =
    pattern === undefined ? classOf(id, anchors) : { ...classOf(id, anchors), stem: true };
  const steps = [first(start)];
  if (spec.next !== undefined) steps.push(next(within, classOf(`${id}, next`, spec.next)));
  const facts = { id: `own.${id}`, class: spec.class, severity, weight, meaning };
  const phrase = { ...facts, steps, anyOrder: spec.any_order, acrossSentences: true };
  return { spec, phrase, pattern };
}

/**
 * Rules of an operator: words, pairs of words within a window, and patterns that cannot go back. Each
 * is linear in the text by the way it can be written.
 */
export class OwnRules implements WordVisitor {
  readonly #rules: readonly Compiled[];
  readonly #matcher: PhraseMatcher;
  readonly #words: WordScan;
  #text = '';
  #found = new Map<number, Hit>();

  /** Throws {@link OwnRulesError} with everything that is wrong. */
  constructor(specs: readonly OwnRuleSpec[]) {
    const problems = ownRuleProblems(specs).map(
      ({ at, message }) => `rule ${specs[at]?.id ?? ''}: ${message}`,
    );
    if (problems.length > 0) throw new OwnRulesError(problems);
    this.#rules = specs.map(compiledOf);
    this.#matcher = new PhraseMatcher(this.#rules.map(({ phrase }) => phrase));
    const { classes } = this.#matcher;
    this.#words = new WordScan(wordsOf(classes, (of) => this.#matcher.listeners(of)));
  }

  /** Every word that one of them waits for. */
  get words(): readonly string[] {
    const classes = this.#rules.flatMap(({ phrase }) => phrase.steps.flatMap(({ any }) => any));
    return classes.flatMap(({ words }) => words);
  }

  /** What each rule costs at most. */
  get costs(): readonly OwnRuleCost[] {
    return this.#rules.map(({ phrase, pattern }) => ({
      rule: phrase.id,
      words: phrase.steps.flatMap(({ any }) => any.flatMap(({ words }) => words)).length,
      readMax: pattern?.lengthMax ?? 0,
    }));
  }

  /** Every rule that stands in a text, at its first place. */
  hits(text: string): Hit[] {
    if (this.#rules.length === 0) return [];
    this.#text = text;
    this.#found = new Map();
    this.#matcher.open();
    this.#words.scan(text, this);
    return [...this.#found.values()];
  }

  /** Told by the scan. */
  word(word: Word, start: number, end: number): void {
    this.#matcher.word(word.steps, start, end, this.#phrase);
  }

  readonly #phrase = (number: number, start: number, end: number): void => {
    const rule = this.#rules[number];
    if (rule === undefined || this.#found.has(number)) return;
    const to = rule.pattern === undefined ? end : this.#patternEnd(rule.pattern, start);
    if (to === undefined) return;
    const { id, class: of, severity, weight } = rule.phrase;
    this.#found.set(number, { rule: id, class: of, severity, weight, start, end: to });
  };

  #patternEnd(pattern: Pattern, start: number): number | undefined {
    const end = pattern.match(this.#text, start);
    if (end === undefined) return undefined;
    // A class that ended at its limit in the middle of a word is another word.
    const cut = pattern.wordAtEnd && end < this.#text.length && isWord(this.#text.charCodeAt(end));
    return cut ? undefined : end;
  }
}
