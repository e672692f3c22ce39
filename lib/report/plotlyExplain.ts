import { type BeeswarmChart, type BoxChart, sequential, signs, type WaterfallChart } from "./chart.js";
import { plainNumber } from "./numbers.js";
import { drawn, layout, type PlotlySpec, plain } from "./plotlyParts.js";
import { swarms } from "./swarm.js";
import { signedSteps } from "./waterfall.js";

/** Points in rows, spread where they are dense, coloured from low to high. */
export function beeswarm(chart: BeeswarmChart): PlotlySpec {
  const offsets = swarms(chart.rows.map((row) => row.x));
  const x = drawn(chart.x, []);
  const { title, low, high } = chart.color;
  const scale = sequential.map((color, i) => [i / (sequential.length - 1), color]);
  const colorbar = {
    title: { text: plain(title), side: "top", font: { size: 12 } },
    tickvals: [0, 1],
    ticktext: [plain(low), plain(high)],
    orientation: "h",
    thickness: 10,
    len: 220,
    lenmode: "pixels",
    x: 1,
    xanchor: "right",
    y: 1,
    yanchor: "bottom",
    ypad: 4,
  };
  const data = chart.rows.map((row, i) => {
    const missing = Array.from(row.shade, (shade) => Number.isNaN(shade));
    return {
      type: "scatter",
      mode: "markers",
      name: plain(row.name),
      x: Array.from(row.x),
      y: Array.from(offsets[i], (offset) => i - 0.42 * offset),
      text: Array.from(row.x, (_, k) => plain(row.text?.[k] ?? "")),
      hovertemplate: `%{text}<br>${plain(chart.x.title)}: %{x:.4~r}`,
      marker: {
        size: 5,
        color: Array.from(row.shade, (shade) => (Number.isNaN(shade) ? null : shade)),
        symbol: missing.map((none) => (none ? "circle-open" : "circle")),
        colorscale: scale,
        cmin: 0,
        cmax: 1,
        showscale: i === 0,
        ...(i === 0 ? { colorbar } : {}),
      },
    };
  });
  return {
    data,
    layout: layout({
      xaxis: { ...x.axis, rangemode: "normal", zeroline: true, zerolinecolor: "#8c959f" },
      yaxis: {
        automargin: true,
        range: [chart.rows.length - 0.5, -0.5],
        tickvals: chart.rows.map((_, i) => i),
        ticktext: chart.rows.map(({ name }) => plain(name)),
        showgrid: false,
        zeroline: false,
      },
      height: 180 + 32 * chart.rows.length,
      margin: { l: 64, r: 24, t: 86, b: 56 },
      showlegend: false,
    }),
  };
}

/** Steps from a base to a sum. */
export function waterfall(chart: WaterfallChart): PlotlySpec {
  const { rows } = signedSteps(chart);
  const steps = rows.filter(({ sign }) => sign !== "total");
  const totals = rows.filter(({ sign }) => sign === "total");
  const x = drawn(chart.x, []);
  return {
    data: [
      {
        type: "bar",
        orientation: "h",
        name: "steps",
        y: steps.map(({ name }) => plain(name)),
        base: steps.map(({ from }) => from),
        x: steps.map(({ from, to }) => to - from),
        text: steps.map(({ text }) => text),
        textposition: "outside",
        cliponaxis: false,
        hovertemplate: "%{y}: %{text}<extra></extra>",
        marker: { color: steps.map(({ sign }) => (sign === "up" ? signs.up : signs.down)) },
      },
      {
        type: "scatter",
        mode: "markers+text",
        name: "totals",
        y: totals.map(({ name }) => plain(name)),
        x: totals.map(({ to }) => to),
        text: totals.map(({ text }) => text),
        textposition: "middle right",
        cliponaxis: false,
        hovertemplate: "%{y} %{text}<extra></extra>",
        marker: { color: "#1f2328", symbol: "line-ns-open", size: 14, line: { width: 3 } },
      },
    ],
    layout: layout({
      xaxis: { ...x.axis, rangemode: "normal" },
      yaxis: {
        automargin: true,
        autorange: "reversed",
        type: "category",
        categoryorder: "array",
        categoryarray: rows.map(({ name }) => plain(name)),
        showgrid: false,
      },
      height: 130 + 26 * rows.length,
      margin: { l: 64, r: 72, t: 36, b: 56 },
      showlegend: false,
    }),
  };
}

const quantileNames = ["5%", "25%", "median", "75%", "95%"];

/** Boxes over the middle half of the values, whiskers from 5 to 95%. */
export function boxes(chart: BoxChart): PlotlySpec {
  const known = chart.rows.filter(({ quantiles }) => quantiles !== null);
  const at = (k: number): number[] => known.map(({ quantiles }) => quantiles![k]);
  const x = drawn(chart.x, at(4));
  const place = (k: number): (number | null)[] => at(k).map(x.place);
  return {
    data: [
      {
        type: "box",
        orientation: "h",
        y: known.map(({ name }) => plain(name)),
        lowerfence: place(0),
        q1: place(1),
        median: place(2),
        q3: place(3),
        upperfence: place(4),
        hoverinfo: "skip",
        fillcolor: "#9ecae1",
        line: { color: signs.down, width: 1.5 },
      },
      // Of a box plotly would name the moved values of a log axis: unseen points have the true ones.
      ...quantileNames.map((quantile, k) => ({
        type: "scatter",
        mode: "markers",
        x: place(k),
        y: known.map(({ name }) => plain(name)),
        text: at(k).map(plainNumber),
        hovertemplate: `%{y}, ${quantile}: %{text}<extra></extra>`,
        marker: { color: signs.down, size: 8, opacity: 0 },
      })),
    ],
    layout: layout({
      xaxis: x.axis,
      yaxis: {
        automargin: true,
        autorange: "reversed",
        type: "category",
        categoryorder: "array",
        categoryarray: chart.rows.map(({ name }) => plain(name)),
      },
      height: 130 + 26 * chart.rows.length,
      showlegend: false,
    }),
  };
}
