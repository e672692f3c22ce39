import { z } from "zod";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import { classWeightParam, classWeights } from "../classWeights.js";
import type { Classifier, FittedClassifier, Matrix, ModelDefinition, Rows } from "../contract.js";
import { presentClasses } from "../presentClasses.js";
import { NEVER } from "../softmax.js";
import { checkWidth } from "../width.js";
import { posterior, scoreParam } from "./posterior.js";
import { logPriors } from "./priors.js";

const params = z.strictObject({
  binarize: z
    .number()
    .default(0)
    .describe("a column counts as set above this; 0 is the mean of standardised columns"),
  alpha: z
    .number()
    .gt(0)
    .default(1)
    .describe(
      "rows of each class with and without every column that are thought to be there (Laplace smoothing)",
    ),
  score: scoreParam,
  class_weight: classWeightParam,
});
type BernoulliNbParams = z.infer<typeof params>;

/** Bernoulli naive Bayes: columns cut into set and not set, independent in each class. */
export const definition: ModelDefinition<BernoulliNbParams> = {
  type: "bernoulli-nb",
  kind: "classifier",
  family: "bayes",
  title: "Bernoulli naive Bayes",
  source:
    "Manning, Raghavan and Schuetze 2008, Introduction to Information Retrieval, section 13.3; as scikit-learn's BernoulliNB",
  limits:
    "one bit a column: how large a number is beyond the cut says nothing. Columns that say the same count each time, so that " +
    "probabilities lie near 0 or 1. The default score is no probability: Brier score, log-loss and ECE are null",
  view: "scaled",
  params,
  create: (chosen): Classifier => ({
    kind: "classifier",
    fit: async (train) => fitBernoulliNb(chosen, train),
  }),
};

function fitBernoulliNb(
  { alpha, binarize, class_weight, score }: BernoulliNbParams,
  train: Rows,
): FittedClassifier {
  const { X, y, classes } = train;
  const { counts } = presentClasses("bernoulli-nb", train);
  const { columns } = X;
  const k = classes.length;
  const byClass = classWeights(counts, class_weight);
  const set = new Float64Array(k * columns);
  for (let i = 0; i < X.rows; i++) {
    for (let j = 0, at = i * columns, to = y[i] * columns; j < columns; j++, at++, to++) {
      if (X.data[at] > binarize) set[to]++;
    }
  }
  // d × k, row by row: what a column that is set adds to a class's logit; in `intercepts` what it does not.
  const weights = new Float64Array(columns * k);
  const intercepts = logPriors(counts, byClass);
  const out = posterior(score, intercepts);
  for (let c = 0; c < k; c++) {
    if (intercepts[c] === NEVER) continue;
    const rows = counts[c] * byClass[c] + 2 * alpha;
    for (let j = 0; j < columns; j++) {
      const share = (set[c * columns + j] * byClass[c] + alpha) / rows;
      weights[j * k + c] = Math.log(share) - Math.log1p(-share);
      intercepts[c] += Math.log1p(-share);
    }
  }
  return {
    kind: "classifier",
    classes,
    ...(out.margin ? { margin: true as const } : {}),
    summary: { rows: y.length },
    predictProba(matrix: Matrix): Matrix {
      checkWidth(matrix, columns, "bernoulli-nb");
      const logits = new Float64Array(matrix.rows * k);
      for (let i = 0; i < matrix.rows; i++) {
        for (let c = 0; c < k; c++) logits[i * k + c] = intercepts[c];
        for (let j = 0; j < columns; j++) {
          if (!(matrix.data[i * columns + j] > binarize)) continue;
          for (let c = 0; c < k; c++) logits[i * k + c] += weights[j * k + c];
        }
      }
      return out.rows(logits);
    },
    emit(onnx: OnnxBuilder, input: Value): Value {
      const x = onnx.node("Cast", [input], { to: { int: 11 } });
      const above = onnx.node("Greater", [x, onnx.tensor("double", [1], [binarize])]);
      const bits = onnx.node("Cast", [above], { to: { int: 11 } });
      const table = onnx.tensor("double", [columns, k], weights);
      return out.emit(onnx, onnx.node("Gemm", [bits, table, onnx.tensor("double", [k], intercepts)]));
    },
  };
}
