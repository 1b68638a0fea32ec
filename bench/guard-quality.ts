/**
 * How good `poisoning_guard` is, and what it costs: recall, false alarms, what disguises do to it,
 * time by length, and the worst that an attacker can write.
 *
 * `npm run bench:guard -- --corpus DIR [--evasion [FOLDER]] [--ruleset default|reference] [--sample N]
 * [--shipped] [--no-speed] [--misses]`. The corpus is not part of this repository: a folder of JSON
 * lines with `id`, `source`, `label`, `class`, `tier` and `text`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { groupsBy, loadCorpus, pooledClass, sample } from './guard-quality/corpus.ts';
import type { CorpusText } from './guard-quality/corpus.ts';
import {
  defaultEngine,
  HeldOutModels,
  withinSourceClasses,
} from './guard-quality/default_engine.ts';
import { referenceEngine } from './guard-quality/engines.ts';
import type { Engine } from './guard-quality/engines.ts';
import { measureEvasion } from './guard-quality/evasion.ts';
import { print, rateOf, row, spelled } from './guard-quality/rates.ts';
import { measureSpeed } from './guard-quality/speed.ts';
import { isBlocked, isFlagged, printTargets } from './guard-quality/targets.ts';
import type { Judged } from './guard-quality/targets.ts';
import { yardstickApartNs } from './yardstick.ts';

const { values: options } = parseArgs({
  options: {
    corpus: { type: 'string' },
    evasion: { type: 'boolean', default: false },
    'evasion-from': { type: 'string' },
    ruleset: { type: 'string', default: 'default' },
    /** Texts of each class and source; base texts of a class for --evasion. */
    sample: { type: 'string' },
    /** Judge with the trained artefact, which has seen the corpus, and not by cross-validation. */
    shipped: { type: 'boolean', default: false },
    'no-speed': { type: 'boolean', default: false },
    /** Print the ids of core texts on the wrong side. */
    misses: { type: 'boolean', default: false },
  },
});

function rows(judged: readonly Judged[], key: (judged: Judged) => string): void {
  for (const [name, group] of groupsBy(judged, key)) {
    row(
      name,
      `flagged ${spelled(rateOf(group, isFlagged))}`,
      `blocked ${spelled(rateOf(group, isBlocked))}`,
    );
  }
  row(
    'all',
    `flagged ${spelled(rateOf(judged, isFlagged))}`,
    `blocked ${spelled(rateOf(judged, isBlocked))}`,
  );
}

function report(judged: readonly Judged[], title: string, within: ReadonlySet<string>): void {
  const malicious = judged.filter(({ text }) => text.label === 'malicious');
  const benign = judged.filter(({ text }) => text.label === 'benign');
  const named = (name: string): string => (within.has(name) ? `${name} (within source)` : name);
  print(`\n${title}: recall by class (95 % intervals)`);
  rows(malicious, ({ text }) => named(text.class));
  const exfil = malicious.filter(({ text }) => pooledClass(text.class) === 'exfil');
  row(
    'exfil, pooled',
    `flagged ${spelled(rateOf(exfil, isFlagged))}`,
    `blocked ${spelled(rateOf(exfil, isBlocked))}`,
  );
  print(`${title}: recall by class and source`);
  rows(malicious, ({ text }) => `${text.class} ${text.source}`);
  print(`${title}: false positives by class`);
  rows(benign, ({ text }) => text.class);
  print(`${title}: false positives by class and source`);
  rows(benign, ({ text }) => `${text.class} ${text.source}`);
}

function chosen(texts: readonly CorpusText[], count: number | undefined): readonly CorpusText[] {
  if (count === undefined) return texts;
  const groups = groupsBy(texts, ({ class: name, source, tier }) => `${name} ${source} ${tier}`);
  return groups.flatMap(([, group]) => sample(group, count));
}

function missesOf(judged: readonly Judged[]): void {
  print('\ncore texts on the wrong side');
  for (const { text, judgement } of judged) {
    const wrong = (text.label === 'malicious') === (judgement === 'allow');
    if (wrong) print(`  ${judgement.padEnd(6)} ${text.class.padEnd(26)} ${text.id}`);
  }
}

function engineOf(name: string, texts: readonly CorpusText[]): Engine {
  if (name === 'reference') return referenceEngine;
  if (name === 'default') {
    return defaultEngine(options.shipped ? undefined : new HeldOutModels(texts));
  }
  throw new Error(`--ruleset ${name}: not there; write default or reference`);
}

async function main(folder: string): Promise<void> {
  const count = options.sample === undefined ? undefined : Number(options.sample);
  const all = loadCorpus(folder);
  const within = withinSourceClasses(all);
  const engine = engineOf(options.ruleset, all);
  const yardNs = yardstickApartNs();
  print(
    `ruleset ${engine.name}, ${all.length} texts, yardstick ${yardNs.toFixed(0)} ns, node ${process.version}`,
  );
  const benign = all.filter(({ label, tier }) => label === 'benign' && tier === 'core');
  // Before models are trained without a source: a daemon has one model, and calls of many cost more.
  const speed = options['no-speed']
    ? undefined
    : measureSpeed((text) => engine.judge(text), benign, count !== undefined);
  const judged = chosen(all, count).map((text): Judged => {
    return { text, judgement: engine.judge(text.text, text.source, within.has(text.class)) };
  });
  const core = judged.filter(({ text }) => text.tier === 'core');
  report(core, 'core', within);
  report(
    judged.filter(({ text }) => text.tier === 'extended'),
    'extended',
    new Set(),
  );
  if (options.misses) missesOf(core);
  const beside = join(folder, '..', 'evasion');
  const from = options['evasion-from'] ?? (existsSync(beside) ? beside : folder);
  const evasion = options.evasion
    ? await measureEvasion(engine, all, from, count ?? 60)
    : undefined;
  printTargets(engine, core, speed, evasion);
}

if (options.corpus === undefined) throw new Error('--corpus: name the folder of the corpus');
await main(options.corpus);
