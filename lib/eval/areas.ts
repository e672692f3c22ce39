/** Areas under the ROC curve and under the steps of the precision-recall curve. */
export interface Areas {
  readonly rocAuc: number;
  readonly averagePrecision: number;
}

/**
 * Areas of rows that are given in two heaps, by score: those of the class in question and all others.
 *
 * ROC-AUC is the share of pairs of a positive and a negative that stand in the right order, ties half (Mann and Whitney
 * 1947); the average precision is the sum over thresholds of precision × the recall gained, without interpolation.
 * Both heaps are sorted in place: two sorts of plain numbers cost far less than one of rows by score.
 * @returns null when a heap is empty
 */
export function areasOf(positive: Float64Array, negative: Float64Array): Areas | null {
  const [P, N] = [positive.length, negative.length];
  if (P === 0 || N === 0) return null;
  positive.sort();
  negative.sort();
  let pairs = 0;
  let precisionSum = 0;
  let [p, n] = [P, N];
  while (p > 0) {
    const score = positive[p - 1];
    while (n > 0 && negative[n - 1] > score) n--;
    const above = N - n;
    let equal = p;
    while (equal > 0 && positive[equal - 1] === score) equal--;
    let tied = n;
    while (tied > 0 && negative[tied - 1] === score) tied--;
    const gained = p - equal;
    const [tp, fp] = [P - equal, above + n - tied];
    // Twice the pairs in the right order: below it count whole, beside it half.
    pairs += gained * (2 * tied + (n - tied));
    precisionSum += (gained * tp) / (tp + fp);
    [p, n] = [equal, tied];
  }
  return { rocAuc: pairs / (2 * P * N), averagePrecision: precisionSum / P };
}
