import type { Rng } from "../base/rng.js";
import { type IntervalKind, interval95 } from "./interval95.js";
import { rowsBehind } from "./metrics.js";
import { type ResampledValues, resampledValues } from "./resamples.js";
import { type Interval, type MetricName, metricNames } from "./result.js";
import { type FprBudget, fprBudgets, type SortedPart, type Tally } from "./tally.js";
import { eachRow, type Units } from "./units.js";
import { placesOf, valuesOf } from "./values.js";

/** How intervals are made; equal streams give equal resamples of equal parts. */
export interface Bootstrap {
  /** 0: no intervals. */
  readonly resamples: number;
  readonly rng: Rng;
  /** Default percentile. */
  readonly interval?: IntervalKind;
  /** What is drawn; default each row. */
  readonly units?: Units;
  /** Threads; the intervals are the same for any number of them. */
  readonly workers?: number;
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

/** Groups of the jackknife that BCa takes its acceleration from: enough for a third moment, few beside 1,000 resamples. */
const JACKKNIFE_GROUPS = 200;

/** How many groups of units the jackknife leaves out in turn; each unit a group where there are few. */
export function jackknifeGroups(kind: IntervalKind, units: number): number {
  return kind === "percentile" ? 0 : Math.min(units, JACKKNIFE_GROUPS);
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
  const seen = families.map((family) => family.seen);
  const points = valuesOf(whole, part, seen);
  const intervals = endsOf(bootstrap, part, seen, points);
  const reasons: Record<string, string> = {};
  if (bootstrap.resamples === 0) reasons.intervals = "eval.bootstrap.resamples is 0";
  const interval = (v: number, n: number, name: string): Interval => {
    const point = Number.isNaN(points[v]) ? null : points[v];
    const ends = point === null ? null : intervals(v);
    if (point !== null && ends === null && bootstrap.resamples > 0) {
      reasons[`intervals.${name}`] = "undefined in more than half of the resamples";
    }
    return { point, lo: ends?.lo ?? null, hi: ends?.hi ?? null, n };
  };
  const named = <K extends string>(
    keys: readonly K[],
    of: (key: K, i: number) => Interval,
  ): Record<K, Interval> =>
    Object.fromEntries(keys.map((key, i) => [key, of(key, i)])) as Record<K, Interval>;
  const places = placesOf(seen.length);
  const rowsOf = (known: boolean): number =>
    whole.familyRows.reduce((sum, rows, f) => (seen[f] === known ? sum + rows : sum), 0);
  const [seenRows, novelRows] = [rowsOf(true), rowsOf(false)];
  if (seenRows === 0) reasons.seen = "no attack row of a family that training had";
  if (novelRows === 0) reasons.novel = "no attack row of a family that training lacked";
  return {
    metrics: named(metricNames, (name, i) => interval(i, rowsBehind(name, whole), name)),
    recallAtFpr: named(fprBudgets, (name, i) =>
      interval(places.budgets + i, whole.attacks, `recall_at_fpr.${name}`),
    ),
    families: families.map(({ name }, f) =>
      interval(places.families + f, whole.familyRows[f], `families.${name}`),
    ),
    seen: interval(places.seen, seenRows, "seen"),
    novel: interval(places.novel, novelRows, "novel"),
    reasons,
  };
}

/** The ends of the v-th value's interval. */
function endsOf(
  { resamples, rng, interval = "percentile", units, workers }: Bootstrap,
  part: SortedPart,
  seen: readonly boolean[],
  points: readonly number[],
): (v: number) => ReturnType<typeof interval95> {
  if (resamples === 0 || part.n === 0) return () => null;
  const { count, of } = units ?? eachRow(part.n);
  const groups = jackknifeGroups(interval, count);
  // Flows are drawn by their position: nothing has to be looked up.
  const unitAt = of === null ? null : Int32Array.from(part.order, (row) => of[row]);
  const task = { parts: [{ part, unitAt, seen }], units: count, resamples, groups, stream: rng.path };
  const [drawn] = resampledValues(task, workers);
  return (v) => interval95(interval, { point: points[v], ...columnsOf(drawn, v, resamples) });
}

/** Value v of every resample, and of every jackknife group. */
export function columnsOf(
  { values, columns }: ResampledValues,
  v: number,
  resamples: number,
): { resampled: Float64Array; jackknife: Float64Array } {
  const of = values.subarray(v * columns, (v + 1) * columns);
  return { resampled: of.subarray(0, resamples), jackknife: of.subarray(resamples) };
}
