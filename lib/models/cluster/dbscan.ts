import { z } from "zod";
import { densityOf } from "../../numeric/neighbours/density.js";
import { NeighbourIndex } from "../../numeric/neighbours/neighbourIndex.js";
import { checkWidth } from "../width.js";
import { type Clusterer, type ClustererDefinition, type Clustering, type Matrix, NOISE } from "./contract.js";
import { type Points, pointsOf } from "./points.js";

const params = z.strictObject({
  radius: z.number().gt(0).default(1).describe("rows at most this far apart are neighbours (eps)"),
  min_rows: z
    .int()
    .min(1)
    .max(100000)
    .default(10)
    .describe("a core row has at least so many rows around it, itself among them (min_samples)"),
});
type DbscanParams = z.infer<typeof params>;

/** DBSCAN over the neighbour index. */
export const definition: ClustererDefinition<DbscanParams> = {
  type: "dbscan",
  title: "DBSCAN",
  source: "Ester, Kriegel, Sander and Xu 1996, A density-based algorithm for discovering clusters, KDD",
  limits: "one radius for all densities; in many columns distances come to look alike; scaling decides",
  params,
  create: (p): Clusterer => ({
    fit: async (X) => dbscan(X, p),
  }),
};

/**
 * Core rows within the radius of each other are one cluster; other rows belong to the first cluster that has a core row
 * within their radius, or are noise. Clusters are numbered by their first core row. Only of rows that are no core row
 * neighbours are listed, so memory is that of the rows.
 */
function dbscan(X: Matrix, { radius, min_rows }: DbscanParams): Clustering {
  const points = pointsOf(X, "dbscan");
  const index = NeighbourIndex.build(points);
  const { core, set } = densityOf(index, points, radius, min_rows);
  const labels = new Int32Array(X.rows).fill(NOISE);
  const numbers = new Int32Array(X.rows).fill(NOISE);
  let [clusters, cores] = [0, 0];
  for (let row = 0; row < X.rows; row++) {
    if (core[row] === 0) continue;
    cores++;
    if (numbers[set[row]] === NOISE) numbers[set[row]] = clusters++;
    labels[row] = numbers[set[row]];
  }
  for (let row = 0; row < X.rows; row++) {
    if (core[row] === 1) continue;
    let least = clusters;
    for (const other of index.rowsWithin(points, row, radius))
      if (core[other] === 1 && labels[other] < least) least = labels[other];
    if (least < clusters) labels[row] = least;
  }
  return {
    labels,
    clusters,
    assign: assignment(points, core, labels, radius, X.columns),
    summary: { core_rows: cores, distinct_rows: index.layout.points },
  };
}

/** A new row belongs to the cluster of the nearest core row within the radius, or is noise. */
function assignment(
  points: Points,
  core: Uint8Array,
  labels: Int32Array,
  radius: number,
  columns: number,
): (X: Matrix) => Int32Array {
  const rows = Int32Array.from(core.keys()).filter((row) => core[row] === 1);
  const data = new Float64Array(rows.length * columns);
  rows.forEach((row, k) => {
    data.set(points.data.subarray(row * columns, (row + 1) * columns), k * columns);
  });
  let index: NeighbourIndex | undefined;
  return (X) => {
    checkWidth(X, columns, "dbscan");
    if (rows.length === 0) return new Int32Array(X.rows).fill(NOISE);
    index ??= NeighbourIndex.build({ rows: rows.length, columns, data });
    const nearest = index.nearest(pointsOf(X, "dbscan"), 1);
    return nearest.rows.map((k, i) => (nearest.distances[i] <= radius ? labels[rows[k]] : NOISE));
  };
}
