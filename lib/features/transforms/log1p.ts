import { z } from "zod";
import { indicesOf, type Output, type Slot, type Transform } from "./transform.js";

const step = z.strictObject({
  log1p: z
    .union([z.literal("all"), z.array(z.string()).min(1)])
    .describe(
      "all, or names: a column, a unit (bytes, packets, s, bytes/s, …), or duration for all of unit s",
    ),
});

interface State {
  readonly columns: readonly number[];
}

/**
 * log(1 + x) of long-tailed numbers; negative values count as 0, missing ones stay missing. A name stands for the column
 * of that name or for every number of that unit (`duration`: unit s); a name that a dataset lacks is left out.
 */
export const log1p: Transform<z.infer<typeof step>, State> = {
  key: "log1p",
  step,
  learn: () => null,
  fit(params, slots) {
    const chosen = (slot: Slot): boolean =>
      slot.kind === "number" && (params.log1p === "all" || params.log1p.some((name) => names(name, slot)));
    return { columns: slots.map((_, j) => j).filter((j) => chosen(slots[j])) };
  },
  outputs({ columns }, slots) {
    return slots.map((slot, from): Output => {
      if (!columns.includes(from)) return { slot, from };
      return {
        slot: { ...slot, unit: slot.unit === null ? null : `log(${slot.unit})` },
        from,
        map: (x) => (x < 0 ? 0 : Math.log1p(x)),
      };
    });
  },
  emit({ columns }, slots, onnx, blocks) {
    if (blocks.numbers === null || columns.length === 0) return blocks;
    const numbers = indicesOf(slots, "number");
    const mask = onnx.tensor(
      "bool",
      [1, numbers.length],
      numbers.map((j) => Number(columns.includes(j))),
    );
    const zero = onnx.tensor("double", [], [0]);
    const one = onnx.tensor("double", [], [1]);
    const clamped = onnx.node("Where", [onnx.node("Less", [blocks.numbers, zero]), zero, blocks.numbers]);
    const logarithm = onnx.node("Log", [onnx.node("Add", [clamped, one])]);
    return { ...blocks, numbers: onnx.node("Where", [mask, logarithm, blocks.numbers]) };
  },
};

function names(name: string, slot: Slot): boolean {
  return slot.name === name || slot.unit === (name === "duration" ? "s" : name);
}
