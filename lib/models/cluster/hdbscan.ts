import { z } from "zod";
import { DataError } from "../../base/errors.js";
import { NeighbourIndex } from "../../numeric/neighbours/neighbourIndex.js";
import { nearestInParallel } from "../../numeric/neighbours/parallel.js";
import { type CondensedTree, condense, excessOfMass, leafClusters } from "./condensed.js";
import { type Clusterer, type ClustererDefinition, type Clustering, type Matrix, NOISE } from "./contract.js";
import { pointsOf } from "./points.js";
import { reachabilityTree } from "./spanningTree.js";

const params = z.strictObject({
  min_cluster_rows: z
    .int()
    .min(2)
    .max(1e6)
    .default(50)
    .describe("rows of the smallest group that is a cluster"),
  min_rows: z
    .int()
    .min(1)
    .max(100000)
    .nullable()
    .default(null)
    .describe("a row's core distance is that of so many rows, itself among them; null: min_cluster_rows"),
  choose: z
    .enum(["excess-of-mass", "leaf"])
    .default("excess-of-mass")
    .describe("which clusters of the tree: those that last longest, or the smallest"),
});
type HdbscanParams = z.infer<typeof params>;

/** HDBSCAN*: clusters of different densities. */
export const definition: ClustererDefinition<HdbscanParams> = {
  type: "hdbscan",
  title: "HDBSCAN",
  source:
    "Campello, Moulavi and Sander 2013, Density-based clustering based on hierarchical density estimates, PAKDD",
  limits:
    "time grows with the square of the rows; equal rows are infinitely dense: many of them make small clusters; no rule for new rows",
  params,
  create: (p): Clusterer => ({
    fit: (X, { workers }) => hdbscan(X, p, workers),
  }),
};

async function hdbscan(X: Matrix, p: HdbscanParams, workers: number): Promise<Clustering> {
  const around = p.min_rows ?? p.min_cluster_rows;
  const needed = Math.max(around, p.min_cluster_rows);
  if (X.rows < needed) {
    throw new DataError(
      `hdbscan: ${X.rows} rows, min_rows and min_cluster_rows need at least ${needed}. Lower them, or raise the cap on the rows.`,
    );
  }
  const points = pointsOf(X, "hdbscan");
  const { distances } = await nearestInParallel(NeighbourIndex.build(points), points, around, workers);
  const core = Float64Array.from({ length: X.rows }, (_, i) => distances[(i + 1) * around - 1]);
  const tree = condense(reachabilityTree(points, core), p.min_cluster_rows);
  const taken = p.choose === "leaf" ? leafClusters(tree) : excessOfMass(tree);
  const { labels, clusters } = labelsOf(tree, taken);
  return { labels, clusters, summary: { tree_clusters: tree.clusters - 1 } };
}

/** Rows are of the taken cluster that they or one of its parts fell out of; others are noise. */
function labelsOf(
  { clusters: all, parent, from }: CondensedTree,
  taken: Uint8Array,
): { readonly labels: Int32Array; readonly clusters: number } {
  const of = new Int32Array(all).fill(NOISE);
  let clusters = 0;
  for (let c = 1; c < all; c++) of[c] = taken[c] === 1 ? clusters++ : of[parent[c]];
  return { labels: from.map((cluster) => of[cluster]), clusters };
}
