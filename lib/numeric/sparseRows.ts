import type { DenseRows } from "./covariance.js";

/**
 * Rows as their differences from one constant per column, entries that are zero left out (compressed rows).
 *
 * Shifting each column by the value that most rows have makes scaled one-hot columns sparse again, and many counters
 * too: on NSL-KDD 122 columns become about 20 entries a row.
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
 * Shift and compress rows of a dense matrix. NaN and infinities stay as entries.
 * @param first the first row, `end` the one after the last
 */
export function compressRows(
  X: DenseRows,
  shift: Float64Array = majorityValues(X),
  [first, end]: readonly [first: number, end: number] = [0, X.rows],
): SparseRows {
  const { columns, data } = X;
  const rows = end - first;
  const start = new Uint32Array(rows + 1);
  let count = 0;
  for (let i = 0, at = first * columns; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) if (data[at] !== shift[j]) count++;
    start[i + 1] = count;
  }
  const column = new Uint32Array(count);
  const value = new Float64Array(count);
  let next = 0;
  for (let i = 0, at = first * columns; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) {
      if (data[at] === shift[j]) continue;
      column[next] = j;
      value[next++] = data[at] - shift[j];
    }
  }
  return { rows, columns, shift, start, column, value };
}

/** Per column the value of more than half of its rows where there is one (Boyer and Moore's vote), else some value. */
export function majorityValues({ rows, columns, data }: DenseRows): Float64Array {
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
