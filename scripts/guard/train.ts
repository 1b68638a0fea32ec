/** Training of the linear model: logistic loss of the worst window of each text. */
import { WORDS_MIN } from '../../src/components/processors/poisoning_guard/default/model.ts';
import type { ModelWeights } from '../../src/components/processors/poisoning_guard/default/model.ts';
import { placesOf, windowsOf } from './features.ts';
import type { TextPlaces } from './features.ts';
import { numbersFrom } from './grammar.ts';

/** A text with its label, ready for training. */
export interface Example extends TextPlaces {
  readonly id: string;
  readonly source: string;
  readonly malicious: boolean;
  readonly windows: readonly (readonly [start: number, end: number])[];
}

export interface TrainingOptions {
  readonly bits: number;
  readonly epochs: number;
  readonly rate: number;
  /** Pull of each weight towards 0. */
  readonly decay: number;
  /** A place seen in fewer sources than this is not learned from: it knows a source, not an attack. */
  readonly sourcesMin: number;
  /** 0: each text counts the same; 1: each source counts the same. */
  readonly balance: number;
  /** So often it is trained, each time with the texts in another order; the mean is what counts. */
  readonly orders: number;
  readonly seed: number;
}

export const TRAINING: TrainingOptions = {
  bits: 16,
  epochs: 20,
  rate: 0.1,
  decay: 1e-3,
  sourcesMin: 2,
  balance: 0.5,
  orders: 3,
  seed: 20240229,
};

/** Texts written for training are of no one source: what is seen in them is learned from. */
export const OWN = 'own';

export function exampleOf(
  text: { id: string; source: string; label: string; text: string },
  bits: number,
): Example {
  const { id, source, label } = text;
  const found = placesOf(text.text, bits);
  const windows = windowsOf(found.starts.length - 1);
  return { id, source, malicious: label === 'malicious', windows, ...found };
}

/** Weights as floating-point numbers, before they are rounded to eight bits. */
export interface FloatModel {
  readonly bits: number;
  readonly weights: Float64Array;
  bias: number;
}

/** Log-odds of the worst window, and where it is. */
export function worstWindow(
  { weights, bias }: Pick<FloatModel, 'weights' | 'bias'>,
  { places, starts, windows }: Example,
): { score: number; start: number; end: number } {
  const worst = { score: -Infinity, start: 0, end: 0 };
  for (const [start, end] of windows) {
    let sum = 0;
    for (let i = starts[start] as number; i < (starts[end] as number); i++) {
      sum += weights[places[i] as number] as number;
    }
    const score = bias + sum / Math.sqrt(Math.max(end - start, WORDS_MIN));
    if (score > worst.score) Object.assign(worst, { score, start, end });
  }
  return worst;
}

/** The same order on every machine. */
function shuffle(list: number[], next: () => number): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = next() % (i + 1);
    const item = list[i] as number;
    list[i] = list[j] as number;
    list[j] = item;
  }
}

/** 1 for each place that occurs in at least `sourcesMin` sources. */
function learnable(
  examples: readonly Example[],
  { bits, sourcesMin }: TrainingOptions,
): Uint8Array {
  const seen = new Uint8Array(2 ** bits);
  const lastSource = new Int32Array(2 ** bits).fill(-1);
  const bySource = Map.groupBy(examples, ({ source }) => source);
  let number = 0;
  for (const [source, group] of bySource) {
    const step = source === OWN ? sourcesMin : 1;
    for (const { places } of group) {
      for (const place of places) {
        if (lastSource[place] === number) continue;
        lastSource[place] = number;
        seen[place] = Math.min(255, (seen[place] as number) + step);
      }
    }
    number++;
  }
  return seen.map((count) => (count >= sourcesMin ? 1 : 0));
}

/** Weight of each example so that neither a source nor a label decides by its size. */
function balanced(examples: readonly Example[], { balance }: TrainingOptions): Float64Array {
  const key = (example: Example): string => `${example.source} ${example.malicious}`;
  const counts = new Map<string, number>();
  for (const example of examples) {
    counts.set(key(example), (counts.get(key(example)) ?? 0) + 1);
  }
  const raw = Float64Array.from(
    examples,
    (example) => (counts.get(key(example)) as number) ** -balance,
  );
  const sums = [0, 0];
  for (const [i, example] of examples.entries()) {
    sums[example.malicious ? 1 : 0] =
      (sums[example.malicious ? 1 : 0] as number) + (raw[i] as number);
  }
  return raw.map((weight, i) => {
    const sum = sums[(examples[i] as Example).malicious ? 1 : 0] as number;
    return (weight * examples.length) / (2 * sum);
  });
}

/** Trains on examples in any order; the result depends on their set, the options and nothing else. */
export function train(given: readonly Example[], options: TrainingOptions = TRAINING): FloatModel {
  const { bits, orders, seed } = options;
  const examples = given.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const course: Course = {
    examples,
    allowed: learnable(examples, options),
    importance: balanced(examples, options),
    next: numbersFrom(seed),
  };
  // The worst window is another for each order: one model alone is to some part chance.
  const mean: FloatModel = { bits, weights: new Float64Array(2 ** bits), bias: 0 };
  for (let order = 0; order < orders; order++) {
    const { weights, bias } = trainOnce(course, options);
    mean.bias += bias / orders;
    for (const [place, weight] of weights.entries()) {
      mean.weights[place] = (mean.weights[place] as number) + weight / orders;
    }
  }
  return mean;
}

interface Course {
  readonly examples: readonly Example[];
  readonly allowed: Uint8Array;
  readonly importance: Float64Array;
  readonly next: () => number;
}

/** Adaptive gradient descent (Duchi, Hazan and Singer 2011), one text at a time. */
function trainOnce(
  { examples, allowed, importance, next }: Course,
  { bits, epochs, rate, decay }: TrainingOptions,
): FloatModel {
  const weights = new Float64Array(2 ** bits);
  const squares = new Float64Array(2 ** bits).fill(1e-2);
  const model: FloatModel = { bits, weights, bias: 0 };
  let biasSquares = 1e-2;
  const order = [...examples.keys()];
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, next);
    for (const index of order) {
      const example = examples[index] as Example;
      const { places, starts, malicious } = example;
      const { score, start, end } = worstWindow(model, example);
      const error = 1 / (1 + Math.exp(-score)) - (malicious ? 1 : 0);
      const step = error * (importance[index] as number);
      biasSquares += step * step;
      model.bias -= (rate * step) / Math.sqrt(biasSquares);
      const each = step / Math.sqrt(Math.max(end - start, WORDS_MIN));
      for (let i = starts[start] as number; i < (starts[end] as number); i++) {
        const place = places[i] as number;
        if (allowed[place] === 0) continue;
        const weight = weights[place] as number;
        const gradient = each + decay * weight;
        const square = (squares[place] as number) + gradient * gradient;
        squares[place] = square;
        weights[place] = weight - (rate * gradient) / Math.sqrt(square);
      }
    }
  }
  return model;
}

/** Rounded to eight bits. Weights beyond the limit are cut: one word shall not decide alone. */
export function rounded(
  { bits, weights, bias }: FloatModel,
  calibration: { slope: number; intercept: number } = { slope: 1, intercept: 0 },
): ModelWeights {
  let largest = 0;
  for (const weight of weights) largest = Math.max(largest, Math.abs(weight));
  const scale = largest === 0 ? 1 : largest / 127;
  const small = Int8Array.from(weights, (weight) => Math.round(weight / scale));
  return { bits, weights: small, bias, scale, ...calibration };
}
