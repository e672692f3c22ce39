import { DataError, SchemaError } from "../base/errors.js";
import type { OnnxBuilder, Value } from "../onnx/builder.js";
import type { FeatureInfo, Matrix } from "../table/matrix.js";
import type { Levels } from "./encode.js";
import type { FeatureColumn, Profile } from "./schema.js";
import type { TrainingRows } from "./trainingRows.js";
import { keep } from "./transforms/keep.js";
import { type Blocks, cast, gather, slotsAfter } from "./transforms/transform.js";
import { viewFunction, viewSlots } from "./viewFunction.js";
import { learn, ViewLearner } from "./viewLearner.js";
import { inputOutputs, inputSlot, transformNamed } from "./viewSteps.js";
import type { ViewStep } from "./views.js";
import { emitSteps, emitWindow } from "./windows/emit.js";
import { stepsOf, stepsThere, windowFeatures, windowMatrix } from "./windows/matrix.js";
import type { ViewWindow } from "./windows/params.js";

/** A fitted step: which transform, and what it learned. Plain JSON. */
export interface FittedStep {
  readonly transform: string;
  readonly state: unknown;
}

/** A view after fitting: plain JSON, as in transform.json. */
export interface FittedView {
  readonly name: string;
  /** The columns that go in, in the order of the matrix. */
  readonly columns: readonly FeatureColumn[];
  readonly levels: Levels;
  readonly steps: readonly FittedStep[];
  /** The steps are applied to the rows of windows, and a row of the view's matrix is a window. */
  readonly window?: ViewWindow;
}

/** Why a view could not be fitted on some columns. */
export interface ViewFault {
  readonly fault: string;
}

/** A view fitted on the realistic columns, and on all of them where that makes a difference. */
export interface ViewProfiles {
  readonly realistic: FittedView | ViewFault;
  readonly oracle: FittedView | ViewFault | null;
}

/** transform.json: each view; `single`, where there is context, is the view of single flows without it. */
export type FittedViews = Readonly<Record<string, ViewProfiles & { readonly single?: ViewProfiles }>>;

/** Fit the ordered steps of a view on training rows; each step sees what the steps before it made of them. */
export async function fitView(
  name: string,
  steps: readonly ViewStep[],
  train: TrainingRows,
  columns: readonly FeatureColumn[],
): Promise<FittedView> {
  const learner = new ViewLearner(name, steps);
  return learner.view(columns, await learn([learner], train, columns), train);
}

/** The view with some of its columns, by name, as its last step has them; the step is that of `keep`. */
export function keepColumns(view: FittedView, names: readonly string[]): FittedView {
  const wanted = new Set(names);
  const slots = viewSlots(view);
  const columns = slots.map((_, j) => j).filter((j) => wanted.has(slots[j].name));
  return { ...view, steps: [...view.steps, { transform: keep.key, state: { columns } }] };
}

/**
 * The view of windows of rows, where `view` is that of a row.
 * @param absent what stands for rows that there are not; left out: what the model of a row could take, missing values
 *   where the view has some, else 0
 */
export function windowedView(
  view: FittedView,
  { length, as }: Omit<ViewWindow, "absent">,
  absent?: ViewWindow["absent"],
): FittedView {
  const fills = view.steps.some(({ transform }) => transform === "impute");
  return { ...view, window: { length, as, absent: absent ?? (fills ? "zero" : "missing") } };
}

/** Columns of the raw matrix that a view takes. */
export function viewWidth({ columns, window }: FittedView): number {
  return columns.length * (window?.length ?? 1);
}

/** What the matrix of a view holds. */
export function viewFeatures(view: FittedView): FeatureInfo[] {
  const { window, ...ofRow } = view;
  if (window !== undefined) return windowFeatures(viewFeatures(ofRow), window);
  // Without steps the matrix is the input itself.
  const slots =
    view.steps.length > 0
      ? viewSlots(view)
      : view.columns.map((column) => inputSlot(column, view.levels[column.name] ?? []));
  return slots.map((slot) =>
    slot.kind === "category"
      ? { name: slot.name, kind: "category", levels: slot.levels }
      : { name: slot.name, kind: "number" },
  );
}

