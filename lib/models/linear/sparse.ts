import { compressRows, type SparseRows } from "../../numeric/sparseRows.js";
import type { FeatureInfo, Matrix } from "../contract.js";
import { notFinite } from "../finite.js";

export type { SparseRows };

/**
 * Shift and compress a dense matrix. A linear model with a free intercept is the same model after any column is
 * shifted: the shift moves into the intercept and the penalised weights stay.
 * @throws DataError when a value is missing or infinite
 */
export function sparseRows(X: Matrix, features: readonly FeatureInfo[], model: string): SparseRows {
  const rows = compressRows(X);
  rows.value.forEach((value, p) => {
    if (!Number.isFinite(value)) throw notFinite(model, features[rows.column[p]]);
  });
  return rows;
}

/** out[i] = intercept + the sum over j of weights[j] · entry(i, j). `weights` has columns + 1 numbers, intercept last. */
export function times(S: SparseRows, weights: Float64Array, out: Float64Array): void {
  const { rows, start, column, value } = S;
  const intercept = weights[S.columns];
  for (let i = 0; i < rows; i++) {
    let sum = intercept;
    for (let p = start[i], end = start[i + 1]; p < end; p++) sum += value[p] * weights[column[p]];
    out[i] = sum;
  }
}

/** out = the transposed matrix (with a column of ones at the end) times `factors`, a number a row. */
export function transposedTimes(S: SparseRows, factors: Float64Array, out: Float64Array): void {
  const { rows, start, column, value } = S;
  out.fill(0);
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const factor = factors[i];
    total += factor;
    for (let p = start[i], end = start[i + 1]; p < end; p++) out[column[p]] += factor * value[p];
  }
  out[S.columns] = total;
}

/**
 * out = the sum over rows of weights[i] · x xᵀ, with x = the row's entries and a one at the end.
 * @param out (columns + 1)² numbers, of which the lower triangle is written
 */
export function weightedGram(S: SparseRows, weights: Float64Array, out: Float64Array): void {
  const { rows, columns, start, column, value } = S;
  const width = columns + 1;
  const last = columns * width;
  out.fill(0);
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const weight = weights[i];
    if (weight === 0) continue;
    total += weight;
    const from = start[i];
    for (let p = from, end = start[i + 1]; p < end; p++) {
      const scaled = weight * value[p];
      const row = column[p] * width;
      for (let q = from; q <= p; q++) out[row + column[q]] += scaled * value[q];
      out[last + column[p]] += scaled;
    }
  }
  out[last + columns] = total;
}

/** Squared length of each row's entries and a one. */
export function squaredNorms({ rows, start, value }: SparseRows): Float64Array {
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 1;
    for (let p = start[i], end = start[i + 1]; p < end; p++) sum += value[p] * value[p];
    out[i] = sum;
  }
  return out;
}

/** Some rows, in this order; the shift stays. */
export function pickRows(S: SparseRows, which: Int32Array): SparseRows {
  const start = new Uint32Array(which.length + 1);
  which.forEach((row, i) => {
    start[i + 1] = start[i] + S.start[row + 1] - S.start[row];
  });
  const column = new Uint32Array(start[which.length]);
  const value = new Float64Array(start[which.length]);
  which.forEach((row, i) => {
    column.set(S.column.subarray(S.start[row], S.start[row + 1]), start[i]);
    value.set(S.value.subarray(S.start[row], S.start[row + 1]), start[i]);
  });
  return { ...S, rows: which.length, start, column, value };
}
