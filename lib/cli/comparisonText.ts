import { type Difference, type PairedMetric, pairedMetrics } from "../eval/paired.js";
import type { UnitName } from "../eval/units.js";
import type { Comparison, ModelComparison } from "../pipeline/compare/compare.js";
import { textTable } from "./textTable.js";

/** A comparison for a person. */
export function comparisonText(found: Comparison, unit: UnitName): string {
  const { a, b, params, models, only_a, only_b } = found;
  const lines = [`A: ${a.name} (${a.kind})`, `B: ${b.name} (${b.kind})`, "", dataLine(found), ""];
  lines.push(
    params.length === 0
      ? "Parameters: the same."
      : `Parameters that differ:\n${textTable(
          ["", "A", "B"],
          params.map((each) => [each.name, valueText(each.a), valueText(each.b)]),
        ).trimEnd()}`,
  );
  for (const model of models) lines.push("", modelText(model, unit));
  if (models.length === 0) lines.push("", "No model has results in both.");
  if (only_a.length > 0) lines.push("", `Only in A: ${only_a.join(", ")}.`);
  if (only_b.length > 0) lines.push("", `Only in B: ${only_b.join(", ")}.`);
  return `${lines.join("\n")}\n`;
}

function dataLine({ a, b }: Comparison): string {
  const rows = [a.rows, b.rows].map((n) => (n === null ? "rows not known" : `${n} rows`));
  if (a.flows === null || b.flows === null)
    return `Data: ${rows[0]} in A, ${rows[1]} in B; no hash is recorded for one.`;
  if (a.flows === b.flows)
    return `Data: the same flows (${a.flows.slice(0, 12)}…, ${a.rows === null ? rows[1] : rows[0]}).`;
  const raw = a.data === b.data ? "the raw data are the same" : "the raw data differ, too";
  return `Data: other flows: ${a.flows.slice(0, 12)}… (${rows[0]}) in A, ${b.flows.slice(0, 12)}… (${rows[1]}) in B; ${raw}.`;
}

function valueText(value: unknown): string {
  return value === undefined ? "-" : typeof value === "string" ? value : JSON.stringify(value);
}

function modelText(model: ModelComparison, unit: UnitName): string {
  const name = model.a === model.b ? model.a : `${model.a} (A), ${model.b} (B)`;
  if (model.paired === null) {
    const rows = pairedMetrics.map((metric) => [
      metric,
      number(model.metrics[metric].a),
      number(model.metrics[metric].b),
    ]);
    return `${name}, ${model.part} part. No paired intervals: ${model.reason}.\n${textTable(["", "A", "B"], rows).trimEnd()}`;
  }
  const { n, resamples, pair, flips } = model.paired;
  const { mcnemar } = pair;
  if (isSame(pair.metrics) && flips.length === 0) {
    const values = pairedMetrics.map((metric) => `${metric} ${number(pair.metrics[metric].a)}`);
    return `${name}, ${model.part} part, ${n} rows: the same (${values.join(", ")}); no row flipped.`;
  }
  const header = ["", "A", "B", "B - A", "95% interval", "p"];
  const lines = [
    `${name}, ${model.part} part, ${n} rows (paired bootstrap over ${unit}s, ${resamples} resamples; p of one test each)`,
    textTable(
      header,
      pairedMetrics.map((metric) => metricRow(metric, pair.metrics[metric])),
    ).trimEnd(),
    `McNemar: ${mcnemar.only_a} rows only A decides rightly, ${mcnemar.only_b} only B, p ${pText(mcnemar.p)} (${mcnemar.test}).`,
  ];
  if (flips.length === 0) return [...lines, "No row flipped."].join("\n");
  const rows = flips.map((each) => [
    each.family,
    String(each.n),
    String(each.only_a.length),
    String(each.only_b.length),
  ]);
  return [
    ...lines,
    "Rows that flipped:",
    textTable(["", "rows", "only A right", "only B right"], rows).trimEnd(),
  ].join("\n");
}

/** Whether both have every metric alike, to the last bit. */
function isSame(metrics: Readonly<Record<PairedMetric, Difference>>): boolean {
  return pairedMetrics.every((metric) => Object.is(metrics[metric].a, metrics[metric].b));
}

function metricRow(name: PairedMetric, { a, b, difference, lo, hi, p }: Difference): string[] {
  const interval = lo === null || hi === null ? "-" : `[${number(lo)}, ${number(hi)}]`;
  return [name, number(a), number(b), number(difference), interval, p === null ? "-" : pText(p)];
}

function number(value: number | null): string {
  return value === null ? "-" : value.toFixed(4);
}

function pText(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}
