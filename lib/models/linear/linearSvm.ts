import { z } from "zod";
import { classWeightParam } from "../classWeights.js";
import type { Classifier, FitContext, FittedClassifier, ModelDefinition, Rows } from "../contract.js";
import { fittedLinear } from "../online/fittedLinear.js";
import { presentClasses } from "../presentClasses.js";
import { crossFittedSvm } from "./crossFittedSvm.js";
import { newtonParams } from "./newtonParams.js";
import { fitOneVsRest, summaryOf, warn } from "./oneVsRest.js";
import { sparseRows } from "./sparse.js";

const params = z.strictObject({
  l2: z
    .number()
    .gt(0)
    .default(1)
    .describe("penalty: the sum of squared hinges plus l2/2 times the squared weights (1 / C of LinearSVC)"),
  intercept: z
    .enum(["penalised", "free"])
    .default("penalised")
    .describe("penalised: the intercept is a weight like the others, as in LIBLINEAR and LinearSVC"),
  calibration: z
    .enum(["none", "sigmoid"])
    .default("none")
    .describe(
      "none: the score is a margin; sigmoid: three models, each calibrated by a sigmoid on the third of the training rows that it " +
        "did not see, their probabilities averaged (CalibratedClassifierCV with cv=3 and ensemble=True)",
    ),
  ...newtonParams("Newton steps at most, for each class"),
  class_weight: classWeightParam,
});
type LinearSvmParams = z.infer<typeof params>;

/** Linear support vector machine with the squared hinge; of more than two classes each against the rest. */
export const definition: ModelDefinition<LinearSvmParams> = {
  type: "linear-svm",
  kind: "classifier",
  family: "linear",
  title: "Linear SVM (squared hinge)",
  source:
    "Fan, Chang, Hsieh, Wang and Lin 2008, LIBLINEAR, JMLR 9 (LinearSVC with dual=False); solved by Newton's method, Keerthi " +
    "and DeCoste 2005, JMLR 6; sigmoid: Platt 1999",
  limits:
    "one weight a column: no interactions; needs scaled columns without missing values; slow above a thousand dense columns. " +
    "Without calibration the score is the margin put between 0 and 1 (above .5 is above 0) and no probability: Brier score, " +
    "log-loss and ECE are null. The sigmoid's thirds are runs of rows in their order, not drawn at random",
  view: "scaled",
  params,
  create: (chosen): Classifier => ({
    kind: "classifier",
    fit: async (train, context) => fitLinearSvm(chosen, train, context),
  }),
};

function fitLinearSvm(chosen: LinearSvmParams, train: Rows, context: FitContext): FittedClassifier {
  const { X, y, classes } = train;
  presentClasses("linear-svm", train);
  const rows = { X: sparseRows(X, train.features, "linear-svm"), y };
  if (chosen.calibration === "sigmoid") return crossFittedSvm(chosen, rows, classes, context);
  const model = fitOneVsRest(chosen, rows, classes.length);
  warn(model, chosen, context);
  return fittedLinear({
    model: "linear-svm",
    classes,
    link: "margin",
    mean: new Float64Array(X.columns),
    scale: new Float64Array(X.columns).fill(1),
    weights: model.weights,
    intercepts: model.intercepts,
    summary: summaryOf([model]),
  });
}
