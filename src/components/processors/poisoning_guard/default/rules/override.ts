import { first, then } from '../rule.ts';
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
      verb,
      then(48, V.EARLIER, V.EARLIER_STEM),
      then(24, V.INSTRUCTIONS, V.INSTRUCTIONS_STEM),
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
      then(36, V.INSTRUCTIONS_CORE, V.INSTRUCTIONS_STEM),
      then(36, V.EARLIER, V.EARLIER_STEM),
    ],
  },
  {
    id: 'override.everything',
    class: 'direct_injection',
    severity: 'high',
    weight: 1.2,
    meaning: 'Tells the model to forget everything that was said.',
    steps: [verb, then(16, V.EVERYTHING)],
  },
  {
    id: 'override.earlier_text',
    class: 'direct_injection',
    severity: 'medium',
    weight: 1,
    meaning: 'Tells the model to ignore the text before.',
    steps: [verb, then(24, V.EARLIER, V.EARLIER_STEM), then(16, V.WORDS_BEFORE)],
  },
  {
    id: 'override.your_instructions',
    class: 'direct_injection',
    severity: 'high',
    weight: 1.2,
    meaning: 'Tells the model to ignore its own instructions, rules or training.',
    steps: [verb, then(16, V.YOUR), then(24, V.INSTRUCTIONS_CORE, V.INSTRUCTIONS_STEM)],
  },
  {
    id: 'override.all_instructions',
    class: 'direct_injection',
    severity: 'medium',
    weight: 1,
    meaning: 'Tells the model to ignore all instructions or rules.',
    steps: [verb, then(6, V.ALL), then(12, V.INSTRUCTIONS_CORE)],
  },
  {
    id: 'override.inverted',
    class: 'direct_injection',
    severity: 'high',
    weight: 1.3,
    meaning: 'The earlier instructions are to be ignored, in languages that put the verb last.',
    steps: [
      first(V.EARLIER, V.EARLIER_STEM, V.EVERYTHING_STEM),
      then(12, V.INSTRUCTIONS, V.INSTRUCTIONS_STEM),
      then(16, V.OVERRIDE_FOREIGN, V.OVERRIDE_STEM),
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
      then(6, V.EVERYTHING_STEM, V.EARLIER_STEM),
      then(12, V.INSTRUCTIONS_STEM),
    ],
  },
];
