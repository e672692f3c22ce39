import { z } from "zod";

/** How scores become probabilities that can be taken at their word; see calibration/calibrator.ts. */
export const calibrationMethods = ["none", "platt", "isotonic", "temperature"] as const;
export type CalibrationMethod = (typeof calibrationMethods)[number];

const share = (): z.ZodNumber => z.number().gt(0).lt(1);
const calibration = z.enum(calibrationMethods).optional();

const rules = {
  half: z.strictObject({ rule: z.literal("half"), calibration }),
  maxF1: z.strictObject({ rule: z.literal("max-f1"), calibration }),
  precision: z.strictObject({ rule: z.literal("recall-at-precision"), precision: share(), calibration }),
  recall: z.strictObject({ rule: z.literal("precision-at-recall"), recall: share(), calibration }),
  budget: z.strictObject({ rule: z.literal("fpr-budget"), fpr: share(), calibration }),
  quantile: z.strictObject({ rule: z.literal("benign-quantile"), contamination: share(), calibration }),
};

/**
 * `decision` of a model, or the default one: how `train` chooses the threshold on validation (threshold.ts), and
 * whether probabilities are calibrated there first (default: none).
 */
export const decisionRule = z.discriminatedUnion("rule", [
  rules.half,
  rules.maxF1,
  rules.precision,
  rules.recall,
  rules.budget,
  rules.quantile,
]);
export type DecisionRule = z.infer<typeof decisionRule>;

/** Why a detector cannot be calibrated, and what to do. */
export function uncalibrated(method: string): string {
  return (
    `calibration ${method} turns probabilities into better ones, and a detector has a score and no probability ` +
    "(to make one of it takes attacks, which it never sees). Give the model a decision of its own, with calibration: none."
  );
}
