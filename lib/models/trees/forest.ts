import { z } from "zod";
import { breathe } from "../../base/breathe.js";
import { type ClassWeight, classWeights } from "../classWeights.js";
import type { FitContext, FittedClassifier, Matrix, Rows } from "../contract.js";
import { type SampleWeight, sampleWeighting } from "../sampleWeights.js";
import { checkWidth } from "../width.js";
import { binColumns, binColumnsFinely, shared } from "./bins.js";
import { emitRanks, ranksByResponse, toRanks } from "./categories.js";
import { emitBothClasses, emitEnsemble } from "./emitEnsemble.js";
import { bothClasses, exactSums, sumLeaves, type Tree } from "./ensemble.js";
import { type ForestTask, forestMember, type GrownTrees } from "./growForest.js";
import { type Monotone, monotoneDirections } from "./monotone.js";
import { type OutOfBagVotes, outOfBagScores } from "./outOfBag.js";
import { checkClasses, classCounts } from "./rows.js";
import { Team } from "./team.js";

/** `max_depth` of every model of trees that are grown whole. */
export const maxDepthParam = z
  .int()
  .min(1)
  .nullable()
  .default(null)
  .describe("deepest level of a tree; null: until leaves are pure");

export type ColumnShare = "sqrt" | "all" | number;

/** `max_features`. */
export function maxFeaturesParam(usual: "sqrt" | "all"): z.ZodType<ColumnShare> {
  return z
    .union([z.enum(["sqrt", "all"]), z.number().gt(0).lte(1)])
    .default(usual)
    .describe("columns tried at each node: the square root of all, all, or a share in (0, 1]");
}

/** `oob`. */
export const outOfBagParam = z
  .boolean()
  .default(false)
  .describe(
    "score on the rows that a tree did not draw, into the model's summary (too good where rows are near copies of one another)",
  );

/** What a forest of whole trees is made by. */
export interface ForestSettings {
  readonly trees: number;
  readonly max_depth: number | null;
  readonly min_leaf: number;
  readonly min_split: number;
  readonly min_gain: number;
  readonly ccp_alpha: number;
  readonly max_features: ColumnShare;
  readonly splitter: "best" | "random";
  /** Cut columns into 4095 bins and not 255. */
  readonly fine: boolean;
  readonly bootstrap: boolean;
  readonly oob: boolean;
  readonly class_weight: ClassWeight;
  readonly sample_weight: SampleWeight;
  readonly monotone: Monotone;
}

/** A fitted forest, with its trees as they were grown. */
export interface FittedForest extends FittedClassifier {
  readonly trees: readonly Tree[];
  /** Numbers in a leaf: a share a class, or of two classes that of the second. */
  readonly width: number;
}

/** Grow a forest (one tree is one, too) on the histogram core: the probabilities of its trees are averaged. */
export async function fitForest(
  model: string,
  chosen: ForestSettings,
  train: Rows,
  context: FitContext,
): Promise<FittedForest> {
  checkClasses(train, model);
  const { rows, columns } = train.X;
  const monotone = monotoneDirections(chosen.monotone, train, model);
  const sampleWeights = sampleWeighting(chosen.sample_weight, train)?.train ?? null;
  const categories = ranksByResponse(train);
  const y = shared.bytes(rows);
  y.set(train.y);
  const seeds = Int32Array.from({ length: chosen.trees }, (_, t) => context.rng.fork(t).uint32());
  const tries = columnsTried(chosen.max_features, columns);
  const grown = await growAll(
    {
      kind: "forest",
      binned: (chosen.fine ? binColumnsFinely : binColumns)(toRanks(train.X, categories), rows, columns),
      y,
      classWeights: classWeights(classCounts(train), chosen.class_weight),
      sampleWeights,
      splitter: chosen.splitter,
      bootstrap: chosen.bootstrap,
      maxDepth: chosen.max_depth ?? Number.POSITIVE_INFINITY,
      minLeaf: chosen.min_leaf,
      minSplit: chosen.min_split,
      minGain: chosen.min_gain,
      ccpAlpha: chosen.ccp_alpha,
      tries,
      monotone,
      outOfBag: chosen.oob,
      seeds,
      queue: shared.ints(2),
    },
    context.workers,
  );
  const { trees } = grown;
  const k = train.classes.length;
  const width = k === 2 ? 1 : k;
  const ensemble = exactSums({ trees, width, target: () => 0, targets: width, combine: "average" });
  return {
    kind: "classifier",
    classes: train.classes,
    trees,
    width,
    predictProba(X: Matrix): Matrix {
      checkWidth(X, columns, model);
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
      columns_tried: tries,
      ...(chosen.oob ? outOfBagScores(grown.votes, train.y, k) : {}),
    },
  };
}

function columnsTried(share: ColumnShare, columns: number): number {
  if (share === "all") return columns;
  return Math.max(1, Math.floor(share === "sqrt" ? Math.sqrt(columns) : share * columns));
}

/** Rows × trees below which starting threads takes longer than growing. */
const SMALL = 100_000;
/** Trees a member in one step: between steps the main thread hears signals. */
const TREES_A_STEP = 8;

async function growAll(
  task: ForestTask,
  workers: number,
): Promise<{ readonly trees: readonly Tree[]; readonly votes: readonly OutOfBagVotes[] }> {
  const count = task.seeds.length;
  const members = task.binned.rows * count < SMALL ? 1 : Math.min(workers, count);
  const team = Team.start<GrownTrees>(task, forestMember(task), members);
  try {
    for (let next = 0; next < count; next = task.queue[1]) {
      task.queue[0] = next;
      task.queue[1] = Math.min(count, next + TREES_A_STEP * members);
      await team.step(0);
      await breathe();
    }
    const parts = await team.finish();
    const trees: Tree[] = new Array(count);
    for (const { index, tree } of parts.flatMap((part) => part.trees)) trees[index] = tree;
    return { trees, votes: parts.flatMap(({ votes }) => (votes === null ? [] : [votes])) };
  } finally {
    await team.stop();
  }
}
