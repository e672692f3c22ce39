import type { DenseRows } from "./covariance.js";
import { RowScan } from "./rowScan.js";

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
  const rows = end - first;
  const start = new Uint32Array(rows + 1);
  const scan = new RowScan(X);
  scan.value.set(shift);
  const parts: { readonly column: Int32Array; readonly value: Float64Array }[] = [];
  let [row, count] = [0, 0];
  scan.compress(first, end, (found) => {
    for (const to of found.ends) start[++row] = count + to;
    count += found.column.length;
    parts.push({ column: found.column.slice(), value: found.value.slice() });
  });
  const column = new Uint32Array(count);
  const value = new Float64Array(count);
  let next = 0;
  for (const part of parts) {
    column.set(part.column, next);
    value.set(part.value, next);
    next += part.column.length;
  }
  return { rows, columns: X.columns, shift, start, column, value };
}

/** Per column the value of more than half of its rows where there is one (Boyer and Moore's vote), else some value. */
export function majorityValues(X: DenseRows): Float64Array {
  return new RowScan(X).vote();
}
