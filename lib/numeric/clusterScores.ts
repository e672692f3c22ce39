import { squaredDistance } from "./squaredDistance.js";

/** Scores of clusters that need no truth. */
export interface CenterScores {
  /** 0 is best: how wide clusters are beside how far apart their means lie, for the worst neighbour of each. */
  readonly daviesBouldin: number;
  /** High is good: spread of the means beside the spread within. */
  readonly calinskiHarabasz: number;
}

/**
 * Davies-Bouldin and Calinski-Harabasz.
 * @param data rows × columns
 * @param labels 0 … clusters-1, every one of them used; no noise
 * @returns null where there are fewer than 2 clusters, or as many as rows
 * Source: Davies and Bouldin 1979, A cluster separation measure; Caliński and Harabasz 1974, A dendrite method for cluster
 * analysis
 */
export function centerScores(
  data: Float64Array,
  columns: number,
  labels: Int32Array,
  clusters: number,
): CenterScores | null {
  const rows = labels.length;
  if (clusters < 2 || clusters >= rows) return null;
  const { means, sizes, all } = meansOf(data, columns, labels, clusters);
  const width = new Float64Array(clusters);
  let within = 0;
  for (let i = 0; i < rows; i++) {
    const square = squaredDistance(data, i * columns, means, labels[i] * columns, columns);
    within += square;
    width[labels[i]] += Math.sqrt(square);
  }
  let between = 0;
  for (let c = 0; c < clusters; c++) {
    width[c] /= sizes[c];
    between += sizes[c] * squaredDistance(means, c * columns, all, 0, columns);
  }
  return {
    daviesBouldin: worstNeighbours(means, columns, width),
    calinskiHarabasz: within === 0 ? 1 : (between * (rows - clusters)) / (within * (clusters - 1)),
  };
}

function meansOf(
  data: Float64Array,
  columns: number,
  labels: Int32Array,
  clusters: number,
): { readonly means: Float64Array; readonly sizes: Float64Array; readonly all: Float64Array } {
  const means = new Float64Array(clusters * columns);
  const sizes = new Float64Array(clusters);
  const all = new Float64Array(columns);
  labels.forEach((label, i) => {
    sizes[label]++;
    for (let j = 0; j < columns; j++) {
      means[label * columns + j] += data[i * columns + j];
      all[j] += data[i * columns + j];
    }
  });
  for (let c = 0; c < clusters; c++) for (let j = 0; j < columns; j++) means[c * columns + j] /= sizes[c];
  return { means, sizes, all: all.map((sum) => sum / labels.length) };
}

/** Mean over the clusters of the worst (s + s') / d; means in the same place do not count. */
function worstNeighbours(means: Float64Array, columns: number, width: Float64Array): number {
  const clusters = width.length;
  let sum = 0;
  for (let a = 0; a < clusters; a++) {
    let worst = 0;
    for (let b = 0; b < clusters; b++) {
      if (b === a) continue;
      const apart = Math.sqrt(squaredDistance(means, a * columns, means, b * columns, columns));
      if (apart > 0) worst = Math.max(worst, (width[a] + width[b]) / apart);
    }
    sum += worst;
  }
  return sum / clusters;
}
