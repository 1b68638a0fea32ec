import type { Place } from '../walk.ts';
import { joinedTexts } from './view.ts';

/** Of a longer text only both ends may go on in a neighbour: so many characters of each. */
const END_UNITS = 1024;
/** Units of the texts that are read as one; what is longer is read in several that overlap. */
const WINDOW_UNITS = 32_768;

/** The strings of one map or array read as one text. */
export interface JoinedText {
  /** The map or array. */
  readonly place: Place;
  readonly text: string;
  /** True when `[start, end)` lies in more than one of them. */
  isAcross(start: number, end: number): boolean;
}

/** Body and attributes of a record, when the body is a text. */
const RECORD: Place = { parent: undefined, step: 'record' };

/** The map or array in which a text stands beside others. */
function groupOf({ parent, step }: Place): Place | undefined {
  if (parent === undefined) return step === 'body' ? RECORD : undefined;
  if (typeof step === 'string') return undefined;
  return parent.step === 'attributes' && parent.parent === undefined ? RECORD : parent;
}

/** True for a text that may stand beside others; a key does not. */
export const isBesideOthers = (place: Place): boolean => groupOf(place) !== undefined;

/** Gathers strings that stand beside each other in one map or array. */
export class Siblings {
  readonly #groups = new Map<Place, string[]>();

  /** A key, or a text that stands alone, has no siblings. */
  add(place: Place, text: string): void {
    const of = groupOf(place);
    if (of === undefined || text === '') return;
    const group = this.#groups.get(of);
    if (group === undefined) this.#groups.set(of, [text]);
    else group.push(text);
  }

  *joined(): Iterable<JoinedText> {
    for (const [place, texts] of this.#groups) {
      if (texts.length < 2) continue;
      for (const window of windowsOf(texts.map(endsOf))) {
        // With blanks first: what is found in both is told of these.
        for (const text of joinedTexts(window).toReversed()) yield new Joined(place, window, text);
      }
    }
  }
}

class Joined implements JoinedText {
  readonly place: Place;
  readonly text: string;
  /** Where each of them ends. */
  readonly #ends: number[] = [];

  constructor(place: Place, texts: readonly string[], text: string) {
    this.place = place;
    this.text = text;
    const units = texts.reduce((sum, each) => sum + each.length, 0);
    const gap = text.length > units ? 1 : 0;
    let end = -gap;
    for (const each of texts) this.#ends.push((end += gap + each.length));
  }

  isAcross(start: number, end: number): boolean {
    const own = this.#ends.find((each) => each > start) ?? 0;
    return end > own;
  }
}

/** A long text without its middle. */
function endsOf(text: string): string {
  if (text.length <= 2 * END_UNITS) return text;
  return `${text.slice(0, END_UNITS)}\n\n${text.slice(-END_UNITS)}`;
}

/** Runs of texts that overlap by half, so that neighbours meet in one. */
function* windowsOf(texts: readonly string[]): Iterable<readonly string[]> {
  let from = 0;
  while (from < texts.length) {
    let to = from;
    let half = from;
    let units = 0;
    while (to < texts.length && (units += (texts[to] as string).length + 1) <= WINDOW_UNITS) {
      to++;
      if (units < WINDOW_UNITS / 2) half = to;
    }
    yield texts.slice(from, to);
    if (to >= texts.length) return;
    from = Math.max(half, from + 1);
  }
}
