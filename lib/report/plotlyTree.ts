import { type DendrogramChart, dendrogramLines, palette } from "./chart.js";
import { drawn, layout, type PlotlySpec, plain } from "./plotlyParts.js";

/** A tree of mergers: names at the left, heights to the right. */
export function dendrogram(chart: DendrogramChart): PlotlySpec {
  const lines = dendrogramLines(chart);
  const { axis } = drawn(
    chart.x,
    lines.map(({ x2 }) => x2),
  );
  return {
    data: [
      {
        type: "scatter",
        mode: "lines",
        x: lines.flatMap(({ x, x2 }) => [x, x2, null]),
        y: lines.flatMap(({ y, y2 }) => [y, y2, null]),
        hovertemplate: `${plain(chart.x.title)}: %{x:.4~g}<extra></extra>`,
        line: { color: palette[0], width: 1.5 },
      },
    ],
    layout: layout({
      xaxis: axis,
      yaxis: {
        range: [chart.leaves.length - 0.5, -0.5],
        tickvals: chart.leaves.map((_, i) => i),
        ticktext: chart.leaves.map(({ name }) => plain(name)),
        automargin: true,
        showgrid: false,
        zeroline: false,
      },
      height: 130 + 18 * chart.leaves.length,
      showlegend: false,
    }),
  };
}
