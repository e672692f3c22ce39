import type { Rng } from "../base/rng.js";
import { interval95, resample } from "./bootstrap.js";
import { ratio } from "./confusion.js";
import { recallOf } from "./families.js";
import { metricsOf, recallAtFpr, rowsBehind } from "./metrics.js";
import { type Interval, type MetricName, metricNames } from "./result.js";
import { type FprBudget, fprBudgets, type SortedPart, type Tally, tally } from "./tally.js";

/** Number of resamples (0: no intervals) and their stream; equal streams give equal resamples of equal parts. */
export interface Bootstrap {
  readonly resamples: number;
  readonly rng: Rng;
}

/** An attack family of the part, and whether training had it. */
export interface KnownFamily {
  readonly name: string;
  readonly seen: boolean;
}

/** Everything of a part that has an interval. */
export interface Intervals {
  readonly metrics: Readonly<Record<MetricName, Interval>>;
  readonly recallAtFpr: Readonly<Record<FprBudget, Interval>>;
  readonly families: readonly Interval[];
  readonly seen: Interval;
  readonly novel: Interval;
  readonly reasons: Readonly<Record<string, string>>;
}

/**
 * Values with their intervals, all from the same resamples. A value is null where it is undefined; its interval is also
 * null without resamples, and where fewer than half of them define it (`reasons` says so).
 */
export function bootstrapIntervals(
  bootstrap: Bootstrap,
  part: SortedPart,
  whole: Tally,
  families: readonly KnownFamily[],
): Intervals {
  const { resamples, rng } = bootstrap;
  const seen = families.map((family) => family.seen);
  const valuesOf = (t: Tally): (number | null)[] => {
    const values = metricsOf(t, part);
    const atFpr = recallAtFpr(t);
    return [
      ...metricNames.map((name) => values[name]),
      ...fprBudgets.map((name) => atFpr[name]),
      ...seen.map((_, f) => ratio(t.familyFlagged[f], t.familyRows[f])),
      recallOf(t, seen, true).value,
      recallOf(t, seen, false).value,
    ];
  };
  const points = valuesOf(whole);
  const drawn = points.map(() => new Float64Array(resamples));
  if (part.n > 0) {
    resample(rng, resamples, part.position, (counts, index) => {
      valuesOf(tally(part, counts)).forEach((value, v) => {
        drawn[v][index] = value ?? Number.NaN;
      });
    });
  }

  const reasons: Record<string, string> = {};
  if (resamples === 0) reasons.intervals = "eval.bootstrap.resamples is 0";
  const interval = (v: number, n: number, name: string): Interval => {
    const point = points[v];
    const ends = point === null || resamples === 0 ? null : interval95(drawn[v]);
    if (point !== null && ends === null && resamples > 0) {
      reasons[`intervals.${name}`] = "undefined in more than half of the resamples";
    }
    return { point, lo: ends?.lo ?? null, hi: ends?.hi ?? null, n };
  };
  const named = <K extends string>(
    keys: readonly K[],
    of: (key: K, i: number) => Interval,
  ): Record<K, Interval> =>
    Object.fromEntries(keys.map((key, i) => [key, of(key, i)])) as Record<K, Interval>;
  const afterMetrics = metricNames.length;
  const afterFpr = afterMetrics + fprBudgets.length;
  const afterFamilies = afterFpr + seen.length;
  const seenRows = recallOf(whole, seen, true).rows;
  const novelRows = recallOf(whole, seen, false).rows;
  if (seenRows === 0) reasons.seen = "no attack row of a family that training had";
  if (novelRows === 0) reasons.novel = "no attack row of a family that training lacked";
  return {
    metrics: named(metricNames, (name, i) => interval(i, rowsBehind(name, whole), name)),
    recallAtFpr: named(fprBudgets, (name, i) =>
      interval(afterMetrics + i, whole.attacks, `recall_at_fpr.${name}`),
    ),
    families: families.map(({ name }, f) => interval(afterFpr + f, whole.familyRows[f], `families.${name}`)),
    seen: interval(afterFamilies, seenRows, "seen"),
    novel: interval(afterFamilies + 1, novelRows, "novel"),
    reasons,
  };
}
