import { select } from "./select.js";

/** Quantile of sorted values by linear interpolation (NumPy's default; Hyndman and Fan 1996, type 7). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = (sorted.length - 1) * q;
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

/** The same of one value or more in any order, in linear time; the values change places. No NaN. */
export function quantileOfUnsorted(values: Float64Array, q: number): number {
  const at = (values.length - 1) * q;
  const below = Math.floor(at);
  select(values, below);
  if (below === at) return values[below];
  let next = Number.POSITIVE_INFINITY; // the least of those that are not smaller
  for (let i = below + 1; i < values.length; i++) if (values[i] < next) next = values[i];
  return values[below] + (next - values[below]) * (at - below);
}

/** Sum, right to the last digits whatever the length. Source: Neumaier 1974, improved Kahan-Babuska summation. */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return Number.isFinite(total) ? total + lost : total;
}

/** Mean and standard deviation of the population (divided by n); NaN of nothing. */
export function meanAndDeviation(values: ArrayLike<number>): { mean: number; deviation: number } {
  const mean = sum(values) / values.length;
  let [squares, rest] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const from = values[i] - mean;
    squares += from * from;
    rest += from; // 0 but for rounding: Chan, Golub and LeVeque 1983
  }
  return { mean, deviation: Math.sqrt((squares - (rest * rest) / values.length) / values.length) };
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
