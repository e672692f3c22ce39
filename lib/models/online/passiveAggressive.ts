import { z } from "zod";
import type { ModelDefinition } from "../contract.js";
import { onlineParams } from "./fitByBatches.js";
import { fitLinear } from "./linearModel.js";
import { hinge, type UpdateRule } from "./linearPredictor.js";

const params = z.strictObject({
  c: z.number().gt(0).default(1).describe("longest step (C): the larger, the more one row may change"),
  ...onlineParams,
});
type PassiveAggressiveParams = z.infer<typeof params>;

/** PA-I: the smallest step that gives the row a margin of 1, but no longer than c. */
export function passiveAggressiveRule(c: number): UpdateRule {
  return {
    step(margin, side, _, squares) {
      const loss = hinge(margin, side);
      const length = loss === 0 ? 0 : squares();
      return length === 0 ? 0 : side * Math.min(c, loss / length);
    },
    loss: hinge,
  };
}

/** The passive-aggressive classifier, PA-I. */
export const definition: ModelDefinition<PassiveAggressiveParams> = {
  type: "passive-aggressive",
  kind: "classifier",
  family: "linear",
  title: "Passive-aggressive classifier (PA-I)",
  source:
    "Crammer, Dekel, Keshet, Shalev-Shwartz and Singer 2006, Online passive-aggressive algorithms, JMLR 7; as scikit-learn's " +
    "PassiveAggressiveClassifier.partial_fit with loss=hinge",
  limits:
    "each row is fitted whatever came before: sensitive to wrong labels and to the order of batches. The score is the margin " +
    "put between 0 and 1 (above .5 is above 0) and no probability: Brier score, log-loss and ECE are null",
  view: "scaled",
  params,
  create: (chosen) => ({
    kind: "classifier",
    fit: (train, context) =>
      fitLinear(
        { type: "passive-aggressive", rule: passiveAggressiveRule(chosen.c), link: "margin" },
        chosen,
        train,
        context,
      ),
  }),
};
