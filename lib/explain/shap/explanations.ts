import type { Matrix } from "../../table/matrix.js";

/** How values were computed. `constant`: no column changes the score. */
export type ShapMethod = "TreeSHAP" | "LinearSHAP" | "KernelSHAP" | "constant";

/** Shapley values of some rows: base + the values of a row add up to what the model says of it. */
export interface Explanations {
  readonly method: ShapMethod;
  /** What base and values are parts of: "log-odds of an attack", "P(attack)", … */
  readonly of: string;
  /** n: what the model says of a row of which nothing is known. */
  readonly base: Float64Array;
  /** n × columns of model.json; positive pushes towards attack. */
  readonly values: Float64Array;
  /** n × columns, of an approximation. */
  readonly standardErrors: Float64Array | null;
}

/** Explains rows of one model: the columns of model.json, as they enter model.onnx. */
export interface RowExplainer {
  readonly method: ShapMethod;
  explain(X: Matrix): Promise<Explanations>;
}

/** base + values of each row. */
export function sums({ base, values }: Explanations): Float64Array {
  const columns = base.length === 0 ? 0 : values.length / base.length;
  return base.map((start, row) =>
    values.subarray(row * columns, (row + 1) * columns).reduce((sum, value) => sum + value, start),
  );
}

/** The rows at `index`, in that order. */
export function takeRows(X: Matrix, index: ArrayLike<number>): Matrix {
  const { columns } = X;
  const data = new Float32Array(index.length * columns);
  for (let i = 0; i < index.length; i++)
    data.set(X.data.subarray(index[i] * columns, (index[i] + 1) * columns), i * columns);
  return { rows: index.length, columns, data };
}

/** Of each row the number (1 …) of the largest of `scores` but the first: the most probable attack class. */
export function likeliestAttack(scores: ArrayLike<number>, rows: number, classes: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => {
    let best = 1;
    for (let c = 2; c < classes; c++) if (scores[row * classes + c] > scores[row * classes + best]) best = c;
    return best;
  });
}
