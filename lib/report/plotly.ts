import { type Chart, type LineChart, look, type ScatterChart } from "./chart.js";
import { beeswarm, boxes, waterfall } from "./plotlyExplain.js";
import { type DrawnAxis, drawn, layout, type PlotlySpec, plain, symbols } from "./plotlyParts.js";
import { bars, dots, heat } from "./plotlyRows.js";
import { dendrogram } from "./plotlyTree.js";

export type { PlotlySpec } from "./plotlyParts.js";

/** Draw a chart for a browser. The title is left to the page around it. */
export function toPlotly(chart: Chart): PlotlySpec {
  switch (chart.kind) {
    case "lines":
      return lines(chart);
    case "dots":
      return dots(chart);
    case "bars":
      return bars(chart);
    case "heat":
      return heat(chart);
    case "scatter":
      return scatter(chart);
    case "beeswarm":
      return beeswarm(chart);
    case "waterfall":
      return waterfall(chart);
    case "boxes":
      return boxes(chart);
    case "dendrogram":
      return dendrogram(chart);
  }
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
      marker: {
        color: look(i).color,
        symbol: symbols[look(i).shape],
        ...(chart.large === true ? { size: 10, opacity: 0.85 } : { size: 5, opacity: 0.6 }),
      },
    })),
    layout: layout({ xaxis: x.axis, yaxis: y.axis }),
  };
}
