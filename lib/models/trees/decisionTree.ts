import { z } from "zod";
import { classWeightParam } from "../classWeights.js";
import type { ModelDefinition } from "../contract.js";
import { sampleWeightParam } from "../sampleWeights.js";
import { fitForest, maxDepthParam, maxFeaturesParam } from "./forest.js";
import { monotoneParam } from "./monotone.js";

const params = z.strictObject({
  max_depth: maxDepthParam,
  min_leaf: z.int().min(1).default(1).describe("fewest training rows in a leaf"),
  min_split: z.int().min(2).default(2).describe("fewest training rows in a node that is split"),
  min_gain: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("least fall in Gini impurity, times the node's share of the rows, that a split must bring"),
  ccp_alpha: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("cost of a leaf in cost-complexity pruning, as a share of the rows; 0: no pruning"),
  max_features: maxFeaturesParam("all"),
  class_weight: classWeightParam,
  sample_weight: sampleWeightParam,
  monotone: monotoneParam,
});
export type DecisionTreeParams = z.infer<typeof params>;

/** One classification tree (CART) on the histogram tree core. */
export const definition: ModelDefinition<DecisionTreeParams> = {
  type: "decision-tree",
  kind: "classifier",
  family: "trees",
  title: "Decision tree",
  source:
    "Breiman, Friedman, Olshen and Stone 1984, Classification and regression trees; " +
    "categories ordered by response: Wright and König 2019, PeerJ 7:e6339",
  limits:
    "Grown whole it knows its training rows by heart: nearly all probabilities are 0 or 1, so that few thresholds are " +
    "possible and its ROC-AUC is low. Few rows more or less give another tree. Numeric columns are cut at 4095 quantiles.",
  view: "raw",
  params,
  create: (chosen) => ({
    kind: "classifier",
    fit: (train, context) =>
      fitForest(
        "decision-tree",
        { ...chosen, trees: 1, splitter: "best", fine: true, bootstrap: false, oob: false },
        train,
        context,
      ),
  }),
};
