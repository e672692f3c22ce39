/** Quantile of sorted values by linear interpolation (NumPy's default; Hyndman and Fan 1996, type 7). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = (sorted.length - 1) * q;
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

/**
 * Divide `total` in proportion to `sizes`, none above its size: the remainder goes to the largest fractions, ties to
 * the first; where `total` allows it every one gets at least 1.
 */
export function allocate(sizes: readonly number[], total: number): number[] {
  const sum = sizes.reduce((a, b) => a + b, 0);
  const floor = total >= sizes.length ? 1 : 0;
  const exact = sizes.map((size) => (size * total) / sum);
  const counts = exact.map((share) => Math.max(Math.floor(share), floor));
  const order = sizes.map((_, i) => i);
  order.sort((a, b) => exact[b] - Math.floor(exact[b]) - (exact[a] - Math.floor(exact[a])) || a - b);
  for (let left = total - counts.reduce((a, b) => a + b, 0), i = 0; left > 0; i++) {
    const at = order[i % order.length];
    if (counts[at] < sizes[at]) {
      counts[at]++;
      left--;
    }
  }
  // The guaranteed single rows may have taken too many: the largest give them back.
  for (let over = counts.reduce((a, b) => a + b, 0) - total; over > 0; over--) {
    counts[counts.indexOf(Math.max(...counts))]--;
  }
  return counts;
}
