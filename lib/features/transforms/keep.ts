import { z } from "zod";
import type { Value } from "../../onnx/builder.js";
import { gather, indicesOf, type Output, type Slot, type Transform } from "./transform.js";

const step = z.strictObject({
  keep: z
    .array(z.string())
    .min(1)
    .describe("names of columns as the steps before made them; a name that a dataset lacks is left out"),
});

interface State {
  /** Places of the columns that stay, ascending. */
  readonly columns: readonly number[];
}

/** Some of the columns, in their order. */
export const keep: Transform<z.infer<typeof step>, State> = {
  key: "keep",
  step,
  learn: () => null,
  fit(params, slots) {
    const names = new Set(params.keep);
    return { columns: slots.map((_, j) => j).filter((j) => names.has(slots[j].name)) };
  },
  outputs: ({ columns }, slots) => columns.map((from): Output => ({ slot: slots[from], from })),
  emit: ({ columns }, slots, onnx, blocks) => {
    const some = (input: Value | null, kind: Slot["kind"]): Value | null => {
      const all = indicesOf(slots, kind);
      const own = all.filter((j) => columns.includes(j)).map((j) => all.indexOf(j));
      if (input === null || own.length === 0) return null;
      return own.length === all.length ? input : gather(onnx, input, own);
    };
    const { flags } = blocks;
    const joined = flags.length < 2 ? (flags[0] ?? null) : onnx.node("Concat", flags, { axis: { int: 1 } });
    const kept = some(joined, "flag");
    return {
      numbers: some(blocks.numbers, "number"),
      categories: some(blocks.categories, "category"),
      flags: kept === null ? [] : [kept],
    };
  },
};
