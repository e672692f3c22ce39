import { z } from "zod";
import type { Rng } from "../../base/rng.js";
import { type NeighbourGraph, symmetricGraph } from "../../numeric/neighbours/graph.js";
import { NeighbourIndex } from "../../numeric/neighbours/neighbourIndex.js";
import { withoutSelf } from "../../numeric/neighbours/others.js";
import { nearestInParallel } from "../../numeric/neighbours/parallel.js";
import type { FitContext, FittedClassifier, ModelDefinition, Rows } from "../contract.js";
import { checkEnough, drawRows, keptRowsParam, referenceOf, takeRows } from "./reference.js";
import { voteClassifier } from "./vote.js";

const params = z.strictObject({
  labelled: z
    .number()
    .gt(0)
    .max(1)
    .default(0.1)
    .describe(
      "share of the training rows whose label is looked at, drawn within each class (at least one row of it)",
    ),
  k: z
    .int()
    .min(1)
    .max(1000)
    .default(7)
    .describe("neighbours that a row is joined to, and that vote on a new row"),
  alpha: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.9)
    .describe("how much of a row's label comes from its neighbours, the rest from its own"),
  rows: keptRowsParam("training", 20_000, 2),
});
export type LabelSpreadingParams = z.infer<typeof params>;

/** Semi-supervised nearest neighbours: few labels spread over the graph of near rows, and new rows ask their neighbours. */
export const definition: ModelDefinition<LabelSpreadingParams> = {
  type: "label-spreading",
  kind: "classifier",
  family: "neighbors",
  title: "Label spreading over a graph of nearest neighbours",
  source:
    "Zhou, Bousquet, Lal, Weston and Schölkopf 2004, Learning with local and global consistency, NIPS 16; rows are joined " +
    "when one is among the k nearest of the other; new rows by the mean of their k nearest",
  limits:
    "Assumes that rows of a cluster share a class. Clusters without a labelled row get the shares of the labels. Every " +
    "column weighs by its scale. model.onnx holds the rows, and compares each flow with all of them.",
  view: "scaled",
  params,
  create: (chosen) => ({
    kind: "classifier",
    fit: async (train, context) => fitSpreading(chosen, train, context),
  }),
};

/** Largest change of a label that still counts, and steps at most. */
const TOLERANCE = 1e-9;
const MOST_STEPS = 2000;

async function fitSpreading(
  chosen: LabelSpreadingParams,
  train: Rows,
  context: FitContext,
): Promise<FittedClassifier> {
  const { k, alpha, labelled: share, rows: cap } = chosen;
  const { X, classes } = train;
  const drawn = drawRows(X, cap, context.rng);
  checkEnough("label-spreading", drawn.length, X.rows, k, 1);
  const sample = takeRows(X, drawn);
  const y = Int32Array.from(drawn, (row) => train.y[row]);
  const labels = keptLabels(y, classes.length, share, context.rng.fork("labels"));
  const index = NeighbourIndex.build(sample);
  const near = withoutSelf(await nearestInParallel(index, sample, k + 1, context.workers));
  const spread = spreadLabels(symmetricGraph(near), labels, classes.length, alpha);
  if (!spread.converged)
    context.log(`label-spreading: not converged after ${spread.steps} steps; lower alpha.`);
  const reference = referenceOf(sample, Int32Array.from(drawn.keys()), k);
  const shares = new Float32Array(reference.rows.length * classes.length);
  reference.rows.forEach((row, i) => {
    const c = classes.length;
    shares.set(spread.shares.subarray(row * c, (row + 1) * c), i * c);
  });
  return voteClassifier(
    { type: "label-spreading", reference: reference.X, shares, classes, k, weights: "uniform" },
    {
      rows: drawn.length,
      kept_rows: reference.rows.length,
      labelled_rows: labels.reduce((sum, label) => sum + (label >= 0 ? 1 : 0), 0),
      unreached_rows: spread.unreached,
      steps: spread.steps,
    },
  );
}

/** Class of each row whose label is kept, -1 of the others: the same share of every class, at least one row of it. */
function keptLabels(y: Int32Array, classes: number, share: number, rng: Rng): Int32Array {
  const labels = new Int32Array(y.length).fill(-1);
  for (let c = 0; c < classes; c++) {
    const own = Int32Array.from(y.keys()).filter((row) => y[row] === c);
    if (own.length === 0) continue;
    const count = Math.max(1, Math.round(share * own.length));
    for (const at of rng.fork(c).sample(own.length, count)) labels[own[at]] = c;
  }
  return labels;
}

interface Spread {
  /** n × c, each row sums to 1. */
  readonly shares: Float64Array;
  readonly steps: number;
  readonly converged: boolean;
  /** Rows that no label came to: they have the shares of the labels. */
  readonly unreached: number;
}

/** F ← α D^-½ W D^-½ F + (1 − α) Y until it stands still; then each row is made to sum to 1. */
export function spreadLabels(
  { starts, ends }: NeighbourGraph,
  labels: Int32Array,
  c: number,
  alpha: number,
): Spread {
  const n = labels.length;
  const root = Float64Array.from(
    { length: n },
    (_, i) => 1 / Math.sqrt(Math.max(1, starts[i + 1] - starts[i])),
  );
  let F = new Float64Array(n * c);
  let next = new Float64Array(n * c);
  const prior = new Float64Array(c);
  labels.forEach((label, i) => {
    if (label < 0) return;
    F[i * c + label] = 1;
    prior[label]++;
  });
  let [steps, change] = [0, Number.POSITIVE_INFINITY];
  for (; change > TOLERANCE && steps < MOST_STEPS; steps++) {
    change = 0;
    for (let i = 0; i < n; i++) {
      for (let m = 0; m < c; m++) {
        let sum = 0;
        for (let e = starts[i]; e < starts[i + 1]; e++) sum += root[ends[e]] * F[ends[e] * c + m];
        const at = i * c + m;
        next[at] = alpha * root[i] * sum + (labels[i] === m ? 1 - alpha : 0);
        change = Math.max(change, Math.abs(next[at] - F[at]));
      }
    }
    [F, next] = [next, F];
  }
  const labelled = prior.reduce((sum, count) => sum + count, 0);
  let unreached = 0;
  for (let i = 0; i < n; i++) {
    let total = 0;
    for (let m = 0; m < c; m++) total += F[i * c + m];
    if (total === 0) unreached++;
    for (let m = 0; m < c; m++) F[i * c + m] = total === 0 ? prior[m] / labelled : F[i * c + m] / total;
  }
  return { shares: F, steps, converged: change <= TOLERANCE, unreached };
}
