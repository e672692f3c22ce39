import { z } from "zod";
import type { Rng } from "../../base/rng.js";
import { classWeightParam, classWeights } from "../classWeights.js";
import type { FitContext, FittedClassifier, Matrix, ModelDefinition, Rows } from "../contract.js";
import { binColumns, shared } from "../trees/bins.js";
import { type CategoryRanks, emitRanks, ranksByResponse, toRanks } from "../trees/categories.js";
import { emitBothClasses, emitEnsemble } from "../trees/emitEnsemble.js";
import { addTree, type Ensemble, exactSums, sumLeaves, type Tree } from "../trees/ensemble.js";
import { checkClasses, classCounts } from "../trees/rows.js";
import { checkWidth } from "../width.js";
import { Booster } from "./booster.js";
import { probabilities } from "./gradients.js";

const share = z.number().gt(0).lte(1).default(1);
const params = z.strictObject({
  trees: z
    .int()
    .min(1)
    .max(10000)
    .default(200)
    .describe("rounds; with k > 2 classes each round grows k trees"),
  depth: z.int().min(1).max(10).default(6).describe("levels of splits in a tree"),
  learning_rate: z.number().gt(0).lte(1).default(0.1).describe("share of each Newton step that is taken"),
  l2: z.number().min(0).default(1).describe("penalty on squared leaf values (lambda)"),
  min_child_weight: z.number().min(0).default(1).describe("least sum of hessians in a leaf"),
  min_gain: z.number().min(0).default(0).describe("least gain of a split (gamma)"),
  subsample: share.describe("share of the rows that a round learns from"),
  columns: share.describe("share of the columns that a tree may use"),
  class_weight: classWeightParam,
  early_stopping: z
    .int()
    .min(1)
    .nullable()
    .default(20)
    .describe("stop after so many rounds without a lower validation loss and keep the best; null: never"),
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
  const categories = ranksByResponse(train);
  const y = shared.bytes(rows);
  y.set(train.y);
  const weights = classWeights(classCounts(train), chosen.class_weight);
  const base = baseMargins(classCounts(train), weights);
  const booster = Booster.start(
    binColumns(toRanks(train.X, categories), rows, columns),
    y,
    weights,
    base,
    {
      outputs,
      depth: chosen.depth,
      learningRate: chosen.learning_rate,
      l2: chosen.l2,
      minChildWeight: chosen.min_child_weight,
      minGain: chosen.min_gain,
      subsample: chosen.subsample,
    },
    context.workers,
  );
  const watch =
    context.validation === undefined || context.validation.X.rows === 0
      ? undefined
      : new Watch(context.validation, categories, base, weights);
  const trees: Tree[] = [];
  const history: Record<string, number>[] = [];
  const weight = y.reduce((sum, c) => sum + weights[c], 0);
  let kept = 0;
  let best = Number.POSITIVE_INFINITY;
  try {
    await booster.gradients();
    for (let round = 1; round <= chosen.trees; round++) {
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
      } else if (round - kept >= chosen.early_stopping) break;
    }
  } finally {
    await booster.stop();
  }
  const ensemble = exactSums({
    trees: trees.slice(0, kept * outputs),
    width: 1,
    target: (tree) => tree % outputs,
    targets: outputs,
    combine: "sum",
    base,
  });
  return fitted(ensemble, categories, train.classes, columns, history, kept);
}

function fitted(
  ensemble: Ensemble,
  categories: readonly CategoryRanks[],
  classes: readonly string[],
  columns: number,
  history: readonly Record<string, number>[],
  kept: number,
): FittedClassifier {
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
    summary: {
      rounds: history.length,
      rounds_kept: kept,
      trees: ensemble.trees.length,
      nodes: ensemble.trees.reduce((sum, tree) => sum + tree.feature.length, 0),
      train_loss: history[kept - 1].train_loss,
      validation_loss: history[kept - 1].validation_loss ?? null,
    },
    history,
  };
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

/** Follows the loss on validation rows, weighted as in training. */
class Watch {
  private readonly data: Float32Array;
  private readonly margins: Float64Array;

  constructor(
    private readonly rows: Rows,
    categories: readonly CategoryRanks[],
    base: Float32Array,
    private readonly weights: Float64Array,
  ) {
    this.data = toRanks(rows.X, categories);
    this.margins = new Float64Array(rows.X.rows * base.length);
    for (let i = 0; i < this.margins.length; i++) this.margins[i] = base[i % base.length];
  }

  private get outputs(): number {
    return this.margins.length / this.rows.X.rows;
  }

  add(tree: Tree, output: number): void {
    const { columns, rows } = this.rows.X;
    addTree(tree, this.data, columns, 0, rows, this.margins, this.outputs, output, 1);
  }

  loss(): number {
    const p = new Float64Array(this.weights.length);
    let sum = 0;
    let weight = 0;
    this.rows.y.forEach((y, i) => {
      probabilities(this.margins, i, this.outputs, p);
      sum -= this.weights[y] * Math.log(Math.max(p[y], 1e-15));
      weight += this.weights[y];
    });
    return sum / weight;
  }
}
