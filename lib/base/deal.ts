/**
 * Deal items to bins so that the bins' totals stay near each other: large items first, each to the bin that has least of
 * its own kind, of equal ones to the bin with the smallest total, of equal ones to the first. Items of one size keep
 * their order.
 * @param order the items, in random order
 * @param totals of each bin; what is dealt is added
 * @returns the bin of each item of `order`, by item
 */
export function deal(
  order: Int32Array,
  sizes: ArrayLike<number>,
  totals: Float64Array,
  into: Int32Array,
): void {
  const bins = totals.length;
  const own = new Float64Array(bins);
  const large = order.filter((i) => sizes[i] > 1).sort((a, b) => sizes[b] - sizes[a]);
  for (const items of [large, order.filter((i) => sizes[i] <= 1)]) {
    for (const i of items) {
      let best = 0;
      for (let bin = 1; bin < bins; bin++) {
        if (own[bin] < own[best] || (own[bin] === own[best] && totals[bin] < totals[best])) best = bin;
      }
      into[i] = best;
      own[best] += sizes[i];
      totals[best] += sizes[i];
    }
  }
}
