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
import { fontFamily, textWidth, wrapText } from "./font.js";
import type { VegaLiteSpec } from "./svg.js";

/** Pixels from edge to edge: 380 px at 96 per inch fit one column of a paper at nine tenths of their size. */
const totalWidth = 380;
const labelSize = 10.5;
const ink = "#1f2328";
const quiet = "#57606a";

type Spec = Record<string, unknown>;

/** Draw a chart for paper, as a Vega-Lite 6 specification that holds its own data. */
export function toVegaLite(chart: Chart): VegaLiteSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    padding: 6,
    title: {
      text: wrapText(chart.title, totalWidth, 12.5, "bold"),
      ...(chart.subtitle === undefined ? {} : { subtitle: wrapText(chart.subtitle, totalWidth, labelSize) }),
    },
    config,
    ...body(chart),
  };
}

function body(chart: Chart): Spec {
  if (chart.kind === "lines") return lines(chart);
  if (chart.kind === "dots") return dots(chart);
  if (chart.kind === "bars") return bars(chart);
  return chart.kind === "heat" ? heat(chart) : scatter(chart);
}

const config = {
  font: fontFamily,
  view: { stroke: null },
  title: {
    anchor: "start",
    frame: "bounds",
    fontSize: 12.5,
    fontWeight: "bold",
    color: ink,
    lineHeight: 16,
    subtitleFontSize: labelSize,
    subtitleColor: quiet,
    subtitleLineHeight: 14,
    subtitlePadding: 4,
    offset: 10,
  },
  axis: {
    labelFontSize: labelSize,
    titleFontSize: 11,
    titleFontWeight: "normal",
    titleColor: ink,
    labelColor: ink,
    domainColor: "#6e7781",
    tickColor: "#6e7781",
    gridColor: "#e4e7eb",
    labelLimit: 0,
    labelFlush: false,
    titlePadding: 7,
  },
  legend: {
    orient: "bottom",
    direction: "horizontal",
    labelFontSize: labelSize,
    labelColor: ink,
    labelLimit: 0,
    symbolSize: 70,
    columnPadding: 14,
    titleFontSize: labelSize,
    titleFontWeight: "normal",
    titleColor: quiet,
    offset: 6,
  },
} as const;

/** Scale and axis of one positional channel; `values` are the data of an axis without a domain of its own. */
function position(axis: Axis, values: Iterable<number | null>, extra: Spec = {}): Spec {
  if (axis.scale === "log") {
    const unit = axis.unit ?? 1;
    const end = 1.25 * largest(values, unit);
    const ticks = logTicks(end, unit);
    return {
      scale: { type: "symlog", constant: unit, domain: [0, end], nice: false },
      axis: { title: axis.title, values: ticks, labelExpr: tickLabels(ticks), ...extra },
    };
  }
  const fixed = axis.domain;
  return {
    scale: fixed === undefined ? { nice: true, zero: true } : { domain: fixed, nice: false },
    axis: { title: axis.title, tickCount: 5, ...extra },
  };
}

function tickLabels(ticks: readonly number[]): string {
  const pairs = ticks.map((tick) => `datum.value === ${tick} ? ${JSON.stringify(tickText(tick))}`);
  return `${pairs.join(" : ")} : ""`;
}

/** One colour, dash and mark a series, all three in one legend that wraps to the width of the figure. */
function seriesChannels(
  names: readonly string[],
  marks: readonly ("color" | "strokeDash" | "shape")[],
  title?: string,
): Record<string, Spec> {
  const widest = Math.max(...names.map((name) => textWidth(name, labelSize))) + 34;
  const columns = Math.max(1, Math.min(names.length, Math.floor(totalWidth / widest)));
  const legend = names.length < 2 ? null : { columns, title: title ?? null };
  const ranges = {
    color: names.map((_, i) => look(i).color),
    strokeDash: names.map((_, i) => look(i).dash),
    shape: names.map((_, i) => look(i).shape),
  };
  return Object.fromEntries(
    marks.map((mark) => [
      mark,
      {
        field: "series",
        type: "nominal",
        scale: { domain: names, range: ranges[mark] },
        sort: null,
        legend: legend === null ? null : mark === "strokeDash" ? { ...legend, symbolType: "stroke" } : legend,
      },
    ]),
  );
}

