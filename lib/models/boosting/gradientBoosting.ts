import { z } from "zod";
import type { Rng } from "../../base/rng.js";
import { classWeightParam, classWeights } from "../classWeights.js";
import { continueFromParam } from "../continueFrom.js";
import type { FitContext, FittedClassifier, Matrix, ModelDefinition, Rows } from "../contract.js";
import {
  type SampleWeighting,
  sampleWeighting,
  sampleWeightParam,
  weightedCounts,
} from "../sampleWeights.js";
import { binColumns, shared } from "../trees/bins.js";
import { type CategoryRanks, emitRanks, ranksByResponse, toRanks } from "../trees/categories.js";
import { emitBothClasses, emitEnsemble } from "../trees/emitEnsemble.js";
import { addTree, type Ensemble, exactSums, sumLeaves, type Tree } from "../trees/ensemble.js";
import { monotoneDirections, monotoneParam } from "../trees/monotone.js";
import { checkClasses, classCounts } from "../trees/rows.js";
import { checkWidth } from "../width.js";
import { Booster } from "./booster.js";
import { boosterState, earlierRounds } from "./boosterState.js";
import { probabilities } from "./gradients.js";

const share = z.number().gt(0).lte(1).default(1);
const params = z.strictObject({
  trees: z
    .int()
    .min(1)
    .max(10000)
    .default(200)
    .describe("rounds (after continue_from: further ones); with k > 2 classes each round grows k trees"),
  depth: z.int().min(1).max(10).default(6).describe("levels of splits in a tree"),
  learning_rate: z.number().gt(0).lte(1).default(0.1).describe("share of each Newton step that is taken"),
  l2: z.number().min(0).default(1).describe("penalty on squared leaf values (lambda)"),
  min_child_weight: z.number().min(0).default(1).describe("least sum of hessians in a leaf"),
  min_gain: z.number().min(0).default(0).describe("least gain of a split (gamma)"),
  subsample: share.describe("share of the rows that a round learns from"),
  columns: share.describe("share of the columns that a tree may use"),
  class_weight: classWeightParam,
  sample_weight: sampleWeightParam,
  monotone: monotoneParam,
  early_stopping: z
    .int()
    .min(1)
    .nullable()
    .default(20)
    .describe("stop after so many rounds without a lower validation loss and keep the best; null: never"),
  continue_from: continueFromParam,
});
export type GradientBoostingParams = z.infer<typeof params>;

/** Gradient boosting on the histogram tree core. */
export const definition: ModelDefinition<GradientBoostingParams> = {
  type: "gradient-boosting",
  kind: "classifier",
  family: "boosting",
  title: "Gradient boosting",
  source:
    "Chen and Guestrin 2016, XGBoost, arXiv:1603.02754 (level-wise histograms); integer gradients: Shi et al. 2022, " +
    "arXiv:2207.09682; categories ordered by response: Wright and König 2019, PeerJ 7:e6339",
  limits:
    "Confident where it saw nothing alike; probabilities drift on new traffic. Numeric columns are cut at 255 " +
    "quantiles of the training rows. Without validation rows early stopping does nothing.",
  view: "raw",
  params,
  create: (chosen) => ({ kind: "classifier", fit: (train, context) => fitBoosting(chosen, train, context) }),
};

async function fitBoosting(
  chosen: GradientBoostingParams,
  train: Rows,
  context: FitContext,
): Promise<FittedClassifier> {
  checkClasses(train, "gradient-boosting");
  const { rows, columns } = train.X;
  const k = train.classes.length;
  const outputs = k === 2 ? 1 : k;
  const monotone = monotoneDirections(chosen.monotone, train, "gradient-boosting");
  const earlier = context.state === undefined ? null : earlierRounds(context.state, chosen.monotone);
  const categories = earlier?.categories ?? ranksByResponse(train);
  const y = shared.bytes(rows);
  y.set(train.y);
  const perRow = sampleWeighting(chosen.sample_weight, train);
  const weights: Weights = {
    classes: classWeights(classCounts(train), chosen.class_weight),
    rows: perRow?.train ?? null,
  };
  const masses = perRow === null ? classCounts(train) : weightedCounts(train, perRow.train);
  const base = earlier?.base ?? baseMargins(masses, weights.classes);
  const data = toRanks(train.X, categories);
  const trees: Tree[] = [...(earlier?.trees ?? [])];
  const booster = Booster.start(
    {
      binned: binColumns(data, rows, columns),
      y,
      classWeights: weights.classes,
      sampleWeights: weights.rows,
      margins: marginsOf(trees, data, rows, columns, base),
    },
    {
      outputs,
      depth: chosen.depth,
      learningRate: chosen.learning_rate,
      l2: chosen.l2,
      minChildWeight: chosen.min_child_weight,
      minGain: chosen.min_gain,
      subsample: chosen.subsample,
    },
    monotone,
    context.workers,
  );
  const watch = watchOver(context.validation, categories, base, trees, weights.classes, perRow);
  const history: Record<string, number>[] = [];
  const weight = train.y.reduce((sum, c, i) => sum + weights.classes[c] * (weights.rows?.[i] ?? 1), 0);
  const before = trees.length / outputs;
  let kept = before;
  let best = before === 0 ? Number.POSITIVE_INFINITY : (watch?.loss() ?? Number.POSITIVE_INFINITY);
  let losses: Losses = { train: Number.NaN, validation: before === 0 ? null : (watch?.loss() ?? null) };
  try {
    losses = { ...losses, train: (await booster.gradients()) / weight };
    for (let round = before + 1; round <= before + chosen.trees; round++) {
      const drawn = context.rng.fork(round);
      for (let c = 0; c < outputs; c++) {
        const tree = await booster.tree(c, drawn.uint32(), columnMask(columns, chosen.columns, drawn));
        trees.push(tree);
        watch?.add(tree, c);
      }
      const row: Record<string, number> = { round, train_loss: (await booster.gradients()) / weight };
      if (watch !== undefined) row.validation_loss = watch.loss();
      history.push(row);
      const loss = row.validation_loss ?? Number.NEGATIVE_INFINITY;
      if (loss < best || watch === undefined || chosen.early_stopping === null) {
        best = loss;
        kept = round;
        losses = { train: row.train_loss, validation: row.validation_loss ?? null };
      } else if (round - kept >= chosen.early_stopping) break;
    }
  } finally {
    await booster.stop();
  }
  const ensemble: Ensemble = {
    trees: trees.slice(0, kept * outputs),
    width: 1,
    target: (tree) => tree % outputs,
    targets: outputs,
    combine: "sum",
    base,
  };
  return {
    ...fitted(exactSums(ensemble), categories, train.classes, columns),
    summary: {
      rounds: before + history.length,
      rounds_kept: kept,
      ...(before === 0 ? {} : { rounds_before: before }),
      trees: ensemble.trees.length,
      nodes: ensemble.trees.reduce((sum, tree) => sum + tree.feature.length, 0),
      train_loss: losses.train,
      validation_loss: losses.validation,
    },
    history,
    state: boosterState({ base, categories, trees: ensemble.trees }, chosen.monotone),
  };
}

