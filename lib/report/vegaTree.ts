import { type DendrogramChart, dendrogramLines, palette } from "./chart.js";
import { textWidth } from "./font.js";
import type { Sheet } from "./sheets.js";
import { ink, position, type Spec } from "./vegaParts.js";

/** Pixels from one leaf to the next. */
const STEP = 14;

/** A tree of mergers: names at the left, heights to the right. */
export function dendrogram(chart: DendrogramChart, sheet: Sheet): Spec {
  const lines = dendrogramLines(chart);
  const names = chart.leaves.map(({ name }, y) => ({ name, y }));
  const nameWidth = Math.max(...names.map(({ name }) => textWidth(name, sheet.labelSize)));
  const scale = position(
    chart.x,
    lines.map(({ x2 }) => x2),
  );
  const rows = { scale: { domain: [names.length - 0.5, -0.5], nice: false, zero: false }, axis: null };
  const x = (field: string): Spec => ({ field, type: "quantitative", ...scale });
  const y = (field: string): Spec => ({ field, type: "quantitative", ...rows });
  return {
    width: Math.max(140, Math.round(sheet.width - nameWidth - 30)),
    height: STEP * names.length,
    layer: [
      {
        data: { values: lines },
        mark: { type: "rule", color: palette[0], strokeWidth: 1.2 },
        encoding: { x: x("x"), y: y("y"), x2: { field: "x2" }, y2: { field: "y2" } },
      },
      {
        data: { values: names },
        mark: {
          type: "text",
          align: "right",
          baseline: "middle",
          dx: -6,
          fontSize: sheet.labelSize,
          color: ink,
        },
        encoding: { x: { value: 0 }, y: y("y"), text: { field: "name" } },
      },
    ],
  };
}
