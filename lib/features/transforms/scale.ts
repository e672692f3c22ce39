import { z } from "zod";
import { quantile } from "../../base/statistics.js";
import type { Value } from "../../onnx/builder.js";
import { indicesOf, type Output, rowOf, sortedPresent, type Transform } from "./transform.js";

const step = z.strictObject({
  scale: z
    .enum(["standard", "minmax", "robust"])
    .describe("(x - mean) / sd, (x - min) / (max - min), or (x - median) / interquartile range"),
});
type Rule = z.infer<typeof step>["scale"];

interface State {
  readonly offset: readonly number[];
  readonly scale: readonly number[];
}

/**
 * Shift and scale numbers by what the training rows show; categories and 0/1 columns made by other steps stay as they
 * are. sd is that of the population (divided by n), as in scikit-learn. A column without spread is only shifted.
 */
export const scale: Transform<z.infer<typeof step>, State> = {
  key: "scale",
  step,
  async fit(params, slots, column) {
    const fitted: { offset: number; scale: number }[] = [];
    for (const [j, slot] of slots.entries())
      fitted.push(
        slot.kind === "number"
          ? fitColumn(params.scale, sortedPresent(await column(j)))
          : { offset: 0, scale: 1 },
      );
    return { offset: fitted.map((f) => f.offset), scale: fitted.map((f) => f.scale) };
  },
  outputs(state, slots) {
    return slots.map((slot, from): Output => {
      if (slot.kind !== "number") return { slot, from };
      const offset = state.offset[from];
      const divisor = state.scale[from];
      return { slot: { ...slot, unit: null }, from, map: (x) => (x - offset) / divisor };
    });
  },
  emit(state, slots, onnx, blocks) {
    if (blocks.numbers === null) return blocks;
    const row = (values: readonly number[]): Value =>
      rowOf(
        onnx,
        indicesOf(slots, "number").map((j) => values[j]),
      );
    const shifted = onnx.node("Sub", [blocks.numbers, row(state.offset)]);
    return { ...blocks, numbers: onnx.node("Div", [shifted, row(state.scale)]) };
  },
};

function fitColumn(rule: Rule, sorted: Float64Array): { offset: number; scale: number } {
  if (sorted.length === 0) return { offset: 0, scale: 1 };
  const [offset, spread] = centreAndSpread(rule, sorted);
  return { offset, scale: spread > 0 ? spread : 1 };
}

function centreAndSpread(rule: Rule, sorted: Float64Array): [number, number] {
  const low = sorted[0];
  const high = sorted[sorted.length - 1];
  if (low === high) return [low, 0]; // exact, where sums would leave a rest
  if (rule === "minmax") return [low, high - low];
  if (rule === "robust") return [quantile(sorted, 0.5), quantile(sorted, 0.75) - quantile(sorted, 0.25)];
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length;
  return [mean, Math.sqrt(variance)];
}
