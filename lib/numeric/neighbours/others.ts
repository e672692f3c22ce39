import type { Neighbours } from "./points.js";

/**
 * Of the k + 1 nearest of every row of the index, the k nearest other rows: the row itself goes, or the last one where
 * k + 1 rows that equal it come before it.
 * @param found what `nearest` says of the index's own points, in their order
 */
export function withoutSelf({ k: all, rows, distances }: Neighbours): Neighbours {
  const k = all - 1;
  const n = rows.length / all;
  const out = { k, rows: new Int32Array(n * k), distances: new Float64Array(n * k) };
  for (let i = 0; i < n; i++) {
    let to = i * k;
    for (let j = i * all; j < (i + 1) * all && to < (i + 1) * k; j++) {
      if (rows[j] === i) continue;
      out.rows[to] = rows[j];
      out.distances[to++] = distances[j];
    }
  }
  return out;
}
