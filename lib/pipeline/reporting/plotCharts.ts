import { compareText } from "../../base/json.js";
import type { Axis, BarChart, DotChart, HeatChart, LineChart, ScatterChart } from "../../report/chart.js";
import { type Scalar, spliced, type Yaml } from "../yaml/value.js";
import type { PlotRows, Row } from "./plotRows.js";
import type { Plot } from "./plots.js";

type RowsPlot = Extract<Plot, { kind: "rows" }>;

/** A chart for a page, and what its axes need that a chart does not say. */
export interface PagePlot {
  readonly chart: LineChart | DotChart | BarChart | HeatChart | ScatterChart;
  /** Names at whole numbers, for an axis of texts. */
  readonly xNames?: readonly string[];
  readonly yNames?: readonly string[];
  /** Names of series that are drawn pale, behind the others. */
  readonly pale?: readonly string[];
}

/** Points that the line through neighbours is computed for; more are drawn as they are. */
const MAX_SMOOTH = 3000;

/** Charts of a plot with rows: one, or for a confusion matrix one a revision. */
export function chartsOf(plot: RowsPlot, data: PlotRows): PagePlot[] {
  const template = plot.template ?? "linear";
  if (template.startsWith("confusion")) {
    return seriesOf(data).map(({ name, rows }) => confusion(plot, data, name, rows, template));
  }
  if (template.startsWith("bar_horizontal")) return [bars(plot, data, template.endsWith("sorted"))];
  if (template.startsWith("scatter")) return [points(plot, data, template === "scatter_jitter")];
  return [lines(plot, data, template === "smooth")];
}

interface Series {
  readonly name: string;
  readonly rows: readonly Row[];
}

/** Rows by revision, and by where y comes from when there are several places. */
function seriesOf({ rows, sources }: PlotRows): Series[] {
  const several = (key: "filename" | "field"): boolean =>
    new Set(sources.map((source) => source[key])).size > 1;
  const keys = (["filename", "field"] as const).filter(several);
  const revisions = new Set(rows.map((row) => row.get("rev")));
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const parts = [...(revisions.size > 1 || keys.length === 0 ? ["rev"] : []), ...keys];
    const name = parts.map((key) => textOf(row.get(key))).join(" · ");
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return [...groups].map(([name, group]) => ({ name, rows: group }));
}

function textOf(value: Yaml | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? String(value) : spliced(value as Scalar);
}

/** A number, also from the text of a CSV; NaN for anything else. */
function numberOf(value: Yaml | undefined): number {
  if (typeof value === "string") return value.trim() === "" ? Number.NaN : Number(value);
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : Number.NaN;
}

interface Scale {
  readonly axis: Axis;
  readonly place: (value: Yaml | undefined) => number;
  readonly names?: readonly string[];
}

/** An axis over numbers, or over sorted texts. */
function scaleOf(title: string, rows: readonly Row[], field: string): Scale {
  const values = rows.map((row) => row.get(field)).filter((value) => value !== undefined && value !== null);
  const numbers = values.map(numberOf).filter((value) => !Number.isNaN(value));
  const isNumeric = values.length > 0 && numbers.length >= values.filter((value) => value !== "").length;
  if (!isNumeric) {
    const names = [...new Set(values.map(textOf))].sort(compareText);
    const at = new Map(names.map((name, i) => [name, i]));
    return {
      axis: { title, domain: [-0.5, names.length - 0.5] },
      place: (value) => at.get(textOf(value)) ?? Number.NaN,
      names,
    };
  }
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of numbers) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) [low, high] = [0, 1];
  if (low === high) [low, high] = [low - Math.abs(low || 1) / 2, high + Math.abs(high || 1) / 2];
  const margin = (high - low) * 0.03;
  return { axis: { title, domain: [low - margin, high + margin] }, place: numberOf };
}

function namesOf(x: Scale, y: Scale): Pick<PagePlot, "xNames" | "yNames"> {
  return {
    ...(x.names === undefined ? {} : { xNames: x.names }),
    ...(y.names === undefined ? {} : { yNames: y.names }),
  };
}

function lines(plot: RowsPlot, data: PlotRows, smooth: boolean): PagePlot {
  const x = scaleOf(data.xLabel, data.rows, data.x);
  const y = scaleOf(data.yLabel, data.rows, data.y);
  const series = seriesOf(data).map(({ name, rows }) => {
    const sorted = rows
      .map((row) => ({ x: x.place(row.get(data.x)), y: y.place(row.get(data.y)) }))
      .filter((point) => !Number.isNaN(point.x) && !Number.isNaN(point.y));
    return { name, x: sorted.map((point) => point.x), y: sorted.map((point) => point.y) };
  });
  const base = { kind: "lines", title: plot.title, x: x.axis, y: y.axis, join: "linear" } as const;
  if (!smooth || series.some((one) => one.x.length > MAX_SMOOTH)) {
    return { chart: { ...base, series }, ...namesOf(x, y) };
  }
  const raw = series.map((one) => ({ ...one, name: `${one.name} (as measured)` }));
  const drawn = [...series.map((one) => ({ ...one, y: loess(one.x, one.y, 0.3) })), ...raw];
  return {
    chart: { ...base, subtitle: "smoothed over 30 % of the points (loess)", series: drawn },
    pale: raw.map(({ name }) => name),
    ...namesOf(x, y),
  };
}

