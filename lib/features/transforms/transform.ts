import type { z } from "zod";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";

/** A column between two steps. A `flag` is 0 or 1 and was made by a step: it is neither imputed nor scaled. */
export interface Slot {
  readonly name: string;
  readonly kind: "number" | "category" | "flag";
  readonly unit: string | null;
  /** Levels of a category, in the order of their codes. */
  readonly levels: readonly string[];
}

/** A column after a step: made value by value from one column before it. */
export interface Output {
  readonly slot: Slot;
  /** Index of the column that it is made from. */
  readonly from: number;
  /** In doubles; NaN is missing. Identity when left out. */
  readonly map?: (value: number) => number;
}

/**
 * The columns of a view inside an ONNX graph, in the order numbers, categories, flags (the order of the slots too).
 * Null where there is none of a kind. Flags are wide and only ever concatenated, so they stay apart until the end.
 */
export interface Blocks {
  /** double [n, numbers] */
  readonly numbers: Value | null;
  /** float [n, categories]: codes */
  readonly categories: Value | null;
  /** float [n, k] each */
  readonly flags: readonly Value[];
}

/** The training values of a column, as doubles. */
export type ColumnValues = (index: number) => Promise<Float64Array>;

/**
 * A fitted transform: one file each, listed in ../views.ts. `fit` sees training rows only; its state is plain JSON.
 * `outputs` (in TypeScript) and `emit` (in ONNX) both compute in doubles and must agree.
 */
export interface Transform<Step, State> {
  /** The key that names it in a step of `views`. */
  readonly key: string;
  readonly step: z.ZodType<Step>;
  /**
   * Slots come in the order numbers, categories, flags; new flags go to the end.
   * @param column training values of the column at an index, as doubles; one column at a time is in memory, so ask once
   */
  fit(step: Step, slots: readonly Slot[], column: ColumnValues): State | Promise<State>;
  outputs(state: State, slots: readonly Slot[]): Output[];
  /** Add its nodes after `blocks`; the result has the columns of `outputs`. */
  emit(state: State, slots: readonly Slot[], onnx: OnnxBuilder, blocks: Blocks): Blocks;
}

/** A transform in a list of them: its key says whose steps and states it may be given. */
export type AnyTransform = Transform<unknown, unknown>;

/** The values that are there, ascending. */
export function sortedPresent(values: Float64Array): Float64Array {
  const sorted = new Float64Array(values).sort(); // NaN last
  let count = sorted.length;
  while (count > 0 && Number.isNaN(sorted[count - 1])) count--;
  return sorted.subarray(0, count);
}

/** Indices of the slots of a kind. */
export function indicesOf(slots: readonly Slot[], kind: Slot["kind"]): number[] {
  return slots.map((_, j) => j).filter((j) => slots[j].kind === kind);
}

/** Values of all numbers as a row [1, numbers] that broadcasts over the rows. */
export function rowOf(
  onnx: OnnxBuilder,
  values: readonly number[],
  type: "double" | "float" = "double",
): Value {
  return onnx.tensor(type, [1, values.length], values);
}

/** Columns of a matrix by index. */
export function gather(onnx: OnnxBuilder, input: Value, columns: readonly number[]): Value {
  const index = onnx.tensor("int64", [columns.length], columns);
  return onnx.node("Gather", [input, index], { axis: { int: 1 } });
}

const elementTypes = { float: 1, int64: 7, double: 11 } as const;

export function cast(onnx: OnnxBuilder, input: Value, to: keyof typeof elementTypes): Value {
  return onnx.node("Cast", [input], { to: { int: elementTypes[to] } });
}
