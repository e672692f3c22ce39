import { z } from "zod";
import { checkWidth } from "../width.js";
import type { Clusterer, ClustererDefinition, Clustering, Matrix } from "./contract.js";
import { compact } from "./labels.js";
import { type KMeansResult, nearestCenters } from "./lloyd.js";
import { checkClusters, type Points, pointsOf } from "./points.js";
import { bestOfStarts } from "./starts.js";

const params = z.strictObject({
  clusters: z.int().min(1).max(1000).default(8).describe("how many clusters"),
  starts: z
    .int()
    .min(1)
    .max(1000)
    .default(10)
    .describe("runs from different first centres; the best is kept"),
  max_iterations: z.int().min(1).max(100000).default(300).describe("Lloyd's iterations of a run at most"),
  tolerance: z
    .number()
    .min(0)
    .default(1e-4)
    .describe("converged when the centres move by less (sum of squares, in mean variances of the columns)"),
});
type KMeansParams = z.infer<typeof params>;

/** K-means: k-means++ and Lloyd's iterations, several times. */
export const definition: ClustererDefinition<KMeansParams> = {
  type: "k-means",
  title: "K-means (k-means++, Lloyd)",
  source:
    "Lloyd 1982, Least squares quantization in PCM; Arthur and Vassilvitskii 2007, k-means++: the advantages of careful seeding",
  limits: "round clusters of like size; every row is put somewhere, far ones too; scaling decides",
  params,
  create: (p): Clusterer => ({
    fit: async (X, { rng, workers }) => {
      checkClusters(X.rows, p.clusters, "k-means");
      const points = pointsOf(X, "k-means");
      const options = { maxIterations: p.max_iterations, tolerance: p.tolerance * meanVariance(points) };
      const what = { clusters: p.clusters, options, starts: p.starts };
      const best = await bestOfStarts(points, what, rng.fork("start"), workers);
      return kMeansClustering(best, X.columns, "k-means");
    },
  }),
};

/** Mean over the columns of their variances. */
export function meanVariance({ rows, columns, data }: Points): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    let mean = 0;
    for (let at = j; at < data.length; at += columns) mean += data[at];
    mean /= rows;
    for (let at = j; at < data.length; at += columns) sum += (data[at] - mean) ** 2;
  }
  return sum / rows / columns;
}

/** A clustering by nearest centre; clusters without a row are left out. */
export function kMeansClustering(
  { centers, labels, inertia, iterations }: KMeansResult,
  columns: number,
  model: string,
): Clustering {
  const { labels: own, kept } = compact(labels, centers.length / columns);
  const final = new Float64Array(kept.length * columns);
  kept.forEach((c, i) => {
    final.set(centers.subarray(c * columns, (c + 1) * columns), i * columns);
  });
  return {
    labels: own,
    clusters: kept.length,
    assign: (X: Matrix) => {
      checkWidth(X, columns, model);
      return nearestCenters(pointsOf(X, model), final).labels;
    },
    summary: { inertia, iterations },
  };
}
