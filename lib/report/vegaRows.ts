import type { DotChart, HeatChart } from "./chart.js";
import { textWidth } from "./font.js";
import type { Sheet } from "./sheets.js";
import { ink, position, quiet, type Spec, seriesChannels } from "./vegaParts.js";

/** Rows of marks with intervals, in sections that share one axis. */
export function dots(chart: DotChart, sheet: Sheet): Spec {
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
  const noteWidth = Math.max(...chart.rows.map((row) => textWidth(row.note ?? "", sheet.noteSize)));
  const nameWidth = Math.max(...names.map((name) => textWidth(name, sheet.labelSize)));
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
    sheet,
  );
  const width = Math.max(140, Math.round(sheet.width - nameWidth - noteWidth - 29));
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
      ...(noteWidth === 0 ? [] : [noteLayer(chart, y, sheet)]),
    ],
  });
  if (sections.length === 1) return section(sections[0]);
  return {
    vconcat: sections.map((name) => ({
      title: { text: name, frame: "group", fontSize: sheet.axisTitleSize, color: quiet, offset: 4 },
      ...section(name),
    })),
    spacing: 14,
    resolve: { scale: { x: "shared", color: "shared", shape: "shared" } },
  };
}

function noteLayer(chart: DotChart, y: Spec, sheet: Sheet): Spec {
  return {
    transform: [{ filter: { field: "series", equal: chart.series[0].name } }],
    mark: { type: "text", align: "left", dx: 8, fontSize: sheet.noteSize, color: quiet },
    encoding: { y, x: { value: "width" }, text: { field: "note" } },
  };
}

/** A grid of shaded cells; names that are too long for their column stand at an angle. */
export function heat(chart: HeatChart, sheet: Sheet): Spec {
  const values = chart.y.names.flatMap((row, i) =>
    chart.x.names.map((column, j) => ({ row, column, shade: chart.shade[i][j], text: chart.text[i][j] })),
  );
  const nameWidth = Math.max(...chart.y.names.map((name) => textWidth(name, sheet.labelSize)));
  const columns = chart.x.names.length;
  const step = Math.min(96, Math.floor((sheet.width - nameWidth - 40) / columns));
  const rowStep = Math.max(22, Math.min(chart.y.names.length > 8 ? 26 : 48, step));
  const longest = Math.max(...values.map(({ text }) => textWidth(text, 1)));
  const size = Math.max(sheet.smallest, Math.min(11.5, Math.floor((2 * (step - 5)) / longest) / 2));
  const shown = values.map((cell) => (textWidth(cell.text, size) <= step - 2 ? cell : { ...cell, text: "" }));
  const upright = chart.x.names.every((name) => textWidth(name, sheet.labelSize) < step - 4);
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
    data: { values: shown },
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
          color: { condition: { test: "datum.shade > 0.62", value: "#ffffff" }, value: ink },
        },
      },
    ],
  };
}
