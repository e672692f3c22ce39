import type { BarChart, Chart, LineChart, ScatterChart } from "./chart.js";
import { textWidth, wrapText } from "./font.js";
import { reportSheet, type Sheet } from "./sheets.js";
import type { VegaLiteSpec } from "./svg.js";
import { beeswarm, boxes, waterfall } from "./vegaExplain.js";
import { configOf, position, quiet, type Spec, seriesChannels } from "./vegaParts.js";
import { dots, heat } from "./vegaRows.js";
import { dendrogram } from "./vegaTree.js";

/** Draw a chart for paper, as a Vega-Lite 6 specification that holds its own data. */
export function toVegaLite(chart: Chart, sheet: Sheet = reportSheet): VegaLiteSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    padding: 6,
    title: sheet.titled ? heading(chart, sheet) : null,
    config: configOf(sheet),
    ...body(chart, sheet),
  };
}

function heading({ title, subtitle }: Chart, sheet: Sheet): Spec {
  return {
    text: wrapText(title, sheet.width, sheet.titleSize, "bold"),
    ...(subtitle === undefined ? {} : { subtitle: wrapText(subtitle, sheet.width, sheet.labelSize) }),
  };
}

function body(chart: Chart, sheet: Sheet): Spec {
  switch (chart.kind) {
    case "lines":
      return lines(chart, sheet);
    case "dots":
      return dots(chart, sheet);
    case "bars":
      return bars(chart, sheet);
    case "heat":
      return heat(chart, sheet);
    case "scatter":
      return scatter(chart, sheet);
    case "beeswarm":
      return beeswarm(chart, sheet);
    case "waterfall":
      return waterfall(chart, sheet);
    case "boxes":
      return boxes(chart, sheet);
    case "dendrogram":
      return dendrogram(chart, sheet);
  }
}

function lines(chart: LineChart, sheet: Sheet): Spec {
  const rows = chart.series.flatMap(({ name, x, y }) =>
    Array.from(x, (value, i) => ({ series: name, i, x: value, y: y[i] })),
  );
  const references = (chart.references ?? []).map(({ from, to }) => ({
    x: from[0],
    y: from[1],
    x2: to[0],
    y2: to[1],
  }));
  const { x, y } = plane(chart, sheet);
  const channels = seriesChannels(
    chart.series.map(({ name }) => name),
    ["color", "strokeDash"],
    sheet,
    chart.legend,
  );
  const legend = { ...(channels.color.legend as Spec | null), symbolType: "stroke", symbolStrokeWidth: 2 };
  const shared = channels.color.legend === null ? null : { ...legend, symbolSize: 260 };
  return {
    width: sheet.width - 70,
    height: sheet.plotHeight,
    layer: [
      ...(references.length === 0
        ? []
        : [
            {
              data: { values: references },
              mark: { type: "rule", color: "#8c959f", strokeDash: [3, 3], strokeWidth: 1 },
              encoding: {
                x: { field: "x", type: "quantitative", ...x },
                y: { field: "y", type: "quantitative", ...y },
                x2: { field: "x2" },
                y2: { field: "y2" },
              },
            },
            ...uprightNames(chart, x, sheet),
          ]),
      {
        data: { values: rows },
        mark: { type: "line", interpolate: chart.join, strokeWidth: 1.6, clip: false },
        encoding: {
          x: { field: "x", type: "quantitative", ...x },
          y: { field: "y", type: "quantitative", ...y },
          order: { field: "i", type: "quantitative" },
          color: { ...channels.color, legend: shared },
          strokeDash: { ...channels.strokeDash, legend: shared },
        },
      },
    ],
  };
}

/** Both axes of a plane; their titles are broken where they are longer than the axis. */
function plane(chart: LineChart | ScatterChart, sheet: Sheet): { readonly x: Spec; readonly y: Spec } {
  const title = (text: string, length: number): Spec => ({
    title: wrapText(text, length, sheet.axisTitleSize),
  });
  return {
    x: position(
      chart.x,
      chart.series.flatMap((series) => Array.from(series.x)),
      title(chart.x.title, sheet.width - 70),
    ),
    y: position(
      chart.y,
      chart.series.flatMap((series) => Array.from(series.y)),
      title(chart.y.title, sheet.plotHeight),
    ),
  };
}

/** The names of upright references stand above the plot, where no curve is. */
function uprightNames(chart: LineChart, x: Spec, sheet: Sheet): Spec[] {
  const values = (chart.references ?? [])
    .filter(({ name, from, to }) => name !== "" && from[0] === to[0])
    .map(({ name, from }) => ({ name, x: from[0] }));
  if (values.length === 0) return [];
  return [
    {
      data: { values },
      mark: { type: "text", baseline: "bottom", dy: -3, fontSize: sheet.noteSize, color: quiet },
      encoding: { x: { field: "x", type: "quantitative", ...x }, y: { value: 0 }, text: { field: "name" } },
    },
  ];
}

function bars(chart: BarChart, sheet: Sheet): Spec {
  const data = chart.series.flatMap((series) =>
    chart.categories.map((category, i) => ({ series: series.name, category, value: series.values[i] })),
  );
  const nameWidth = Math.max(...chart.categories.map((name) => textWidth(name, sheet.labelSize)));
  const several = chart.series.length > 1;
  const channels = seriesChannels(
    chart.series.map(({ name }) => name),
    ["color"],
    sheet,
  );
  return {
    data: { values: data },
    width: Math.max(140, Math.round(sheet.width - nameWidth - 20)),
    height: { step: several ? 8 : 16, ...(several ? { for: "offset" } : {}) },
    mark: { type: "bar" },
    encoding: {
      y: {
        field: "category",
        type: "nominal",
        sort: null,
        axis: { title: null, ticks: false, grid: false, labelPadding: 6 },
      },
      ...(several ? { yOffset: { field: "series", type: "nominal", sort: null } } : {}),
      x: {
        field: "value",
        type: "quantitative",
        ...position(
          chart.x,
          data.map((row) => row.value),
        ),
      },
      ...channels,
    },
  };
}

function scatter(chart: ScatterChart, sheet: Sheet): Spec {
  const { x, y } = plane(chart, sheet);
  const values = chart.series.flatMap((series) =>
    Array.from(series.x, (value, i) => ({ series: series.name, x: value, y: series.y[i] })),
  );
  return {
    data: { values },
    width: sheet.width - 70,
    height: sheet.plotHeight,
    mark: {
      type: "point",
      filled: true,
      ...(chart.large === true ? { size: 60, opacity: 0.85 } : { size: 14, opacity: 0.55 }),
    },
    encoding: {
      x: { field: "x", type: "quantitative", ...x },
      y: { field: "y", type: "quantitative", ...y },
      ...seriesChannels(
        chart.series.map(({ name }) => name),
        ["color", "shape"],
        sheet,
      ),
    },
  };
}
