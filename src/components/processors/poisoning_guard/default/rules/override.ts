import { first, next } from '../rule.ts';
import type { PhraseRule } from '../rule.ts';
import * as V from './vocabulary.ts';

const verb = first(V.OVERRIDE, V.OVERRIDE_FOREIGN, V.OVERRIDE_STEM);

/** Orders that take back what the model was told before. */
export const OVERRIDE_RULES: readonly PhraseRule[] = [
  {
    id: 'override.earlier_instructions',
    class: 'direct_injection',
    severity: 'high',
    weight: 2,
    meaning: 'Tells the model to ignore the instructions it was given before.',
    steps: [
      first(V.OVERRIDE, V.OVERRIDDEN, V.OVERRIDE_FOREIGN, V.OVERRIDE_STEM),
      next(48, V.EARLIER, V.EARLIER_STEM),
      next(24, V.INSTRUCTIONS, V.INSTRUCTIONS_STEM),
    ],
  },
  {
    id: 'override.instructions_before',
    class: 'direct_injection',
    severity: 'high',
    weight: 1.5,
    meaning: 'Tells the model to ignore instructions, and then which: those above, those before.',
    steps: [
      verb,
      next(36, V.INSTRUCTIONS_CORE, V.INSTRUCTIONS_STEM),
      next(36, V.EARLIER, V.EARLIER_STEM),
    ],
  },
  {
    id: 'override.everything',
    class: 'direct_injection',
    severity: 'high',
    weight: 1.2,
    meaning: 'Tells the model to forget everything that was said.',
    steps: [verb, next(16, V.EVERYTHING)],
  },
  {
    id: 'override.earlier_text',
    class: 'direct_injection',
    severity: 'medium',
    weight: 1,
    meaning: 'Tells the model to ignore the text before.',
    steps: [verb, next(24, V.EARLIER, V.EARLIER_STEM), next(16, V.WORDS_BEFORE)],
  },
  {
    id: 'override.your_instructions',
    class: 'direct_injection',
    severity: 'high',
    weight: 1.2,
    meaning: 'Tells the model to ignore its own instructions, rules or training.',
    steps: [verb, next(16, V.YOUR), next(24, V.INSTRUCTIONS_CORE, V.INSTRUCTIONS_STEM)],
  },
  {
    id: 'override.all_instructions',
    class: 'direct_injection',
    severity: 'medium',
    weight: 1,
    meaning: 'Tells the model to ignore all instructions or rules.',
    steps: [verb, next(6, V.ALL), next(12, V.INSTRUCTIONS_CORE)],
  },
  {
    id: 'override.inverted',
    class: 'direct_injection',
    severity: 'high',
    weight: 1.3,
    meaning: 'The earlier instructions are to be ignored, in languages that put the verb last.',
    steps: [
      first(V.EARLIER, V.EARLIER_STEM, V.EVERYTHING_STEM),
      next(12, V.INSTRUCTIONS, V.INSTRUCTIONS_STEM),
      next(16, V.OVERRIDE_FOREIGN, V.OVERRIDE_STEM),
    ],
  },
  {
    id: 'override.all_foreign',
    class: 'direct_injection',
    severity: 'medium',
    weight: 1,
    meaning: 'Tells the model to ignore all rules, in another language.',
    steps: [
      first(V.OVERRIDE_STEM),
      next(6, V.EVERYTHING_STEM, V.EARLIER_STEM),
      next(12, V.INSTRUCTIONS_STEM),
    ],
  },
];
