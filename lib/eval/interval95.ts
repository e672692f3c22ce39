import { normalCdf, normalQuantile } from "../base/normal.js";
import { quantile } from "../base/statistics.js";

/** How an interval is read off a bootstrap distribution. */
export const intervalKinds = ["percentile", "bca"] as const;
export type IntervalKind = (typeof intervalKinds)[number];

export interface Ends {
  readonly lo: number;
  readonly hi: number;
}

/** A value, what it was in the resamples, and (for BCa) with each group of units left out; NaN: undefined. */
export interface Distribution {
  readonly point: number;
  readonly resampled: Float64Array;
  readonly jackknife: Float64Array;
}

/**
 * The 95% interval of a value over the resamples in which it is defined; quantiles are linear between neighbours as
 * numpy.percentile.
 * @returns null when fewer than half of the resamples (or none) define it
 */
export function interval95(kind: IntervalKind, { point, resampled, jackknife }: Distribution): Ends | null {
  const defined = resampled.filter((value) => !Number.isNaN(value)).sort();
  if (defined.length === 0 || defined.length * 2 < resampled.length) return null;
  const [lo, hi] =
    kind === "percentile"
      ? [0.025, 0.975]
      : bcaLevels(bias(point, defined), acceleration(jackknife.filter((value) => !Number.isNaN(value))));
  return { lo: quantile(defined, lo), hi: quantile(defined, hi) };
}

/**
 * Which quantiles of the bootstrap distribution are the ends of the BCa interval (bias-corrected and accelerated).
 * Source: Efron 1987, "Better bootstrap confidence intervals", as scipy.stats.bootstrap computes it.
 */
export function bcaLevels(z0: number, a: number, tail = 0.025): [number, number] {
  const level = (z: number): number => normalCdf(z0 + (z0 + z) / (1 - a * (z0 + z)));
  return [level(normalQuantile(tail)), level(normalQuantile(1 - tail))];
}

/**
 * z0: how far the value lies from the median of its resamples, in standard deviations; of equal ones half count as below.
 * Where every resample lies on one side, half of one is taken to lie on the other, so that the interval exists.
 */
export function bias(point: number, sorted: ArrayLike<number>): number {
  let [below, equal] = [0, 0];
  for (let i = 0; i < sorted.length; i++) {
    if (sorted[i] < point) below++;
    else if (sorted[i] === point) equal++;
  }
  const n = sorted.length;
  return normalQuantile(Math.min(n - 0.5, Math.max(0.5, below + equal / 2)) / n);
}

/**
 * a: the skewness of the value's influence function over 6, from the values with each group left out; 0 where they agree.
 * Groups of many units do as well as single ones: their means are less skewed by as much as there are fewer of them.
 */
export function acceleration(jackknife: ArrayLike<number>): number {
  const values = Array.from(jackknife);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [squares, cubes] = [0, 0];
  for (const value of values) {
    const d = mean - value;
    squares += d * d;
    cubes += d * d * d;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}
