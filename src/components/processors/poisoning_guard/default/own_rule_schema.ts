import { z } from '../../../../sdk/index.ts';
import { compilePattern } from './own_pattern.ts';
import type { GuardClass } from './rule.ts';

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

/** As texts are compared: small, without marks, with single blanks. */
export const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s_]+/gu, ' ')
    .trim();

/** Of `any`, `pattern` and `first` with `next`, exactly one. */
function shapeProblem({
  any,
  pattern,
  first: before,
  next: after,
}: OwnRuleSpec): string | undefined {
  const pair = before !== undefined || after !== undefined;
  const shapes = [any !== undefined, pattern !== undefined, pair].filter(Boolean).length;
  if (shapes !== 1) return 'give one of any, pattern, or first with next';
  if (pair && (before === undefined || after === undefined)) {
    return 'first and next belong together';
  }
  return undefined;
}

/** Something wrong with the rule at an index. */
export interface OwnRuleProblem {
  readonly at: number;
  /** Of the rule's keys, when it is one of them. */
  readonly key?: 'id' | 'pattern';
  /** With what to do. */
  readonly message: string;
}

/** Everything that is wrong with rules, patterns that are not linear included. */
export function ownRuleProblems(specs: readonly OwnRuleSpec[]): readonly OwnRuleProblem[] {
  const problems: OwnRuleProblem[] = [];
  const seen = new Set<string>();
  for (const [at, spec] of specs.entries()) {
    if (seen.has(spec.id)) problems.push({ at, key: 'id', message: 'there are two of that name' });
    seen.add(spec.id);
    const shape = shapeProblem(spec);
    if (shape !== undefined) problems.push({ at, message: shape });
    for (const word of [...(spec.any ?? []), ...(spec.first ?? []), ...(spec.next ?? [])]) {
      if (folded(word).length >= 2) continue;
      problems.push({ at, message: `"${word}" is too short to look for` });
    }
    if (spec.pattern === undefined) continue;
    const compiled = compilePattern(spec.pattern);
    if (typeof compiled !== 'string') continue;
    problems.push({ at, key: 'pattern', message: `pattern: ${compiled}` });
  }
  return problems;
}
