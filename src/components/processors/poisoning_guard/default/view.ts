import { families } from './views/families.ts';
import type { Family } from './views/family.ts';
import { derivedView, rawView } from './views/reading.ts';
import type { View } from './views/reading.ts';
import { TextWriter } from './views/text_writer.ts';
import { triggersOf } from './views/triggers.ts';

export { joinedTexts } from './views/joins.ts';
export { lateViews } from './views/late.ts';
export type { View } from './views/reading.ts';
export { needsViews, needsViewsBytes } from './views/triggers.ts';

/** What reading a text in other ways may cost. */
export interface ViewBudget {
  /**
   * Units of all derived texts together but for the original made plain ASCII: a multiple of its own,
   * and more that every text has.
   */
  readonly outputFactorMax: number;
  readonly outputUnitsFree: number;
  /** Views of one text, the one as it stands included. */
  readonly viewsMax: number;
  /** Decodings within each other. Cleaning steps (markup, shell, spacing, leet) come on top, one deep. */
  readonly depthMax: number;
}

/** No text of people or programs came near these while they were chosen. */
export const VIEW_BUDGET: ViewBudget = {
  outputFactorMax: 2,
  outputUnitsFree: 8192,
  viewsMax: 32,
  depthMax: 3,
};

export interface ViewSet {
  /** The text as it stands comes first. */
  readonly views: readonly View[];
  /** True when the budget ended before the ways to read the text did: not everything was seen. */
  readonly truncated: boolean;
}

/** Reads one text in every way that its characters give reason for, within a budget. */
class ViewSearch {
  readonly #views: View[] = [];
  readonly #writer = WRITER;
  readonly #viewsMax: number;
  readonly #depthMax: number;
  #unitsLeft: number;
  truncated = false;

  constructor(text: string, budget: ViewBudget) {
    this.#viewsMax = budget.viewsMax;
    this.#depthMax = budget.depthMax;
    this.#unitsLeft = budget.outputFactorMax * text.length + budget.outputUnitsFree;
  }

  get views(): readonly View[] {
    return this.#views;
  }

  /** Adds the view and all that can be read from it. */
  explore(view: View, depth: number): void {
    this.#views.push(view);
    const triggers = triggersOf(view.text);
    if (triggers === 0) return;
    for (const family of families) {
      if ((triggers & family.trigger) === 0) continue;
      if (family.kind === 'decoding' && depth >= this.#depthMax) continue;
      if (this.truncated) return;
      const child = this.#child(family, view);
      if (child === undefined) continue;
      if (family.kind === 'cleaning') this.#views.push(child);
      else this.explore(child, depth + (family.kind === 'decoding' ? 1 : 0));
      // All else is read from the plainer text.
      if (family.kind === 'folding') return;
    }
  }

  #child(family: Family, view: View): View | undefined {
    if (this.#views.length >= this.#viewsMax) {
      this.truncated = true;
      return undefined;
    }
    const writer = this.#writer;
    // The original made plain is as long as it is, and all else is read from it.
    const isFoldedOriginal = family.kind === 'folding' && view.chain.length === 0;
    writer.begin(
      isFoldedOriginal ? 4 * view.text.length : this.#unitsLeft,
      family.kind === 'folding',
    );
    const step = family.write(view.text, writer);
    if (writer.full) this.truncated = true;
    if (step === undefined) return undefined;
    const derived = writer.finish();
    if (!isFoldedOriginal) this.#unitsLeft -= derived.text.length;
    return derived.text.length === 0 ? undefined : derivedView(view, step, derived);
  }
}

const WRITER = new TextWriter();

/**
 * Every way to read a text that its characters give reason for; the text as it stands comes first.
 * Time and output are linear in its length, whatever it holds.
 */
export function viewsOf(text: string, budget: ViewBudget = VIEW_BUDGET): ViewSet {
  const search = new ViewSearch(text, budget);
  search.explore(rawView(text), 0);
  return { views: search.views, truncated: search.truncated };
}
