import type { Matrix } from "./matrix.js";
import { StoredMatrix } from "./storedMatrix.js";

/** Some rows, in that order: copied, or still in their file. */
export function takeRows(X: Matrix, rows: Int32Array): Matrix {
  return X instanceof StoredMatrix ? X.pick(rows) : rowsInMemory(X, rows);
}

/** Some rows, in that order, in memory. */
export function rowsInMemory(X: Matrix, rows: ArrayLike<number>): Matrix {
  const data = new Float32Array(rows.length * X.columns);
  copyRows(X, rows, data);
  return { rows: rows.length, columns: X.columns, data };
}

/** Put some rows, one after another, into `into`. */
export function copyRows(X: Matrix, rows: ArrayLike<number>, into: Float32Array): void {
  if (X instanceof StoredMatrix) {
    X.read(rows, into);
    return;
  }
  const { data, columns } = X;
  let at = 0;
  // A view of each row for `set` would be garbage of a tenth of a training step's time.
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i] * columns;
    for (let j = start; j < start + columns; j++) into[at++] = data[j];
  }
}

/** The numbers of the rows from one to before another. */
export function rowsBetween(X: Matrix, begin: number, end: number): Float32Array {
  if (X instanceof StoredMatrix) {
    const rows = Int32Array.from({ length: end - begin }, (_, i) => begin + i);
    return rowsInMemory(X, rows).data;
  }
  return X.data.subarray(begin * X.columns, end * X.columns);
}

/** All rows in order, a block at a time, each good until the next one; a matrix in memory is one block. */
export function* blocksOf(X: Matrix): Generator<Matrix, void> {
  if (X instanceof StoredMatrix) yield* X.blocks();
  else yield X;
}

/** What `make` makes of rows, each for itself: in memory, or in a file again. */
export function mapRows(X: Matrix, make: (rows: Matrix) => Matrix): Matrix {
  return X instanceof StoredMatrix ? X.map(make) : make(X);
}
