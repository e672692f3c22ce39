import { z } from "zod";
import { type FittedMixture, fitMixture, likeliestComponents } from "../../numeric/mixture.js";
import { checkWidth } from "../width.js";
import type { Clusterer, ClustererDefinition } from "./contract.js";
import { meanVariance } from "./kMeans.js";
import { compact } from "./labels.js";
import { lloyd } from "./lloyd.js";
import { checkClusters, pointsOf } from "./points.js";
import { plusPlus } from "./seeding.js";

const params = z.strictObject({
  clusters: z.int().min(1).max(1000).default(8).describe("how many Gaussians"),
  covariance: z
    .enum(["diag", "full"])
    .default("diag")
    .describe("a variance a column, or all covariances of the columns"),
  ridge: z.number().gt(0).default(1e-3).describe("added to each variance"),
  starts: z.int().min(1).max(1000).default(1).describe("runs from different k-means; the likeliest is kept"),
  max_iterations: z.int().min(1).max(100000).default(100).describe("steps of EM at most"),
  tolerance: z.number().gt(0).default(1e-3).describe("converged when the mean log-likelihood gains less"),
});

/** A mixture of Gaussians; each row is of the likeliest one. */
export const definition: ClustererDefinition<z.infer<typeof params>> = {
  type: "gaussian-mixture",
  title: "Gaussian mixture (EM)",
  source: "Dempster, Laird and Rubin 1977, Maximum likelihood from incomplete data via the EM algorithm",
  limits: "the k-means that it starts from decides where it ends: try several starts",
  params,
  create: (p): Clusterer => ({
    fit: async (X, { rng }) => {
      checkClusters(X.rows, p.clusters, "gaussian-mixture");
      const points = pointsOf(X, "gaussian-mixture");
      const variance = meanVariance(points);
      let best: FittedMixture | undefined;
      for (let start = 0; start < p.starts; start++) {
        const first = plusPlus(points, p.clusters, rng.fork("start").fork(start));
        const { labels } = lloyd(points, first, { maxIterations: 300, tolerance: 1e-4 * variance });
        const fitted = fitMixture(points, labels, {
          components: p.clusters,
          covariance: p.covariance,
          ridge: p.ridge,
          tolerance: p.tolerance,
          maxIterations: p.max_iterations,
        });
        if (best === undefined || fitted.logLikelihood > best.logLikelihood) best = fitted;
      }
      const mixture = best as FittedMixture;
      const { labels, kept } = compact(likeliestComponents(mixture, points), p.clusters);
      const number = new Int32Array(p.clusters).fill(-1);
      kept.forEach((component, i) => {
        number[component] = i;
      });
      return {
        labels,
        clusters: kept.length,
        // A Gaussian that no fitted row is of can still be the likeliest one of a new row: that row is noise.
        assign: (Y) => {
          checkWidth(Y, X.columns, "gaussian-mixture");
          return likeliestComponents(mixture, pointsOf(Y, "gaussian-mixture")).map((c) => number[c]);
        },
        summary: {
          log_likelihood: mixture.logLikelihood,
          iterations: mixture.iterations,
          converged: mixture.converged,
        },
      };
    },
  }),
};
