import { cutsOf, rankScores } from "./ranking.js";

/**
 * Area under the ROC curve alone: the share of pairs of a positive and a negative row that are in the right order, ties
 * half (Mann and Whitney 1947).
 * @param flags 1 for positive, 0 for negative, a row
 * @returns null when there are rows of only one kind
 * @throws DataError when a score is not finite
 */
export function rocAuc(scores: ArrayLike<number>, flags: Uint8Array): number | null {
  const { tp, fp, attacks, benign } = cutsOf({ isAttack: flags, scores }, rankScores(scores));
  if (attacks === 0 || benign === 0) return null;
  let pairs = 0;
  tp.forEach((hits, g) => {
    const [before, wrong] = g === 0 ? [0, 0] : [tp[g - 1], fp[g - 1]];
    pairs += (fp[g] - wrong) * (before + hits);
  });
  return pairs / (2 * attacks * benign);
}
