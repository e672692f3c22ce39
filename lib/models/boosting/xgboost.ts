import { z } from "zod";
import { openXgboost } from "../../engines/boosting/xgboost.js";
import { classWeightParam } from "../classWeights.js";
import { continueFromParam } from "../continueFrom.js";
import type { FitContext, ModelDefinition, Rows } from "../contract.js";
import { monotoneDirections, monotoneParam } from "../trees/monotone.js";
import { engineParams, shareParam } from "./engineModel.js";
import { xgboostEnsemble } from "./engineTrees.js";
import { fitNative } from "./nativeModel.js";

const params = z.strictObject({
  ...engineParams,
  depth: z.int().min(1).max(16).default(6).describe("levels of splits in a tree (max_depth)"),
  l1: z.number().min(0).default(0).describe("penalty on absolute leaf values (alpha)"),
  l2: z.number().min(0).default(1).describe("penalty on squared leaf values (lambda)"),
  min_child_weight: z.number().min(0).default(1).describe("least sum of hessians in a leaf"),
  min_gain: z.number().min(0).default(0).describe("least gain of a split (gamma)"),
  subsample: shareParam.describe("share of the rows that a round learns from"),
  columns: shareParam.describe("share of the columns that a tree may use (colsample_bytree)"),
  bins: z.int().min(2).max(4096).default(256).describe("cuts of a numeric column (max_bin)"),
  class_weight: classWeightParam,
  monotone: monotoneParam,
  continue_from: continueFromParam,
});
export type XgboostParams = z.infer<typeof params>;

/** XGBoost, the original. */
export const definition: ModelDefinition<XgboostParams> = {
  type: "xgboost",
  kind: "classifier",
  family: "boosting",
  title: "XGBoost",
  engine: "xgboost",
  source: "Chen and Guestrin 2016, XGBoost: a scalable tree boosting system, arXiv:1603.02754; version 3.2.0",
  limits:
    "Needs the engine xgboost (nidslab engines add xgboost). A category of the raw view enters as the number of its level, " +
    "in alphabetical order; a view with one-hot makes a column of each. Refuses infinite values: put clean into its view.",
  view: "raw",
  params,
  create: (chosen) => ({ kind: "classifier", fit: (train, context) => fit(chosen, train, context) }),
};

const fit = (chosen: XgboostParams, train: Rows, context: FitContext) =>
  fitNative(
    {
      name: "xgboost",
      open: openXgboost,
      params: (outputs, rows) => xgboostSettings(chosen, outputs, rows, context),
      trees: chosen.trees,
      earlyStopping: chosen.early_stopping,
      classWeight: chosen.class_weight,
      ensemble: xgboostEnsemble,
    },
    train,
    context,
  );

/** The parameters under XGBoost's own names. */
export function xgboostSettings(
  chosen: XgboostParams,
  outputs: number,
  rows: Rows,
  { rng, workers }: Pick<FitContext, "rng" | "workers">,
): Record<string, string | number> {
  const directions = monotoneDirections(chosen.monotone, rows, "xgboost");
  return {
    ...(outputs === 1
      ? { objective: "binary:logistic", eval_metric: "logloss" }
      : { objective: "multi:softprob", num_class: outputs, eval_metric: "mlogloss" }),
    tree_method: "hist",
    max_depth: chosen.depth,
    eta: chosen.learning_rate,
    alpha: chosen.l1,
    lambda: chosen.l2,
    gamma: chosen.min_gain,
    min_child_weight: chosen.min_child_weight,
    subsample: chosen.subsample,
    colsample_bytree: chosen.columns,
    max_bin: chosen.bins,
    ...(directions === null ? {} : { monotone_constraints: `(${directions.join(",")})` }),
    seed: rng.fork("xgboost").uint32() >>> 1,
    nthread: workers,
  };
}
