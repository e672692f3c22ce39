import type { Rng } from "../../base/rng.js";
import { LinearRows } from "../../numeric/linearRows.js";
import { compressRows, majorityValues } from "../../numeric/sparseRows.js";
import { symmetricEigen } from "../../numeric/symmetricEigen.js";
import type { Matrix } from "../contract.js";

/** The kernel exp(−gamma ‖x − landmark‖²) at m landmarks, rows as differences from a shift. */
export interface Landmarks {
  readonly gamma: number;
  /** d numbers that are taken off every row; values that most rows share. */
  readonly shift: Float64Array;
  /** d × m: landmarks less the shift, turned. */
  readonly turned: Float64Array;
  /** m squared lengths of them. */
  readonly squares: Float64Array;
}

/** Landmarks with the metric that makes the kernel of two rows (nearly) the product of their kernels at the landmarks. */
export interface Nystroem {
  readonly landmarks: Landmarks;
  /** m × m, symmetric: the inverse of the landmarks' kernel, of that rank. */
  readonly metric: Float64Array;
  readonly rank: number;
}

/** Directions of the landmarks' kernel below this share of the largest are left out: they would blow up rounding. */
const SMALLEST = 1e-6;
/** Rows that are compressed at a time. */
const BLOCK = 4096;

/**
 * Nyström approximation of the RBF kernel from rows drawn as landmarks.
 * Source: Williams and Seeger 2001, Using the Nyström method to speed up kernel machines, NIPS 13.
 */
export function nystroem(X: Matrix, count: number, gamma: number, rng: Rng): Nystroem {
  const m = Math.min(count, X.rows);
  const drawn = rng.sample(X.rows, m);
  const shift = majorityValues(X);
  const turned = new Float64Array(X.columns * m);
  const squares = new Float64Array(m);
  drawn.forEach((row, c) => {
    for (let j = 0; j < X.columns; j++) {
      const value = X.data[row * X.columns + j] - shift[j];
      turned[j * m + c] = value;
      squares[c] += value * value;
    }
  });
  const landmarks = { gamma, shift, turned, squares };
  const rows = new Float32Array(m * X.columns);
  drawn.forEach((row, c) => {
    rows.set(X.data.subarray(row * X.columns, (row + 1) * X.columns), c * X.columns);
  });
  const kernel = new Float64Array(m * m);
  kernelRows(landmarks, { rows: m, columns: X.columns, data: rows }, kernel);
  const { values, vectors } = symmetricEigen(kernel, m);
  let rank = 0;
  while (rank < m && values[rank] > SMALLEST * values[0]) rank++;
  const metric = new Float64Array(m * m);
  for (let r = 0; r < rank; r++) {
    const vector = vectors.subarray(r * m, (r + 1) * m);
    for (let c = 0; c < m; c++) {
      const share = vector[c] / values[r];
      for (let e = 0, at = c * m; e < m; e++, at++) metric[at] += share * vector[e];
    }
  }
  return { landmarks, metric, rank };
}

/** To `out`, n × m: the kernel of each row at each landmark. */
export function kernelRows(landmarks: Landmarks, X: Matrix, out: Float64Array): void {
  const m = landmarks.squares.length;
  eachKernelRow(landmarks, X, (row, k) => out.set(k, row * m));
}

/** @param visit told a row and its kernel at the landmarks, which the next row overwrites */
export function eachKernelRow(
  { gamma, shift, turned, squares }: Landmarks,
  X: Matrix,
  visit: (row: number, kernel: Float64Array) => void,
): void {
  const m = squares.length;
  const lines = new LinearRows(m, shift.length);
  lines.doubles.set(turned);
  const k = lines.vector;
  for (let first = 0; first < X.rows; first += BLOCK) {
    const S = compressRows(X, shift, [first, Math.min(first + BLOCK, X.rows)]);
    for (let row = 0; row < S.rows; row++) {
      let own = 0;
      k.fill(0);
      for (let p = S.start[row], end = S.start[row + 1]; p < end; p++) {
        const v = S.value[p];
        own += v * v;
        lines.addDoubles(S.column[p], v);
      }
      for (let c = 0; c < m; c++) k[c] = Math.exp(-gamma * Math.max(own + squares[c] - 2 * k[c], 0));
      visit(first + row, k);
    }
  }
}

/** 1 / (columns × variance of all entries); 1 where nothing varies. scikit-learn's gamma="scale". */
export function scaleGamma({ columns, data }: Matrix): number {
  let sum = 0;
  for (let at = 0; at < data.length; at++) sum += data[at];
  const mean = sum / data.length;
  let squares = 0;
  for (let at = 0; at < data.length; at++) squares += (data[at] - mean) ** 2;
  return squares > 0 ? data.length / (columns * squares) : 1;
}
