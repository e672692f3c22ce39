import { z } from "zod";
import type { Value } from "../../onnx/builder.js";
import { gather, type Output, rowOf, type Slot, type Transform, toDouble } from "./transform.js";

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
 * `<name>=(other)` with `unknown: other`. A value that is missing for the first time counts as unknown. Numbers come
 * first, then the categories' columns, in their order.
 */
export const oneHot: Transform<z.infer<typeof step>, State> = {
  key: "one-hot",
  step,
  fit(params, slots, column) {
    return {
      unknown: params["one-hot"].unknown,
      missing: categories(slots).filter((j) => column(j).some(Number.isNaN)),
    };
  },
  outputs(state, slots) {
    const kept = others(slots).map((from): Output => ({ slot: slots[from], from }));
    const flags = categories(slots).flatMap((from) =>
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
  emit(state, slots, onnx, input) {
    const parts: Value[] = [];
    if (others(slots).length > 0) parts.push(gather(onnx, input, others(slots)));
    for (const from of categories(slots)) {
      const column = gather(onnx, input, [from]);
      const missing = onnx.tensor("double", [], [missingCode(state, slots, from)]);
      const coded = onnx.node("Where", [onnx.node("IsNaN", [column]), missing, column]);
      const codes = rowOf(
        onnx,
        codesOf(state, slots, from).map(({ code }) => code),
      );
      parts.push(toDouble(onnx, onnx.node("Equal", [coded, codes])));
    }
    return parts.length === 1 ? parts[0] : onnx.node("Concat", parts, { axis: { int: 1 } });
  },
};

function categories(slots: readonly Slot[]): number[] {
  return slots.map((_, j) => j).filter((j) => slots[j].kind === "category");
}

function others(slots: readonly Slot[]): number[] {
  return slots.map((_, j) => j).filter((j) => slots[j].kind !== "category");
}

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
