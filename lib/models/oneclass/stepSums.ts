import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { Matrix } from "../contract.js";
import { emitEnsemble } from "../trees/emitEnsemble.js";
import { type Tree, TreeBuilder } from "../trees/ensemble.js";

/**
 * Functions of one column that are constant between steps: `values[t][k]` for values x with
 * `at[k - 1] < x <= at[k]`, of which there are one more than steps. NaN counts as above the last step.
 */
export interface Steps {
  /** float32, ascending, each once. */
  readonly at: Float32Array;
  /** One list a function. */
  readonly values: readonly Float64Array[];
}

/** For every function: the sum over the columns of its value, a number a row, in double. */
export function sumSteps(columns: readonly Steps[], X: Matrix): Float64Array[] {
  const functions = columns[0].values.length;
  const out = Array.from({ length: functions }, () => new Float64Array(X.rows));
  columns.forEach(({ at, values }, j) => {
    for (let row = 0, cell = j; row < X.rows; row++, cell += X.columns) {
      const k = intervalOf(at, X.data[cell]);
      for (let t = 0; t < functions; t++) out[t][row] += values[t][k];
    }
  });
  return out;
}

/** How many steps lie below x; all of them for NaN. */
function intervalOf(at: Float32Array, x: number): number {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (x <= at[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Nodes of the trees of one operator. */
const NODES = 2048;
const INT64 = 7;

/**
 * The same sums as nodes: double [n, 1] for every function. Each column is a balanced tree that finds the interval;
 * what a tree says is a place in a table of doubles, so that no digit is lost.
 */
export function emitStepSums(onnx: OnnxBuilder, input: Value, columns: readonly Steps[]): Value[] {
  const first: number[] = [];
  let places = 0;
  for (const { at } of columns) {
    first.push(places);
    places += at.length + 1;
  }
  const parts: Value[] = [];
  for (let from = 0; from < columns.length; ) {
    let nodes = 0;
    let end = from;
    do nodes += 2 * columns[end++].at.length + 1;
    while (end < columns.length && nodes + 2 * columns[end].at.length < NODES);
    const trees = columns.slice(from, end).map(({ at }, t) => intervalTree(at, from + t, first[from + t]));
    const ensemble = {
      trees,
      width: 1,
      target: (tree: number) => tree,
      targets: trees.length,
      combine: "sum",
    } as const;
    parts.push(emitEnsemble(onnx, input, ensemble, (column) => column));
    from = end;
  }
  const place = parts.length === 1 ? parts[0] : onnx.node("Concat", parts, { axis: { int: 1 } });
  const index = onnx.node("Cast", [place], { to: { int: INT64 } });
  return columns[0].values.map((_, t) => {
    const table = onnx.tensor(
      "double",
      [places],
      columns.flatMap(({ values }) => Array.from(values[t])),
    );
    const found = onnx.node("Gather", [table, index], { axis: { int: 0 } });
    return onnx.node("ReduceSum", [found, onnx.tensor("int64", [1], [1])], { keepdims: { int: 1 } });
  });
}

/** A balanced tree whose leaf for interval k says `first + k`. */
function intervalTree(at: Float32Array, column: number, first: number): Tree {
  const builder = new TreeBuilder(1);
  const grow = (low: number, high: number): number => {
    const node = builder.add();
    if (low === high) builder.setValue(node, 0, first + low);
    else {
      const middle = (low + high) >>> 1;
      builder.split(node, column, at[middle], false);
      builder.setLeft(node, grow(low, middle));
      builder.setRight(node, grow(middle + 1, high));
    }
    return node;
  };
  grow(0, at.length);
  return builder.finish();
}
