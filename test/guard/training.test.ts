import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LinearModel } from '../../src/components/processors/poisoning_guard/default/model.ts';
import { wordsOf } from '../../src/components/processors/poisoning_guard/default/model_features.ts';
import { platt, thresholdAt } from '../../scripts/guard/calibrate.ts';
import { placesOf, windowsOf } from '../../scripts/guard/features.ts';
import { grown, numbersFrom } from '../../scripts/guard/grammar.ts';
import { exampleOf, rounded, train, TRAINING, worstWindow } from '../../scripts/guard/train.ts';
import type { Example } from '../../scripts/guard/train.ts';

const OPTIONS = { ...TRAINING, bits: 12, epochs: 6 };

/** Three sources; in each the orange ones are malicious, and each has a word of its own. */
const CORPUS = ['north', 'south', 'west'].flatMap((source) =>
  Array.from({ length: 24 }, (_, i) => {
    const malicious = i % 2 === 0;
    const text = `${source} ${malicious ? 'paint the orange' : 'keep the green'} door number ${i} ${'quietly '.repeat(i % 5)}`;
    return { id: `${source}-${i}`, source, label: malicious ? 'malicious' : 'benign', text };
  }),
);
const VOCABULARY = CORPUS.flatMap(({ text }) => text.split(' ').map((word) => `${word} `));
const EXAMPLES = CORPUS.map((text) => exampleOf(text, OPTIONS.bits));

function inAnotherOrder(examples: readonly Example[], seed: number): Example[] {
  const next = numbersFrom(seed);
  return examples
    .map((example) => ({ example, at: next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ example }) => example);
}

describe('training', () => {
  const first = rounded(train(EXAMPLES, OPTIONS));

  test.each([1, 2, 3])('gives the same bytes in any order of the texts (%i)', (seed) => {
    const again = rounded(train(inAnotherOrder(EXAMPLES, seed), OPTIONS));
    expect(Buffer.from(again.weights).equals(Buffer.from(first.weights))).toBe(true);
    expect(again).toEqual(first);
  });

  test('gives other bytes with another seed', () => {
    const other = rounded(train(EXAMPLES, { ...OPTIONS, seed: 1 }));
    expect(Buffer.from(other.weights).equals(Buffer.from(first.weights))).toBe(false);
  });

  test('learns what tells the labels in a source it has not seen', () => {
    const kept = EXAMPLES.filter(({ source }) => source !== 'west');
    const model = new LinearModel(rounded(train(kept, OPTIONS)));
    const wrong = CORPUS.filter(
      ({ source, text, label }) =>
        source === 'west' && model.score(text) > 0 !== (label === 'malicious'),
    );
    expect(wrong).toEqual([]);
  });

  test('does not learn from what one source alone has', () => {
    const { weights } = train(EXAMPLES, OPTIONS);
    const [own] = placesOf('north', OPTIONS.bits).places;
    const [shared] = placesOf('orange', OPTIONS.bits).places;
    expect(weights[own ?? -1]).toBe(0);
    expect(weights[shared ?? -1]).toBeGreaterThan(0);
  });

  test('scores as the model does, but for the rounding', () => {
    const float = train(EXAMPLES, OPTIONS);
    const small = rounded(float);
    const model = new LinearModel(small);
    const back = {
      weights: Float64Array.from(small.weights, (weight) => weight * small.scale),
      bias: small.bias,
    };
    for (const [i, text] of CORPUS.entries()) {
      const example = EXAMPLES[i];
      if (example === undefined) throw new Error('no example');
      expect(model.score(text.text)).toBeCloseTo(worstWindow(back, example).score, 9);
      expect(model.score(text.text)).toBeCloseTo(worstWindow(float, example).score, 0);
    }
  });
});

test('the model adds up what training saw', () => {
  const units = fc.constantFrom(...VOCABULARY, "'", '’', ' ', ' ', 'é', 'ж', '漢', '1', '\n');
  const texts = fc.array(units, { maxLength: 200, size: 'max' }).map((parts) => parts.join(''));
  const small = rounded(train(EXAMPLES, OPTIONS));
  const weights = Float64Array.from(small.weights);
  const model = new LinearModel({ ...small, scale: 1, bias: 0 });
  const isSame = (text: string): void => {
    const example = exampleOf({ id: '', source: '', label: '', text }, OPTIONS.bits);
    expect(model.score(text)).toBe(worstWindow({ weights, bias: 0 }, example).score);
  };
  fc.assert(fc.property(texts, isSame), { seed: 3, numRuns: 200 });
});

test.each([
  ['Don’t IGNORE_it: 10,000 times!', ['dont', 'ignore', 'it', 'times']],
  ['größe Élan ЖУК 漢字。', ['große', 'elan', 'жук', '漢字']],
  ['a1b22c x y zz', ['zz']],
  [' \u200b ', []],
])('the words of %j', (text, words) => expect(wordsOf(text)).toEqual(words));

test.each([
  [0, [[0, 0]]],
  [7, [[0, 7]]],
  [
    17,
    [
      [0, 16],
      [8, 17],
    ],
  ],
  [
    48,
    [
      [0, 16],
      [8, 24],
      [16, 32],
      [24, 40],
      [32, 48],
      [0, 48],
    ],
  ],
])('the windows of %i words', (words, windows) => {
  const seen = windowsOf(words).map((window) => window.join());
  expect(seen).toEqual(expect.arrayContaining(windows.map((window) => window.join())));
});

describe('the grammar', () => {
  test.each(['attack', 'harmless'] as const)('%s: the same texts for the same seed', (start) => {
    expect(grown(start, 50, 3)).toEqual(grown(start, 50, 3));
    expect(grown(start, 50, 3)).not.toEqual(grown(start, 50, 4));
  });

  test.each(['attack', 'harmless'] as const)('%s: no slot is left open', (start) => {
    const open = grown(start, 2000, 9).filter((text) => /\{\w+\}/.test(text));
    expect(open).toEqual([]);
  });
});

describe('calibration', () => {
  test('finds the slope that made the labels', () => {
    const next = numbersFrom(77);
    const scored = Array.from({ length: 20_000 }, () => {
      const score = (next() / 2 ** 32) * 8 - 4;
      const probability = 1 / (1 + Math.exp(-(0.7 * score - 1)));
      return { score, malicious: next() / 2 ** 32 < probability };
    });
    const { slope, intercept } = platt(scored);
    expect(slope).toBeCloseTo(0.7, 1);
    expect(intercept).toBeCloseTo(-1, 1);
  });

  test('a threshold lets through no more than its share', () => {
    const scored = Array.from({ length: 1000 }, (_, i) => ({
      score: i / 100,
      malicious: i % 10 === 0,
    }));
    for (const share of [0, 0.001, 0.01, 0.1]) {
      const least = thresholdAt(scored, share);
      const over = scored.filter(({ score, malicious }) => !malicious && score >= least).length;
      expect(over).toBeLessThanOrEqual(share * 900);
    }
  });
});
