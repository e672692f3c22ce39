import { z } from "zod";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";

/** `rows` of a step that may learn from the benign training rows alone. */
export const fittedRows = z
  .enum(["all", "benign"])
  .optional()
  .describe("training rows that it learns from: all (the default), or the benign ones, as a detector does");

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

/**
 * A transform of single columns: one file each, listed in ../views.ts. It sees training rows only, and those column by column: what
 * `learn` finds in a column does not depend on the others. States are plain JSON.
 * `outputs` (in TypeScript) and `emit` (in ONNX) both compute in doubles and must agree.
 */
export interface Transform<Step, State, Learned = undefined> {
  /** The key that names it in a step of `views`. */
  readonly key: string;
  readonly step: z.ZodType<Step>;
  /**
   * How to learn from the training values of a column, which are doubles, missing ones NaN, and must not be changed.
   * @returns null when the step asks nothing of that column
   */
  learn(step: Step, slot: Slot): ((values: Float64Array) => Learned) | null;
  /**
   * Slots come in the order numbers, categories, flags; new flags go to the end.
   * @param learned of each slot; undefined where `learn` asks nothing
   */
  fit(step: Step, slots: readonly Slot[], learned: readonly (Learned | undefined)[]): State;
  outputs(state: State, slots: readonly Slot[]): Output[];
  /** Add its nodes after `blocks`; the result has the columns of `outputs`. */
  emit(state: State, slots: readonly Slot[], onnx: OnnxBuilder, blocks: Blocks): Blocks;
}

/** The training rows of a view as the steps before made them, in blocks, so that they need not be in memory together. */
export interface TrainingBlocks {
  readonly rows: number;
  /** Blocks of so many rows, the last one of what is left: n × columns, row by row. May be asked for several times. */
  blocks(size: number): AsyncGenerator<Float64Array, void>;
}

/**
 * A transform that learns from all columns together, and makes columns out of several. It sees training rows only. States
 * are plain JSON. `apply` (in TypeScript) and `emit` (in ONNX) both compute in doubles and must agree.
 */
export interface MatrixTransform<Step, State> {
  readonly key: string;
  readonly step: z.ZodType<Step>;
  /** @param view its name, for messages */
  fitMatrix(step: Step, slots: readonly Slot[], train: TrainingBlocks, view: string): Promise<State>;
  /** The columns after it: numbers, categories, flags. */
  slots(state: State): Slot[];
  /** @param columns of any number of rows; they must not be changed */
  apply(state: State, columns: readonly Float64Array[]): Float64Array[];
  /** Add its nodes after `blocks`; the result has the columns of `slots`. */
  emit(state: State, slots: readonly Slot[], onnx: OnnxBuilder, blocks: Blocks): Blocks;
}

/** A transform in a list of them: its key says whose steps and states it may be given. */
export type AnyColumnTransform = Transform<unknown, unknown, unknown>;
export type AnyMatrixTransform = MatrixTransform<unknown, unknown>;
export type AnyTransform = AnyColumnTransform | AnyMatrixTransform;

export function isMatrixTransform(transform: AnyTransform): transform is AnyMatrixTransform {
  return "fitMatrix" in transform;
}

/** The columns after a fitted step. */
export function slotsAfter(transform: AnyTransform, state: unknown, slots: readonly Slot[]): Slot[] {
  return isMatrixTransform(transform)
    ? transform.slots(state)
    : transform.outputs(state, slots).map(({ slot }) => slot);
}

/** A copy of the values that are there. */
export function present(values: Float64Array): Float64Array {
  const kept = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) kept[count++] = values[i];
  return kept.subarray(0, count);
}

export function hasMissing(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return true;
  return false;
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