function lines(chart: LineChart): Spec {
  const rows = chart.series.flatMap(({ name, x, y }) =>
    Array.from(x, (value, i) => ({ series: name, i, x: value, y: y[i] })),
  );
  const references = (chart.references ?? []).map(({ from, to }) => ({
    x: from[0],
    y: from[1],
    x2: to[0],
    y2: to[1],
  }));
  const x = position(
    chart.x,
    rows.map((row) => row.x),
  );
  const y = position(
    chart.y,
    rows.map((row) => row.y),
  );
  const channels = seriesChannels(
    chart.series.map(({ name }) => name),
    ["color", "strokeDash"],
    chart.legend,
  );
  const legend = { ...(channels.color.legend as Spec | null), symbolType: "stroke", symbolStrokeWidth: 2 };
  const shared = channels.color.legend === null ? null : { ...legend, symbolSize: 260 };
  return {
    width: totalWidth - 70,
    height: 240,
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

function dots(chart: DotChart): Spec {
  const names = chart.rows.map((row) => row.name);
  const sections = [...new Set(chart.rows.map((row) => row.section ?? ""))];
  const data = chart.series.flatMap((series) =>
    chart.rows.map((row, i) => ({
      series: series.name,
      row: row.name,
      section: row.section ?? "",
      note: row.note ?? "",
      value: series.values[i],
      lo: series.lo?.[i] ?? null,
      hi: series.hi?.[i] ?? null,
    })),
  );
  const noteWidth = Math.max(...chart.rows.map((row) => textWidth(row.note ?? "", labelSize - 1)));
  const nameWidth = Math.max(...names.map((name) => textWidth(name, labelSize)));
  const several = chart.series.length > 1;
  const last = sections[sections.length - 1];
  const xOf = (section: string): Spec =>
    position(
      chart.x,
      data.flatMap((row) => [row.value, row.hi]),
      section === last ? {} : { title: null, labels: false, ticks: false, domain: false },
    );
  const y = {
    field: "row",
    type: "nominal",
    sort: null,
    scale: { paddingInner: several ? 0.15 : 0.2, paddingOuter: 0.2 },
    axis: { title: null, grid: true, ticks: false, domain: false, labelPadding: 9 },
  };
  const offset = several
    ? { yOffset: { field: "series", type: "nominal", sort: null, scale: { paddingOuter: 0.4 } } }
    : {};
  const channels = seriesChannels(
    chart.series.map(({ name }) => name),
    ["color", "shape"],
  );
  const width = Math.max(140, Math.round(totalWidth - nameWidth - noteWidth - 29));
  const height = several ? { step: 5, for: "offset" } : { step: 17 };
  const section = (name: string): Spec => ({
    data: { values: data.filter((row) => row.section === name) },
    width,
    height,
    layer: [
      {
        transform: [{ filter: "datum.value !== null && datum.lo !== null && datum.hi !== null" }],
        mark: { type: "rule", strokeWidth: 1.4 },
        encoding: {
          y,
          ...offset,
          x: { field: "lo", type: "quantitative", ...xOf(name) },
          x2: { field: "hi" },
          color: channels.color,
        },
      },
      {
        mark: { type: "point", filled: true, size: several ? 34 : 44, opacity: 1 },
        encoding: { y, ...offset, x: { field: "value", type: "quantitative", ...xOf(name) }, ...channels },
      },
      ...(noteWidth === 0 ? [] : [noteLayer(chart, y)]),
    ],
  });
  if (sections.length === 1) return section(sections[0]);
  return {
    vconcat: sections.map((name) => ({
      title: { text: name, frame: "group", fontSize: 11, color: quiet, offset: 4 },
      ...section(name),
    })),
    spacing: 14,
    resolve: { scale: { x: "shared", color: "shared", shape: "shared" } },
  };
}

function noteLayer(chart: DotChart, y: Spec): Spec {
  return {
    transform: [{ filter: { field: "series", equal: chart.series[0].name } }],
    mark: { type: "text", align: "left", dx: 8, fontSize: labelSize - 1, color: quiet },
    encoding: { y, x: { value: "width" }, text: { field: "note" } },
  };
}

function bars(chart: BarChart): Spec {
  const data = chart.series.flatMap((series) =>
    chart.categories.map((category, i) => ({ series: series.name, category, value: series.values[i] })),
  );
  const nameWidth = Math.max(...chart.categories.map((name) => textWidth(name, labelSize)));
  const several = chart.series.length > 1;
  const channels = seriesChannels(
    chart.series.map(({ name }) => name),
    ["color"],
  );
  return {
    data: { values: data },
    width: Math.max(140, Math.round(totalWidth - nameWidth - 20)),
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

function heat(chart: HeatChart): Spec {
  const values = chart.y.names.flatMap((row, i) =>
    chart.x.names.map((column, j) => ({ row, column, shade: chart.shade[i][j], text: chart.text[i][j] })),
  );
  const nameWidth = Math.max(...chart.y.names.map((name) => textWidth(name, labelSize)));
  const columns = chart.x.names.length;
  const step = Math.min(96, Math.floor((totalWidth - nameWidth - 40) / columns));
  const rowStep = Math.max(22, Math.min(48, step));
  const longest = Math.max(...values.map(({ text }) => textWidth(text, 1)));
  const size = Math.max(6, Math.min(11.5, Math.floor((2 * (step - 5)) / longest) / 2));
  const upright = chart.x.names.every((name) => textWidth(name, labelSize) < step - 4);
  const x = {
    field: "column",
    type: "nominal",
    sort: null,
    axis: {
      title: chart.x.title,
      orient: "top",
      ticks: false,
      domain: false,
      ...(upright ? { labelAngle: 0 } : { labelAngle: -45, labelAlign: "left", labelBaseline: "bottom" }),
    },
  };
  const y = {
    field: "row",
    type: "nominal",
    sort: null,
    axis: { title: chart.y.title, ticks: false, domain: false, labelPadding: 6 },
  };
  return {
    data: { values },
    width: { step },
    height: { step: rowStep },
    layer: [
      {
        mark: { type: "rect", stroke: "#d0d7de", strokeWidth: 0.5 },
        encoding: {
          x,
          y,
          color: {
            field: "shade",
            type: "quantitative",
            scale: { domain: [0, 1], range: ["#ffffff", "#08519c"], interpolate: "rgb" },
            legend: null,
          },
        },
      },
      {
        mark: { type: "text", fontSize: size },
        encoding: {
          x,
          y,
          text: { field: "text" },
          color: { condition: { test: "datum.shade > 0.5", value: "#ffffff" }, value: ink },
        },
      },
    ],
  };
}

function scatter(chart: ScatterChart): Spec {
  const values = chart.series.flatMap(({ name, x, y }) =>
    Array.from(x, (value, i) => ({ series: name, x: value, y: y[i] })),
  );
  return {
    data: { values },
    width: totalWidth - 70,
    height: 240,
    mark: { type: "point", filled: true, size: 14, opacity: 0.55 },
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        ...position(
          chart.x,
          values.map((row) => row.x),
        ),
      },
      y: {
        field: "y",
        type: "quantitative",
        ...position(
          chart.y,
          values.map((row) => row.y),
        ),
      },
      ...seriesChannels(
        chart.series.map(({ name }) => name),
        ["color", "shape"],
      ),
    },
  };
}
