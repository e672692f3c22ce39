import { z } from "zod";
import { cast, hasMissing, indicesOf, type Output, rowOf, type Slot, type Transform } from "./transform.js";

const step = z.strictObject({
  "one-hot": z.strictObject({
    unknown: z
      .enum(["other", "zero"])
      .describe("a level that training did not see: a column of its own, or zeros"),
  }),
});

interface State {
  readonly unknown: "other" | "zero";
  /** Categories that had missing values in training: these get a column of their own. */
  readonly missing: readonly number[];
}

const OTHER = -1;

/**
 * One 0/1 column for each training level of each category, `<name>=(missing)` where training had missing values, and
 * `<name>=(other)` with `unknown: other`. A value that is missing for the first time counts as unknown. These columns
 * come last.
 */
export const oneHot: Transform<z.infer<typeof step>, State, boolean> = {
  key: "one-hot",
  step,
  learn: (_params, slot) => (slot.kind === "category" ? hasMissing : null),
  fit(params, slots, learned) {
    return { unknown: params["one-hot"].unknown, missing: slots.map((_, j) => j).filter((j) => learned[j]) };
  },
  outputs(state, slots) {
    const kept = slots
      .map((slot, from): Output => ({ slot, from }))
      .filter(({ slot }) => slot.kind !== "category");
    const flags = indicesOf(slots, "category").flatMap((from) =>
      codesOf(state, slots, from).map(({ name, code }): Output => {
        const missing = missingCode(state, slots, from);
        return {
          slot: { name: `${slots[from].name}=${name}`, kind: "flag", unit: "flag", levels: [] },
          from,
          map: (x) => ((Number.isNaN(x) ? missing : x) === code ? 1 : 0),
        };
      }),
    );
    return [...kept, ...flags];
  },
  emit(state, slots, onnx, blocks) {
    if (blocks.categories === null) return blocks;
    const categories = indicesOf(slots, "category");
    const missing = rowOf(
      onnx,
      categories.map((from) => missingCode(state, slots, from)),
      "float",
    );
    const { categories: input } = blocks;
    const coded = cast(onnx, onnx.node("Where", [onnx.node("IsNaN", [input]), missing, input]), "int64");
    const flags = categories.flatMap((from, j) => {
      const codes = codesOf(state, slots, from).map(({ code }) => code);
      if (codes.length === 0) return [];
      // A row for each code, looked up; the last row is that of -1, because Gather counts negative indices from the end.
      const rows = [...codes.filter((code) => code !== OTHER), OTHER];
      const table = rows.flatMap((code) => codes.map((each) => Number(each === code)));
      const lookup = onnx.tensor("float", [rows.length, codes.length], table);
      const column = onnx.node("Gather", [coded, onnx.tensor("int64", [], [j])], { axis: { int: 1 } });
      return [onnx.node("Gather", [lookup, column], { axis: { int: 0 } })];
    });
    return { numbers: blocks.numbers, categories: null, flags: [...blocks.flags, ...flags] };
  },
};

/** The code under which a missing value is looked up: one past the levels, or that of unknown levels. */
function missingCode(state: State, slots: readonly Slot[], from: number): number {
  return state.missing.includes(from) ? slots[from].levels.length : OTHER;
}

/** The columns of a category: a name and the code that sets it. */
function codesOf(
  state: State,
  slots: readonly Slot[],
  from: number,
): { readonly name: string; readonly code: number }[] {
  const { levels } = slots[from];
  const codes = levels.map((name, code) => ({ name, code }));
  if (state.missing.includes(from)) codes.push({ name: "(missing)", code: levels.length });
  if (state.unknown === "other") codes.push({ name: "(other)", code: OTHER });
  return codes;
}
