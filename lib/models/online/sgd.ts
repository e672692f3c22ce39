import { z } from "zod";
import type { ModelDefinition } from "../contract.js";
import { onlineParams } from "./fitByBatches.js";
import { fitLinear } from "./linearModel.js";
import { hinge, type UpdateRule } from "./linearPredictor.js";

const params = z.strictObject({
  loss: z
    .enum(["log", "hinge"])
    .default("log")
    .describe("log: logistic regression; hinge: a linear SVM, whose scores are margins and no probabilities"),
  penalty: z.enum(["l2", "l1", "elastic-net", "none"]).default("l2").describe("what keeps weights small"),
  alpha: z
    .number()
    .gt(0)
    .default(0.0001)
    .describe("weight of the penalty; the steps shrink as 1 / (alpha × rows), too"),
  l1_ratio: z.number().min(0).max(1).default(0.15).describe("share of L1 in elastic-net"),
  ...onlineParams,
});
export type SgdParams = z.infer<typeof params>;

/** Linear classifier by stochastic gradient descent. */
export const definition: ModelDefinition<SgdParams> = {
  type: "sgd",
  kind: "classifier",
  family: "linear",
  title: "Linear classifier, stochastic gradient descent",
  source:
    "Bottou 2012, Stochastic gradient descent tricks; as scikit-learn's SGDClassifier.partial_fit with " +
    "learning_rate=optimal after StandardScaler.partial_fit",
  limits:
    "the last batches weigh most: with the sequential mixer the last dataset does. Probabilities are not calibrated; with " +
    "hinge the score is the margin put between 0 and 1 (above .5 is above 0), so Brier score, log-loss and ECE are null",
  view: "scaled",
  params,
  create: (chosen) => ({
    kind: "classifier",
    fit: (train, context) =>
      fitLinear(
        { type: "sgd", rule: sgdRule(chosen), link: chosen.loss === "log" ? "logistic" : "margin" },
        chosen,
        train,
        context,
      ),
  }),
};

/** Derivatives beyond this are cut, as in scikit-learn. */
const STEEPEST = 1e12;

/** A gradient step with Bottou's step size 1 / (alpha (t0 + t)), t0 so that the first step is as long as weights are. */
export function sgdRule({
  alpha,
  l1_ratio,
  loss,
  penalty,
}: Pick<SgdParams, "alpha" | "l1_ratio" | "loss" | "penalty">): UpdateRule {
  const typical = Math.sqrt(1 / Math.sqrt(alpha));
  const t0 = 1 / (alpha * (typical / Math.max(1, slope(loss, -typical, 1))));
  const rate = (t: number): number => 1 / (alpha * (t0 + t - 1));
  const l1 = { l2: 0, l1: 1, "elastic-net": l1_ratio, none: 0 }[penalty];
  return {
    step: (margin, side, t) => -rate(t) * Math.max(-STEEPEST, Math.min(STEEPEST, slope(loss, margin, side))),
    loss: loss === "hinge" ? hinge : logistic,
    ...(penalty === "none" ? {} : { penalty: { l2: alpha * (1 - l1), l1: alpha * l1 } }),
    ...(penalty === "l2" || penalty === "elastic-net"
      ? { shrink: (t: number) => Math.max(0, 1 - (1 - l1) * rate(t) * alpha) }
      : {}),
    ...(penalty === "l1" || penalty === "elastic-net" ? { pull: (t: number) => l1 * rate(t) * alpha } : {}),
  };
}

/** log(1 + exp(−margin · side)). */
function logistic(margin: number, side: 1 | -1): number {
  const power = -margin * side;
  return power > 18 ? power : Math.log1p(Math.exp(power));
}

/** Derivative of the loss by the margin. */
function slope(loss: SgdParams["loss"], margin: number, side: 1 | -1): number {
  if (loss === "hinge") return margin * side <= 1 ? -side : 0;
  return -side / (1 + Math.exp(margin * side));
}
