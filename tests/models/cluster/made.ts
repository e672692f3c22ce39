import { Rng } from "#lib/base/rng.js";
import type { Matrix } from "#lib/table/matrix.js";

/** Rows around `clusters` centres, and which centre each is of. */
export function blobs(
  rows: number,
  columns: number,
  clusters: number,
  spread = 1,
  seed = 1,
): { readonly X: Matrix; readonly truth: Int32Array } {
  const rng = Rng.root(seed).fork("blobs");
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - rng.uniform())) * Math.cos(2 * Math.PI * rng.uniform());
  const centers = Float64Array.from({ length: clusters * columns }, () => 10 * rng.uniform() - 5);
  const truth = Int32Array.from({ length: rows }, () => rng.integer(clusters));
  const data = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      data[i * columns + j] = centers[truth[i] * columns + j] + spread * normal();
  return { X: { rows, columns, data }, truth };
}

/** Rows as lists of numbers, for Python. */
export function lists({ rows, columns, data }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);
}

/** The same partition, whatever its numbers: labels by first appearance; noise stays -1. */
export function canonical(labels: ArrayLike<number>): number[] {
  const seen = new Map<number, number>();
  return Array.from(labels, (label) => {
    if (label < 0) return -1;
    if (!seen.has(label)) seen.set(label, seen.size);
    return seen.get(label) as number;
  });
}
