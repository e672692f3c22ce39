import type { Rng } from "../../base/rng.js";
import { distinctPoints } from "../../numeric/neighbours/distinct.js";
import { NeighbourIndex } from "../../numeric/neighbours/neighbourIndex.js";
import type { Matrix } from "../contract.js";

/** Rows that a model keeps, to compare others with: they stand in its file. */
export interface Reference {
  /** In the order in which ties are broken. */
  readonly X: Matrix;
  /** Which rows of the training matrix they are, ascending. */
  readonly rows: Int32Array;
}

/** At most `cap` rows of X, drawn by the stream "rows"; all of them when `cap` is null. */
export function drawRows(X: Matrix, cap: number | null, rng: Rng): Int32Array {
  if (cap === null || X.rows <= cap) return Int32Array.from({ length: X.rows }, (_, i) => i);
  return rng.fork("rows").sample(X.rows, cap).sort();
}

export function takeRows(X: Matrix, rows: Int32Array): Matrix {
  const data = new Float32Array(rows.length * X.columns);
  rows.forEach((row, i) => {
    data.set(X.data.subarray(row * X.columns, (row + 1) * X.columns), i * X.columns);
  });
  return { rows: rows.length, columns: X.columns, data };
}

/**
 * Of rows that are all the same only the first k: no more of them can be among the k nearest of any row, since of equal
 * distances the lower row comes first.
 * @param rows of X, ascending
 */
export function referenceOf(X: Matrix, rows: Int32Array, k: number): Reference {
  const all = takeRows(X, rows);
  const { count, starts, members } = distinctPoints(all);
  const kept = new Uint8Array(rows.length);
  for (let p = 0; p < count; p++)
    for (let m = starts[p]; m < Math.min(starts[p] + k, starts[p + 1]); m++) kept[members[m]] = 1;
  const own = rows.filter((_, i) => kept[i] === 1);
  return own.length === rows.length ? { X: all, rows } : { X: takeRows(X, own), rows: own };
}

/** The index over a matrix, built when it is first asked for: training needs none for a model that is only written. */
export function indexOf(X: Matrix): () => NeighbourIndex {
  let index: NeighbourIndex | undefined;
  return () => {
    index ??= NeighbourIndex.build(X);
    return index;
  };
}
