import { emitAbsent, emitSteps } from "../../../features/windows/emit.js";
import type { Graph, Tensor } from "../../../nn/graph.js";
import { reshape, slice } from "../../../nn/ops/layout.js";
import type { OnnxBuilder, Value } from "../../../onnx/builder.js";
import type { Matrix, Rows } from "../../contract.js";
import { numbersInput } from "../layers.js";
import { type NetworkRows, NUMBERS } from "../rowBatches.js";
import type { NetworkInput } from "../served.js";

/** How the rows of a window enter a network: each with one number more, 1 where there is a row and 0 where there is none. */
export interface Steps {
  /** Rows of a window. */
  readonly length: number;
  /** Columns of a row. */
  readonly width: number;
}

/** A batch of windows in a graph. */
export interface Sequence {
  /** n × T × (d + 1): the last column is the mask; 0 everywhere where there is no row */
  readonly x: Tensor;
  /** n × T: 1 where there is a row */
  readonly mask: Tensor;
}

/** Rows that are no windows are windows of one. */
export function stepsOf({ X, window = 1 }: Rows): Steps {
  return { length: window, width: X.columns / window };
}

/** @param X n × length·width, a step of NaN where there is no row */
export function sequenceRows({ length, width }: Steps, X: Matrix): NetworkRows {
  const columns = length * (width + 1);
  const data = new Float32Array(X.rows * columns);
  for (let step = 0, from = 0, to = 0; step < X.rows * length; step++, from += width, to += width + 1) {
    let there = 0;
    for (let j = 0; j < width; j++) {
      const value = X.data[from + j];
      if (Number.isNaN(value)) continue;
      there = 1;
      data[to + j] = value;
    }
    data[to + width] = there;
  }
  return { numbers: { rows: X.rows, columns, data }, places: [] };
}

/** What sequenceRows does, in ONNX. */
export function sequenceInput(steps: Steps): NetworkInput {
  const { length, width } = steps;
  return {
    width: length * width,
    emit: (onnx, input) => new Map([[NUMBERS, emitSequence(onnx, input, steps)]]),
  };
}

function emitSequence(onnx: OnnxBuilder, input: Value, { length, width }: Steps): Value {
  const node = (op: string, inputs: Value[], shape: (number | string)[], attributes = {}): Value =>
    onnx.nodes(op, inputs, attributes, [shape])[0];
  const rows = `${length}n`;
  const each = emitSteps(onnx, input, length, width);
  const missing = node("IsNaN", [each], [rows, width]);
  const known = node("Where", [missing, onnx.tensor("float", [], [0]), each], [rows, width]);
  const absent = emitAbsent(onnx, missing, rows, width);
  const there = node("Sub", [onnx.tensor("float", [1, 1], [1]), absent], [rows, 1]);
  const joined = node("Concat", [known, there], [rows, width + 1], { axis: { int: 1 } });
  const whole = [-1, length * (width + 1)];
  return node("Reshape", [joined, onnx.tensor("int64", [2], whole)], ["n", whole[1]]);
}

/** The windows of a batch as the network's layers take them. */
export function sequenceOf(graph: Graph, { length, width }: Steps): Sequence {
  const x = reshape(numbersInput(graph, length * (width + 1)), ["n", length, width + 1]);
  return { x, mask: reshape(slice(x, 2, width, width + 1), ["n", length]) };
}

/** The last step of n × T × d: n × d. */
export function lastStep(x: Tensor): Tensor {
  const [n, steps, width] = x.shape;
  return reshape(slice(x, 1, (steps as number) - 1, steps as number), [n, width]);
}
