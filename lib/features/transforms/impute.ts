import { z } from "zod";
import { quantileOfUnsorted } from "../../base/statistics.js";
import type { Value } from "../../onnx/builder.js";
import {
  cast,
  fittedRows,
  gather,
  hasMissing,
  indicesOf,
  type Output,
  present,
  rowOf,
  type Slot,
  type Transform,
} from "./transform.js";

const step = z.strictObject({
  impute: z.union([z.enum(["median", "most-frequent"]), z.strictObject({ constant: z.number() })]),
  indicator: z
    .boolean()
    .optional()
    .describe("add a 0/1 column for each column that had missing values in training"),
  rows: fittedRows,
});
type Step = z.infer<typeof step>;

interface State {
  /** What a missing value of each column becomes; null: it stays missing. */
  readonly fill: readonly (number | null)[];
  /** Columns that get an indicator. */
  readonly indicators: readonly number[];
}

interface Learned {
  readonly fill: number | null;
  /** Whether training had missing values. */
  readonly missing: boolean;
}

/**
 * Fill missing values with the training median, the most frequent training value (ties: the smallest) or a constant.
 * `most-frequent` fills categories too; the others leave them missing (one-hot gives them a column of their own).
 * A column without any training value becomes 0. With `rows: benign` only benign training rows count.
 */
export const impute: Transform<Step, State, Learned> = {
  key: "impute",
  step,
  learn({ impute: rule }, slot) {
    if (!isFilled(rule, slot)) return null;
    return (values) => ({ fill: fillOf(rule, slot, values), missing: hasMissing(values) });
  },
  fit({ indicator }, slots, learned) {
    const isShown = (j: number): boolean =>
      indicator === true && learned[j]?.missing === true && learned[j].fill !== null;
    return {
      fill: learned.map((column) => column?.fill ?? null),
      indicators: slots.map((_, j) => j).filter(isShown),
    };
  },
  outputs({ fill, indicators }, slots) {
    const filled = slots.map((slot, from): Output => {
      const value = fill[from];
      return value === null ? { slot, from } : { slot, from, map: (x) => (Number.isNaN(x) ? value : x) };
    });
    const flags = indicators.map(
      (from): Output => ({
        slot: { name: `${slots[from].name}_missing`, kind: "flag", unit: "flag", levels: [] },
        from,
        map: (x) => (Number.isNaN(x) ? 1 : 0),
      }),
    );
    return [...filled, ...flags];
  },
  emit({ fill, indicators }, slots, onnx, blocks) {
    const flags = [...blocks.flags];
    const filled = (input: Value | null, kind: "number" | "category"): Value | null => {
      if (input === null) return null;
      const columns = indicesOf(slots, kind);
      const missing = onnx.node("IsNaN", [input]);
      const shown = indicators.filter((j) => columns.includes(j)).map((j) => columns.indexOf(j));
      if (shown.length > 0) flags.push(cast(onnx, gather(onnx, missing, shown), "float"));
      const values = columns.map((j) => fill[j] ?? Number.NaN);
      const row = rowOf(onnx, values, kind === "number" ? "double" : "float");
      return onnx.node("Where", [missing, row, input]);
    };
    const numbers = filled(blocks.numbers, "number");
    return { numbers, categories: filled(blocks.categories, "category"), flags };
  },
};

function isFilled(rule: Step["impute"], slot: Slot): boolean {
  return slot.kind === "number" || (slot.kind === "category" && rule === "most-frequent");
}

function fillOf(rule: Step["impute"], slot: Slot, values: Float64Array): number | null {
  if (typeof rule === "object") return rule.constant;
  const there = present(values);
  if (there.length === 0) return slot.kind === "category" ? null : 0;
  return rule === "median" ? quantileOfUnsorted(there, 0.5) : mostFrequent(there.sort());
}

function mostFrequent(sorted: Float64Array): number {
  let best = sorted[0];
  let bestCount = 0;
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    if (end - start > bestCount) {
      bestCount = end - start;
      best = sorted[start];
    }
    start = end;
  }
  return best;
}
