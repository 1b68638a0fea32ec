/** What becomes of the engine's answers when its texts are disguised. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { groupsBy, sample } from './corpus.ts';
import type { CorpusText } from './corpus.ts';
import { isAlarm } from './engines.ts';
import type { Engine, RecordParts } from './engines.ts';
import { percent, print, rateOf, row, spelled } from './rates.ts';
import type { Rate } from './rates.ts';

type Random = () => number;
type Transform = (
  text: string,
  random: Random,
  pad: (chars: number, random: Random) => string,
) => string | RecordParts;

interface Transforms {
  readonly T: Readonly<Record<string, Transform>>;
  /** For commands only. */
  readonly SH: Readonly<Record<string, Transform>>;
  /** Transforms that honest software applies too. */
  readonly BENIGN_OK: readonly string[];
  rng(seed: string): Random;
}

interface Variant {
  readonly base: CorpusText;
  readonly transform: string;
  readonly made: string | RecordParts;
}

const ATTACK_CLASSES = [
  'tool_poisoning',
  'indirect_injection',
  'direct_injection',
  'destructive_command',
  'exfil_command',
];
const PAD_CLASSES = ['benign_log', 'benign_transcript'];
const BASE_CHARS_MAX = 1500;

/** The figures that have targets. */
export interface EvasionOutcome {
  readonly retention: Rate;
  readonly lowest: { readonly transform: string; readonly rate: Rate };
  readonly below80: readonly string[];
  readonly benign: Rate;
  readonly benignVariants: Rate;
}

export async function loadTransforms(folderOrFile: string): Promise<Transforms> {
  const file = folderOrFile.endsWith('.mjs') ? folderOrFile : join(folderOrFile, 'transforms.mjs');
  if (!existsSync(file)) throw new Error(`${file}: not there; name it with --evasion-from`);
  const loaded: Transforms = await import(pathToFileURL(resolve(file)).href);
  return loaded;
}

/** Texts of `classes` short enough to be told apart after a transform, `count` a class. */
function bases(texts: readonly CorpusText[], count: number): readonly CorpusText[] {
  const fitting = texts.filter(
    ({ tier, label, text }) =>
      tier === 'core' && label === 'malicious' && text.length <= BASE_CHARS_MAX,
  );
  return ATTACK_CLASSES.flatMap((name) =>
    sample(
      fitting.filter((text) => text.class === name),
      count,
    ),
  );
}

function flaggedVariant(engine: Engine, { base, made }: Variant): boolean {
  const judgement =
    typeof made === 'string'
      ? engine.judge(made, base.source)
      : engine.judgeRecord(made, base.source);
  return isAlarm(engine, judgement);
}

/** Prints retention by transform and the rate of flagged benign variants. `count` bases a class. */
export async function measureEvasion(
  engine: Engine,
  texts: readonly CorpusText[],
  from: string,
  count: number,
): Promise<EvasionOutcome> {
  const transforms = await loadTransforms(from);
  const padding = texts
    .filter((text) => text.tier === 'core' && PAD_CLASSES.includes(text.class))
    .map(({ text }) => text);
  const pad = (chars: number, random: Random): string => {
    let filled = '';
    while (filled.length < chars) filled += `${padding[(random() * padding.length) | 0]}\n`;
    return filled.slice(0, chars);
  };
  const variantsOf = (base: CorpusText, from_: Readonly<Record<string, Transform>>): Variant[] =>
    Object.entries(from_).flatMap(([transform, make]) => {
      const made = make(base.text, transforms.rng(transform + base.id), pad);
      return made === base.text ? [] : [{ base, transform, made }];
    });

  const attacks = bases(texts, count);
  const held = attacks.filter(({ text, source }) => isAlarm(engine, engine.judge(text, source)));
  const variants = held.flatMap((base) => [
    ...variantsOf(base, transforms.T),
    ...(base.class.endsWith('_command') ? variantsOf(base, transforms.SH) : []),
  ]);
  print(`\nevasion: ${held.length} of ${attacks.length} base texts are flagged untransformed`);
  const results = variants.map((variant) => ({
    transform: variant.transform,
    class: variant.base.class,
    flagged: flaggedVariant(engine, variant),
  }));
  const isFlagged = ({ flagged }: { flagged: boolean }): boolean => flagged;
  const byTransform = groupsBy(results, ({ transform }) => transform)
    .map(([transform, all]) => ({ transform, rate: rateOf(all, isFlagged) }))
    .toSorted((a, b) => percent(a.rate) - percent(b.rate));
  for (const { transform, rate } of byTransform) row(transform, spelled(rate));
  print(' by class');
  for (const [name, all] of groupsBy(results, (result) => result.class)) {
    row(name, spelled(rateOf(all, isFlagged)));
  }
  const retention = rateOf(results, isFlagged);
  row('all', spelled(retention));

  const innocent = sample(
    texts.filter(
      (text) =>
        text.tier === 'core' &&
        text.label === 'benign' &&
        text.class !== 'benign_hard_negative' &&
        text.text.length <= BASE_CHARS_MAX,
    ),
    4 * count,
  );
  const allowed = Object.fromEntries(
    Object.entries(transforms.T).filter(([name]) => transforms.BENIGN_OK.includes(name)),
  );
  const benign = rateOf(innocent, ({ text, source }) =>
    isAlarm(engine, engine.judge(text, source)),
  );
  const benignResults = innocent
    .flatMap((base) => variantsOf(base, allowed))
    .map((variant) => ({
      transform: variant.transform,
      flagged: flaggedVariant(engine, variant),
    }));
  print(' benign variants flagged');
  for (const [name, all] of groupsBy(benignResults, ({ transform }) => transform)) {
    const rate = rateOf(all, isFlagged);
    if (rate.hits > 0) row(name, spelled(rate));
  }
  const benignVariants = rateOf(benignResults, isFlagged);
  row('all', spelled(benignVariants), `untransformed ${spelled(benign)}`);
  return {
    retention,
    lowest: byTransform[0] ?? { transform: 'none', rate: { hits: 0, of: 0 } },
    below80: byTransform.filter(({ rate }) => percent(rate) < 80).map(({ transform }) => transform),
    benign,
    benignVariants,
  };
}
