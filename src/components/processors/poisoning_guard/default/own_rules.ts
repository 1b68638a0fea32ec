import { z } from '../../../../sdk/index.ts';
import { isWord } from './automaton.ts';
import type { Hit } from './hits.ts';
import { compilePattern } from './own_pattern.ts';
import type { Pattern } from './own_pattern.ts';
import { PhraseMatcher } from './phrases.ts';
import type { GuardClass, PhraseRule } from './rule.ts';
import { first, next } from './rule.ts';
import { MARK_SENTENCE_END } from './tokens.ts';
import type { Token } from './tokens.ts';
import { SENTENCE_END } from './rules/vocabulary.ts';
import { WordScan } from './word_scan.ts';
import type { WordVisitor } from './word_scan.ts';
import type { WordClass } from './words.ts';

const CLASSES = [
  'destructive',
  'exfil',
  'tool_poisoning',
  'indirect_injection',
  'direct_injection',
  'obfuscation',
] as const satisfies readonly GuardClass[];

const literal = z.string().min(2).max(200);

/** A rule of an operator's own, as it stands in a configuration. */
export const ownRuleSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z][a-z0-9_.-]{0,63}$/, 'small letters, digits, dots, dashes; a letter first')
      .describe('Name of the rule in findings, after "own.".'),
    class: z.enum(CLASSES).default('indirect_injection').describe('What it is about.'),
    severity: z
      .enum(['low', 'medium', 'high', 'critical'])
      .default('medium')
      .describe('How grave it is.'),
    weight: z
      .number()
      .min(0.05)
      .max(4)
      .default(1)
      .describe('Its share of a score: 1 flags alone, 2 blocks.'),
    meaning: z.string().max(200).default('A rule of the operator.').describe('One line.'),
    any: z.array(literal).min(1).max(1000).optional().describe('Any of these words or phrases.'),
    pattern: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .describe(
        'Text with classes such as [a-z0-9]{20,40}; it begins with letters that are fixed.',
      ),
    first: z.array(literal).min(1).max(1000).optional().describe('Any of these, and next …'),
    next: z.array(literal).min(1).max(1000).optional().describe('… any of these …'),
    within: z.int().min(0).max(2000).default(80).describe('… at most so many characters later.'),
    any_order: z.boolean().default(false).describe('The second may also stand before the first.'),
  })
  .describe('One of `any`, `pattern`, or `first` with `next`.');

export type OwnRuleSpec = z.output<typeof ownRuleSchema>;

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

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s_]+/gu, ' ')
    .trim();

const classOf = (name: string, words: readonly string[]): WordClass => ({
  name,
  words: [...new Set(words.map(folded))].filter((word) => word !== ''),
  stem: false,
});

/** Of `any`, `pattern` and `first` with `next`, exactly one. */
function shapeProblem({
  id,
  any,
  pattern,
  first: before,
  next: after,
}: OwnRuleSpec): string | undefined {
  const pair = before !== undefined || after !== undefined;
  const shapes = [any !== undefined, pattern !== undefined, pair].filter(Boolean).length;
  if (shapes !== 1) return `rule ${id}: give one of any, pattern, or first with next`;
  if (pair && (before === undefined || after === undefined)) {
    return `rule ${id}: first and next belong together`;
  }
  return undefined;
}

function problemsOf(specs: readonly OwnRuleSpec[]): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const spec of specs) {
    if (seen.has(spec.id)) problems.push(`rule ${spec.id}: there are two of that name`);
    seen.add(spec.id);
    const shape = shapeProblem(spec);
    if (shape !== undefined) problems.push(shape);
    for (const word of [...(spec.any ?? []), ...(spec.first ?? []), ...(spec.next ?? [])]) {
      if (folded(word).length < 2)
        problems.push(`rule ${spec.id}: "${word}" is too short to look for`);
    }
    if (spec.pattern === undefined) continue;
    const compiled = compilePattern(spec.pattern);
    if (typeof compiled === 'string') problems.push(`rule ${spec.id}: pattern: ${compiled}`);
  }
  return problems;
}

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
    const problems = problemsOf(specs);
    if (problems.length > 0) throw new OwnRulesError(problems);
    this.#rules = specs.map(compiledOf);
    this.#matcher = new PhraseMatcher(this.#rules.map(({ phrase }) => phrase));
    const classes = [...this.#matcher.classes, SENTENCE_END];
    this.#words = new WordScan(classes, (of) => this.#matcher.listeners(of));
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
    this.#matcher.reset();
    this.#words.scan(text, this);
    return [...this.#found.values()];
  }

  /** Told by the scan. */
  token(token: Token, start: number, end: number): void {
    if ((token.marks & MARK_SENTENCE_END) !== 0) this.#matcher.sentenceEnd(start);
    this.#matcher.word(token.listeners, start, end, this.#phrase);
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
