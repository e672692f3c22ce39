import { type Axis, largest, logTicks, tickText } from "./chart.js";

/** Plain JSON, as plotly takes it. */
export type Json = Readonly<Record<string, unknown>>;

/** The two arguments of `Plotly.newPlot`, as plain JSON. */
export interface PlotlySpec {
  readonly data: readonly Json[];
  readonly layout: Json;
}

/** plotly's names of the marks of chart.ts. */
export const symbols = {
  circle: "circle",
  square: "square",
  diamond: "diamond",
  "triangle-up": "triangle-up",
  cross: "cross",
  "triangle-down": "triangle-down",
  "triangle-right": "triangle-right",
} as const;

/** plotly reads `<` in texts as markup. */
export function plain(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** What all plots share, then what is given. */
export function layout(extra: Json): Json {
  return {
    font: { family: "system-ui, 'DejaVu Sans', sans-serif", size: 13, color: "#1f2328" },
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    margin: { l: 64, r: 24, t: 36, b: 56 },
    legend: { orientation: "h", x: 0, y: -0.26, yanchor: "top" },
    hovermode: "closest",
    height: 460,
    ...extra,
  };
}

/** One axis as plotly's. */
export interface DrawnAxis {
  readonly axis: Json;
  /** Where a value lies on plotly's own, linear axis. */
  readonly place: (value: number | null) => number | null;
}

/** An axis; `values` are the data of an axis without a domain of its own. */
export function drawn(axis: Axis, values: Iterable<number | null>): DrawnAxis {
  const common = {
    // What an axis measures stands on a line of its own, so that it fits beside a short plot.
    // The distance is for the second line, which plotly does not count in a vertical title.
    title: { text: plain(axis.title).replace(/ \((?=share)/, "<br>("), font: { size: 13 }, standoff: 24 },
    gridcolor: "#e4e7eb",
    zeroline: false,
    automargin: true,
    linecolor: "#6e7781",
  };
  if (axis.scale !== "log") {
    const range =
      axis.domain === undefined
        ? { rangemode: "tozero" }
        : { range: [axis.domain[0] - 0.01, axis.domain[1] + 0.01] };
    return { axis: { ...common, ...range }, place: (value) => value };
  }
  // plotly has no logarithmic scale with a zero: the values are moved, the ticks say what they are.
  const unit = axis.unit ?? 1;
  const place = (value: number | null): number | null => (value === null ? null : Math.log1p(value / unit));
  const end = 1.25 * largest(values, unit);
  const ticks = logTicks(end, unit);
  return {
    axis: {
      ...common,
      range: [-0.1, place(end)],
      tickvals: ticks.map(place),
      ticktext: ticks.map(tickText),
    },
    place,
  };
}
