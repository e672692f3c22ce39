import { z } from "zod";
import { classWeightParam } from "../classWeights.js";
import type { ModelDefinition } from "../contract.js";
import { sampleWeightParam } from "../sampleWeights.js";
import { fitForest, maxDepthParam, maxFeaturesParam, outOfBagParam } from "./forest.js";
import { monotoneParam } from "./monotone.js";
import { needsBootstrap } from "./outOfBag.js";

const params = z.strictObject({
  trees: z.int().min(1).max(10000).default(100).describe("number of trees"),
  max_depth: maxDepthParam,
  min_leaf: z.int().min(1).default(1).describe("fewest training rows in a leaf, bootstrap copies counted"),
  max_features: maxFeaturesParam("sqrt"),
  bootstrap: z
    .boolean()
    .default(false)
    .describe("each tree draws its rows with replacement; false: all rows"),
  oob: outOfBagParam,
  class_weight: classWeightParam,
  sample_weight: sampleWeightParam,
  monotone: monotoneParam,
});
export type ExtraTreesParams = z.infer<typeof params>;

/** Extremely randomized trees on the histogram tree core: one border a tried column, drawn between its extremes. */
export const definition: ModelDefinition<ExtraTreesParams> = {
  type: "extra-trees",
  kind: "classifier",
  family: "trees",
  title: "Extra trees",
  source:
    "Geurts, Ernst and Wehenkel 2006, Extremely randomized trees, Machine Learning 63, doi:10.1007/s10994-006-6226-1; " +
    "categories ordered by response: Wright and König 2019, PeerJ 7:e6339",
  limits:
    "Trees are larger than a random forest's. On columns with a long tail most borders fall into the tail: put log1p into " +
    "its view. Rows whose values share one of the 255 bins of a column are not parted by it.",
  view: "raw",
  params,
  problems: needsBootstrap,
  create: (chosen) => ({
    kind: "classifier",
    fit: (train, context) =>
      fitForest(
        "extra-trees",
        { ...chosen, splitter: "random", fine: false, min_split: 2, min_gain: 0, ccp_alpha: 0 },
        train,
        context,
      ),
  }),
};
