import { z } from "zod";
import { openLightgbm } from "../../engines/boosting/lightgbm.js";
import { classWeightParam } from "../classWeights.js";
import { continueFromParam } from "../continueFrom.js";
import type { FitContext, ModelDefinition, Rows } from "../contract.js";
import { monotoneDirections, monotoneParam } from "../trees/monotone.js";
import { engineParams, shareParam } from "./engineModel.js";
import { lightgbmEnsemble } from "./engineTrees.js";
import { fitNative } from "./nativeModel.js";

const params = z.strictObject({
  ...engineParams,
  leaves: z.int().min(2).max(131072).default(31).describe("most leaves of a tree (num_leaves)"),
  depth: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe("deepest level of a tree (max_depth); null: no limit"),
  l1: z.number().min(0).default(0).describe("penalty on absolute leaf values (lambda_l1)"),
  l2: z.number().min(0).default(0).describe("penalty on squared leaf values (lambda_l2)"),
  min_leaf: z.int().min(1).default(20).describe("fewest training rows in a leaf (min_data_in_leaf)"),
  min_child_weight: z.number().min(0).default(1e-3).describe("least sum of hessians in a leaf"),
  min_gain: z.number().min(0).default(0).describe("least gain of a split (min_gain_to_split)"),
  subsample: shareParam.describe("share of the rows that a round learns from (bagging_fraction)"),
  columns: shareParam.describe("share of the columns that a tree may use (feature_fraction)"),
  bins: z.int().min(2).max(4096).default(255).describe("cuts of a numeric column (max_bin)"),
  class_weight: classWeightParam,
  monotone: monotoneParam,
  continue_from: continueFromParam,
});
export type LightgbmParams = z.infer<typeof params>;

/** LightGBM, the original. */
export const definition: ModelDefinition<LightgbmParams> = {
  type: "lightgbm",
  kind: "classifier",
  family: "boosting",
  title: "LightGBM",
  engine: "lightgbm",
  source:
    "Ke et al. 2017, LightGBM: a highly efficient gradient boosting decision tree, NeurIPS 30, pages 3146-3154; version 4.7.0",
  limits:
    "Needs the engine lightgbm (nidslab engines add lightgbm). Grows the leaf that gains most: deep, lopsided trees, which " +
    "overfit small data, and rare classes among several. A category of the raw view enters as the number of its level, in " +
    "alphabetical order. A value that is missing for the first time counts as 0.",
  view: "raw",
  params,
  create: (chosen) => ({ kind: "classifier", fit: (train, context) => fit(chosen, train, context) }),
};

const fit = (chosen: LightgbmParams, train: Rows, context: FitContext) =>
  fitNative(
    {
      name: "lightgbm",
      open: openLightgbm,
      params: (outputs, rows) => lightgbmSettings(chosen, outputs, rows, context),
      trees: chosen.trees,
      earlyStopping: chosen.early_stopping,
      classWeight: chosen.class_weight,
      ensemble: lightgbmEnsemble,
    },
    train,
    context,
  );

/** The parameters under LightGBM's own names. */
export function lightgbmSettings(
  chosen: LightgbmParams,
  outputs: number,
  rows: Rows,
  { rng, workers }: Pick<FitContext, "rng" | "workers">,
): Record<string, string | number> {
  const directions = monotoneDirections(chosen.monotone, rows, "lightgbm");
  return {
    ...(outputs === 1
      ? { objective: "binary", metric: "binary_logloss" }
      : { objective: "multiclass", num_class: outputs, metric: "multi_logloss" }),
    num_leaves: chosen.leaves,
    max_depth: chosen.depth ?? -1,
    learning_rate: chosen.learning_rate,
    lambda_l1: chosen.l1,
    lambda_l2: chosen.l2,
    min_data_in_leaf: chosen.min_leaf,
    min_sum_hessian_in_leaf: chosen.min_child_weight,
    min_gain_to_split: chosen.min_gain,
    bagging_fraction: chosen.subsample,
    bagging_freq: chosen.subsample < 1 ? 1 : 0,
    feature_fraction: chosen.columns,
    max_bin: chosen.bins,
    ...(directions === null ? {} : { monotone_constraints: directions.join(",") }),
    seed: rng.fork("lightgbm").uint32() >>> 1,
    num_threads: workers,
    deterministic: "true",
    force_row_wise: "true",
  };
}
