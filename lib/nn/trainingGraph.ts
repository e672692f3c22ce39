import { OnnxBuilder, type Value } from "../onnx/builder.js";
import { differentiate, parametersOf } from "./differentiate.js";
import { emitGraph } from "./emit.js";
import type { Graph, Tensor } from "./graph.js";
import { add, greater, mul, where } from "./ops/elementwise.js";
import { concat, reshape, split, zerosLike } from "./ops/layout.js";
import { clipped, type Optimizer, slotNames, type Updated, update } from "./optimizers.js";
import { size } from "./shape.js";

/** Names of inputs and outputs of a training graph, beside the batch's. */
export const PARAMETERS = "parameters";
export const RATES = "rates";
/** [2]: what a batch's gradient counts, and 1 where the step is taken, 0 where its gradient is only added. */
export const GATHERING = "gathering";
export const LOSS = "loss";

/** int32 [n]: the rows of a batch, where an input is a table of all rows. */
export const ROWS = "rows";

/** One step of training as an ONNX model. */
export interface TrainingGraph {
  readonly onnx: Uint8Array;
  /** Numbers in all parameters together. */
  readonly size: number;
  /** Where each parameter lies in the vector of all of them. */
  readonly layout: readonly Place[];
  /** Vectors and tensors that a step takes and gives, changed: its outputs are called `<name>.next`. */
  readonly kept: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

export interface Place {
  readonly name: string;
  readonly shape: readonly number[];
  readonly at: number;
  readonly size: number;
}

/** Where a graph's parameters lie when they are one vector. */
export function layoutOf(graph: Graph): readonly Place[] {
  let at = 0;
  return graph.parameters.map(({ tensor }) => {
    const place = {
      name: tensor.name,
      shape: tensor.shape as readonly number[],
      at,
      size: size(tensor.shape),
    };
    at += place.size;
    return place;
  });
}

/** What a training graph has that not every one needs. */
export interface TrainingGraphOptions {
  /** The gradients of several batches make a step: see GATHERING. */
  readonly gathers?: boolean;
  /** Inputs that are tables, of which a batch is some rows: see ROWS. */
  readonly tables?: readonly string[];
}

/**
 * The graph of one step: loss, gradients and the optimizer's update.
 * @param loss of a graph whose inputs are the batch
 * @param clip the longest gradient; null: as it is
 */
export function trainingGraph(
  loss: Tensor,
  optimizer: Optimizer,
  clip: number | null,
  { gathers = false, tables = [] }: TrainingGraphOptions = {},
): TrainingGraph {
  const { graph } = loss;
  const layout = layoutOf(graph);
  const total = layout.reduce((sum, { size: own }) => sum + own, 0);
  const gradients = differentiate(loss, parametersOf(graph)).map((gradient, i) =>
    reshape(gradient, [layout[i].size]),
  );
  const joined = concat(gradients, 0);
  const parameters = graph.input(PARAMETERS, [total]);
  const slots = slotNames(optimizer).map((name) => graph.input(name, [total]));
  const rates = split(graph.input(RATES, [3]), [1, 1, 1], 0);
  const step = (whole: Tensor): Updated =>
    update(optimizer, {
      ...{ parameters, slots, rates },
      gradient: clip === null ? whole : clipped(whole, clip),
    });
  const { updated, gathered } = gathers
    ? gathering(joined, { parameters, slots, step })
    : { updated: step(joined), gathered: [] };
  const kept = [
    { tensor: parameters, next: updated.parameters },
    ...slots.map((tensor, i) => ({ tensor, next: updated.slots[i] })),
    ...gathered,
    ...graph.carried.map((each) => ({ tensor: each.tensor, next: each.next! })),
  ];
  const onnx = new OnnxBuilder();
  const given = new Map<string, Value>();
  for (const { name, type, shape } of [...graph.inputs, ...graph.carried.map(({ tensor }) => tensor)])
    given.set(name, onnx.input(name, type, tables.includes(name) ? ["table", ...shape.slice(1)] : shape));
  takeRows(
    onnx,
    given,
    graph.inputs.filter(({ name }) => tables.includes(name)),
  );
  spreadParameters(onnx, given, layout);
  const outputs = emitGraph(graph, onnx, given, [loss, ...kept.map((each) => each.next)]);
  onnx.output(LOSS, outputs[0], "float", []);
  kept.forEach(({ tensor }, i) => {
    onnx.output(`${tensor.name}.next`, outputs[i + 1], "float", tensor.shape);
  });
  return {
    onnx: onnx.finish(),
    size: total,
    layout,
    kept: kept.map(({ tensor }) => ({ name: tensor.name, shape: tensor.shape as readonly number[] })),
  };
}

/** A step that is taken once a number of batches have added their gradients; until then nothing moves. */
function gathering(
  gradient: Tensor,
  {
    parameters,
    slots,
    step,
  }: {
    readonly parameters: Tensor;
    readonly slots: readonly Tensor[];
    readonly step: (whole: Tensor) => Updated;
  },
): { readonly updated: Updated; readonly gathered: readonly { tensor: Tensor; next: Tensor }[] } {
  const { graph } = gradient;
  const [share, taken] = split(graph.input(GATHERING, [2]), [1, 1], 0);
  const before = graph.input("gathered", gradient.shape);
  const whole = add(before, mul(gradient, share));
  const after = step(whole);
  const isTaken = greater(taken, 0);
  return {
    updated: {
      parameters: where(isTaken, after.parameters, parameters),
      slots: after.slots.map((slot, i) => where(isTaken, slot, slots[i])),
    },
    gathered: [{ tensor: before, next: where(isTaken, zerosLike(whole), whole) }],
  };
}

/** The rows of a batch, in the place of the tables that they are taken out of. */
function takeRows(onnx: OnnxBuilder, given: Map<string, Value>, tables: readonly Tensor[]): void {
  if (tables.length === 0) return;
  const rows = onnx.input(ROWS, "int32", ["n"]);
  for (const { name, shape } of tables)
    given.set(name, onnx.nodes("Gather", [name, rows], { axis: { int: 0 } }, [shape])[0]);
}

/** The vector of all parameters, cut into them. */
export function spreadParameters(
  onnx: OnnxBuilder,
  given: Map<string, Value>,
  layout: readonly Place[],
): void {
  const lengths = onnx.tensor(
    "int64",
    [layout.length],
    layout.map(({ size: own }) => own),
  );
  const parts = onnx.nodes(
    "Split",
    [PARAMETERS, lengths],
    { axis: { int: 0 } },
    layout.map(({ size: own }) => [own]),
  );
  layout.forEach(({ name, shape }, i) => {
    const [value] = onnx.nodes("Reshape", [parts[i], onnx.tensor("int64", [shape.length], shape)], {}, [
      shape,
    ]);
    given.set(name, value);
  });
}
