import { type BeeswarmChart, type BoxChart, sequential, signs, type WaterfallChart } from "./chart.js";
import { textWidth } from "./font.js";
import type { Sheet } from "./sheets.js";
import { swarms } from "./swarm.js";
import { ink, position, quiet, type Spec } from "./vegaParts.js";
import { signedSteps } from "./waterfall.js";

/** Names at the left of rows that have no axis of their own kind. */
const rowAxis: Spec = { title: null, grid: false, ticks: false, domain: false, labelPadding: 6 };

/** Width that names and notes leave to the plot. */
function plotWidth(names: readonly string[], notes: readonly string[], sheet: Sheet): number {
  const name = Math.max(...names.map((text) => textWidth(text, sheet.labelSize)));
  const note = Math.max(...notes.map((text) => textWidth(text, sheet.noteSize)));
  return Math.max(140, Math.round(sheet.width - name - note - 29));
}

/** Points in rows, spread where they are dense, coloured from low to high. */
export function beeswarm(chart: BeeswarmChart, sheet: Sheet): Spec {
  const names = chart.rows.map(({ name }) => name);
  const offsets = swarms(chart.rows.map((row) => row.x));
  const step = 20;
  const points = chart.rows.flatMap((row, i) =>
    Array.from(row.x, (x, k) => ({
      x,
      y: (i + 0.5 - 0.42 * offsets[i][k]) * step,
      shade: Number.isNaN(row.shade[k]) ? null : row.shade[k],
    })),
  );
  const x = { field: "x", type: "quantitative", ...position(chart.x, []) };
  const y = {
    field: "y",
    type: "quantitative",
    scale: { domain: [0, step * names.length], range: [0, step * names.length] },
    axis: null,
  };
  const labels = chart.rows.map((row, i) => ({ name: row.name, y: (i + 0.5) * step }));
  const { title, low, high } = chart.color;
  return {
    width: plotWidth(names, [""], sheet),
    height: step * names.length,
    layer: [
      { data: { values: [{ x: 0 }] }, mark: { type: "rule", color: "#8c959f" }, encoding: { x } },
      {
        data: { values: labels },
        mark: {
          type: "text",
          align: "right",
          baseline: "middle",
          dx: -6,
          fontSize: sheet.labelSize,
          color: ink,
        },
        encoding: { x: { value: 0 }, y, text: { field: "name" } },
      },
      {
        data: { values: points.filter(({ shade }) => shade === null) },
        mark: { type: "point", size: 9, strokeWidth: 0.7, color: "#8c959f", aria: false },
        encoding: { x, y },
      },
      {
        data: { values: points.filter(({ shade }) => shade !== null) },
        // A line of text a point, for readers of screens, would be most of the file.
        mark: { type: "point", filled: true, size: 9, opacity: 0.9, aria: false },
        encoding: {
          x,
          y,
          color: {
            field: "shade",
            type: "quantitative",
            scale: { domain: [0, 1], range: [...sequential], interpolate: "rgb" },
            legend: {
              title,
              type: "gradient",
              gradientLength: 110,
              gradientThickness: 8,
              values: [0, 1],
              labelExpr: `datum.value === 0 ? ${JSON.stringify(low)} : ${JSON.stringify(high)}`,
            },
          },
        },
      },
    ],
  };
}

/** Steps from a base to a sum; what each adds stands at the right edge. */
export function waterfall(chart: WaterfallChart, sheet: Sheet): Spec {
  const { rows, ends } = signedSteps(chart);
  const y = { field: "name", type: "nominal", sort: null, axis: rowAxis, scale: { paddingInner: 0.25 } };
  const x = { type: "quantitative", ...position(chart.x, []), scale: { zero: false, nice: true } };
  return {
    width: plotWidth(
      rows.map(({ name }) => name),
      rows.map(({ text }) => text),
      sheet,
    ),
    height: { step: 18 },
    data: { values: rows },
    layer: [
      {
        data: { values: ends },
        mark: { type: "rule", color: "#8c959f", strokeDash: [2, 2] },
        encoding: { x: { field: "x", ...x }, y, y2: { field: "next" } },
      },
      {
        transform: [{ filter: "datum.sign !== 'total'" }],
        mark: { type: "bar" },
        encoding: {
          y,
          x: { field: "from", ...x },
          x2: { field: "to" },
          color: {
            field: "sign",
            type: "nominal",
            scale: { domain: ["up", "down"], range: [signs.up, signs.down] },
            legend: null,
          },
        },
      },
      {
        transform: [{ filter: "datum.sign === 'total'" }],
        mark: { type: "tick", color: ink, thickness: 3, size: 14 },
        encoding: { y, x: { field: "to", ...x } },
      },
      {
        mark: { type: "text", align: "left", dx: 8, fontSize: sheet.noteSize, color: quiet },
        encoding: { y, x: { value: "width" }, text: { field: "text" } },
      },
    ],
  };
}

/** Boxes over the middle half of the values, whiskers from 5 to 95%. */
export function boxes(chart: BoxChart, sheet: Sheet): Spec {
  const values = chart.rows.map(({ name, note = "", quantiles }) => {
    const [low, q1, median, q3, high] = quantiles ?? [null, null, null, null, null];
    return { name, note, low, q1, median, q3, high };
  });
  const notes = values.map(({ note }) => note);
  // Rows without a box keep their place.
  const names = values.map(({ name }) => name);
  const y = { field: "name", type: "nominal", sort: null, scale: { domain: names }, axis: rowAxis };
  const scale = position(
    chart.x,
    values.map(({ high }) => high),
  );
  const x = (field: string): Spec => ({ field, type: "quantitative", ...scale });
  const known = [{ filter: "datum.median !== null" }];
  return {
    width: plotWidth(names, notes, sheet),
    height: { step: 17 },
    data: { values },
    layer: [
      {
        transform: known,
        mark: { type: "rule", color: signs.down },
        encoding: { y, x: x("low"), x2: { field: "high" } },
      },
      {
        transform: known,
        mark: { type: "bar", height: 9, color: "#9ecae1", stroke: signs.down, strokeWidth: 0.8 },
        encoding: { y, x: x("q1"), x2: { field: "q3" } },
      },
      {
        transform: known,
        mark: { type: "tick", color: ink, thickness: 2, size: 11 },
        encoding: { y, x: x("median") },
      },
      ...(notes.some((note) => note !== "")
        ? [
            {
              mark: { type: "text", align: "left", dx: 8, fontSize: sheet.noteSize, color: quiet },
              encoding: { y, x: { value: "width" }, text: { field: "note" } },
            },
          ]
        : []),
    ],
  };
}
