import { hitsIn, seenIn } from './hits.ts';
import type { GuardClass, Hit } from './hits.ts';
import { ModelOpinion } from './model_opinion.ts';
import type { OwnRules } from './own_rules.ts';
import { lateReadingsOf, mayHaveReadings, readingsOf } from './readings.ts';
import type { View } from './view.ts';

export type TextVerdict = 'allow' | 'flag' | 'block';

/** What was found in a text, and where in the original. */
export interface TextFinding {
  readonly rule: string;
  readonly class: GuardClass;
  readonly severity: Hit['severity'];
  /** In UTF-16 units of the original text. */
  readonly start: number;
  readonly end: number;
  /** How the place was decoded, outermost first; nothing for plain text. */
  readonly chain: readonly string[];
  /** What it adds to the score of its class. */
  readonly weight: number;
  readonly lowered?: Hit['lowered'];
}

export interface TextJudgement {
  readonly verdict: TextVerdict;
  /** By class: 1 flags, 2 blocks. */
  readonly score: Readonly<Partial<Record<GuardClass, number>>>;
  /** All classes and the model together: what the verdict goes by. */
  readonly total: number;
  /** What the model added. */
  readonly model: number;
  readonly findings: readonly TextFinding[];
  /** True when the budget of readings ended before the readings did: not everything was seen. */
  readonly truncated?: boolean;
}

/** What the further hits of a class count. */
const FURTHER = 0.5;

/** What a hit counts at the place of a graver one: it says the same again. */
const SAME_PLACE = 0.1;

interface Scored {
  readonly class: GuardClass;
  readonly weight: number;
  readonly start: number;
  readonly end: number;
}

/** Scores by class: the gravest hit in full, others elsewhere by half. */
export function scoresOf(hits: readonly Scored[]): Map<GuardClass, number> {
  const scores = new Map<GuardClass, number>();
  const counted: Scored[] = [];
  for (const hit of hits.toSorted((a, b) => b.weight - a.weight)) {
    const own = counted.filter((each) => each.class === hit.class);
    const again = own.some(({ start, end }) => hit.start < end && hit.end > start);
    const share = own.length === 0 ? 1 : again ? SAME_PLACE : FURTHER;
    scores.set(hit.class, (scores.get(hit.class) ?? 0) + share * hit.weight);
    counted.push(hit);
  }
  return scores;
}

/** What the further classes count. */
const FURTHER_CLASS = 0.4;

/** One score of all classes: the gravest in full, the others in part. */
export function totalOf(scores: ReadonlyMap<GuardClass, number>): number {
  const all = [...scores.values()];
  const most = Math.max(0, ...all);
  return most + FURTHER_CLASS * (all.reduce((sum, each) => sum + each, 0) - most);
}

/** From here on the total flags a text. */
export const FLAG = 1;
/** From here on it blocks it. */
export const BLOCK = 2;

/** A second opinion: a share of a score by what words a text has. */
export interface SecondOpinion {
  /** What it adds to the total; below 0 lowers it. */
  share(text: string): number;
}

const NOTHING: TextJudgement = { verdict: 'allow', score: {}, total: 0, model: 0, findings: [] };

/** How texts are judged. */
export interface JudgeOptions {
  /** Rules of the operator, beside the ruleset's. */
  readonly own?: OwnRules | undefined;
  /** A text that is blocked as far as it was read is read further, since more may matter. */
  readonly thorough?: boolean;
}

/** Judges texts: all ways to read them, rules, and a second opinion when there is one. */
export class TextJudge {
  readonly #opinion: SecondOpinion | undefined;
  readonly #own: OwnRules | undefined;
  readonly #isThorough: boolean;

  constructor(opinion?: SecondOpinion, { own, thorough = false }: JudgeOptions = {}) {
    this.#opinion = opinion;
    this.#own = own;
    this.#isThorough = thorough;
  }

  judge(text: string): TextJudgement {
    const raw = seenIn(text);
    const own = this.#own?.hits(text) ?? NO_HITS;
    const model = this.#opinion?.share(text) ?? 0;
    const isPlain = raw.hits.length === 0 && own.length === 0 && model <= 0 && !raw.disguised;
    if (isPlain && !mayHaveReadings(text)) return NOTHING;
    const reading = new Reading(plainly(raw.hits).concat(plainly(own)), model);
    let truncated = false;
    if (!this.#isEnough(reading)) {
      for (const set of readingsOf(text)) {
        for (const view of set.views) this.#read(view, text.length, reading);
        truncated ||= set.truncated;
        if (this.#isEnough(reading)) break;
      }
    }
    if (raw.disguised && reading.findings.length === 0) {
      for (const view of lateReadingsOf(text)) this.#read(view, text.length, reading);
    }
    const { findings } = reading;
    if (findings.length === 0 && reading.model <= 0 && !truncated) return NOTHING;
    const judgement = judgementOf(reading.model, findings);
    return truncated ? { ...judgement, truncated } : judgement;
  }

  #isEnough({ findings, model }: Reading): boolean {
    if (this.#isThorough || findings.length === 0) return false;
    return totalOf(scoresOf(findings)) + model >= BLOCK;
  }

  /** `length`: of the whole text. */
  #read(view: View, length: number, reading: Reading): void {
    reading.add(this.#findingsIn(view, length));
    if (this.#opinion === undefined || reading.model >= FLAG) return;
    reading.model = Math.max(reading.model, this.#opinion.share(view.text));
  }

  /** True when a rule holds in the text as it stands. */
  holds(text: string): boolean {
    if (hitsIn(text, text.length).length > 0) return true;
    return this.#own !== undefined && this.#own.hits(text).length > 0;
  }

  #findingsIn(view: View, length: number): TextFinding[] {
    const hits = [...hitsIn(view.text, length), ...(this.#own?.hits(view.text) ?? [])];
    return hits.map((hit) => {
      const [start, end] = view.origin(hit.start, hit.end);
      return { ...hit, start, end, chain: view.chain };
    });
  }
}

function judgementOf(model: number, findings: readonly TextFinding[]): TextJudgement {
  const scores = scoresOf(findings);
  const total = totalOf(scores) + model;
  const verdict = total >= BLOCK ? 'block' : total >= FLAG ? 'flag' : 'allow';
  return { verdict, score: Object.fromEntries(scores), total, model, findings };
}

const NO_HITS: readonly Hit[] = [];

const plainly = (hits: readonly Hit[]): TextFinding[] => hits.map((hit) => ({ ...hit, chain: [] }));

/** What a text has shown so far. */
class Reading {
  findings: TextFinding[];
  model: number;

  constructor(findings: TextFinding[], model: number) {
    this.findings = findings;
    this.model = model;
  }

  /** Keeps the gravest finding of each rule; of equals the one that needed no decoding. */
  add(more: readonly TextFinding[]): void {
    for (const finding of more) {
      const at = this.findings.findIndex(({ rule }) => rule === finding.rule);
      const known = this.findings[at];
      if (known === undefined) this.findings.push(finding);
      else if (known.weight < finding.weight) this.findings[at] = finding;
    }
  }
}

let judge: TextJudge | undefined;

/** Judges a text by rules and model as they are shipped. */
export function judgeText(text: string): TextJudgement {
  judge ??= new TextJudge(new ModelOpinion());
  return judge.judge(text);
}
