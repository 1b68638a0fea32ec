import { seenIn } from './hits.ts';
import { lateViews, needsViews, viewsOf } from './view.ts';
import type { View, ViewSet } from './view.ts';

/** Longer texts are read in other ways piece by piece: what is hidden in one place changes nothing elsewhere. */
const WHOLE_MAX = 4096;
/** Units of a piece, and those of the piece before that it begins with. */
const PIECE = 2048;
const OVERLAP = 384;
/** A piece ends where a line or a word does, if there is one so near behind. */
const LONGER_MAX = 65_536;

interface Piece {
  readonly at: number;
  readonly text: string;
}

/** Where a piece may end that should end here: a run of digits must not be cut. Nothing far away is read. */
function pieceEnd(text: string, wanted: number): number {
  if (wanted >= text.length) return text.length;
  const line = text.slice(wanted, wanted + OVERLAP).indexOf('\n');
  if (line >= 0) return wanted + line;
  const near = text.slice(wanted, wanted + LONGER_MAX);
  const blank = near.search(/\s/);
  return wanted + (blank < 0 ? near.length : blank);
}

/**
 * The same characters as a string of their own: each look into a part of another string is a detour. Not
 * worth it for what is looked at a few times only.
 */
function copied(text: string): string {
  const encoding = Buffer.byteLength(text) === text.length ? 'latin1' : 'utf16le';
  return Buffer.from(text, encoding).toString(encoding);
}

/** Where the piece behind one that ends here begins: where a word does, shortly before. */
function nextStart(text: string, end: number): number {
  const from = end - 2 * OVERLAP;
  return from + Math.max(0, text.slice(from, end - OVERLAP).lastIndexOf(' '));
}

function* piecesOf(text: string): Generator<Piece> {
  let from = 0;
  for (;;) {
    const end = pieceEnd(text, from + PIECE);
    yield { at: from, text: text.slice(from, end) };
    if (end === text.length) return;
    from = nextStart(text, end);
  }
}

const movedBy = (view: View, offset: number): View => ({
  chain: view.chain,
  text: view.text,
  origin: (start, end) => {
    const [from, to] = view.origin(start, end);
    return [from + offset, to + offset];
  },
});

const NONE: Iterable<ViewSet> = [];

/** False when it is certain that a text has no other readings: cheap for short ones, and true of most. */
export const mayHaveReadings = (text: string): boolean =>
  text.length > WHOLE_MAX || needsViews(text);

/**
 * Every other way to read a text that its characters give reason for, one piece after the other; none for
 * most texts.
 */
export function readingsOf(text: string): Iterable<ViewSet> {
  if (text.length > WHOLE_MAX) return pieceReadings(text);
  return needsViews(text) ? [othersOf(text, 0)] : NONE;
}

function* pieceReadings(text: string): Generator<ViewSet> {
  for (const piece of piecesOf(text)) {
    if (needsViews(piece.text)) yield othersOf(copied(piece.text), piece.at);
  }
}

function othersOf(text: string, at: number): ViewSet {
  const { views, truncated } = viewsOf(text);
  const others = views.slice(1);
  return { views: at === 0 ? others : others.map((view) => movedBy(view, at)), truncated };
}

/** The readings that nothing but words gives away, where there are such words. */
export function* lateReadingsOf(text: string): Generator<View> {
  if (text.length <= WHOLE_MAX) {
    yield* lateViews(text);
    return;
  }
  for (const piece of piecesOf(text)) {
    if (!seenIn(piece.text).disguised) continue;
    for (const view of lateViews(copied(piece.text))) yield movedBy(view, piece.at);
  }
}
