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
  /** A first impression of a text, which the others take. */
  score(text: string): number;
  /** No less than {@link share} says of a text with this score. */
  atMost(score: number): number;
  /** What the text adds to the total, from 0 to 1; dearer than its score. */
  share(text: string, score: number): number;
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
  readonly #words: Words;
  readonly #own: OwnRules | undefined;
  readonly #isThorough: boolean;

  constructor(opinion?: SecondOpinion, { own, thorough = false }: JudgeOptions = {}) {
    this.#words = new Words(opinion);
    this.#own = own;
    this.#isThorough = thorough;
  }

  judge(text: string): TextJudgement {
    const raw = seenIn(text);
    const own = this.#own?.hits(text) ?? NO_HITS;
    const words = this.#words;
    words.begin(text);
    const isPlain = raw.hits.length === 0 && own.length === 0 && !words.flag && !raw.disguised;
    if (isPlain && !mayHaveReadings(text)) return NOTHING;
    const reading = new Reading(plainly(raw.hits).concat(plainly(own)), words);
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
    if (findings.length === 0 && !words.flag && !truncated) return NOTHING;
    const judgement = judgementOf(words.share, findings);
    return truncated ? { ...judgement, truncated } : judgement;
  }

  #isEnough({ findings, words }: Reading): boolean {
    if (this.#isThorough || findings.length === 0) return false;
    const total = totalOf(scoresOf(findings));
    return total + words.atMost >= BLOCK && total + words.share >= BLOCK;
  }

  /** `length`: of the whole text. */
  #read(view: View, length: number, reading: Reading): void {
    reading.add(this.#findingsIn(view, length));
    if (!reading.words.flag) reading.words.add(view.text);
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

/**
 * What the second opinion adds to a text and its readings: the most that it adds to one of them. It is asked
 * in full only where that matters: where it may flag alone, and beside findings.
 */
class Words {
  readonly #opinion: SecondOpinion | undefined;
  #share = 0;
  /** Texts of which only the most that they may add is known. */
  #open: OpenText[] = [];

  constructor(opinion: SecondOpinion | undefined) {
    this.#opinion = opinion;
  }

  /** Begins a text. */
  begin(text: string): void {
    this.#share = 0;
    if (this.#open.length > 0) this.#open = [];
    this.add(text);
  }

  /** Adds a reading of it. */
  add(text: string): void {
    const opinion = this.#opinion;
    if (opinion === undefined) return;
    const score = opinion.score(text);
    const atMost = opinion.atMost(score);
    if (atMost >= FLAG) this.#share = Math.max(this.#share, opinion.share(text, score));
    else if (atMost > this.#share) this.#open.push({ text, score, atMost });
  }

  /** True when it flags without a finding. */
  get flag(): boolean {
    return this.#share >= FLAG;
  }

  get atMost(): number {
    return Math.max(this.#share, ...this.#open.map(({ atMost }) => atMost));
  }

  get share(): number {
    for (const each of this.#open.toSorted((a, b) => b.atMost - a.atMost)) {
      if (each.atMost <= this.#share) break;
      this.#share = Math.max(this.#share, this.#opinion?.share(each.text, each.score) ?? 0);
    }
    this.#open = [];
    return this.#share;
  }
}

interface OpenText {
  readonly text: string;
  readonly score: number;
  readonly atMost: number;
}

/** What a text has shown so far. */
class Reading {
  findings: TextFinding[];
  readonly words: Words;

  constructor(findings: TextFinding[], words: Words) {
    this.findings = findings;
    this.words = words;
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
