import { z } from "zod";
import type { Rng } from "../../base/rng.js";
import { CenterRows } from "../../numeric/centerRows.js";
import type { Clusterer, ClustererDefinition } from "./contract.js";
import { kMeansClustering } from "./kMeans.js";
import { nearestCenters } from "./lloyd.js";
import { checkClusters, type Points, pointsOf } from "./points.js";
import { plusPlus, sum } from "./seeding.js";

const params = z.strictObject({
  clusters: z.int().min(1).max(1000).default(8).describe("how many clusters"),
  batch: z.int().min(1).max(1e6).default(1024).describe("rows of a batch, drawn with replacement"),
  starts: z.int().min(1).max(1000).default(3).describe("first centres that are tried; the best are kept"),
  max_passes: z.int().min(1).max(100000).default(100).describe("batches at most, in passes over the rows"),
  patience: z
    .int()
    .min(1)
    .max(100000)
    .default(10)
    .describe("batches without a smaller (smoothed) inertia before it stops"),
  reassign: z
    .number()
    .min(0)
    .lt(1)
    .default(0.01)
    .describe("a centre with fewer rows than this share of the largest one starts again at a drawn row"),
});
type MiniBatchParams = z.infer<typeof params>;

/** Batches between two looks for centres that are hardly used, in rows a cluster. */
const REASSIGN_AFTER = 10;
/** Of a batch's centres at most this share starts again. */
const MOST_REASSIGNED = 0.5;

/** K-means from small batches: nearly as good, in a fraction of the time. */
export const definition: ClustererDefinition<MiniBatchParams> = {
  type: "mini-batch-k-means",
  title: "Mini-batch k-means",
  source: "Sculley 2010, Web-scale k-means clustering, WWW",
  limits: "as k-means; its centres depend more on the seed",
  params,
  create: (p): Clusterer => ({
    fit: async (X, { rng }) => {
      checkClusters(X.rows, p.clusters, "mini-batch-k-means");
      const points = pointsOf(X, "mini-batch-k-means");
      const { centers, batches } = byBatches(points, p, rng);
      const { labels, inertia } = nearestCenters(points, centers);
      return kMeansClustering(
        { centers, labels, inertia, iterations: batches },
        X.columns,
        "mini-batch-k-means",
      );
    },
  }),
};

function byBatches(
  X: Points,
  p: MiniBatchParams,
  rng: Rng,
): { readonly centers: Float64Array; readonly batches: number } {
  const size = Math.min(p.batch, X.rows);
  const centers = firstCenters(X, p, size, rng.fork("start"));
  const draws = rng.fork("batches");
  const counts = new Float64Array(p.clusters);
  const held = new CenterRows(null, size, X.columns, p.clusters);
  const batch = pointsIn(held, size, X.columns);
  const most = Math.ceil((p.max_passes * X.rows) / size);
  // Exponentially weighted inertia of a row: a single batch says little.
  const weight = Math.min(1, (2 * size) / (X.rows + 1));
  let smooth = Number.NaN;
  let [best, sinceBest, sinceReassigned] = [Number.POSITIVE_INFINITY, 0, 0];
  let done = 0;
  while (done < most) {
    done++;
    take(X, batch, draws);
    const inertia = placed(held, centers, p.clusters);
    learn(centers, counts, held);
    sinceReassigned += size;
    if (p.reassign > 0 && (sinceReassigned >= REASSIGN_AFTER * p.clusters || counts.includes(0))) {
      sinceReassigned = 0;
      startAgain(centers, counts, batch, p.reassign, draws);
    }
    if (done === 1) continue; // the first one tells of the first centres
    const mean = inertia / size;
    smooth = Number.isNaN(smooth) ? mean : smooth * (1 - weight) + mean * weight;
    if (smooth < best) [best, sinceBest] = [smooth, 0];
    else if (++sinceBest >= p.patience) break;
  }
  return { centers, batches: done };
}

/** Of several k-means++ on a part of the rows, the one with the least inertia on another part. */
function firstCenters(X: Points, p: MiniBatchParams, size: number, rng: Rng): Float64Array {
  const part = Math.min(X.rows, Math.max(3 * size, 3 * p.clusters));
  const rows = (): CenterRows => new CenterRows(null, part, X.columns, p.clusters);
  const [seen, unseen] = [rows(), rows()];
  const own = pointsIn(seen, part, X.columns);
  takeDistinct(X, pointsIn(unseen, part, X.columns), rng.fork("held"));
  let best: Float64Array = new Float64Array(0);
  let least = Number.POSITIVE_INFINITY;
  for (let start = 0; start < p.starts; start++) {
    const stream = rng.fork(start);
    takeDistinct(X, own, stream.fork("rows"));
    const centers = plusPlus(own, p.clusters, stream.fork("centres"), seen);
    const inertia = placed(unseen, centers, p.clusters);
    if (inertia < least) [best, least] = [centers, inertia];
  }
  return best.length > 0 ? best : plusPlus(X, p.clusters, rng);
}

/** The rows that a kernel holds: what is written to them is written there. */
function pointsIn({ data }: CenterRows, rows: number, columns: number): Points {
  return { rows, columns, data };
}

/** Find the nearest centre of each row that is held. @returns the sum of the squared distances */
function placed(held: CenterRows, centers: Float64Array, clusters: number): number {
  held.centers.set(centers);
  held.place(clusters);
  return sum(held.nearest);
}

function take(X: Points, into: Points, rng: Rng): void {
  for (let i = 0; i < into.rows; i++) copyRow(X, rng.integer(X.rows), into, i);
}

function takeDistinct(X: Points, into: Points, rng: Rng): void {
  rng.sample(X.rows, into.rows).forEach((row, i) => {
    copyRow(X, row, into, i);
  });
}

function copyRow({ columns, data }: Points, row: number, into: Points, at: number): void {
  const [to, from] = [at * columns, row * columns];
  for (let j = 0; j < columns; j++) into.data[to + j] = data[from + j];
}

/** Each centre becomes the mean of all rows that it was ever given. */
function learn(centers: Float64Array, counts: Float64Array, held: CenterRows): void {
  held.sum();
  const { labels, sums } = held;
  const more = new Float64Array(counts.length);
  for (const label of labels) more[label]++;
  const columns = centers.length / counts.length;
  for (let c = 0; c < counts.length; c++) {
    if (more[c] === 0) continue;
    const total = counts[c] + more[c];
    for (let j = c * columns; j < (c + 1) * columns; j++)
      centers[j] = (centers[j] * counts[c] + sums[j]) / total;
    counts[c] = total;
  }
}

/** Centres that hardly any row was given to start again at rows of the batch. */
function startAgain(
  centers: Float64Array,
  counts: Float64Array,
  batch: Points,
  share: number,
  rng: Rng,
): void {
  const largest = counts.reduce((a, b) => Math.max(a, b), 0);
  let few = Array.from(counts.keys()).filter((c) => counts[c] < share * largest);
  if (few.length === 0) return;
  few = few.sort((a, b) => counts[a] - counts[b] || a - b);
  few = few.slice(0, Math.max(1, Math.floor(MOST_REASSIGNED * batch.rows)));
  let kept = Number.POSITIVE_INFINITY;
  counts.forEach((count, c) => {
    if (!few.includes(c)) kept = Math.min(kept, count);
  });
  const rows = rng.sample(batch.rows, Math.min(few.length, batch.rows));
  rows.forEach((row, i) => {
    const { columns, data } = batch;
    centers.set(data.subarray(row * columns, (row + 1) * columns), few[i] * columns);
    counts[few[i]] = kept;
  });
}
