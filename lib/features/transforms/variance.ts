import { z } from "zod";
import { meanAndDeviation } from "../../base/statistics.js";
import { keep } from "./keep.js";
import { present, type Transform } from "./transform.js";

const step = z.strictObject({
  variance: z.strictObject({
    above: z
      .number()
      .min(0)
      .describe("keep columns of a larger variance; 0: all but those with a single value"),
  }),
});

/** Places of the columns that stay. */
type State = { readonly columns: readonly number[] };

/**
 * Leave out numbers and 0/1 columns of little variance (of the population, missing values left out) in the training rows,
 * as scikit-learn's VarianceThreshold. It depends on a column's unit: put it before `scale: standard`, after which every
 * variance is 1. Categories stay.
 */
export const variance: Transform<z.infer<typeof step>, State, number> = {
  key: "variance",
  step,
  learn(_params, slot) {
    if (slot.kind === "category") return null;
    return (values) => {
      const there = present(values);
      // Exactly 0 for a single value, where sums would leave a rest.
      if (there.every((x) => x === there[0])) return 0;
      return meanAndDeviation(there).deviation ** 2;
    };
  },
  fit: ({ variance: { above } }, slots, learned) => ({
    columns: slots.map((_, j) => j).filter((j) => slots[j].kind === "category" || learned[j]! > above),
  }),
  outputs: keep.outputs,
  emit: keep.emit,
};
