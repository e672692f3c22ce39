import { centerScores } from "../../numeric/clusterScores.js";
import { silhouette } from "../../numeric/silhouette.js";
import { compact } from "./labels.js";
import type { Points } from "./points.js";

/** Scores of a clustering that need no label; null where there are fewer than two clusters. */
export interface RowScores {
  readonly silhouette: number | null;
  readonly davies_bouldin: number | null;
  readonly calinski_harabasz: number | null;
}

/**
 * Silhouette of some rows, Davies-Bouldin and Calinski-Harabasz of all. Noise is left out: such scores cannot be compared
 * with those of a clustering that puts every row somewhere.
 * @param sample rows that the silhouette is of
 */
export function internalScores(
  X: Points,
  labels: Int32Array,
  clusters: number,
  sample: Int32Array,
): RowScores {
  const all = clustered(X, labels, clusters, Int32Array.from(labels.keys()));
  const some = clustered(X, labels, clusters, sample);
  const centers = centerScores(all.data, X.columns, all.labels, all.clusters);
  return {
    silhouette: silhouette(some.data, X.columns, some.labels, some.clusters),
    davies_bouldin: centers?.daviesBouldin ?? null,
    calinski_harabasz: centers?.calinskiHarabasz ?? null,
  };
}

/** The rows that are no noise, with labels without gaps. */
function clustered(
  { columns, data }: Points,
  labels: Int32Array,
  clusters: number,
  rows: Int32Array,
): { readonly data: Float64Array; readonly labels: Int32Array; readonly clusters: number } {
  const kept = rows.filter((row) => labels[row] >= 0);
  const own = new Float64Array(kept.length * columns);
  kept.forEach((row, i) => {
    own.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  const { labels: numbered, kept: used } = compact(
    kept.map((row) => labels[row]),
    clusters,
  );
  return { data: own, labels: numbered, clusters: used.length };
}
