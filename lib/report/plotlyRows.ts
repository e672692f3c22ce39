import { type BarChart, type DotChart, type HeatChart, look } from "./chart.js";
import { drawn, layout, type PlotlySpec, plain, symbols } from "./plotlyParts.js";

/** Rows of marks with intervals, in sections. */
export function dots(chart: DotChart): PlotlySpec {
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

/** Horizontal bars from zero. */
export function bars(chart: BarChart): PlotlySpec {
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

/** A grid of shaded cells. */
export function heat(chart: HeatChart): PlotlySpec {
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
        title: { text: plain(chart.x.title), font: { size: 13 }, standoff: 10 },
        side: "bottom",
        automargin: true,
        type: "category",
      },
      yaxis: {
        title: { text: plain(chart.y.title), font: { size: 13 }, standoff: 10 },
        autorange: "reversed",
        automargin: true,
        type: "category",
      },
      height: Math.max(320, 140 + 30 * chart.y.names.length),
      margin: { l: 64, r: 24, t: 36, b: 64 },
    }),
  };
}
