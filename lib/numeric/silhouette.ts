import { DistanceTile, TILE } from "./distanceTile.js";

/**
 * Mean silhouette of rows in clusters, Euclidean: (b - a) / max(a, b), with a the mean distance to the other rows of the own
 * cluster and b the smallest mean distance to another one; a cluster of one row counts 0. Distances are computed tile by
 * tile, each pair once; memory is rows × clusters.
 * @param data rows × columns
 * @param labels 0 … clusters-1, every one of them used; no noise
 * @returns null where there are fewer than 2 clusters, or as many as rows
 * Source: Rousseeuw 1987, Silhouettes, J. Comput. Appl. Math. 20
 */
export function silhouette(
  data: Float64Array,
  columns: number,
  labels: Int32Array,
  clusters: number,
): number | null {
  const rows = labels.length;
  if (clusters < 2 || clusters >= rows) return null;
  const sizes = new Float64Array(clusters);
  for (const label of labels) sizes[label]++;
  const sums = distanceSums(data, columns, labels, clusters);
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const own = labels[i];
    if (sizes[own] === 1) continue;
    const within = sums[i * clusters + own] / (sizes[own] - 1);
    let other = Number.POSITIVE_INFINITY;
    for (let c = 0; c < clusters; c++) {
      if (c === own) continue;
      const mean = sums[i * clusters + c] / sizes[c];
      if (mean < other) other = mean;
    }
    const larger = Math.max(within, other);
    if (larger > 0) total += (other - within) / larger;
  }
  return total / rows;
}

/** The sum of each row's distances to the rows of each cluster, rows × clusters. */
function distanceSums(
  data: Float64Array,
  columns: number,
  labels: Int32Array,
  clusters: number,
): Float64Array {
  const rows = labels.length;
  const sums = new Float64Array(rows * clusters);
  const tile = new DistanceTile(data, columns);
  const { found } = tile;
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(top + TILE, rows);
    for (let left = top; left < rows; left += TILE) {
      const right = Math.min(left + TILE, rows);
      tile.take(left, right);
      for (let i = top; i < bottom; i++) {
        tile.ask(i);
        const at = i * clusters;
        const own = labels[i];
        for (let j = Math.max(left, i + 1); j < right; j++) {
          const distance = found[j - left];
          sums[at + labels[j]] += distance;
          sums[j * clusters + own] += distance;
        }
      }
    }
  }
  return sums;
}
