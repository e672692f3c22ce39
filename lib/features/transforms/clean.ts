import { z } from "zod";
import { quantileOfUnsorted } from "../../base/statistics.js";
import { indicesOf, type Output, present, rowOf, type Slot, type Transform } from "./transform.js";

const step = z.strictObject({
  clean: z
    .literal("ml-ids")
    .describe(
      "infinite rates and negative numbers (but TCP windows) are missing; the training median where training had any",
    ),
});

/** An infinite rate is one over no time. */
const rates: readonly string[] = ["flow_byts_s", "flow_pkts_s"];
/** -1 says that no window was seen. */
const windows: readonly string[] = ["init_fwd_win_byts", "init_bwd_win_byts"];

interface State {
  /** What a missing value of each column becomes; null: it stays missing. */
  readonly fill: readonly (number | null)[];
}

/**
 * The cleaning of ml-ids, in its order: infinite values of the two rate columns become missing, then negative values of all
 * numbers but the two TCP windows, then the columns that have missing values in training get their median. A column that
 * training had complete keeps what is missing later; without any value in training it becomes 0.
 * Source: cstub/ml-ids, notebooks on CSE-CIC-IDS2018.
 */
export const clean: Transform<z.infer<typeof step>, State, number | null> = {
  key: "clean",
  step,
  learn(_params, slot) {
    if (slot.kind !== "number") return null;
    return (values) => {
      const clean = present(values.map(cleaned(slot)));
      return clean.length === values.length ? null : medianOf(clean);
    };
  },
  fit(_params, _slots, learned) {
    return { fill: learned.map((fill) => fill ?? null) };
  },
  outputs({ fill }, slots) {
    return slots.map((slot, from): Output => {
      if (slot.kind !== "number") return { slot, from };
      const value = fill[from] ?? Number.NaN;
      const own = cleaned(slot);
      return {
        slot,
        from,
        map: (x) => {
          const y = own(x);
          return Number.isNaN(y) ? value : y;
        },
      };
    });
  },
  emit({ fill }, slots, onnx, blocks) {
    const { numbers } = blocks;
    if (numbers === null) return blocks;
    const columns = indicesOf(slots, "number");
    const where = (is: (name: string) => boolean) =>
      onnx.tensor(
        "bool",
        [1, columns.length],
        columns.map((j) => Number(is(slots[j].name))),
      );
    const infinite = onnx.node("And", [onnx.node("IsInf", [numbers]), where((name) => rates.includes(name))]);
    const negative = onnx.node("And", [
      onnx.node("Less", [numbers, onnx.tensor("double", [], [0])]),
      where((name) => !windows.includes(name)),
    ]);
    const missing = onnx.node("Or", [onnx.node("Or", [infinite, negative]), onnx.node("IsNaN", [numbers])]);
    const row = rowOf(
      onnx,
      columns.map((j) => fill[j] ?? Number.NaN),
    );
    return { ...blocks, numbers: onnx.node("Where", [missing, row, numbers]) };
  },
};

/** The column's values without what cannot be. */
function cleaned({ name }: Slot): (x: number) => number {
  const isRate = rates.includes(name);
  const mayBeNegative = windows.includes(name);
  return (x) => ((isRate && Math.abs(x) === Infinity) || (x < 0 && !mayBeNegative) ? Number.NaN : x);
}

function medianOf(values: Float64Array): number {
  return values.length === 0 ? 0 : quantileOfUnsorted(values, 0.5);
}
