/**
 * Trains the linear model of `poisoning_guard` from a folder of JSON lines (`id`, `source`, `label`,
 * `class`, `tier`, `text`): `node scripts/guard-train.ts CORPUS [--check]`. Writes the weights and the
 * training report; `--check` only says whether they would be the same. The same corpus gives the same
 * bytes, in whatever order its files and lines are read.
 */
import { hash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LinearModel } from '../src/components/processors/poisoning_guard/default/model.ts';
import type { ModelWeights } from '../src/components/processors/poisoning_guard/default/model.ts';
import { platt, thresholdAt } from './guard/calibrate.ts';
import { trainingReport } from './guard/report.ts';
import type { HeldOutScore } from './guard/report.ts';
import { rounded, train, TRAINING } from './guard/train.ts';
import { TrainingSet } from './guard/training_set.ts';
import type { LabelledText } from './guard/training_set.ts';

/** Counted up by hand when features or training change. */
const VERSION = '2';

const ROOT = join(import.meta.dirname, '..');
const WEIGHTS = join(ROOT, 'src/components/processors/poisoning_guard/default/model_weights.ts');
const REPORT = join(ROOT, 'docs/guard-model.md');

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
});

function textsBelow(folder: string): readonly LabelledText[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
    .map((line): LabelledText => JSON.parse(line));
}

/** Scores of every core text by a model that has not seen its source. */
function heldOutScores(set: TrainingSet, texts: readonly LabelledText[]): HeldOutScore[] {
  const core = texts.filter(({ tier }) => tier === 'core');
  const sources = [...new Set(core.map(({ source }) => source))].toSorted();
  return sources.flatMap((source) => {
    const kept = set.without((text) => text.source === source);
    const model = new LinearModel(rounded(train(kept)));
    return core
      .filter((text) => text.source === source)
      .map((text) => ({
        text,
        score: model.score(text.text),
        malicious: text.label === 'malicious',
      }));
  });
}

function moduleOf(trained: ModelWeights, sha256: string, corpus: string): string {
  const { bits, bias, scale, slope, intercept, weights } = trained;
  const base64 = Buffer.from(weights.buffer, weights.byteOffset, weights.length).toString('base64');
  return `/** Written by \`scripts/guard-train.ts\`; not by hand. What it holds: \`docs/guard-model.md\`. */
export const TRAINED = {
  version: '${VERSION}',
  /** Of the weights as bytes. */
  sha256: '${sha256}',
  /** Of the corpus that it was trained from: its texts with their ids and labels, in order. */
  corpus: '${corpus}',
  bits: ${bits},
  bias: ${bias},
  scale: ${scale},
  slope: ${slope},
  intercept: ${intercept},
  base64:
    '${base64}',
};
`;
}

function main(folder: string): void {
  const texts = textsBelow(folder).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const set = new TrainingSet(texts, TRAINING.bits);
  const scores = heldOutScores(set, texts);
  // Commands are the rules' affair; quoted attacks are lowered there.
  const judged = scores.filter(({ text }) => !text.class.endsWith('_command'));
  const trained = rounded(train(set.without(() => false)), platt(judged));
  const sha256 = hash('sha256', trained.weights, 'hex');
  const lines = texts.map(({ id, label, text }) => JSON.stringify([id, label, text])).join('\n');
  const corpus = hash('sha256', lines, 'hex');
  const made = new Map([
    [WEIGHTS, moduleOf(trained, sha256, corpus)],
    [REPORT, trainingReport({ version: VERSION, trained, sha256, corpus, scores, texts })],
  ]);
  for (const [path, content] of made) {
    if (!values.check) writeFileSync(path, content);
    else if (readFileSync(path, 'utf8') !== content) throw new Error(`${path} would be another`);
  }
  for (const share of [0.001, 0.005, 0.01]) {
    const least = thresholdAt(scores, share);
    const found = judged.filter(({ malicious, score }) => malicious && score >= least).length;
    const of = judged.filter(({ malicious }) => malicious).length;
    process.stdout.write(
      `${100 * share} % false: score ${least.toFixed(2)}, recall ${((100 * found) / of).toFixed(1)} %\n`,
    );
  }
}

const [folder] = positionals;
if (folder === undefined) throw new Error('name the folder of the corpus');
main(folder);