/** Rows that go through a view together. */
const BLOCK = 8192;

/**
 * A view of the raw matrix that `encode` makes: computed in doubles, rounded to float32 at the end.
 * @param X n × columns of the view; of windows n × length · columns, NaN where a window has no row
 * @returns n × viewFeatures(view); X itself when the view has no steps
 * @throws SchemaError when X has another width
 */
export function applyView(view: FittedView, X: Matrix): Matrix {
  if (X.columns !== viewWidth(view)) {
    throw new SchemaError(
      `features: view "${view.name}" takes ${viewWidth(view)} columns, the matrix has ${X.columns}.`,
    );
  }
  const { window, ...ofRow } = view;
  if (window !== undefined) {
    const steps = stepsOf(X, window.length);
    return windowMatrix(applyView(ofRow, steps), stepsThere(steps), viewFeatures(ofRow), window);
  }
  if (view.steps.length === 0) return X;
  const width = viewSlots(view).length;
  const data = new Float32Array(X.rows * width);
  const apply = viewFunction(view);
  for (let begin = 0; begin < X.rows; begin += BLOCK) {
    const rows = Math.min(BLOCK, X.rows - begin);
    apply(X, begin, rows).forEach((values, j) => {
      for (let i = 0, at = begin * width + j; i < rows; i++, at += width) data[at] = values[i];
    });
  }
  return { rows: X.rows, columns: width, data };
}

/** Add a view's nodes after `input` (float [n, viewWidth(view)]); returns float [n, viewFeatures(view)]. */
export function emitView(view: FittedView, onnx: OnnxBuilder, input: Value): Value {
  const { window, ...ofRow } = view;
  if (window !== undefined) {
    const raw = {
      value: emitSteps(onnx, input, window.length, view.columns.length),
      columns: view.columns.length,
    };
    return emitWindow(onnx, raw, emitView(ofRow, onnx, raw.value), viewFeatures(ofRow), window);
  }
  if (view.steps.length === 0) return input;
  let slots = inputOutputs(view.columns, view.levels).map((output) => output.slot);
  let blocks: Blocks = {
    numbers: columnsOfKind(view, onnx, input, "float32"),
    categories: columnsOfKind(view, onnx, input, "category"),
    flags: [],
  };
  for (const { transform: key, state } of view.steps) {
    const transform = transformNamed(key);
    blocks = transform.emit(state, slots, onnx, blocks);
    slots = slotsAfter(transform, state, slots);
  }
  const parts = [
    ...(blocks.numbers === null ? [] : [cast(onnx, blocks.numbers, "float")]),
    ...(blocks.categories === null ? [] : [blocks.categories]),
    ...blocks.flags,
  ];
  return parts.length === 1 ? parts[0] : onnx.node("Concat", parts, { axis: { int: 1 } });
}

function columnsOfKind(
  view: FittedView,
  onnx: OnnxBuilder,
  input: Value,
  type: FeatureColumn["type"],
): Value | null {
  const columns = view.columns.map((_, j) => j).filter((j) => view.columns[j].type === type);
  if (columns.length === 0) return null;
  const chosen = columns.length === view.columns.length ? input : gather(onnx, input, columns);
  return type === "float32" ? cast(onnx, chosen, "double") : chosen;
}

/**
 * The fitted view that a model of `profile` takes.
 * @param context false: the view of single flows
 * @throws SchemaError when there is none of that name, DataError when it could not be fitted on those columns
 */
export function viewOf(views: FittedViews, name: string, profile: Profile, context = true): FittedView {
  const found = context ? views[name] : (views[name]?.single ?? views[name]);
  if (found === undefined) {
    throw new SchemaError(
      `features: view "${name}" is not in transform.json (has: ${Object.keys(views).join(", ")}). Rerun the features stage.`,
    );
  }
  const own = profile === "oracle" ? (found.oracle ?? found.realistic) : found.realistic;
  if ("fault" in own) throw new DataError(own.fault);
  return own;
}
