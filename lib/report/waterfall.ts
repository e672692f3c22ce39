import type { WaterfallChart } from "./chart.js";
import { fixed } from "./numbers.js";

/** One row of a waterfall, from where to where. */
export interface WaterfallRow {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** A base and a sum are totals: marks and not steps. */
  readonly sign: "up" | "down" | "total";
  /** What the row adds with its sign ("+0.120"), or the total. */
  readonly text: string;
}

/** Rows of a waterfall from its base to its sum, and between two rows the place that they share. */
export function signedSteps(chart: WaterfallChart): {
  readonly rows: WaterfallRow[];
  readonly ends: { readonly x: number; readonly name: string; readonly next: string }[];
} {
  const total = (name: string, value: number): WaterfallRow => ({
    name,
    from: value,
    to: value,
    sign: "total",
    text: `= ${value < 0 ? "−" : ""}${fixed(Math.abs(value), 3)}`,
  });
  const rows = [total(chart.base.name, chart.base.value)];
  let at = chart.base.value;
  for (const { name, value } of chart.steps) {
    const sign = value < 0 ? "down" : "up";
    rows.push({
      name,
      from: at,
      to: at + value,
      sign,
      text: `${sign === "up" ? "+" : "−"}${fixed(Math.abs(value), 3)}`,
    });
    at += value;
  }
  rows.push(total(chart.sum, at));
  const ends = rows.slice(1).map(({ name }, i) => ({ x: rows[i].to, name: rows[i].name, next: name }));
  return { rows, ends };
}
