import { type MetricName, metricNames, type PartMetrics, type Spread } from "./result.js";

/** Mean, sample standard deviation, least and greatest value over the folds that define it. */
export function spreadOf(values: readonly (number | null)[]): Spread {
  const known = values.filter((value) => value !== null);
  const folds = known.length;
  if (folds === 0) return { mean: null, std: null, min: null, max: null, folds };
  const mean = known.reduce((a, b) => a + b, 0) / folds;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const std = folds < 2 ? null : Math.sqrt(squares / (folds - 1));
  return { mean, std, min: Math.min(...known), max: Math.max(...known), folds };
}

/** The spread of every metric, and of the threshold, over the folds of a k-fold split. */
export function spreads(folds: readonly PartMetrics[]): Record<MetricName | "threshold", Spread> {
  const names = [...metricNames, "threshold"] as const;
  return Object.fromEntries(
    names.map((name) => [name, spreadOf(folds.map((metrics) => metrics[name]))]),
  ) as Record<MetricName | "threshold", Spread>;
}
