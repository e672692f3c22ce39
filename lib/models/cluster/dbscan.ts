import { z } from "zod";
import { NeighbourIndex } from "../../numeric/neighbours/neighbourIndex.js";
import { withinInParallel } from "../../numeric/neighbours/parallel.js";
import type { Surroundings } from "../../numeric/neighbours/points.js";
import { checkWidth } from "../width.js";
import { type Clusterer, type ClustererDefinition, type Clustering, type Matrix, NOISE } from "./contract.js";
import { distinctRows } from "./distinct.js";
import { type Points, pointsOf } from "./points.js";
import { Sets } from "./sets.js";

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
    fit: (X, { workers }) => dbscan(X, p, workers),
  }),
};

/** Pairs of neighbours that a block of rows should have at most: blocks grow and shrink towards it. */
const PAIRS = 1 << 20;
const FIRST_BLOCK = 256;

/**
 * Core rows within the radius of each other are one cluster; other rows belong to the first cluster that has a core row
 * within their radius, or are noise. Clusters are numbered by their first core row. Equal rows are looked up once; of the
 * neighbours only those of rows that are no core row are kept, so memory is rows × min_rows.
 */
async function dbscan(X: Matrix, { radius, min_rows }: DbscanParams, workers: number): Promise<Clustering> {
  const { points, weights, of } = distinctRows(pointsOf(X, "dbscan"));
  const index = NeighbourIndex.build(points);
  const core = new Uint8Array(points.rows);
  const sets = new Sets(points.rows);
  const border: { readonly row: number; readonly near: Int32Array }[] = [];
  for await (const { from, count, found } of blocks(index, points, radius, workers)) {
    for (let i = 0; i < count; i++) {
      const near = found.rows.subarray(found.starts[i], found.starts[i + 1]);
      let rows = 0;
      for (let n = 0; n < near.length; n++) rows += weights[near[n]];
      if (rows < min_rows) {
        border.push({ row: from + i, near: near.slice() });
        continue;
      }
      core[from + i] = 1;
      // Rows ascend: those before this one are known.
      for (let n = 0; n < near.length && near[n] < from + i; n++)
        if (core[near[n]] === 1) sets.join(near[n], from + i);
    }
  }
  const { labels, clusters } = coreLabels(core, sets);
  for (const { row, near } of border) {
    let least = clusters;
    for (const other of near) if (core[other] === 1 && labels[other] < least) least = labels[other];
    if (least < clusters) labels[row] = least;
  }
  const cores = core.reduce((sum, is, row) => sum + is * weights[row], 0);
  return {
    labels: of.map((row) => labels[row]),
    clusters,
    assign: assignment(points, core, labels, radius, X.columns),
    summary: { core_rows: cores, distinct_rows: points.rows },
  };
}

interface Block {
  readonly from: number;
  readonly count: number;
  readonly found: Surroundings;
}

/** What lies around each row, block by block. */
async function* blocks(
  index: NeighbourIndex,
  points: Points,
  radius: number,
  workers: number,
): AsyncGenerator<Block, void> {
  const { columns, data } = points;
  let size = FIRST_BLOCK;
  for (let from = 0; from < points.rows; ) {
    const count = Math.min(size, points.rows - from);
    const block = { rows: count, columns, data: data.subarray(from * columns, (from + count) * columns) };
    const found = await withinInParallel(index, block, radius, workers);
    yield { from, count, found };
    from += count;
    const pairs = found.rows.length / count;
    size = Math.max(16, Math.min(4 * size, Math.floor(PAIRS / Math.max(1, pairs))));
  }
}

function coreLabels(
  core: Uint8Array,
  sets: Sets,
): { readonly labels: Int32Array; readonly clusters: number } {
  const labels = new Int32Array(core.length).fill(NOISE);
  let clusters = 0;
  for (let row = 0; row < core.length; row++) {
    if (core[row] === 0) continue;
    const root = sets.root(row); // the lowest row of the set: labelled before the others
    labels[row] = root === row ? clusters++ : labels[root];
  }
  return { labels, clusters };
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
