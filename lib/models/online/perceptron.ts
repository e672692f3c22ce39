import { z } from "zod";
import type { ModelDefinition } from "../contract.js";
import { onlineParams } from "./fitByBatches.js";
import { fitLinear } from "./linearModel.js";
import type { UpdateRule } from "./linearPredictor.js";

const params = z.strictObject({ ...onlineParams });
type PerceptronParams = z.infer<typeof params>;

/** Adds a row that is on the wrong side of the plane to the weights, or takes it away. */
export const perceptronRule: UpdateRule = {
  step: (margin, side) => (margin * side <= 0 ? side : 0),
  loss: (margin, side) => Math.max(0, -margin * side),
};

/** The perceptron. */
export const definition: ModelDefinition<PerceptronParams> = {
  type: "perceptron",
  kind: "classifier",
  family: "linear",
  title: "Perceptron",
  source:
    "Rosenblatt 1958, The perceptron, Psychological Review 65; as scikit-learn's Perceptron.partial_fit",
  limits:
    "never settles where no plane parts the classes, so the last rows decide much. The score is the margin put between 0 " +
    "and 1 (above .5 is above 0) and no probability: Brier score, log-loss and ECE are null",
  view: "scaled",
  params,
  create: (chosen) => ({
    kind: "classifier",
    fit: (train, context) =>
      fitLinear({ type: "perceptron", rule: perceptronRule, link: "margin" }, chosen, train, context),
  }),
};
