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

/** Where a piece may end that should end here: a run of digits must not be cut. */
function pieceEnd(text: string, wanted: number): number {
  if (wanted >= text.length) return text.length;
  const line = text.indexOf('\n', wanted);
  if (line >= 0 && line < wanted + OVERLAP) return line;
  const near = text.slice(wanted, wanted + LONGER_MAX);
  const blank = near.search(/\s/);
  return wanted + (blank < 0 ? near.length : blank);
}

function* piecesOf(text: string): Generator<Piece> {
  let from = 0;
  for (;;) {
    const end = pieceEnd(text, from + PIECE);
    yield { at: from, text: text.slice(from, end) };
    if (end === text.length) return;
    // The next one begins where a word does, shortly before this one ends.
    const blank = text.lastIndexOf(' ', end - OVERLAP);
    from = Math.max(blank, end - 2 * OVERLAP, from + 1);
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

const NONE: ViewSet = { views: [], truncated: false };

/** Every other way to read a text that its characters give reason for; none for most. */
export function readingsOf(text: string): ViewSet {
  if (text.length <= WHOLE_MAX) {
    if (!needsViews(text)) return NONE;
    const { views, truncated } = viewsOf(text);
    return { views: views.slice(1), truncated };
  }
  const all: View[] = [];
  let isTruncated = false;
  for (const piece of piecesOf(text)) {
    if (!needsViews(piece.text)) continue;
    const { views, truncated } = viewsOf(piece.text);
    for (const view of views.slice(1)) all.push(movedBy(view, piece.at));
    isTruncated ||= truncated;
  }
  return all.length === 0 ? NONE : { views: all, truncated: isTruncated };
}

/** The readings that nothing but words gives away, where there are such words. */
export function lateReadingsOf(text: string): readonly View[] {
  if (text.length <= WHOLE_MAX) return lateViews(text);
  return [...piecesOf(text)]
    .filter((piece) => seenIn(piece.text).disguised)
    .flatMap((piece) => lateViews(piece.text).map((view) => movedBy(view, piece.at)));
}
