/** The default ruleset under the face of an engine, with a model that has not seen what it judges. */
import { LinearModel } from '../../src/components/processors/poisoning_guard/default/model.ts';
import { ModelOpinion } from '../../src/components/processors/poisoning_guard/default/model_opinion.ts';
import { TextJudge } from '../../src/components/processors/poisoning_guard/default/score.ts';
import { rounded, train, TRAINING } from '../../scripts/guard/train.ts';
import { TrainingSet } from '../../scripts/guard/training_set.ts';
import { groupsBy } from './corpus.ts';
import type { CorpusText } from './corpus.ts';
import { stringsOfRecord, strongest } from './engines.ts';
import type { Engine, Judgement } from './engines.ts';

/** With fewer sources than this in the core, a class is measured within its source. */
const SOURCES_MIN = 3;

/** Classes that have fewer than three sources in the core. */
export function withinSourceClasses(texts: readonly CorpusText[]): ReadonlySet<string> {
  const core = texts.filter(({ tier }) => tier === 'core');
  return new Set(
    groupsBy(core, (text) => text.class)
      .filter(([, group]) => new Set(group.map(({ source }) => source)).size < SOURCES_MIN)
      .map(([name]) => name),
  );
}

/**
 * Models by held-out source. A text of a class with fewer than three sources is judged by a model that
 * has seen the source's extended tier but none of its core.
 */
export class HeldOutModels {
  readonly #set: TrainingSet;
  readonly #models = new Map<string, LinearModel>();

  constructor(texts: readonly CorpusText[]) {
    this.#set = new TrainingSet(texts, TRAINING.bits);
  }

  without(source: string, within: boolean): LinearModel {
    const key = `${source} ${within}`;
    let model = this.#models.get(key);
    if (model === undefined) {
      const kept = this.#set.without(
        (text) => text.source === source && !(within && text.tier === 'extended'),
      );
      model = new LinearModel(rounded(train(kept)));
      this.#models.set(key, model);
    }
    return model;
  }
}

/** `models`: of held-out sources; without them the trained artefact judges. */
export function defaultEngine(models: HeldOutModels | undefined): Engine {
  const shipped = new TextJudge(new ModelOpinion());
  const judges = new Map<LinearModel, TextJudge>();
  const judgeOf = (source: string | undefined, within: boolean): TextJudge => {
    if (source === undefined || models === undefined) return shipped;
    const model = models.without(source, within);
    const known = judges.get(model) ?? new TextJudge(new ModelOpinion(model));
    judges.set(model, known);
    return known;
  };
  const judge = (text: string, source?: string, within = false): Judgement =>
    judgeOf(source, within).judge(text).verdict;
  return {
    name: 'default',
    alarm: 'flag',
    judge,
    judgeRecord: (record, source) =>
      strongest([...stringsOfRecord(record)].map((text) => judge(text, source))),
  };
}
