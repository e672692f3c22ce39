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

/** Rows that are on their way from memory at the same time. */
const FETCHED = 32;
/** Floats of a line of memory. */
const LINE = 16;

/** Put some rows, one after another, into `into`. */
export function copyRows(X: Matrix, rows: ArrayLike<number>, into: Float32Array): void {
  if (X instanceof StoredMatrix) {
    X.read(rows, into);
    return;
  }
  const { data, columns } = X;
  let to = 0;
  for (let first = 0; first < rows.length; first += FETCHED) {
    const end = Math.min(rows.length, first + FETCHED);
    // The sum is written over: it is there so that reading is not left out.
    into[to] = sumOfLines(data, columns, rows, first, end);
    // A view of each row for `set` would be garbage of a tenth of a training step's time.
    for (let i = first; i < end; i++) {
      let at = rows[i] * columns;
      const last = at + columns;
      for (const fours = last - 3; at < fours; at += 4, to += 4) {
        const a = data[at];
        const b = data[at + 1];
        const c = data[at + 2];
        const d = data[at + 3];
        into[to] = a;
        into[to + 1] = b;
        into[to + 2] = c;
        into[to + 3] = d;
      }
      for (; at < last; at++) into[to++] = data[at];
    }
  }
}

/**
 * Read a number of each line of memory of some rows, so that the processor waits for all of them at once: rows in random
 * order are each far from the one before, and copying them one by one waits for each.
 */
function sumOfLines(
  data: Float32Array,
  columns: number,
  rows: ArrayLike<number>,
  first: number,
  end: number,
): number {
  let sum = 0;
  for (let i = first; i < end; i++)
    for (let at = rows[i] * columns, last = at + columns; at < last; at += LINE) sum += data[at];
  return sum;
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
