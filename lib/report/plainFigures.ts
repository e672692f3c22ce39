import { compareText } from "../base/json.js";
import type { Axis } from "./chart.js";
import { largest } from "./chart.js";
import { type Figure, figureOf } from "./figure.js";
import { count } from "./numbers.js";

interface Words {
  readonly title: string;
  readonly subtitle?: string;
  /** What the picture shows in one sentence, for those who cannot see it. Default: the title. */
  readonly alt?: string;
}

/** Named rows of points. */
export interface PointSeries {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

const spread = ({ title, subtitle }: Words): { title: string; subtitle?: string } =>
  subtitle === undefined ? { title } : { title, subtitle };

/** Curves, for anything that has an order: counts over time, a training history. */
export function lineFigure(
  series: readonly PointSeries[],
  options: Words & { readonly x: Axis; readonly y: Axis; readonly join?: "linear" | "step-after" },
): Figure {
  const { x, y, join = "linear" } = options;
  return figureOf({ kind: "lines", ...spread(options), x, y, join, series }, options.alt ?? options.title);
}

/** Points, one look a series. @param options large: few points, each of which matters */
export function scatterFigure(
  series: readonly PointSeries[],
  options: Words & { readonly x: Axis; readonly y: Axis; readonly large?: boolean },
): Figure {
  const { x, y, large = false } = options;
  const points = { kind: "scatter", ...spread(options), x, y, series } as const;
  return figureOf(large ? { ...points, large } : points, options.alt ?? options.title);
}

/**
 * Horizontal bars from zero: one a category, or one a category and series.
 * @param values one number a category, or by series `{train: [...], test: [...]}`
 */
export function barFigure(
  categories: readonly string[],
  values: readonly number[] | Readonly<Record<string, readonly number[]>>,
  options: Words & { readonly x: Axis },
): Figure {
  const bySeries = Array.isArray(values)
    ? { "": values as readonly number[] }
    : (values as Record<string, readonly number[]>);
  const series = Object.entries(bySeries).map(([name, numbers]) => ({ name, values: numbers }));
  return figureOf(
    { kind: "bars", ...spread(options), x: options.x, categories, series },
    options.alt ?? options.title,
  );
}

/**
 * Histograms of several groups as outlines, each as shares of its own rows (so that small groups can be compared with
 * large ones). NaN is left out. On a log axis the bins are equally wide in the picture and begin at 0.
 */
export function histogramFigure(
  groups: Readonly<Record<string, ArrayLike<number>>>,
  options: Words & { readonly x: Axis; readonly bins?: number },
): Figure {
  const { x, bins = 40 } = options;
  const unit = x.unit ?? 1;
  const log = x.scale === "log";
  const all = Object.values(groups).flatMap((values) => Array.from(values).filter(Number.isFinite));
  const forward = (value: number): number => (log ? Math.log1p(Math.max(value, 0) / unit) : value);
  const backward = (place: number): number => (log ? unit * Math.expm1(place) : place);
  const low = log ? 0 : (x.domain?.[0] ?? all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY));
  const high = log
    ? largest(all, unit)
    : (x.domain?.[1] ?? all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY));
  const from = Number.isFinite(low) ? forward(low) : 0;
  const width = Number.isFinite(high) && forward(high) > from ? (forward(high) - from) / bins : 1 / bins;
  const edges = Array.from({ length: bins + 1 }, (_, i) => backward(from + i * width));
  const series = Object.entries(groups).map(([name, values]) => {
    const counts = new Array<number>(bins).fill(0);
    let n = 0;
    for (const value of Array.from(values)) {
      if (!Number.isFinite(value)) continue;
      const bin = Math.floor((forward(value) - from) / width);
      counts[Math.min(bins - 1, Math.max(0, bin))]++;
      n++;
    }
    const shares = counts.map((k) => (n === 0 ? 0 : k / n));
    return { name, x: edges, y: [...shares, shares[bins - 1]] };
  });
  return figureOf(
    {
      kind: "lines",
      ...spread(options),
      x: log ? x : { ...x, domain: [edges[0], edges[bins]] },
      y: { title: "Share of the group's rows in a bin" },
      join: "step-after",
      series,
    },
    options.alt ?? options.title,
  );
}

/**
 * One number by group, as boxes: the middle half of the rows, the median, and a line from 5% to 95%. Fits many groups
 * (families) in one picture. Groups stand in the order given; NaN is left out; an empty group keeps its row and has no
 * box.
 */
export function distributionFigure(
  groups: Readonly<Record<string, ArrayLike<number>>>,
  options: Words & { readonly x: Axis },
): Figure {
  const rows = Object.entries(groups).map(([name, values]) => {
    const sorted = Float64Array.from(Array.from(values).filter(Number.isFinite)).sort();
    const at = (share: number): number => quantile(sorted, share);
    const quantiles =
      sorted.length === 0 ? null : ([at(0.05), at(0.25), at(0.5), at(0.75), at(0.95)] as const);
    return { name, note: `n ${count(sorted.length)}`, quantiles };
  });
  return figureOf({ kind: "boxes", ...spread(options), x: options.x, rows }, options.alt ?? options.title);
}

/** The smallest value that at least the share `p` of the sorted values do not exceed (no interpolation). */
function quantile(sorted: Float64Array, p: number): number {
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];
}

/** Names of a record's largest counts, largest first; equal ones by name. For `barFigure` of services, ports, states. */
export function topCounts(
  counts: Readonly<Record<string, number>>,
  limit: number,
): { names: string[]; values: number[] } {
  const top = Object.entries(counts)
    .sort(([a, x], [b, y]) => y - x || compareText(a, b))
    .slice(0, limit);
  return { names: top.map(([name]) => name), values: top.map(([, n]) => n) };
}
