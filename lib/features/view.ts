import { SchemaError } from "../base/errors.js";
import type { OnnxBuilder, Value } from "../onnx/builder.js";
import type { FeatureInfo, Matrix } from "../table/matrix.js";
import type { Levels } from "./encode.js";
import type { FeatureColumn, Profile } from "./schema.js";
import type { TrainingRows } from "./trainingRows.js";
import { keep } from "./transforms/keep.js";
import { type Blocks, cast, gather, type Output } from "./transforms/transform.js";
import { learn, ViewLearner } from "./viewLearner.js";
import { inputOutputs, transformNamed } from "./viewSteps.js";
import type { ViewStep } from "./views.js";

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
}

/** A view fitted on the realistic columns, and on all of them where that makes a difference. */
export interface ViewProfiles {
  readonly realistic: FittedView;
  readonly oracle: FittedView | null;
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
  return learner.view(columns, await learn([learner], train, columns));
}

/** The view with some of its columns, by name, as its last step has them; the step is that of `keep`. */
export function keepColumns(view: FittedView, names: readonly string[]): FittedView {
  const wanted = new Set(names);
  const outputs = viewOutputs(view);
  const columns = outputs.map((_, j) => j).filter((j) => wanted.has(outputs[j].slot.name));
  return { ...view, steps: [...view.steps, { transform: keep.key, state: { columns } }] };
}

/** What the matrix of a view holds. */
export function viewFeatures(view: FittedView): FeatureInfo[] {
  const outputs = viewOutputs(view);
  // Without steps the matrix is the input itself.
  const ordered = view.steps.length > 0 ? outputs : outputs.toSorted((a, b) => a.from - b.from);
  return ordered.map(({ slot }) =>
    slot.kind === "category"
      ? { name: slot.name, kind: "category", levels: slot.levels }
      : { name: slot.name, kind: "number" },
  );
}

/**
 * A view of the raw matrix that `encode` makes: computed in doubles, rounded to float32 at the end.
 * @param X n × columns of the view
 * @returns n × viewFeatures(view); X itself when the view has no steps
 * @throws SchemaError when X has another width
 */
export function applyView(view: FittedView, X: Matrix): Matrix {
  if (X.columns !== view.columns.length) {
    throw new SchemaError(
      `features: view "${view.name}" takes ${view.columns.length} columns, the matrix has ${X.columns}.`,
    );
  }
  if (view.steps.length === 0) return X;
  const outputs = viewOutputs(view);
  const width = outputs.length;
  const data = new Float32Array(X.rows * width);
  outputs.forEach((output, j) => {
    const values = column(X, output);
    for (let row = 0; row < X.rows; row++) data[row * width + j] = values[row];
  });
  return { rows: X.rows, columns: width, data };
}

/** Add a view's nodes after `input` (float [n, columns]); returns float [n, viewFeatures(view)]. */
export function emitView(view: FittedView, onnx: OnnxBuilder, input: Value): Value {
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
    slots = transform.outputs(state, slots).map((output) => output.slot);
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
 * @throws SchemaError when there is none of that name
 */
export function viewOf(views: FittedViews, name: string, profile: Profile, context = true): FittedView {
  const found = context ? views[name] : (views[name]?.single ?? views[name]);
  if (found === undefined) {
    throw new SchemaError(
      `features: view "${name}" is not in transform.json (has: ${Object.keys(views).join(", ")}). Rerun the features stage.`,
    );
  }
  return profile === "oracle" ? (found.oracle ?? found.realistic) : found.realistic;
}

/** A view's columns as functions of the raw matrix. */
function viewOutputs(view: FittedView): Output[] {
  let outputs = inputOutputs(view.columns, view.levels);
  for (const { transform, state } of view.steps) {
    const slots = outputs.map((output) => output.slot);
    outputs = compose(outputs, transformNamed(transform).outputs(state, slots));
  }
  return outputs;
}

function compose(first: readonly Output[], second: readonly Output[]): Output[] {
  return second.map(({ slot, from, map }) => {
    const { from: source, map: before } = first[from];
    const both = before === undefined ? map : map === undefined ? before : (x: number) => map(before(x));
    return both === undefined ? { slot, from: source } : { slot, from: source, map: both };
  });
}

function column(X: Matrix, { from, map }: Output): Float64Array {
  const values = new Float64Array(X.rows);
  for (let row = 0, at = from; row < X.rows; row++, at += X.columns) {
    values[row] = map === undefined ? X.data[at] : map(X.data[at]);
  }
  return values;
}
