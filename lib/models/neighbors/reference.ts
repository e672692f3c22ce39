import { z } from "zod";
import { DataError } from "../../base/errors.js";
import type { Rng } from "../../base/rng.js";
import { distinctPoints } from "../../numeric/neighbours/distinct.js";
import { NeighbourIndex } from "../../numeric/neighbours/neighbourIndex.js";
import type { Matrix } from "../contract.js";

/** Rows that a model keeps, to compare others with: they stand in its file. */
export interface Reference {
  /** In the order in which ties are broken. */
  readonly X: Matrix;
  /** Which rows of the training matrix they are. */
  readonly rows: Int32Array;
}

/** `rows` of a model that keeps some of its rows: how many at most. */
export function keptRowsParam(kind: "training" | "benign", usual: number, least = 1) {
  return z
    .int()
    .min(least)
    .max(1_000_000)
    .nullable()
    .default(usual)
    .describe(
      `${kind} rows that are kept, drawn at random; null: all. They stand in model.onnx, and cost its time`,
    );
}

/**
 * @param kept rows that were drawn, of `all` that there are
 * @param itself 1 where the neighbours of a kept row are counted, which is none of its own
 * @throws DataError when there are fewer neighbours than k
 */
export function checkEnough(type: string, kept: number, all: number, k: number, itself: 0 | 1 = 0): void {
  if (kept - itself >= k) return;
  const capped = kept < all;
  throw new DataError(
    `${type}: ${k} neighbours are asked for, and ${capped ? `rows keeps ${kept} of ${all}` : `there are ${kept}`} training rows` +
      `${itself === 1 ? ", of which a row is none of its own neighbours" : ""}. ` +
      `${capped ? "Raise rows, or lower k," : "Lower k, or choose another split"} in params.yaml.`,
  );
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
 * distances the lower row comes first. Those that agree in their two-valued columns (one-hot ones are such) stand together.
 * @param rows of X, ascending
 */
export function referenceOf(X: Matrix, rows: Int32Array, k: number): Reference {
  const all = takeRows(X, rows);
  const { count, starts, members } = distinctPoints(all);
  const kept = new Uint8Array(rows.length);
  for (let p = 0; p < count; p++)
    for (let m = starts[p]; m < Math.min(starts[p] + k, starts[p + 1]); m++) kept[members[m]] = 1;
  const own = together(
    all,
    Int32Array.from(kept.keys()).filter((i) => kept[i] === 1),
  );
  return { X: takeRows(all, own), rows: own.map((i) => rows[i]) };
}

/** Rows by their values in the columns of two values, the most even column first; those that agree as they came. */
function together(X: Matrix, rows: Int32Array): Int32Array {
  let order: Int32Array = rows;
  let next: Int32Array = new Int32Array(rows.length);
  // Stable parting by one column after the other, the least important first: a radix sort.
  for (const { column, first } of twoValued(X).reverse()) {
    let [low, high] = [0, 0];
    const behind = new Int32Array(rows.length);
    for (const row of order) {
      if (X.data[row * X.columns + column] === first) next[low++] = row;
      else behind[high++] = row;
    }
    next.set(behind.subarray(0, high), low);
    [order, next] = [next, order];
  }
  return order;
}

/** Columns of two values with that of the first row, those first whose rarer value is the least rare. */
function twoValued({
  rows,
  columns: d,
  data,
}: Matrix): { readonly column: number; readonly first: number }[] {
  const other = data.slice(0, d);
  const others = new Float64Array(d);
  const more = new Uint8Array(d);
  for (let i = 1, at = d; i < rows; i++) {
    for (let j = 0; j < d; j++, at++) {
      if (data[at] === data[j]) continue;
      if (others[j]++ === 0) other[j] = data[at];
      else if (data[at] !== other[j]) more[j] = 1;
    }
  }
  const rarer = others.map((count) => Math.min(count, rows - count));
  return Array.from({ length: d }, (_, j) => j)
    .filter((j) => others[j] > 0 && more[j] === 0)
    .sort((a, b) => rarer[b] - rarer[a] || a - b)
    .map((column) => ({ column, first: data[column] }));
}

/** The index over a matrix, built when it is first asked for: training needs none for a model that is only written. */
export function indexOf(X: Matrix): () => NeighbourIndex {
  let index: NeighbourIndex | undefined;
  return () => {
    index ??= NeighbourIndex.build(X);
    return index;
  };
}
