import { z } from "zod";
import { classWeightParam } from "../classWeights.js";
import type { FitContext, ModelDefinition, Rows } from "../contract.js";
import { sampleWeightParam } from "../sampleWeights.js";
import { type FittedForest, fitForest, maxDepthParam, maxFeaturesParam, outOfBagParam } from "./forest.js";
import { monotoneParam } from "./monotone.js";
import { needsBootstrap } from "./outOfBag.js";

const params = z.strictObject({
  trees: z.int().min(1).max(10000).default(100).describe("number of trees"),
  max_depth: maxDepthParam,
  min_leaf: z.int().min(1).default(1).describe("fewest training rows in a leaf, bootstrap copies counted"),
  max_features: maxFeaturesParam("sqrt"),
  bootstrap: z.boolean().default(true).describe("each tree draws its rows with replacement; false: all rows"),
  oob: outOfBagParam,
  class_weight: classWeightParam,
  sample_weight: sampleWeightParam,
  monotone: monotoneParam,
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
  problems: needsBootstrap,
  create: (chosen) => ({
    kind: "classifier",
    fit: (train, context) => fitRandomForest(chosen, train, context),
  }),
};

export function fitRandomForest(
  chosen: RandomForestParams,
  train: Rows,
  context: FitContext,
): Promise<FittedForest> {
  const settings = {
    ...chosen,
    splitter: "best",
    fine: false,
    min_split: 2,
    min_gain: 0,
    ccp_alpha: 0,
  } as const;
  return fitForest("random-forest", settings, train, context);
}
