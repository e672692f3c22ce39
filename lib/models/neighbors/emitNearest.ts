import { columnOrder } from "../../numeric/neighbours/columnOrder.js";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { Matrix } from "../contract.js";

/** Element types of ONNX, for Cast. */
export const FLOAT = 1;
export const INT64 = 7;
export const DOUBLE = 11;

/** Numbers of a table of squared distances that may be in memory at once (128 MiB of doubles). */
const TABLE = 2 ** 24;
/** Candidates beside twice the k: rows whose order the fast distances cannot tell from that of the k-th. */
const SPARE = 30;
/** Fast squared distances are rounded to this, so that those which are equal stay so and the lower row comes first. */
const GRID = 2 ** 36;

/**
 * Squared distances to the reference rows, [n, r] in double, times `scale` (a power of two): |q|² − 2 q·x + |x|² as one
 * product of matrices. Fast, but of rows far from 0 that are near to each other only the difference of large numbers.
 */
export function emitAllSquares(onnx: OnnxBuilder, x: Value, reference: Matrix, scale = 1): Value {
  const { rows, columns: d, data } = reference;
  onnx.limitBatch(Math.max(1, Math.floor(TABLE / rows)));
  const squares = new Float64Array(rows);
  const weights = new Float32Array((d + 1) * rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) {
      const value = data[i * d + j];
      sum += value * value;
      weights[j * rows + i] = -2 * scale * value;
    }
    squares[i] = scale * sum;
    weights[d * rows + i] = scale;
  }
  const length = onnx.node("MatMul", [onnx.node("Mul", [x, x]), ones(onnx, d)]);
  const extended = onnx.node("Concat", [x, length], { axis: { int: 1 } });
  const W = onnx.node("Cast", [onnx.tensor("float", [d + 1, rows], weights)], { to: { int: DOUBLE } });
  return onnx.node("Gemm", [extended, W, onnx.tensor("double", [rows], squares)]);
}

/**
 * The k nearest reference rows: places [n, k] (int64) and squared distances [n, k] (double), nearest first, of equal
 * distances the lower row first. Candidates come from the fast distances; theirs are then summed up from differences,
 * column by column in the order of the index, so that they are what the index says.
 * @param x double [n, d]
 */
export function emitNearest(
  onnx: OnnxBuilder,
  x: Value,
  reference: Matrix,
  k: number,
): { readonly places: Value; readonly squares: Value } {
  const { rows, columns: d, data } = reference;
  const count = Math.min(rows, 2 * k + SPARE);
  const fast = onnx.node("Round", [emitAllSquares(onnx, x, reference, GRID)]);
  // Ascending, so that places among the candidates break ties as rows do.
  const candidates = onnx.smallest(onnx.smallest(fast, count).indices, count).values;
  const order = columnOrder(reference);
  const ordered = Float32Array.from(data, (_, at) => data[at - (at % d) + order[at % d]]);
  const own = onnx.node("Cast", [onnx.tensor("float", [rows, d], ordered)], { to: { int: DOUBLE } });
  const q = onnx.node("Gather", [x, onnx.tensor("int64", [d], order)], { axis: { int: 1 } });
  const middle = onnx.shaped("Unsqueeze", [q, onnx.tensor("int64", [1], [1])], [1, d]);
  const away = onnx.shaped("Sub", [onnx.node("Gather", [own, candidates]), middle], [count, d]);
  const sums = onnx.node("MatMul", [onnx.node("Mul", [away, away]), ones(onnx, d)]);
  const exact = onnx.shaped("Squeeze", [sums, onnx.tensor("int64", [1], [2])], [count]);
  const nearest = onnx.smallest(exact, k);
  return {
    places: onnx.node("GatherElements", [candidates, nearest.indices], { axis: { int: 1 } }),
    squares: nearest.values,
  };
}

/** A column of ones: a product with it is a sum. */
export function ones(onnx: OnnxBuilder, d: number): Value {
  return onnx.tensor("double", [d, 1], new Float64Array(d).fill(1));
}
