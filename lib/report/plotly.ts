import {
  type Axis,
  type BarChart,
  type Chart,
  type DotChart,
  type HeatChart,
  type LineChart,
  largest,
  logTicks,
  look,
  type ScatterChart,
  tickText,
} from "./chart.js";

type Json = Readonly<Record<string, unknown>>;

/** The two arguments of `Plotly.newPlot`, as plain JSON. */
export interface PlotlySpec {
  readonly data: readonly Json[];
  readonly layout: Json;
}

/** plotly's names of the marks of chart.ts. */
const symbols = {
  circle: "circle",
  square: "square",
  diamond: "diamond",
  "triangle-up": "triangle-up",
  cross: "cross",
  "triangle-down": "triangle-down",
  stroke: "line-ew-open",
} as const;

/** Draw a chart for a browser. The title is left to the page around it. */
export function toPlotly(chart: Chart): PlotlySpec {
  if (chart.kind === "lines") return lines(chart);
  if (chart.kind === "dots") return dots(chart);
  if (chart.kind === "bars") return bars(chart);
  return chart.kind === "heat" ? heat(chart) : scatter(chart);
}

/** plotly reads `<` in texts as markup. */
function plain(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function layout(extra: Json): Json {
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

interface DrawnAxis {
  readonly axis: Json;
  /** Where a value lies on plotly's own, linear axis. */
  readonly place: (value: number | null) => number | null;
}

function drawn(axis: Axis, values: Iterable<number | null>): DrawnAxis {
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

/** Both axes, as wide as all series together need. */
function axesOf(chart: LineChart | ScatterChart): [DrawnAxis, DrawnAxis] {
  return [
    drawn(
      chart.x,
      chart.series.flatMap((series) => Array.from(series.x)),
    ),
    drawn(
      chart.y,
      chart.series.flatMap((series) => Array.from(series.y)),
    ),
  ];
}

function lines(chart: LineChart): PlotlySpec {
  const [x, y] = axesOf(chart);
  const shape = { linear: "linear", "step-after": "hv", "step-before": "vh" }[chart.join];
  const curves = chart.series.map((series, i) => ({
    type: "scatter",
    mode: "lines",
    name: plain(series.name),
    x: Array.from(series.x, x.place),
    y: Array.from(series.y, y.place),
    customdata: Array.from(series.x, (value, k) => [value, series.y[k]]),
    hovertemplate: `${plain(chart.x.title)}: %{customdata[0]:.4~g}<br>${plain(chart.y.title)}: %{customdata[1]:.4~g}`,
    line: {
      color: look(i).color,
      width: 2,
      shape,
      dash:
        look(i)
          .dash.map((n) => `${n}px`)
          .join(",") || "solid",
    },
  }));
  const references = (chart.references ?? []).map((line) => ({
    type: "scatter",
    mode: "lines",
    name: plain(line.name),
    x: [x.place(line.from[0]), x.place(line.to[0])],
    y: [y.place(line.from[1]), y.place(line.to[1])],
    hoverinfo: "name",
    showlegend: line.name !== "",
    line: { color: "#8c959f", width: 1, dash: "dot" },
  }));
  return { data: [...references, ...curves], layout: layout({ xaxis: x.axis, yaxis: y.axis }) };
}

function dots(chart: DotChart): PlotlySpec {
  const x = drawn(
    chart.x,
    chart.series.flatMap((series) => [...series.values, ...(series.hi ?? [])]),
  );
  const sections = new Set(chart.rows.map((row) => row.section ?? ""));
  const names = chart.rows.map((row) =>
    sections.size > 1 ? [plain(row.section ?? ""), plain(row.name)] : [plain(row.name)],
  );
  const y = sections.size > 1 ? [names.map((name) => name[0]), names.map((name) => name[1])] : names.flat();
  const data = chart.series.map((series, i) => {
    const gap = (end: readonly (number | null)[] | undefined): (number | null)[] =>
      series.values.map((value, k) => {
        const to = end?.[k] ?? null;
        return value === null || to === null ? null : Math.abs((x.place(to) ?? 0) - (x.place(value) ?? 0));
      });
    const hasInterval = series.lo !== undefined && series.hi !== undefined;
    return {
      type: "scatter",
      mode: "markers",
      // A mark at the end of an axis is drawn whole.
      cliponaxis: false,
      name: plain(series.name),
      x: series.values.map(x.place),
      y,
      customdata: chart.rows.map((row, k) => [
        series.values[k],
        series.lo?.[k] ?? null,
        series.hi?.[k] ?? null,
        plain(row.note ?? ""),
      ]),
      hovertemplate: `%{customdata[0]:,.4~r}${hasInterval ? " [%{customdata[1]:.3f}, %{customdata[2]:.3f}]" : ""} %{customdata[3]}`,
      ...(hasInterval
        ? {
            error_x: {
              type: "data",
              symmetric: false,
              array: gap(series.hi),
              arrayminus: gap(series.lo),
              thickness: 1.5,
              width: 0,
            },
          }
        : {}),
      marker: { color: look(i).color, symbol: symbols[look(i).shape], size: 9 },
    };
  });
  return {
    data,
    layout: layout({
      xaxis: x.axis,
      yaxis: { automargin: true, autorange: "reversed", gridcolor: "#e4e7eb", dividercolor: "#d0d7de" },
      height: 130 + 26 * chart.rows.length,
      legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
      margin: { l: 64, r: 24, t: 40, b: 56 },
      showlegend: chart.series.length > 1,
    }),
  };
}

function bars(chart: BarChart): PlotlySpec {
  const x = drawn(
    chart.x,
    chart.series.flatMap((series) => [...series.values]),
  );
  return {
    data: chart.series.map((series, i) => ({
      type: "bar",
      orientation: "h",
      name: plain(series.name),
      x: series.values.map(x.place),
      y: chart.categories.map(plain),
      customdata: [...series.values],
      hovertemplate: "%{y}: %{customdata:,.4~r}",
      marker: { color: look(i).color },
    })),
    layout: layout({
      xaxis: x.axis,
      yaxis: { automargin: true, autorange: "reversed" },
      barmode: "group",
      height: 130 + Math.max(20, 10 * chart.series.length) * chart.categories.length,
      showlegend: chart.series.length > 1,
    }),
  };
}

function heat(chart: HeatChart): PlotlySpec {
  return {
    data: [
      {
        type: "heatmap",
        x: chart.x.names.map(plain),
        y: chart.y.names.map(plain),
        z: chart.shade,
        text: chart.text.map((row) => row.map(plain)),
        texttemplate: "%{text}",
        hovertemplate: `${plain(chart.y.title)} %{y}, ${plain(chart.x.title)} %{x}: %{text}<extra></extra>`,
        colorscale: [
          [0, "#ffffff"],
          [1, "#08519c"],
        ],
        zmin: 0,
        zmax: 1,
        showscale: false,
        xgap: 1,
        ygap: 1,
      },
    ],
    layout: layout({
      xaxis: {
        title: { text: plain(chart.x.title), font: { size: 13 } },
        side: "bottom",
        automargin: true,
        type: "category",
      },
      yaxis: {
        title: { text: plain(chart.y.title), font: { size: 13 } },
        autorange: "reversed",
        automargin: true,
        type: "category",
      },
      height: Math.max(320, 140 + 30 * chart.y.names.length),
      margin: { l: 64, r: 24, t: 36, b: 64 },
    }),
  };
}

function scatter(chart: ScatterChart): PlotlySpec {
  const [x, y] = axesOf(chart);
  return {
    data: chart.series.map((series, i) => ({
      type: "scatter",
      mode: "markers",
      name: plain(series.name),
      x: Array.from(series.x, x.place),
      y: Array.from(series.y, y.place),
      customdata: Array.from(series.x, (value, k) => [value, series.y[k]]),
      hovertemplate: "%{customdata[0]:,.4~r}, %{customdata[1]:,.4~r}",
      marker: { color: look(i).color, symbol: symbols[look(i).shape], size: 5, opacity: 0.6 },
    })),
    layout: layout({ xaxis: x.axis, yaxis: y.axis }),
  };
}
