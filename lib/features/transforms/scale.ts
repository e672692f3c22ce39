import { z } from "zod";
import { meanAndDeviation, quantileOfUnsorted } from "../../base/statistics.js";
import type { Value } from "../../onnx/builder.js";
import {
  cast,
  fittedRows,
  indicesOf,
  type Output,
  present,
  rowOf,
  type Slot,
  type Transform,
} from "./transform.js";

const step = z.strictObject({
  scale: z
    .enum(["standard", "minmax", "robust"])
    .describe("(x - mean) / sd, (x - min) / (max - min), or (x - median) / interquartile range"),
  flags: z.boolean().optional().describe("true: 0/1 columns made by other steps are scaled too"),
  rows: fittedRows,
});
type Rule = z.infer<typeof step>["scale"];

interface State {
  readonly offset: readonly number[];
  readonly scale: readonly number[];
  /** 0/1 columns are scaled too. */
  readonly flags?: true;
}

interface Learned {
  readonly offset: number;
  readonly scale: number;
}

/**
 * Shift and scale numbers by what the training rows show, or the benign ones among them (`rows: benign`, for detectors);
 * categories stay as they are, and 0/1 columns made by other steps too unless `flags` is true. sd is that of the population (divided by n), as in scikit-learn. A column without spread is only shifted.
 */
export const scale: Transform<z.infer<typeof step>, State, Learned> = {
  key: "scale",
  step,
  learn({ scale: rule, flags }, slot) {
    return isScaled(slot, flags) ? (values) => fitColumn(rule, present(values)) : null;
  },
  fit({ flags }, _slots, learned) {
    return {
      offset: learned.map((column) => column?.offset ?? 0),
      scale: learned.map((column) => column?.scale ?? 1),
      ...(flags === true ? { flags } : {}),
    };
  },
  outputs(state, slots) {
    return slots.map((slot, from): Output => {
      if (!isScaled(slot, state.flags)) return { slot, from };
      const offset = state.offset[from];
      const divisor = state.scale[from];
      return { slot: { ...slot, unit: null }, from, map: (x) => (x - offset) / divisor };
    });
  },
  emit(state, slots, onnx, blocks) {
    const scaled = (input: Value, kind: "number" | "flag"): Value => {
      const row = (values: readonly number[]): Value =>
        rowOf(
          onnx,
          indicesOf(slots, kind).map((j) => values[j]),
        );
      return onnx.node("Div", [onnx.node("Sub", [input, row(state.offset)]), row(state.scale)]);
    };
    const { numbers } = blocks;
    let { flags } = blocks;
    if (state.flags && flags.length > 0) {
      const all = flags.length === 1 ? flags[0] : onnx.node("Concat", flags, { axis: { int: 1 } });
      flags = [cast(onnx, scaled(cast(onnx, all, "double"), "flag"), "float")];
    }
    return { ...blocks, numbers: numbers === null ? null : scaled(numbers, "number"), flags };
  },
};

function isScaled({ kind }: Slot, flags: boolean | undefined): boolean {
  return kind === "number" || (kind === "flag" && flags === true);
}

/** @param values those that are there; they change places */
function fitColumn(rule: Rule, values: Float64Array): Learned {
  if (values.length === 0) return { offset: 0, scale: 1 };
  const [offset, spread] = centreAndSpread(rule, values);
  return { offset, scale: spread > 0 ? spread : 1 };
}

function centreAndSpread(rule: Rule, values: Float64Array): [number, number] {
  const { min, max } = rangeOf(values);
  if (min === max) return [min, 0]; // exact, where sums would leave a rest
  if (rule === "minmax") return [min, max - min];
  if (rule === "robust") {
    const quartile = (q: number): number => quantileOfUnsorted(values, q);
    return [quartile(0.5), quartile(0.75) - quartile(0.25)];
  }
  const { mean, deviation } = meanAndDeviation(values);
  return [mean, deviation];
}

function rangeOf(values: Float64Array): { min: number; max: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    if (values[i] < min) min = values[i];
    if (values[i] > max) max = values[i];
  }
  return { min, max };
}
