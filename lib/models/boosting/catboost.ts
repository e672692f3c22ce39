import { z } from "zod";
import { trainCatboost } from "../../engines/boosting/catboost.js";
import { classifierTrees } from "../../onnx/classifierTrees.js";
import { readOnnx } from "../../onnx/reader.js";
import { classWeightParam, classWeights } from "../classWeights.js";
import type { FitContext, FittedClassifier, ModelDefinition, Rows } from "../contract.js";
import { countRows, type Ensemble, exactSums } from "../trees/ensemble.js";
import { monotoneDirections, monotoneParam } from "../trees/monotone.js";
import { checkClasses, classCounts } from "../trees/rows.js";
import { engineParams, fittedTrees, labelledNumbers } from "./engineModel.js";

const params = z.strictObject({
  ...engineParams,
  depth: z.int().min(1).max(16).default(6).describe("levels of a tree; all nodes of a level ask the same"),
  l2: z.number().min(0).default(3).describe("penalty on squared leaf values (l2_leaf_reg)"),
  random_strength: z.number().min(0).default(1).describe("noise on the gain of a split, against overfitting"),
  bins: z.int().min(1).max(65535).default(254).describe("cuts of a column (border_count)"),
  class_weight: classWeightParam,
  monotone: monotoneParam,
});
export type CatboostParams = z.infer<typeof params>;

/** CatBoost, the original, by its Python package. */
export const definition: ModelDefinition<CatboostParams> = {
  type: "catboost",
  kind: "classifier",
  family: "boosting",
  title: "CatBoost",
  engine: "catboost",
  source:
    "Prokhorenkova et al. 2018, CatBoost: unbiased boosting with categorical features, arXiv:1706.09516; version 1.2.10",
  limits:
    "Needs the engine catboost (nidslab engines add catboost). Its ONNX export knows no categories, so its own treatment of " +
    "them is not used: a category of the raw view enters as the number of its level, in alphabetical order; a view with " +
    "one-hot makes a column of each. Large trees: 2^depth leaves each.",
  view: "raw",
  params,
  create: (chosen) => ({ kind: "classifier", fit: (train, context) => fit(chosen, train, context) }),
};

async function fit(chosen: CatboostParams, train: Rows, context: FitContext): Promise<FittedClassifier> {
  checkClasses(train, "catboost");
  const weights =
    chosen.class_weight === "none" ? undefined : classWeights(classCounts(train), chosen.class_weight);
  const { validation } = context;
  const directions = monotoneDirections(chosen.monotone, train, "catboost");
  const result = await trainCatboost({
    train: labelledNumbers(train, weights),
    ...(validation === undefined || validation.X.rows === 0
      ? {}
      : { validation: labelledNumbers(validation, weights) }),
    params: {
      loss_function: train.classes.length === 2 ? "Logloss" : "MultiClass",
      learning_rate: chosen.learning_rate,
      depth: chosen.depth,
      l2_leaf_reg: chosen.l2,
      random_strength: chosen.random_strength,
      border_count: chosen.bins,
      ...(directions === null ? {} : { monotone_constraints: [...directions] }),
      random_seed: context.rng.fork("catboost").uint32() >>> 1,
      thread_count: context.workers,
    },
    trees: chosen.trees,
    earlyStopping: chosen.early_stopping,
  });
  const ensemble = catboostEnsemble(result.onnx, result.bias, train);
  const history = result.validationLosses.map((loss, i) => ({ round: i + 1, validation_loss: loss }));
  return fittedTrees(
    "catboost",
    ensemble,
    train.classes,
    train.X.columns,
    {
      rounds: result.rounds,
      rounds_kept: result.roundsKept,
      validation_loss: result.validationLosses[result.roundsKept - 1] ?? null,
    },
    history,
  );
}

/** CatBoost's own export as the kit's trees; explanations ask how many training rows reach each node. */
export function catboostEnsemble(
  onnx: Uint8Array,
  bias: readonly number[],
  { X }: Pick<Rows, "X">,
): Ensemble {
  const { trees, width } = classifierTrees(readOnnx(onnx));
  return exactSums({
    trees: countRows(trees, X.data, X.columns),
    width,
    target: () => 0,
    targets: width,
    combine: "sum",
    base: Float32Array.from({ length: width }, (_, j) => bias[j] ?? 0),
    double: true,
  });
}
