/** From scores of held-out sources to probabilities and thresholds. */

export interface Scored {
  readonly score: number;
  readonly malicious: boolean;
}

/**
 * Slope and intercept that make `sigmoid(slope * score + intercept)` most likely (Platt 1999, with his
 * smoothed targets), by Newton's method.
 */
export function platt(scored: readonly Scored[]): { slope: number; intercept: number } {
  const positives = scored.filter(({ malicious }) => malicious).length;
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (scored.length - positives + 2);
  let slope = 1;
  let intercept = 0;
  for (let round = 0; round < 50; round++) {
    let [g0, g1, h00, h01, h11] = [0, 0, 1e-9, 0, 1e-9];
    for (const { score, malicious } of scored) {
      const p = 1 / (1 + Math.exp(-(slope * score + intercept)));
      const error = p - (malicious ? high : low);
      const curve = p * (1 - p);
      g0 += error * score;
      g1 += error;
      h00 += curve * score * score;
      h01 += curve * score;
      h11 += curve;
    }
    const determinant = h00 * h11 - h01 * h01;
    slope -= (h11 * g0 - h01 * g1) / determinant;
    intercept -= (h00 * g1 - h01 * g0) / determinant;
  }
  return { slope, intercept };
}

/** The least score that at most this share of the benign reaches. */
export function thresholdAt(scored: readonly Scored[], share: number): number {
  const benign = scored
    .filter(({ malicious }) => !malicious)
    .map(({ score }) => score)
    .toSorted((a, b) => b - a);
  const allowed = Math.floor(share * benign.length);
  // Above the first that is one too many, by the least that is printed.
  return (benign[allowed] ?? 0) + 0.01;
}