interface Losses {
  readonly train: number;
  readonly validation: number | null;
}

/** Weights of classes, and of rows where they have their own. */
interface Weights {
  readonly classes: Float64Array;
  readonly rows: Float64Array | null;
}

function fitted(
  ensemble: Ensemble,
  categories: readonly CategoryRanks[],
  classes: readonly string[],
  columns: number,
): Omit<FittedClassifier, "summary"> {
  const k = classes.length;
  return {
    kind: "classifier",
    classes,
    predictProba(X: Matrix): Matrix {
      checkWidth(X, columns, "gradient-boosting");
      const margins = sumLeaves(ensemble, toRanks(X, categories), columns);
      const data = new Float32Array(X.rows * k);
      const p = new Float64Array(k);
      for (let i = 0; i < X.rows; i++) {
        probabilities(margins, i, ensemble.targets, p);
        data.set(p, i * k);
      }
      return { rows: X.rows, columns: k, data };
    },
    emit(onnx, input) {
      const ranked = emitRanks(onnx, input, columns, categories);
      const margins = emitEnsemble(onnx, ranked.value, ensemble, ranked.columnOf);
      if (k > 2) return onnx.node("Softmax", [margins], { axis: { int: 1 } });
      return emitBothClasses(onnx, onnx.node("Sigmoid", [margins]));
    },
  };
}

/** Where each row's margins start: the base and what earlier trees say, added in their order; in shared memory. */
function marginsOf(
  trees: readonly Tree[],
  data: Float32Array,
  rows: number,
  columns: number,
  base: Float32Array,
): Float64Array {
  const outputs = base.length;
  const margins = shared.doubles(rows * outputs);
  for (let i = 0; i < margins.length; i++) margins[i] = base[i % outputs];
  trees.forEach((tree, t) => {
    addTree(tree, data, columns, 0, rows, margins, outputs, t % outputs, 1);
  });
  return margins;
}

/** Log-odds of the second of two classes, or the logarithm of each class's share, in the weighted training rows. */
function baseMargins(counts: Float64Array, weights: Float64Array): Float32Array {
  const mass = counts.map((count, c) => count * weights[c]);
  if (mass.length === 2) return Float32Array.of(Math.log(mass[1] / mass[0]));
  const total = mass.reduce((sum, each) => sum + each, 0);
  return Float32Array.from(mass, (each) => Math.log(each / total));
}

function columnMask(columns: number, part: number, rng: Rng): Uint8Array {
  if (part === 1) return new Uint8Array(columns).fill(1);
  const mask = new Uint8Array(columns);
  for (const f of rng.sample(columns, Math.max(1, Math.round(part * columns)))) mask[f] = 1;
  return mask;
}

/** The loss on validation rows, where there are any. */
function watchOver(
  validation: Rows | undefined,
  categories: readonly CategoryRanks[],
  base: Float32Array,
  trees: readonly Tree[],
  classes: Float64Array,
  perRow: SampleWeighting | null,
): Watch | undefined {
  if (validation === undefined || validation.X.rows === 0) return undefined;
  return new Watch(validation, categories, base, trees, { classes, rows: perRow?.of(validation) ?? null });
}

/** Follows the loss on validation rows, weighted as in training. */
class Watch {
  private readonly data: Float32Array;
  private readonly margins: Float64Array;

  constructor(
    private readonly rows: Rows,
    categories: readonly CategoryRanks[],
    base: Float32Array,
    trees: readonly Tree[],
    private readonly weights: Weights,
  ) {
    this.data = toRanks(rows.X, categories);
    this.margins = marginsOf(trees, this.data, rows.X.rows, rows.X.columns, base);
  }

  private get outputs(): number {
    return this.margins.length / this.rows.X.rows;
  }

  add(tree: Tree, output: number): void {
    const { columns, rows } = this.rows.X;
    addTree(tree, this.data, columns, 0, rows, this.margins, this.outputs, output, 1);
  }

  loss(): number {
    const { classes, rows } = this.weights;
    const p = new Float64Array(classes.length);
    let sum = 0;
    let total = 0;
    this.rows.y.forEach((y, i) => {
      probabilities(this.margins, i, this.outputs, p);
      const weight = rows === null ? classes[y] : classes[y] * rows[i];
      sum -= weight * Math.log(Math.max(p[y], 1e-15));
      total += weight;
    });
    return sum / total;
  }
}
