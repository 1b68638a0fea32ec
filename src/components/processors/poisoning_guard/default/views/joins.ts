/** Units that joined texts of one map or array may have together. */
const JOINED_UNITS_MAX = 65_536;

/**
 * The texts of one map or array as one, so that what was split over them is seen: once without
 * anything between, once with blanks. None for a single text.
 */
export function joinedTexts(leaves: readonly string[]): readonly string[] {
  if (leaves.length < 2) return [];
  const kept: string[] = [];
  let units = 0;
  for (const leaf of leaves) {
    units += leaf.length + 1;
    if (units > JOINED_UNITS_MAX) break;
    kept.push(leaf);
  }
  return [kept.join(''), kept.join(' ')];
}