/**
 * Local linear regression with tricube weights over the nearest share of the points.
 * Source: Cleveland 1979, "Robust Locally Weighted Regression and Smoothing Scatterplots", without the robust steps.
 */
export function loess(x: readonly number[], y: readonly number[], share: number): number[] {
  const count = Math.min(x.length, Math.max(2, Math.ceil(share * x.length)));
  return x.map((at) => {
    const distances = x.map((value) => Math.abs(value - at));
    const reach = [...distances].sort((a, b) => a - b)[count - 1] || 1;
    let [w, wx, wy, wxx, wxy] = [0, 0, 0, 0, 0];
    distances.forEach((distance, i) => {
      if (distance > reach) return;
      const weight = (1 - (distance / reach) ** 3) ** 3 + 1e-9;
      const dx = x[i] - at;
      w += weight;
      wx += weight * dx;
      wy += weight * y[i];
      wxx += weight * dx * dx;
      wxy += weight * dx * y[i];
    });
    const spread = w * wxx - wx * wx;
    return Math.abs(spread) < 1e-12 * w * w ? wy / w : (wy * wxx - wx * wxy) / spread;
  });
}

function points(plot: RowsPlot, data: PlotRows, jittered: boolean): PagePlot {
  const x = scaleOf(data.xLabel, data.rows, data.x);
  const y = scaleOf(data.yLabel, data.rows, data.y);
  // Points of the golden ratio fill an interval evenly, and are the same on every run.
  const shift = (scale: Scale, i: number, ratio: number): number =>
    jittered ? (((i * ratio) % 1) - 0.5) * (scale.names === undefined ? 0.02 * spanOf(scale.axis) : 0.6) : 0;
  const series = seriesOf(data).map(({ name, rows }) => ({
    name,
    x: rows.map((row, i) => x.place(row.get(data.x)) + shift(x, i, 0.618033988749895)),
    y: rows.map((row, i) => y.place(row.get(data.y)) + shift(y, i, 0.7548776662466927)),
  }));
  return {
    chart: { kind: "scatter", title: plot.title, x: x.axis, y: y.axis, series },
    ...namesOf(x, y),
  };
}

function spanOf({ domain }: Axis): number {
  return domain === undefined ? 1 : domain[1] - domain[0];
}

function bars(plot: RowsPlot, data: PlotRows, sorted: boolean): PagePlot {
  const series = seriesOf(data);
  const categories = [...new Set(data.rows.map((row) => textOf(row.get(data.y))))];
  const valuesOf = (rows: readonly Row[]): number[] =>
    categories.map((category) => {
      const row = rows.find((each) => textOf(each.get(data.y)) === category);
      return row === undefined ? Number.NaN : numberOf(row.get(data.x));
    });
  const first = valuesOf(series[0].rows);
  const order = categories.map((_, i) => i);
  if (sorted) order.sort((a, b) => (first[b] || 0) - (first[a] || 0));
  return {
    chart: {
      kind: "bars",
      title: plot.title,
      x: { title: data.xLabel },
      categories: order.map((i) => categories[i]),
      series: series.map(({ name, rows }) => {
        const values = valuesOf(rows);
        return { name, values: order.map((i) => values[i]) };
      }),
    },
  };
}

function confusion(
  plot: RowsPlot,
  data: PlotRows,
  name: string,
  rows: readonly Row[],
  template: string,
): PagePlot {
  const sorted = (field: string): string[] =>
    [...new Set(data.rows.map((row) => textOf(row.get(field))))].sort(compareText);
  const [across, down] = [sorted(data.x), sorted(data.y)];
  const counts = down.map((truth) =>
    across.map(
      (guess) =>
        rows.filter((row) => textOf(row.get(data.y)) === truth && textOf(row.get(data.x)) === guess).length,
    ),
  );
  const totals = counts.map((row) => row.reduce((sum, value) => sum + value, 0));
  const max = Math.max(1, ...counts.flat());
  const share = (i: number, j: number): number => (totals[i] === 0 ? 0 : counts[i][j] / totals[i]);
  const normalized = template === "confusion_normalized";
  return {
    chart: {
      kind: "heat",
      title: plot.title,
      subtitle: name,
      x: { title: data.xLabel, names: across },
      y: { title: data.yLabel, names: down },
      shade: counts.map((row, i) => row.map((value, j) => (normalized ? share(i, j) : value / max))),
      text: counts.map((row, i) =>
        row.map((value, j) => (normalized ? share(i, j).toFixed(2) : String(value))),
      ),
    },
  };
}
