import { z } from "zod";

const rules = {
  half: z.strictObject({ rule: z.literal("half") }),
  maxF1: z.strictObject({ rule: z.literal("max-f1") }),
  budget: z.strictObject({ rule: z.literal("fpr-budget"), fpr: z.number().gt(0).lt(1) }),
  quantile: z.strictObject({ rule: z.literal("benign-quantile"), contamination: z.number().gt(0).lt(1) }),
};

/** `decision` of a model, or the default one: how `train` chooses the threshold on validation. */
export const decisionRule = z.discriminatedUnion("rule", [
  rules.half,
  rules.maxF1,
  rules.budget,
  rules.quantile,
]);
export type DecisionRule = z.infer<typeof decisionRule>;
