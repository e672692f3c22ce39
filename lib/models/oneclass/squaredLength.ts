import { LinearRows } from "../../numeric/linearRows.js";
import { compressRows } from "../../numeric/sparseRows.js";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { FittedDetector, Matrix } from "../contract.js";
import { checkWidth } from "../width.js";

/** ‖A (x − mean)‖², what PCA reconstruction and Mahalanobis distance both are. */
export interface SquaredLength {
  /** d numbers. */
  readonly mean: Float64Array;
  /** r × d. */
  readonly map: Float64Array;
  /** Any d constants; values that are equal to them cost nothing. */
  readonly shift: Float64Array;
}

/** Rows that are compressed at a time. */
const BLOCK = 4096;

/** A detector whose score is a squared length, in double; `model` names it in errors. */
export function squaredLengthDetector(
  fitted: SquaredLength,
  model: string,
  summary: FittedDetector["summary"],
): FittedDetector {
  return {
    kind: "detector",
    score(X) {
      checkWidth(X, fitted.mean.length, model);
      return squaredLengths(fitted, X);
    },
    emit: (onnx, input) => emitSquaredLength(onnx, input, fitted),
    summary,
  };
}

function squaredLengths({ mean, map, shift }: SquaredLength, X: Matrix): Float64Array {
  const d = mean.length;
  const r = map.length / d;
  const lines = new LinearRows(r, d); // the map turned: an entry of the row adds a line of it
  const offset = new Float64Array(r);
  for (let i = 0; i < r; i++) {
    for (let j = 0; j < d; j++) {
      lines.doubles[j * r + i] = map[i * d + j];
      offset[i] += map[i * d + j] * (shift[j] - mean[j]);
    }
  }
  const out = new Float64Array(X.rows);
  const y = lines.vector;
  for (let first = 0; first < X.rows; first += BLOCK) {
    const { rows, start, column, value } = compressRows(X, shift, [first, Math.min(first + BLOCK, X.rows)]);
    for (let row = 0; row < rows; row++) {
      y.set(offset);
      for (let p = start[row], end = start[row + 1]; p < end; p++) {
        lines.addDoubles(column[p], value[p]);
      }
      let squares = 0;
      for (let i = 0; i < r; i++) squares += y[i] * y[i];
      out[first + row] = squares;
    }
  }
  return out;
}

function emitSquaredLength(onnx: OnnxBuilder, input: Value, { mean, map }: SquaredLength): Value {
  const d = mean.length;
  const r = map.length / d;
  const turned = Float64Array.from(map, (_, at) => map[(at % r) * d + Math.floor(at / r)]);
  const x = onnx.node("Cast", [input], { to: { int: DOUBLE } });
  const away = onnx.node("Sub", [x, onnx.tensor("double", [1, d], mean)]);
  const y = onnx.node("MatMul", [away, onnx.tensor("double", [d, r], turned)]);
  const squares = onnx.node("ReduceSumSquare", [y], { axes: { ints: [1] }, keepdims: { int: 1 } });
  return onnx.node("Cast", [squares], { to: { int: FLOAT } });
}

/** Element types of ONNX, for Cast. */
export const FLOAT = 1;
export const DOUBLE = 11;
