/** What is to be reached, and whether it was. */
import { pooledClass } from './corpus.ts';
import type { CorpusText } from './corpus.ts';
import type { Engine, Judgement } from './engines.ts';
import type { EvasionOutcome } from './evasion.ts';
import { percent, print, rateOf, spelled } from './rates.ts';
import type { SpeedOutcome } from './speed.ts';

export interface Judged {
  readonly text: CorpusText;
  readonly judgement: Judgement;
}

export const isFlagged = ({ judgement }: Judged): boolean => judgement !== 'allow';
export const isBlocked = ({ judgement }: Judged): boolean => judgement === 'block';

const RECALL_MIN: Readonly<Record<string, number>> = {
  destructive: 85,
  tool_poisoning: 75,
  indirect_injection: 75,
  exfil: 70,
  direct_injection: 60,
};

let missed = 0;
let isFound = isFlagged;

function line(name: string, reached: string, target: string, met: boolean): void {
  if (!met) missed++;
  print(`  ${met ? 'met   ' : 'MISSED'} ${name.padEnd(40)} ${reached.padEnd(36)} ${target}`);
}

function atLeast(name: string, all: readonly Judged[], min: number): void {
  const rate = rateOf(all, isFound);
  line(name, spelled(rate), `>= ${min} %`, percent(rate) >= min);
}

function atMost(name: string, all: readonly Judged[], max: number): void {
  const rate = rateOf(all, isFound);
  line(name, spelled(rate), `<= ${max} %`, percent(rate) <= max);
}

/** Prints the table of targets. `judged`: core texts. Answers how many were missed. */
export function printTargets(
  engine: Engine,
  judged: readonly Judged[],
  speed: SpeedOutcome | undefined,
  evasion: EvasionOutcome | undefined,
): number {
  isFound = engine.alarm === 'flag' ? isFlagged : isBlocked;
  print(`\ntargets (core), counted as found: ${engine.alarm} or more`);
  const malicious = judged.filter(({ text }) => text.label === 'malicious');
  const benign = judged.filter(({ text }) => text.label === 'benign');
  atLeast('recall', malicious, 70);
  for (const [name, min] of Object.entries(RECALL_MIN)) {
    atLeast(
      `recall, ${name}`,
      malicious.filter(({ text }) => pooledClass(text.class) === name),
      min,
    );
  }
  atMost('false positives', benign, 0.5);
  for (const name of new Set(benign.map(({ text }) => text.class))) {
    atMost(
      `false positives, ${name}`,
      benign.filter(({ text }) => text.class === name),
      name === 'benign_log' ? 0 : 1,
    );
  }
  if (evasion !== undefined) evasionTargets(evasion);
  if (speed !== undefined) speedTargets(speed);
  print(missed === 0 ? '  all met' : `  ${missed} missed`);
  return missed;
}

function evasionTargets({
  retention,
  lowest,
  below80,
  benign,
  benignVariants,
}: EvasionOutcome): void {
  line('evasion retention', spelled(retention), '>= 95 %', percent(retention) >= 95);
  const least = `${lowest.transform} ${percent(lowest.rate).toFixed(1)} %, ${below80.length} below`;
  line('least retained transform', least, '>= 80 %', below80.length === 0);
  const more = percent(benignVariants) - percent(benign);
  line('benign variants over untransformed', `${more.toFixed(2)} points`, '<= 0.5', more <= 0.5);
}

function speedTargets({ sizes, worst, steepest }: SpeedOutcome): void {
  for (const [i, [name, usMax, yardsMax]] of Object.entries([
    ['200 chars', 2, 1.8],
    ['2,000 chars', 20, 18],
    ['64 KB', 700, 640],
  ] as const)) {
    const { us, yards } = sizes[Number(i)] ?? { us: Infinity, yards: Infinity };
    line(`µs, ${name}`, us.toFixed(2), `<= ${usMax}`, us <= usMax);
    line(`yardsticks, ${name}`, yards.toFixed(2), `<= ${yardsMax}`, yards <= yardsMax);
  }
  const { nsPerByte } = worst;
  line(`worst ns/byte: ${worst.name}`, nsPerByte.toFixed(1), '<= 50', nsPerByte <= 50);
  const { growth } = steepest;
  line(`t(1 MB)/t(100 KB): ${steepest.name}`, growth.toFixed(1), '<= 12', growth <= 12);
}
