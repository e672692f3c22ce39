import { z } from "zod";
import type { Value } from "../../onnx/builder.js";
import { indicesOf, type Output, present, rowOf, type Transform } from "./transform.js";

const step = z.strictObject({
  quantile: z
    .int()
    .min(2)
    .max(256)
    .describe(
      "so many equal shares of the training rows: a number becomes its place among their ends, 0 to 1; what lies beyond them " +
        "counts as the least or the largest",
    ),
});

interface State {
  /** Ends of the shares of each slot, ascending, each once; empty: the column stays as it is. */
  readonly ends: readonly (readonly number[])[];
}

/**
 * Numbers by their place among the training values: 0 at the least, 1 at the largest, linear between the ends of equal
 * shares. Equal ends count once. A long tail takes no more room than any other share, and a value that training never
 * reached says no more than its largest one. Missing values stay missing; a column without spread in training stays as it is.
 * Source: the uniform quantile normalisation of tabular networks, Gorishniy et al. 2021, arXiv:2106.11959, section 4.2
 *   (there normal); scikit-learn's QuantileTransformer interpolates likewise.
 */
export const quantile: Transform<z.infer<typeof step>, State, readonly number[]> = {
  key: "quantile",
  step,
  learn({ quantile: shares }, slot) {
    return slot.kind === "number" ? (values) => endsOf(present(values), shares) : null;
  },
  fit(_params, _slots, learned) {
    return { ends: learned.map((ends) => ends ?? []) };
  },
  outputs({ ends }, slots) {
    return slots.map((slot, from): Output => {
      const own = ends[from];
      return own.length < 2 ? { slot, from } : { slot: { ...slot, unit: null }, from, map: placeAmong(own) };
    });
  },
  emit({ ends }, slots, onnx, blocks) {
    const { numbers } = blocks;
    const own = indicesOf(slots, "number").map((j) => ends[j]);
    if (numbers === null || own.every(({ length }) => length < 2)) return blocks;
    const row = (of: (ends: readonly number[]) => number): Value => rowOf(onnx, own.map(of));
    const zero = onnx.tensor("double", [], [0]);
    const one = onnx.tensor("double", [], [1]);
    const shares = Math.max(...own.map(({ length }) => length)) - 1;
    let passed: Value | undefined;
    for (let k = 0; k < shares; k++) {
      // Columns with fewer shares pass none of the others.
      const there = (each: readonly number[]): boolean => k + 1 < each.length;
      const from = row((each) => (there(each) ? each[k] : Number.MAX_VALUE));
      const width = row((each) => (there(each) ? each[k + 1] - each[k] : 1));
      const share = onnx.node("Div", [onnx.node("Sub", [numbers, from]), width]);
      const part = onnx.node("Min", [onnx.node("Max", [share, zero]), one]);
      passed = passed === undefined ? part : onnx.node("Add", [passed, part]);
    }
    const count = row((each) => Math.max(1, each.length - 1));
    const place = onnx.node("Min", [onnx.node("Div", [passed as Value, count]), one]);
    const stays = onnx.tensor(
      "bool",
      [1, own.length],
      own.map(({ length }) => Number(length < 2)),
    );
    const asItIs = onnx.node("Or", [stays, onnx.node("IsNaN", [numbers])]);
    return { ...blocks, numbers: onnx.node("Where", [asItIs, numbers, place]) };
  },
};

/** @param values those that are there; they change places */
function endsOf(values: Float64Array, shares: number): readonly number[] {
  values.sort();
  const last = values.length - 1;
  const ends = Array.from({ length: shares + 1 }, (_, k) => values[Math.round((k * last) / shares)]);
  return values.length === 0 ? [] : ends.filter((end, k) => k === 0 || end > ends[k - 1]);
}

/** The same sum as in ONNX, term by term. */
function placeAmong(ends: readonly number[]): (value: number) => number {
  const shares = ends.length - 1;
  return (value) => {
    let passed = 0;
    for (let k = 0; k < shares; k++)
      passed += Math.min(1, Math.max(0, (value - ends[k]) / (ends[k + 1] - ends[k])));
    return Math.min(1, passed / shares);
  };
}
