import { z } from "zod";
import { classWeightParam, classWeights } from "../classWeights.js";
import type { FitContext, FittedClassifier, Matrix, ModelDefinition, Rows } from "../contract.js";
import { checkWidth } from "../width.js";
import { binColumns, shared } from "./bins.js";
import { emitRanks, ranksByResponse, toRanks } from "./categories.js";
import { emitBothClasses, emitEnsemble } from "./emitEnsemble.js";
import { bothClasses, exactSums, sumLeaves, type Tree } from "./ensemble.js";
import { type ForestTask, forestMember, type Grown } from "./growForest.js";
import { checkClasses, classCounts } from "./rows.js";
import { breathe, Team } from "./team.js";

const params = z.strictObject({
  trees: z.int().min(1).max(10000).default(100).describe("number of trees"),
  max_depth: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe("deepest level of a tree; null: until leaves are pure"),
  min_leaf: z.int().min(1).default(1).describe("fewest training rows in a leaf, bootstrap copies counted"),
  max_features: z
    .union([z.enum(["sqrt", "all"]), z.number().gt(0).lte(1)])
    .default("sqrt")
    .describe("columns tried at each node: the square root of all, all, or a share in (0, 1]"),
  bootstrap: z.boolean().default(true).describe("each tree draws its rows with replacement; false: all rows"),
  class_weight: classWeightParam,
});
export type RandomForestParams = z.infer<typeof params>;

/** Random forest on the histogram tree core. */
export const definition: ModelDefinition<RandomForestParams> = {
  type: "random-forest",
  kind: "classifier",
  family: "trees",
  title: "Random forest",
  source:
    "Breiman 2001, Random forests, Machine Learning 45, doi:10.1023/A:1010933404324; " +
    "categories ordered by response: Wright and König 2019, PeerJ 7:e6339",
  limits:
    "Probabilities are coarse with few trees and not calibrated. Numeric columns are cut at 255 quantiles of the " +
    "training rows. It cannot extrapolate: a value beyond the training range counts as the nearest seen one.",
  view: "raw",
  params,
  create: (chosen) => ({ kind: "classifier", fit: (train, context) => fitForest(chosen, train, context) }),
};

/** A fitted forest, with its trees as they were grown. */
export interface FittedForest extends FittedClassifier {
  readonly trees: readonly Tree[];
  /** Numbers in a leaf: a share a class, or of two classes that of the second. */
  readonly width: number;
}

export async function fitForest(
  chosen: RandomForestParams,
  train: Rows,
  context: FitContext,
): Promise<FittedForest> {
  checkClasses(train, "random-forest");
  const { rows, columns } = train.X;
  const categories = ranksByResponse(train);
  const y = shared.bytes(rows);
  y.set(train.y);
  const seeds = Int32Array.from({ length: chosen.trees }, (_, t) => context.rng.fork(t).uint32());
  const trees = await growAll(
    {
      kind: "forest",
      binned: binColumns(toRanks(train.X, categories), rows, columns),
      y,
      classWeights: classWeights(classCounts(train), chosen.class_weight),
      bootstrap: chosen.bootstrap,
      maxDepth: chosen.max_depth ?? Number.POSITIVE_INFINITY,
      minLeaf: chosen.min_leaf,
      tries: columnsTried(chosen.max_features, columns),
      seeds,
      queue: shared.ints(2),
    },
    context.workers,
  );
  const k = train.classes.length;
  const width = k === 2 ? 1 : k;
  const ensemble = exactSums({ trees, width, target: () => 0, targets: width, combine: "average" });
  return {
    kind: "classifier",
    classes: train.classes,
    trees,
    width,
    predictProba(X: Matrix): Matrix {
      checkWidth(X, columns, "random-forest");
      return bothClasses(sumLeaves(ensemble, toRanks(X, categories), columns), X.rows, k);
    },
    emit(onnx, input) {
      const ranked = emitRanks(onnx, input, columns, categories);
      const out = emitEnsemble(onnx, ranked.value, ensemble, ranked.columnOf);
      return k === 2 ? emitBothClasses(onnx, out) : out;
    },
    summary: {
      trees: trees.length,
      nodes: trees.reduce((sum, tree) => sum + tree.feature.length, 0),
      columns_tried: columnsTried(chosen.max_features, columns),
    },
  };
}

function columnsTried(share: RandomForestParams["max_features"], columns: number): number {
  if (share === "all") return columns;
  return Math.max(1, Math.floor(share === "sqrt" ? Math.sqrt(columns) : share * columns));
}

/** Rows × trees below which starting threads takes longer than growing. */
const SMALL = 100_000;
/** Trees a member in one step: between steps the main thread hears signals. */
const TREES_A_STEP = 8;

async function growAll(task: ForestTask, workers: number): Promise<Tree[]> {
  const count = task.seeds.length;
  const members = task.binned.rows * count < SMALL ? 1 : Math.min(workers, count);
  const team = Team.start<Grown[]>(task, forestMember(task), members);
  try {
    for (let next = 0; next < count; next = task.queue[1]) {
      task.queue[0] = next;
      task.queue[1] = Math.min(count, next + TREES_A_STEP * members);
      await team.step(0);
      await breathe();
    }
    const trees: Tree[] = new Array(count);
    for (const { index, tree } of (await team.finish()).flat()) trees[index] = tree;
    return trees;
  } finally {
    await team.stop();
  }
}
