import { LinearModel } from './model.ts';
import type { SecondOpinion } from './score.ts';

/**
 * Where the model begins to add to a score, and where it flags alone: chosen on sources that the model
 * had not seen, beside the rules (`docs/guard-model.md`, `bench/guard-quality.ts`).
 */
const ADDS_FROM = -0.5;
const FLAGS_FROM = 1.3;
/** What it adds just below: not enough to flag without a rule. */
const ADDS_MAX = 0.9;
/** What it adds when it flags alone, and no more however sure it is: words alone do not block. */
const FLAGS = 1;

/** A quotation is at most so long; what is longer is read as text. */
const QUOTED_CHARS_MAX = 160;

/** The linear model as a share of a text's score. It only ever adds: ordinary words excuse nothing. */
export class ModelOpinion implements SecondOpinion {
  readonly #model: LinearModel;

  constructor(model: LinearModel = LinearModel.load()) {
    this.#model = model;
  }

  /** The log-odds of the model. */
  score(text: string): number {
    return this.#model.score(text);
  }

  /** @inheritdoc */
  atMost(score: number): number {
    return shareOf(score);
  }

  /** @inheritdoc */
  share(text: string, score = this.score(text)): number {
    if (score <= ADDS_FROM) return 0;
    // Who quotes an attack has written about it; the rules weigh what stands in quotes on their own.
    const rest = withoutQuotations(text);
    return shareOf(rest === text ? score : Math.min(score, this.score(rest)));
  }
}

function shareOf(score: number): number {
  if (score >= FLAGS_FROM) return FLAGS;
  return Math.max(0, (ADDS_MAX * (score - ADDS_FROM)) / (FLAGS_FROM - ADDS_FROM));
}

/** `"`, `'`, a backtick, and the paired ones. */
const isQuote = (unit: number): boolean =>
  unit === 34 ||
  unit === 39 ||
  unit === 96 ||
  unit === 0x2018 ||
  unit === 0x2019 ||
  unit === 0x201c ||
  unit === 0x201d;

const isWordUnit = (unit: number): boolean =>
  (unit >= 97 && unit <= 122) ||
  (unit >= 65 && unit <= 90) ||
  (unit >= 48 && unit <= 57) ||
  unit === 95 ||
  (unit >= 0xc0 && unit < 0x2000);

/**
 * The text without what stands between quotation marks in one line, up to 160 characters. A mark inside a
 * word is an apostrophe. One pass; the text itself when it quotes nothing.
 */
export function withoutQuotations(text: string): string {
  const kept: string[] = [];
  let from = 0;
  let opened = -1;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // Small letters, and most of the rest.
    if ((unit > 96 && unit < 0x2018) || unit === 32) continue;
    if (unit === 10) opened = -1;
    if (!isQuote(unit)) continue;
    const before = isWordUnit(text.charCodeAt(at - 1));
    const after = isWordUnit(text.charCodeAt(at + 1));
    if (before && after) continue;
    if (opened >= 0 && !after && at - opened <= QUOTED_CHARS_MAX) {
      kept.push(text.slice(from, opened));
      from = at + 1;
      opened = -1;
    } else if (after) opened = at;
  }
  if (from === 0) return text;
  kept.push(text.slice(from));
  return kept.join(' ');
}
