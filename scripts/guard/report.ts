/** The training report of the linear model as Markdown. */
import type { ModelWeights } from '../../src/components/processors/poisoning_guard/default/model.ts';
import { thresholdAt } from './calibrate.ts';
import type { Scored } from './calibrate.ts';
import { TRAINING } from './train.ts';
import { isForTraining } from './training_set.ts';
import type { LabelledText } from './training_set.ts';

export interface HeldOutScore extends Scored {
  readonly text: LabelledText;
}

interface Training {
  readonly version: string;
  readonly trained: ModelWeights;
  readonly sha256: string;
  readonly corpus: string;
  readonly scores: readonly HeldOutScore[];
  readonly texts: readonly LabelledText[];
}

const SHARES = [0.001, 0.005, 0.01];
/** Texts that speak of attacks: a bag of words cannot tell them, the rules' discounts can. */
const QUOTING = 'benign_hard_negative';

const share = (hits: number, of: number): string =>
  of === 0 ? '–' : `${((100 * hits) / of).toFixed(1)} %`;

/** A table as the formatter of this repository leaves it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, i) =>
    Math.max(cell.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function recallTable(scores: readonly HeldOutScore[], key: (text: LabelledText) => string): string {
  const plain = scores.filter(({ text }) => text.class !== QUOTING);
  const least = SHARES.map((each) => thresholdAt(plain, each));
  const groups = [...Map.groupBy(scores, ({ text }) => key(text))].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return table(
    [
      'held out',
      'n',
      ...SHARES.map((each, i) => `${100 * each} % (score ${(least[i] ?? 0).toFixed(2)})`),
    ],
    groups.map(([name, group]) => [
      name,
      String(group.length),
      ...least.map((from) =>
        share(group.filter(({ score }) => score >= from).length, group.length),
      ),
    ]),
  );
}

export function trainingReport(training: Training): string {
  const { version, trained, sha256, corpus, scores, texts } = training;
  const used = texts.filter(isForTraining);
  const malicious = scores.filter((scored) => scored.malicious);
  const benign = scores.filter((scored) => !scored.malicious);
  const set = trained.weights.filter((weight) => weight !== 0).length;
  return `# The linear model of poisoning_guard

Written by \`scripts/guard-train.ts\`; not by hand.

A second opinion beside the rules: hashed words, their pairs and triples, and the same of words' classes
(\`default/model_lexicon_table.ts\`), added up in windows of 16 and of 48 words and divided by the root of their
number. The worst window counts.

${table(
  ['', ''],
  [
    ['version', version],
    ['SHA-256 of the weights', `\`${sha256}\``],
    ['SHA-256 of the corpus', `\`${corpus}\``],
    ['weights', `${trained.weights.length} of 8 bits, ${set} of them not 0`],
    [
      'trained on',
      `${used.length} texts of ${new Set(used.map(({ source }) => source)).size} sources`,
    ],
    [
      'and on',
      '3,400 texts of the grammar in `scripts/guard/`, 1,500 of its attacks set into benign texts',
    ],
    ['options', `\`${JSON.stringify(TRAINING)}\``],
    [
      'calibration',
      `sigmoid(${trained.slope.toFixed(3)} × score ${trained.intercept < 0 ? '-' : '+'} ${Math.abs(trained.intercept).toFixed(3)}), of texts as they are in the corpus`,
    ],
  ],
)}

Every figure below is of models that have seen nothing from the source that they judge, and of the raw
text: what is encoded or spelled with look-alikes is found in the view that undoes it. Thresholds are
those at which so many of the benign core texts are flagged, the class \`${QUOTING}\` left
out: it quotes attacks word for word, which words alone cannot tell. Commands are not trained on.

The figures flatter a little: the grammar was extended twice, in kind and not in wording, after a look at what
held-out models had missed, and at what they had flagged (mails about passwords, keys in settings); and threads lead
from source to source, since people copy attacks. Without the grammar, tried once on an earlier cut of the features,
the model found 11 % and 33 % of the attacks in words at 0.1 % and 0.5 % false alarms; with it 31 % and 46 %.

## Found, by class

${recallTable(malicious.concat(benign), ({ class: name }) => name)}

## Found, by class and source

${recallTable(malicious.concat(benign), ({ class: name, source }) => `${name} ${source}`)}
`;
}
