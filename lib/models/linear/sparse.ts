import type { FeatureInfo, Matrix } from "../contract.js";
import { notFinite } from "../finite.js";

/**
 * Rows as their differences from one constant per column, entries that are zero left out (compressed rows).
 *
 * A linear model with a free intercept is the same model after any column is shifted: the shift moves into the
 * intercept and the penalised weights stay. Shifting each column by the value that most rows have makes scaled one-hot
 * columns sparse again, and many counters too: on NSL-KDD 122 columns become about 20 entries a row.
 */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  /** Entry of column j in the matrix minus `shift[j]`. */
  readonly shift: Float64Array;
  /** Entries of row i stand at `start[i]` to `start[i + 1]`, columns ascending. */
  readonly start: Uint32Array;
  readonly column: Uint32Array;
  readonly value: Float64Array;
}

/**
 * Shift and compress a dense matrix.
 * @throws DataError when a value is missing or infinite
 */
export function sparseRows(X: Matrix, features: readonly FeatureInfo[], model: string): SparseRows {
  const { rows, columns, data } = X;
  const shift = majorityValues(X);
  const start = new Uint32Array(rows + 1);
  let count = 0;
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) if (data[at] !== shift[j]) count++;
    start[i + 1] = count;
  }
  const column = new Uint32Array(count);
  const value = new Float64Array(count);
  let next = 0;
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) {
      if (data[at] === shift[j]) continue;
      column[next] = j;
      value[next++] = data[at] - shift[j];
    }
  }
  for (let p = 0; p < count; p++) if (!Number.isFinite(value[p])) throw notFinite(model, features[column[p]]);
  return { rows, columns, shift, start, column, value };
}

/** Per column the value of more than half of its rows where there is one (Boyer and Moore's vote), else some value. */
function majorityValues(X: Matrix): Float64Array {
  const { rows, columns, data } = X;
  const candidate = new Float64Array(columns);
  const lead = new Int32Array(columns);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) {
      const x = data[at];
      if (x === candidate[j]) lead[j]++;
      else if (lead[j] > 0) lead[j]--;
      else if (Number.isFinite(x)) {
        candidate[j] = x;
        lead[j] = 1;
      }
    }
  }
  return candidate;
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
